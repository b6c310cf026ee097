/** @file What an online store is: the newest features of each key, up to a version of the offline table. */
import type { Cell, ColumnKind, OnlineReader } from "../../flow.ts";

/** A column as an online store keeps it. */
export interface OnlineColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** How far an online store is with a table. */
export interface OnlineState {
  readonly table: string;
  /** The version of the definition. */
  readonly version: number;
  /** The columns of the key. */
  readonly key: readonly OnlineColumn[];
  /** The features. */
  readonly columns: readonly OnlineColumn[];
  /** Delta's id of the table: one made anew under the name has another. */
  readonly tableId: string;
  /** The version of the Delta table up to which everything is in, exactly. */
  readonly tableVersion: number;
  /** Rows of later moments than this were not taken. Milliseconds in UTC. */
  readonly atMs: number;
}

/** The newest features of one key. */
export interface OnlineEntry {
  readonly key: readonly Cell[];
  /** One per feature, in the order of the state's columns. */
  readonly cells: readonly Cell[];
  readonly atMs: number | null;
}

/** A step from one version to another: all of it is seen, or nothing. */
export interface OnlineBatch {
  /** How far the store is afterwards. */
  readonly state: OnlineState;
  /** The version it must be at before; null when all that is there is replaced. */
  readonly from: number | null;
  readonly upserts: AsyncIterable<readonly OnlineEntry[]>;
  readonly deletes: readonly (readonly Cell[])[];
}

/**
 * Keeps the newest features of each key for reading. Memory, Redis and PostgreSQL keep the same
 * contract (`tests/conform/online.ts`).
 */
export interface OnlineStore extends OnlineReader {
  /** How far it is with a table; undefined when it has none of it. */
  state(table: string): Promise<OnlineState | undefined>;
  tables(): Promise<readonly string[]>;
  /**
   * Takes a batch whole and records its state; stopped on the way it is at the version before.
   * Throws `feature/conflict-materialize` when it is at another version than `from`.
   */
  write(batch: OnlineBatch): Promise<void>;
  /** All entries, some at a time, in no order. */
  entries(table: string): AsyncIterable<readonly OnlineEntry[]>;
  /** Forgets a table; nothing happens when it has none of it. */
  drop(table: string): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A key as one text; no two keys have the same. */
export function keyText(key: readonly Cell[]): string {
  const [only] = key;
  if (key.length === 1 && typeof only === "string") return only;
  return JSON.stringify(key);
}
