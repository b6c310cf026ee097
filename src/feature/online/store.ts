/** @file What an online store is: the newest features of each key, up to a version of the offline table. */
import { formatJson } from "../../core/index.ts";
import type { Cell, OnlineReader, OnlineTable } from "../../flow.ts";

/** How far an online store is with a table. */
export interface OnlineState extends OnlineTable {
  readonly table: string;
  /** Delta's id of the table: one made anew under the name has another. */
  readonly tableId: string;
  /** The version of the Delta table up to which everything is in, exactly. */
  readonly tableVersion: number;
  /** Rows of later moments than this were not taken. Milliseconds in UTC. */
  readonly atMs: number;
  /**
   * How old a row may be when it is used, in milliseconds; null where any age will do. A state from
   * before this was recorded does not say, and any age will do until the table is materialized again.
   */
  readonly ttlMs?: number | null;
  /** Before when rows may be used, in milliseconds in UTC: windows up to their next refresh; else null. */
  readonly toldBeforeMs?: number | null;
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
  /** What the store must say of itself before; null when it must have nothing of the table. */
  readonly from: OnlineState | null;
  /** Whether the rows that are there go. Default false: they stay, but for those that the batch names. */
  readonly replaces?: boolean;
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
   * Throws `feature/conflict-materialize` when it is not at `from` any more: of two writers that
   * begin at one state the second is told.
   */
  write(batch: OnlineBatch): Promise<void>;
  /** All entries, some at a time, in no order. */
  entries(table: string): AsyncIterable<readonly OnlineEntry[]>;
  /** Forgets a table; nothing happens when it has none of it. */
  drop(table: string): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A state as one text: two are equal when their texts are. */
export const stateText = (state: OnlineState): string => formatJson(state);

/** A key as one text; no two keys of a table have the same, but 0 and -0, which SQL takes for equal. */
export function keyText(key: readonly Cell[]): string {
  const [only] = key;
  if (key.length === 1 && typeof only === "string") return only;
  return keyJson(key);
}

/** A key as JSON, in which a number that JSON lacks is an object with its name. */
export function keyJson(key: readonly Cell[]): string {
  return JSON.stringify(key.some(isOdd) ? key.map(named) : key);
}

const isOdd = (cell: Cell): boolean => typeof cell === "number" && !Number.isFinite(cell);
const named = (cell: Cell): unknown => (isOdd(cell) ? { number: String(cell) } : cell);
