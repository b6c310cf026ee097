/** @file The online store from which a model that carries lookups is served. */
import { materialize, type OnlineStore } from "../feature/index.ts";
import type { ModelLookups } from "../flow.ts";
import type { Workspace } from "../workspace/index.ts";
import { openStore } from "./online-store.ts";

/**
 * Opens the workspace's online store, up to date with each table that a model looks up, or one that is
 * named: that is shared, and `features materialize` brings it up to date. Throws
 * `feature/conflict-lookup` for a table of which the model learned another version, and
 * `feature/missing-online-table` for one that a named store has not.
 */
export async function modelStore(
  { lake, path, clock }: Workspace,
  {
    lookups,
    named,
  }: {
    readonly lookups: Pick<ModelLookups, "tables" | "complete">;
    readonly named?: string | undefined;
  },
): Promise<OnlineStore> {
  const store = await openStore(path, named);
  try {
    if (named === undefined)
      for (const { table } of lookups.tables) await materialize(lake, store, { table, clock });
    await lookups.complete([], store, clock()); // that it cannot answer is told now, not by each request
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
