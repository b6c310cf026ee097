/** @file The online store from which a workspace is served. */
import { listFeatures, materialize, type OnlineStore } from "../feature/index.ts";
import type { ModelLookups } from "../flow.ts";
import type { Workspace } from "../workspace/index.ts";
import { openStore } from "./online-store.ts";

/** What is served from a store. */
export interface StoreTask {
  /** What a model looks up. */
  readonly lookups?: Pick<ModelLookups, "tables" | "complete"> | undefined;
  /** Whether all feature tables are served, and not only what the model looks up. */
  readonly all?: boolean | undefined;
  /** A store that is shared, instead of the workspace's own. */
  readonly named?: string | undefined;
}

/**
 * Opens the workspace's online store, up to date with each table that is served, or the one that is
 * named, which `features materialize` keeps up to date. Throws `feature/conflict-lookup` for a table of
 * which the model learned another version, and `feature/missing-online-table` for one that the model
 * looks up and a named store has not.
 */
export async function modelStore(
  { lake, path, clock }: Workspace,
  { lookups, all = false, named }: StoreTask,
): Promise<OnlineStore> {
  const store = await openStore(path, named);
  try {
    const tables = new Set(lookups?.tables.map(({ table }) => table));
    if (all) for (const { table } of await listFeatures(lake)) tables.add(table.name);
    if (named === undefined)
      for (const table of tables) await materialize(lake, store, { table, clock });
    await lookups?.complete([], store, clock()); // that it cannot answer is told now, not by each request
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
