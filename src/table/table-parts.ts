/** @file The data files of a version, each with its rows and with what tells it from any other. */
import { hashOfJson } from "../core/index.ts";
import type { Hash } from "../flow.ts";
import type { Engine } from "./adapter/duckdb.ts";
import type { TablePlace } from "./delta/log.ts";
import type { Snapshot } from "./delta/snapshot.ts";
import { type Frame, frame } from "./frame.ts";
import type { Columns, Schema } from "./schema.ts";
import { snapshotRows } from "./snapshot-rows.ts";

/** One data file of a version of a table. Files never change: one that lost a row has another name. */
export interface TablePart<C extends Columns = Columns> {
  /** As the log has it. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Of the path, the size, the time and the values that stand in the log: equal for the same rows. */
  readonly hash: Hash;
  /** The file's rows. It is not opened before they are asked for. */
  readonly rows: Frame<C>;
}

/** The parts of a snapshot that was found to be readable as `whole`. */
export function tableParts<C extends Columns>(
  table: { readonly place: TablePlace; readonly schema: Schema<C>; readonly engine: Engine },
  snapshot: Snapshot,
  whole: Frame<C>,
): readonly TablePart<C>[] {
  const { place, schema, engine } = table;
  return [...snapshot.files].map(([key, add]) => {
    const { path, size, modificationTime, partitionValues } = add;
    const own = snapshotRows(place, { ...snapshot, files: new Map([[key, add]]) }, schema.columns);
    const rows = frame({
      engine,
      schema,
      sql: () => own.narrow([]),
      narrow: own.narrow,
      keep: own.keep,
      origin: whole.origin,
    });
    const hash = hashOfJson({
      path,
      size,
      modificationTime,
      partitionValues: { ...partitionValues },
    });
    return { path, sizeBytes: size, hash, rows };
  });
}
