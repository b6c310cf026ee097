/** @file What a query needs of its lake. */
import type { Engine } from "../adapter/duckdb.ts";
import type { TablePlace } from "../delta/log.ts";
import type { Snapshot } from "../delta/snapshot.ts";

/** What a query needs of its lake. */
export interface QueryLake {
  readonly engine: Engine;
  /** Where a table of that name is or would be; undefined when no table can have the name. */
  readonly placeOf: (name: string) => TablePlace | undefined;
  readonly tables: () => Promise<readonly string[]>;
  /** The newest state of each table that a query has seen. */
  readonly newest: Map<string, Snapshot>;
}
