/** @file The online store of a workspace, from which a model that carries lookups is served. */
import { join } from "node:path";
import { materialize, memoryStore, type OnlineStore } from "../feature/index.ts";
import type { ModelLookups } from "../flow.ts";
import type { Workspace } from "../workspace/index.ts";

/**
 * Opens the workspace's online store, up to date with each table that a model looks up. Throws
 * `feature/conflict-lookup` for a table of which the model learned another version.
 */
export async function modelStore(
  { lake, path, clock }: Workspace,
  { lookups }: { readonly lookups: Pick<ModelLookups, "tables" | "complete"> },
): Promise<OnlineStore> {
  const store = await memoryStore({ snapshots: join(path, "online") });
  try {
    for (const { table } of lookups.tables) await materialize(lake, store, { table, clock });
    await lookups.complete([], store, clock()); // that it cannot answer is told now, not by each request
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
