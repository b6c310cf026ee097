/** @file The change data feed: which rows each version inserted, updated and deleted. */
import { fail } from "../errors.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";
import { type Columns, category, int, timestamp } from "../schema.ts";
import { quoteText } from "../sql-text.ts";
import type { Action, Add } from "./actions.ts";
import { keyOf } from "./file-paths.ts";
import { commitTime, listLog, readCommit, type TablePlace } from "./log.ts";
import { checkFiles } from "./restore.ts";
import { scanSql } from "./scan.ts";
import type { Shape } from "./shape.ts";
import { type Writer, writeFiles } from "./write-files.ts";

/** What the feed says of a row, beside the row: what happened to it, in which version, when. */
export const changeColumns = {
  _change_type: category(["insert", "update_preimage", "update_postimage", "delete"]),
  _commit_version: int(),
  _commit_timestamp: timestamp(),
};

/** The columns of {@link changeColumns}. */
export type ChangeColumns = typeof changeColumns;

/** Writes changed rows for the feed; nothing when the table has none. The SQL ends in `_change_type`. */
export async function writeChanges(
  writer: Writer,
  shape: Shape,
  sql: string,
): Promise<readonly Action[]> {
  if (!shape.changeFeed) return [];
  const { adds } = await writeFiles(writer, {
    shape: { ...shape, columns: loose(shape.columns) },
    sql,
    also: { _change_type: "VARCHAR" },
    folder: "_change_data",
  });
  return adds.map(({ path, partitionValues, size }) => ({
    cdc: { path, partitionValues, size, dataChange: false },
  }));
}

/** The columns, all of them nullable: the rows were judged when the table's files were written. */
const loose = (columns: Columns): Columns =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, { ...column, nullable: true }]),
  );

/** Which versions of the feed are read. */
export interface ChangeRange {
  readonly from: number;
  readonly to: number;
}

/**
 * A SELECT of the changed rows, in the order of the versions. A version that wrote change files says
 * there what changed; the others inserted the files they added and deleted those they removed.
 *
 * @throws `table/missing-version`, `table/missing-changes`, `table/missing-data`, `table/unsupported-feature`
 */
export async function changesSql(
  place: TablePlace,
  shape: Shape,
  range: ChangeRange & { readonly columns: Columns },
): Promise<string> {
  const { from, to, columns } = range;
  const { versions, latest } = await listLog(place);
  const have = new Set(versions);
  for (const version of [from, to])
    if (!have.has(version)) fail("table/missing-version", { name: place.name, version, latest });
  const selects: string[] = [];
  const { partitionBy } = shape;
  const numbers = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  const commits = await inParallel(numbers, mostRequests, (version) => readCommit(place, version));
  for (const [i, actions] of commits.entries()) {
    const version = from + i;
    checkFeed(place.name, version, actions);
    const info = actions.find(({ commitInfo }) => commitInfo)?.commitInfo;
    const atMs = await commitTime(place, version, info);
    const marks = `${version}::BIGINT AS _commit_version, make_timestamptz(${Math.round(atMs * 1000)}) AS _commit_timestamp`;
    for (const { files, type } of changedFiles(actions)) {
      checkPlaced(place.name, partitionBy, files);
      await checkFiles(place, { version, files });
      const scan = scanSql(place, {
        files: await sized(place, files),
        partitionBy,
        columns:
          type === undefined ? { ...columns, _change_type: changeColumns._change_type } : columns,
      });
      const kind = type === undefined ? "" : `${quoteText(type)} AS _change_type, `;
      selects.push(`SELECT *, ${kind}${marks} FROM (${scan})`);
    }
  }
  if (selects.length > 0) return selects.join(" UNION ALL ");
  const scan = scanSql(place, {
    files: [],
    partitionBy,
    columns: { ...columns, ...changeColumns },
  });
  return scan;
}

/** A removed file need not say how large it is; where it is elsewhere, that must be known. */
async function sized(
  { bytes, ...place }: TablePlace,
  files: readonly Add[],
): Promise<readonly Add[]> {
  if (bytes.copies === undefined) return files;
  return inParallel(files, mostRequests, async (file) => {
    const key = file.size > 0 ? undefined : keyOf({ bytes, ...place }, file.path);
    const found = key === undefined ? undefined : await bytes.stat(key);
    return found === undefined ? file : { ...file, size: found.sizeBytes };
  });
}

/** A removed file need not say its partition values; then the rows it held cannot be told. */
function checkPlaced(name: string, partitionBy: readonly string[], files: readonly Add[]): void {
  for (const { path, partitionValues } of files)
    for (const column of partitionBy)
      if (partitionValues[column] === undefined)
        fail("table/unsupported-feature", {
          name,
          feature: `a removed file, ${path}, without its value of the partition column ${column}`,
        });
}

/** The feed must have been on when a version was written; a change of metadata says since when. */
function checkFeed(name: string, version: number, actions: readonly Action[]): void {
  const off = actions.some(
    ({ metaData }) =>
      metaData !== undefined && metaData.configuration["delta.enableChangeDataFeed"] !== "true",
  );
  if (off) fail("table/missing-changes", { name, version });
}

/** The files with the changes of a commit; a type of undefined stands in the files themselves. */
function changedFiles(
  actions: readonly Action[],
): readonly { readonly files: readonly Add[]; readonly type: string | undefined }[] {
  const cdc = actions.flatMap(({ cdc: file }) => (file ? [{ ...file, modificationTime: 0 }] : []));
  if (cdc.length > 0) return [{ files: cdc, type: undefined }];
  const removes = actions.flatMap(({ remove }) =>
    remove?.dataChange ? [{ modificationTime: 0, size: 0, partitionValues: {}, ...remove }] : [],
  );
  const adds = actions.flatMap(({ add }) => (add?.dataChange ? [add] : []));
  return [
    { files: removes, type: "delete" },
    { files: adds, type: "insert" },
  ].filter(({ files }) => files.length > 0);
}
