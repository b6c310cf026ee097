/** @file What the methods of an open table share. */
import type { TableWriter } from "./delta/commit.ts";
import type { Snapshot } from "./delta/snapshot.ts";
import type { Columns, Schema } from "./schema.ts";
import type { TableOptions } from "./table.ts";

/** A table to be written, which need not be there. */
export interface WrittenTable<C extends Columns> extends TableWriter {
  readonly schema: Schema<C>;
  readonly options: TableOptions<C>;
}

/** An open table: what its methods share. */
export interface OpenTable<C extends Columns> extends WrittenTable<C> {
  /** The state at a version (default: the newest). Throws `table/missing-table`. */
  existing(version?: number): Promise<Snapshot>;
}
