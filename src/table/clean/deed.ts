/** @file What a step does, in SQL over the rows so far: the one form that the runner executes. */
import type { Engine } from "../adapter/duckdb.ts";
import { checkColumn } from "../check-column.ts";
import type { Columns, Schema } from "../schema.ts";
import { quoteName } from "../sql-text.ts";
import type { ImputerState } from "./impute/state.ts";

/** The name of the column that holds a row's place in the source, from 1; no schema can have it. */
export const placeName = "\u0001place";
/** {@link placeName} in SQL. */
export const place = quoteName(placeName);

/** The columns a step looks at and changes, known before any row is read. */
export interface Touches {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Columns that need not be delivered: they begin as false, and the step makes them. */
  readonly makes?: readonly string[];
  /** Whether rows may be taken out. */
  readonly removes?: boolean;
}

/** What a step is compiled against. */
export interface Bench<C extends Columns> {
  readonly engine: Engine;
  readonly target: Schema<C>;
  /** The step's label: where an error says it is. */
  readonly at: string;
  /** The rows so far: the target's columns, and {@link placeName}. */
  readonly table: string;
  /** Keeps a query's result as a table until the cleaning is closed, and gives its name. */
  keep(sql: string): Promise<string>;
}

/** A step in SQL. It sets cells or rejects rows, never both. */
export interface Deed {
  /** Column → its new value, over the rows so far, which are called `t`. */
  readonly set?: Readonly<Record<string, string>>;
  /** The condition under which a row goes to the quarantine; missing is false. */
  readonly reject?: string;
  /** Whether the SQL has windows or joins, after which the rows must be put in order again. */
  readonly shuffles?: boolean;
  /** What the step found besides, by name. */
  readonly found?: Readonly<Record<string, number>>;
  /** What an imputer learned. */
  readonly fitted?: ImputerState;
}

/** Refuses columns that the target has not. Throws `table/unknown-column`. */
export function checkColumns(at: string, target: Schema, names: readonly string[]): void {
  for (const name of names) checkColumn(at, target, name);
}
