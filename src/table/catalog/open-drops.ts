/** @file Drops that have begun and are not done: nothing may be made or changed where they are at work. */
import type { Fence } from "../delta/log.ts";
import { fail } from "./errors.ts";
import { type CatalogParts, tablesIn } from "./listing.ts";
import { keyOf, type Layout, pathOf, type Thing } from "./names.ts";
import { type CatalogState, type OpenDrop, refKey } from "./state.ts";

/** The drop that has begun, is not done, and takes a thing with it. */
export function dropOf(layout: Layout, state: CatalogState, thing: Thing): OpenDrop | undefined {
  if (state.drops.size === 0) return undefined;
  const path = new Set(pathOf(layout, thing).map(keyOf));
  return [...state.drops.values()].find(
    ({ on, parts }) => path.has(refKey(on)) || parts.some((part) => path.has(refKey(part.on))),
  );
}

/**
 * Refuses what is being dropped, and what is in it.
 *
 * @throws `table/conflict-drop`
 */
export function refuseDropping(layout: Layout, state: CatalogState, thing: Thing): void {
  const drop = dropOf(layout, state, thing);
  if (drop !== undefined)
    fail("table/conflict-drop", { name: keyOf(thing), drop: refKey(drop.on) });
}

/**
 * What keeps a table's writers from a table that was dropped, or is being dropped: asked before each
 * commit, and after it, when it costs one request of the store.
 */
export function fenceOf(parts: CatalogParts, table: Thing): Fence {
  return async (tableId) => {
    const state = await parts.log.state();
    refuseDropping(parts.layout, state, table);
    if (tableId === undefined || !state.dropped.get(keyOf(table))?.includes(tableId)) return;
    const known = (await tablesIn(parts)).map(({ name }) => name);
    fail("table/missing-table", { name: table.name, known });
  };
}
