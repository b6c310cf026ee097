/** @file UPDATE: the files that hold a changed row are rewritten, the others stay. */
import type { Columns } from "../schema.ts";
import { quoteName } from "../sql-text.ts";
import type { Action, Add } from "./actions.ts";
import type { Plan } from "./commit.ts";
import { locateFile, scanSql } from "./scan.ts";
import type { Snapshot, TablePlace } from "./snapshot.ts";
import { type Writer, writeFiles } from "./write-files.ts";

/** The action that takes a file out of the table; the file itself stays for earlier versions. */
export function removeOf(add: Add, atMs: number): Action {
  const { path, partitionValues, size } = add;
  return {
    remove: {
      path,
      deletionTimestamp: atMs,
      dataChange: true,
      extendedFileMetadata: true,
      partitionValues,
      size,
    },
  };
}

/** The files of a snapshot that hold at least one of the rows a SELECT of `__millrace_file` gives. */
export async function touchedFiles(
  { place, engine }: Writer,
  files: Iterable<Add>,
  filenames: string,
): Promise<readonly Add[]> {
  const rows = await engine.query(`SELECT DISTINCT __millrace_file FROM (${filenames})`);
  const touched = new Set(rows.map((row) => row["__millrace_file"]));
  return [...files].filter((add) => touched.has(locateFile(place, add.path)));
}

/** Plans an UPDATE; undefined when no row matches. */
export async function updatePlan(
  writer: Writer,
  change: {
    readonly snapshot: Snapshot;
    readonly columns: Columns;
    readonly where: string;
    readonly set: ReadonlyMap<string, string>;
  },
): Promise<Plan | undefined> {
  const { snapshot, columns, where, set } = change;
  const all = scanOf(writer.place, columns, snapshot.files.values());
  const touched = await touchedFiles(
    writer,
    snapshot.files.values(),
    `SELECT __millrace_file FROM (${all}) WHERE ${where}`,
  );
  if (touched.length === 0) return undefined;
  const scan = scanSql(writer.place, columns, { files: touched });
  const counted = await writer.engine.query(`SELECT count(*) AS n FROM (${scan}) WHERE ${where}`);
  const select = Object.keys(columns).map((name) => {
    const value = set.get(name);
    const column = quoteName(name);
    return value === undefined
      ? column
      : `CASE WHEN ${where} THEN ${value} ELSE ${column} END AS ${column}`;
  });
  const written = await writeFiles(writer, columns, `SELECT ${select.join(", ")} FROM (${scan})`);
  const updated = Number(counted[0]?.["n"] ?? 0);
  return {
    operation: "UPDATE",
    parameters: { predicate: where },
    metrics: { numUpdatedRows: updated, numCopiedRows: written.rows - updated },
    actions: [
      ...touched.map((add) => removeOf(add, writer.clock())),
      ...written.adds.map((add) => ({ add })),
    ],
    blindAppend: false,
  };
}

/** A scan that also names the file of each row. */
export const scanOf = (place: TablePlace, columns: Columns, files: Iterable<Add>): string =>
  scanSql(place, columns, { files, extra: "__millrace_file" });
