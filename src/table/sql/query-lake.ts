/** @file What a query needs of its lake. */
import type { Engine } from "../adapter/duckdb.ts";
import type { LakeCatalog } from "../catalog/catalog.ts";
import { type Layout, parseThing } from "../catalog/names.ts";
import type { TablePlace } from "../delta/log.ts";
import type { Snapshot } from "../delta/snapshot.ts";

/** What a query needs of its lake. */
export interface QueryLake {
  readonly engine: Engine;
  readonly catalog: LakeCatalog;
  readonly layout: Layout;
  /** Where a table of that name is or would be; undefined when no table can have the name. */
  readonly placeOf: (name: string) => TablePlace | undefined;
  /** The newest state of each table that a query has seen, by its name. */
  readonly newest: Map<string, Snapshot>;
}

/** The name of a table in full: catalog, schema and table. */
export function partsOf({ layout }: QueryLake, name: string): readonly [string, string, string] {
  const [catalog = "", schema = "", table = ""] = parseThing(layout, "table", name)?.parts ?? [];
  return [catalog, schema, table];
}
