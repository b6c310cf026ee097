/** @file Where a table of a lake is, by its name. */
import type { TablePlace } from "../delta/log.ts";
import { type CatalogParts, placeOf } from "./listing.ts";
import { thingOf } from "./names.ts";
import { fenceOf } from "./open-drops.ts";

/**
 * The places of a lake's tables.
 *
 * @throws `table/out-of-range-name`
 */
export function lakePlace(parts: CatalogParts): (name: string) => TablePlace {
  const place = (name: string): TablePlace => {
    const thing = thingOf(parts.layout, "table", name);
    return { ...placeOf(parts, thing), fence: fenceOf(parts, thing), beside: place };
  };
  return place;
}
