/** @file Drops that have begun and are not done: nothing may be made or changed where they are at work. */
import type { Fence } from "../delta/log.ts";
import { fail } from "./errors.ts";
import type { CatalogParts } from "./listing.ts";
import { keyOf, type Layout, pathOf, type Thing } from "./names.ts";
import { type CatalogState, type OpenDrop, refKey } from "./state.ts";

/** The drop that has begun, is not done, and takes a thing with it. */
export function dropOf(layout: Layout, state: CatalogState, thing: Thing): OpenDrop | undefined {
  if (state.drops.size === 0) return undefined;
  const path = new Set(pathOf(layout, thing).map(keyOf));
  return [...state.drops.values()].find(
    ({ on, parts }) => path.has(refKey(on)) || parts.some((part) => path.has(refKey(part))),
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

/** How often a table was dropped, alone or with what it is in. */
const dropsOf = ({ layout }: CatalogParts, state: CatalogState, table: Thing): number =>
  pathOf(layout, table).reduce((sum, thing) => sum + (state.dropped.get(keyOf(thing)) ?? 0), 0);

/**
 * What keeps a table's writers from one that is being dropped, or was dropped after they began: they
 * would write to what is made anew in its place, or their files would be taken for what is left of
 * it. Each question costs one request of the store.
 */
export function fenceOf(parts: CatalogParts, table: Thing): Fence {
  const look = async (): Promise<number> => {
    const state = await parts.log.state();
    refuseDropping(parts.layout, state, table);
    return dropsOf(parts, state, table);
  };
  return async () => {
    const before = await look();
    return async () => {
      if ((await look()) !== before) fail("table/conflict-dropped", { name: table.name });
    };
  };
}
