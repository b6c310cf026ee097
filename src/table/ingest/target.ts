/** @file The table that files go into, as it is now: its columns, and which files it has. */
import type { Hash } from "../../flow.ts";
import type { TablePlace } from "../delta/log.ts";
import { readSnapshot, type Snapshot } from "../delta/snapshot.ts";
import { parseExpectations } from "../expectations/table-expectations.ts";
import type { Lake } from "../lake.ts";
import { type Columns, type Schema, schema, text } from "../schema.ts";
import type { IngestTask } from "./options.ts";

/** A table on the disk, at one moment. */
export interface TableNow {
  /** Undefined when there is no table. */
  readonly columns: Columns | undefined;
  /** Whether expectations attached to the table drop rows. */
  readonly drops: boolean;
  /** Whether a file is in the table. */
  has(file: Hash): boolean;
  /** The time of its newest data file, in milliseconds; 0 where there is none. */
  changedAtMs(): number;
}

/** The table that files go into. */
export interface Target {
  readonly place: TablePlace;
  /** What the table is made with, if the task said. */
  readonly schema: Schema | undefined;
  /** Looks at the table as it is now. */
  look(): Promise<TableNow>;
}

/** The mark that a file is in the table, in the table's log. */
export const markOf = (file: Hash) => ({ app: `ingest:${file}`, version: 0 });

/** Whether a file is marked in a state of the table. */
export const isIn = (snapshot: Snapshot | undefined, file: Hash): boolean =>
  (snapshot?.txns.get(markOf(file).app) ?? -1) >= 0;

const newestOf = (snapshot: Snapshot | undefined): number =>
  [...(snapshot?.files.values() ?? [])].reduce(
    (max, add) => Math.max(max, add.modificationTime),
    0,
  );

/**
 * Finds the table of a task; it need not exist.
 *
 * @throws `table/out-of-range-name`, `table/mismatch-schema`, `table/mismatch-columns`
 */
export async function targetOf(lake: Lake, { into }: Pick<IngestTask, "into">): Promise<Target> {
  const given = typeof into === "string" ? undefined : into.schema;
  const name = typeof into === "string" ? into : into.name;
  const table = lake.table(name, given ?? schema(name, { any: text() }));
  if (given !== undefined && (await table.exists())) await table.read();
  const place = lake.place(name);
  let newest: Snapshot | undefined;
  return {
    place,
    schema: given,
    look: async () => {
      const found = await readSnapshot({ place, engine: lake.engine }, { from: newest });
      newest = found;
      const rules = parseExpectations(name, found?.metaData.configuration ?? {})?.rules ?? [];
      const drops = rules.some(({ action }) => action === "drop");
      return {
        columns: found?.shape.columns,
        drops,
        has: (file) => isIn(found, file),
        changedAtMs: () => newestOf(found),
      };
    },
  };
}
