/** @file The table that files go into, as it is now: its columns, and which files it has. */
import type { Hash } from "../../flow.ts";
import type { TablePlace } from "../delta/log.ts";
import { isDone, type TxnMark } from "../delta/opening.ts";
import { readSnapshot, type Snapshot } from "../delta/snapshot.ts";
import { droppingRules, parseExpectations } from "../expectations/table-expectations.ts";
import type { Lake } from "../lake.ts";
import { type Columns, type Schema, schema, text } from "../schema.ts";
import type { IngestTask } from "./options.ts";
import { markPrefix, takenOut } from "./taken-out.ts";

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
  /** The mark that a file is in the table, in the table's log; a file loaded again has a higher version. */
  markOf(file: Hash): TxnMark;
  /** Of a file whose rows a RESTORE took out, the version that was restored; the newest versions are looked at. */
  restoredTo(file: Hash): Promise<number | undefined>;
}

/** How many versions are looked at to tell why a file is not there although it is marked. */
const lookedAt = 100;

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
export async function targetOf(
  lake: Lake,
  { into, again }: Pick<IngestTask, "into" | "again">,
): Promise<Target> {
  const given = typeof into === "string" ? undefined : into.schema;
  const name = typeof into === "string" ? into : into.name;
  const table = lake.table(name, given ?? schema(name, { any: text() }));
  if (given !== undefined && (await table.exists())) await table.read();
  const place = lake.place(name);
  let newest: Snapshot | undefined;
  const markOf = await marksFrom({ place, engine: lake.engine }, again);
  let taken: Promise<ReadonlyMap<string, number>> | undefined;
  return {
    place,
    schema: given,
    markOf,
    look: async () => {
      const found = await readSnapshot({ place, engine: lake.engine }, { from: newest });
      newest = found;
      const rules = parseExpectations(name, found?.metaData.configuration ?? {});
      return {
        columns: found?.shape.columns,
        drops: droppingRules(rules).length > 0,
        has: (file) => isDone(found, markOf(file)),
        changedAtMs: () => newestOf(found),
      };
    },
    restoredTo: async (file) => {
      taken ??= takenOut(place, lookedAt);
      return (await taken).get(markOf(file).app);
    },
  };
}

/**
 * The marks of one run. A file that is to be loaded again gets the version after the one that the
 * table has as the run begins, so that this run, too, loads it once.
 */
async function marksFrom(
  table: Parameters<typeof readSnapshot>[0],
  again: IngestTask["again"],
): Promise<Target["markOf"]> {
  const appOf = (file: Hash): string => `${markPrefix}${file}`;
  if (again === undefined) return (file) => ({ app: appOf(file), version: 0 });
  const begun = (await readSnapshot(table))?.txns;
  const gone =
    again === "restored" && begun !== undefined
      ? await takenOut(table.place, Number.POSITIVE_INFINITY)
      : undefined;
  return (file) => {
    const app = appOf(file);
    const version = begun?.get(app) ?? -1;
    return { app, version: gone?.has(app) === false ? Math.max(version, 0) : version + 1 };
  };
}
