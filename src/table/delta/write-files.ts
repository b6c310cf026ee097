/** @file Rows into new Parquet files beside the log; durable before anyone commits them. */
import { type Clock, hashOf, type Ids } from "../../core/index.ts";
import type { Engine } from "../adapter/duckdb.ts";
import { fail } from "../errors.ts";
import { plainPath, quoteName, quoteText } from "../sql-text.ts";
import type { Add, PartitionValues } from "./actions.ts";
import { checkRows, checksOf } from "./checks.ts";
import type { TablePlace } from "./log.ts";
import { type NewFile, type NewFiles, newFiles } from "./new-files.ts";
import type { Shape } from "./shape.ts";
import { type CopiedFile, copiedFile, deltaStats, nullCount, withNaN } from "./stats.ts";
import { duckTypeOf } from "./types.ts";

/** What writing files needs. */
export interface Writer {
  readonly place: TablePlace;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The keys of the files written for the commit in hand. */
  readonly written: string[];
}

/** Rows to write. */
export interface WriteTask {
  /** What the table's rows are. */
  readonly shape: Shape;
  /** A SELECT of at least the shape's columns; its order is kept. */
  readonly sql: string;
  /** A file larger than twice this is split. Default {@link targetBytes}. */
  readonly target?: number | undefined;
  /** Columns to write beside the shape's, with DuckDB's types: those of the change data feed. */
  readonly also?: Readonly<Record<string, string>>;
  /** The folder below the table's. */
  readonly folder?: string;
}

/** Files written and not yet committed. */
export interface Written {
  readonly adds: readonly Add[];
  readonly rows: number;
}

/** How large a data file is meant to be, in bytes. */
export const targetBytes = 128 * 1024 * 1024;

/**
 * Writes the rows of a SELECT to Parquet files in the table's folder, durable when it returns: one
 * file for each partition, and several of about the target size where one would be over twice that.
 * Memory is the engine's for the SELECT; partitioned rows are sorted first, on the disk if need be.
 *
 * @returns No file for no rows.
 * @throws `table/mismatch-null`, `table/mismatch-value`, `table/mismatch-check`, `table/unsupported-check`,
 * `table/failed-write`
 */
export async function writeFiles(writer: Writer, task: WriteTask): Promise<Written> {
  const files = newFiles(writer.place, writer.written);
  try {
    const write = task.shape.partitionBy.length === 0 ? writeWhole : writePartitions;
    const checks = task.folder === undefined ? await checksOf(writer, task.shape) : [];
    const adds = await write({ ...writer, files }, task);
    await files.settled();
    await checkRows(writer, { shape: task.shape, files: adds }, checks);
    const rows = adds.reduce((sum, add) => sum + add.rows, 0);
    return { adds: adds.map(({ rows: _, ...add }) => add), rows };
  } catch (cause) {
    await files.settled().catch(() => undefined); // nothing may arrive after it was removed
    return rethrow(writer.place.name, cause);
  }
}

interface FileWriter extends Writer {
  readonly files: NewFiles;
}

/**
 * How data files are written. Measured on orders, codes and readings of sensors: zstd at level 2 is a
 * few percent smaller than at DuckDB's level 3, in five sixths of its time, and a dictionary of more than
 * 10,000 of a row group's values costs more time than it saves space. No Bloom filters: the engine's hash
 * -0 and 0 apart, so that `x = 0`, asked of the file by this engine or another, does not find -0.
 */
const parquetOptions =
  "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 2, DICTIONARY_SIZE_LIMIT 10000, WRITE_BLOOM_FILTER false";

interface Counted extends Add {
  readonly rows: number;
}

async function writeWhole(writer: FileWriter, task: WriteTask): Promise<readonly Counted[]> {
  return writePart(writer, task, { values: {}, sql: await select(writer, task) });
}

/** Sorts the rows by partition, keeping their order within each, and writes each run of rows. */
async function writePartitions(writer: FileWriter, task: WriteTask): Promise<readonly Counted[]> {
  const { engine } = writer;
  const keys = task.shape.partitionBy.map(quoteName);
  const typed = await select(writer, task);
  const sorted = `SELECT *, row_number() OVER (ORDER BY ${keys.join(", ")}, "\u001ea") AS "\u001eb"
    FROM (SELECT *, row_number() OVER () AS "\u001ea" FROM (${typed})) ORDER BY "\u001eb"`;
  return engine.withTable(sorted, async (table) => {
    const { partitionBy } = task.shape;
    const texts = partitionBy.map((name, i) => `${partitionText(task.shape, name)} AS p${i}`);
    const runs = await engine.query(
      `SELECT ${texts.join(", ")}, min("\u001eb") AS low, max("\u001eb") AS high FROM ${table} GROUP BY ALL ORDER BY min("\u001eb")`,
    );
    const adds: Counted[] = [];
    for (const run of runs) {
      const entries = partitionBy.map((name, i) => [name, run[`p${i}`] as string | null] as const);
      const values = Object.fromEntries(entries);
      const [low, high] = [Number(run["low"]), Number(run["high"])];
      checkPartition(writer.place.name, task.shape, { values, rows: high - low + 1 });
      const sql = `SELECT * EXCLUDE (${keys.join(", ")}, "\u001ea", "\u001eb") FROM ${table} WHERE "\u001eb" BETWEEN ${low} AND ${high} ORDER BY "\u001eb"`;
      adds.push(...(await writePart(writer, task, { values, sql })));
    }
    return adds;
  });
}

/** Delta's text for a partition value. */
function partitionText(shape: Shape, name: string): string {
  const column = quoteName(name);
  const type = shape.types.get(name);
  return type === "timestamp" || type === "timestamp_ntz"
    ? `strftime(${column}, '%Y-%m-%d %H:%M:%S.%f')`
    : `CAST(${column} AS VARCHAR)`;
}

function checkPartition(
  name: string,
  shape: Shape,
  { values, rows }: { values: PartitionValues; rows: number },
): void {
  for (const [column, value] of Object.entries(values)) {
    if (value === null && shape.columns[column]?.nullable === false)
      fail("table/mismatch-null", { name, column, rows });
    if (value === "") {
      const reason = `an empty text in the partition column ${JSON.stringify(column)}, which Delta would read as missing`;
      fail("table/mismatch-value", { name, reason });
    }
  }
}

/** Writes one partition's rows: one file, or several when it has become too large. */
async function writePart(
  writer: FileWriter,
  task: WriteTask,
  part: { readonly values: PartitionValues; readonly sql: string },
): Promise<readonly Counted[]> {
  const { target = targetBytes } = task;
  const whole = await writeOne(writer, task, part);
  if (whole === undefined) return [];
  const { add: all, file } = whole;
  const pieces = Math.ceil(all.size / target);
  if (pieces <= 2) {
    await file.take();
    return [all];
  }
  const each = Math.ceil(all.rows / pieces);
  const adds: Counted[] = [];
  for (let piece = 0; piece < pieces; piece++) {
    const rows = `file_row_number BETWEEN ${piece * each} AND ${(piece + 1) * each - 1}`;
    const sql = `SELECT * FROM read_parquet(${quoteText(plainPath(file.path))}, hive_partitioning = false) WHERE ${rows}`;
    const one = await writeOne(writer, task, { values: part.values, sql, piece });
    await one?.file.take();
    if (one !== undefined) adds.push(one.add);
  }
  await file.drop();
  return adds;
}

async function writeOne(
  { place, engine, clock, ids, files }: FileWriter,
  { shape, also = {}, folder = "" }: WriteTask,
  part: { readonly values: PartitionValues; readonly sql: string; readonly piece?: number },
): Promise<{ readonly add: Counted; readonly file: NewFile } | undefined> {
  const name = `${folder === "" ? "part" : "cdc"}-${String(part.piece ?? 0).padStart(5, "0")}-${ids()}-c000.zstd.parquet`;
  const folders = [...(folder === "" ? [] : [folder]), ...partitionFolders(part.values)];
  const key = [...folders, name].join("/");
  const newFile = await files.begin(`${place.folder}/${key}`);
  const [row] = await engine.queryJson(
    `COPY (${part.sql}) TO ${quoteText(newFile.path)} (${parquetOptions}, ROW_GROUP_SIZE ${engine.rowGroupRows()}, RETURN_STATS)`,
  );
  const copied = row === undefined ? undefined : copiedFile(row);
  if (copied === undefined || copied.count === 0) {
    await newFile.drop();
    return undefined;
  }
  const file = await withNaN(copied, newFile.path, engine.query);
  checkNulls(place.name, shape, file);
  const inFile = new Map(
    [...shape.types].filter(([column]) => !(column in part.values) && !(column in also)),
  );
  const add = {
    path: key.split("/").map(encodePath).join("/"),
    partitionValues: part.values,
    size: file.sizeBytes,
    modificationTime: clock(),
    dataChange: true,
    stats: deltaStats(file, inFile),
    rows: file.count,
  };
  return { add, file: newFile };
}

/**
 * One folder a partition column; the names are for people, the values stand in the log. A plain value
 * has the folder that Hive would give it. Any other has one named for its hash, without a "=" from which
 * a value could be read: programs differ on how often they encode what a path may not hold, and lose
 * the file.
 */
function partitionFolders(values: PartitionValues): readonly string[] {
  return Object.entries(values).map(([column, value]) => {
    const folder = `${column}=${value ?? "__HIVE_DEFAULT_PARTITION__"}`;
    const isPlain = /^[\w.-]+=[\w.-]*\w$/.test(folder) && folder.length <= 200;
    return isPlain ? folder : `part-${hashOf(JSON.stringify([column, value])).slice(7, 23)}`;
  });
}

/** A name on the disk as a segment of a URI; "=" may stand there as it is. */
const encodePath = (segment: string): string => encodeURIComponent(segment).replaceAll("%3D", "=");

function checkNulls(name: string, { columns }: Shape, file: CopiedFile): void {
  for (const [column, { nullable }] of Object.entries(columns)) {
    const rows = nullable ? 0 : nullCount(file, column);
    if (rows > 0) fail("table/mismatch-null", { name, column, rows });
  }
}

/**
 * The rows as the files hold them. A number with a fraction is refused in a column of whole numbers,
 * and a moment within a day in a column of dates; a plain cast would round them.
 */
async function select({ engine }: Writer, { shape, sql, also = {} }: WriteTask): Promise<string> {
  const types = new Map((await engine.describe(sql)).map(({ name, type }) => [name, type]));
  const columns = [...shape.types].map(([name, type]) => {
    const column = quoteName(name);
    const value = exactSql(column, { from: types.get(name) ?? "", to: type });
    return `CAST(${value} AS ${duckTypeOf(type)}) AS ${column}`;
  });
  const more = Object.entries(also).map(
    ([name, type]) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`,
  );
  return `SELECT ${[...columns, ...more].join(", ")} FROM (${sql})`;
}

function exactSql(column: string, { from, to }: { from: string; to: string }): string {
  const target = duckTypeOf(to);
  const refused = (kept: string, what: string): string =>
    `CASE WHEN ${column} = ${kept} OR ${column} IS NULL THEN ${column} ELSE error(${quoteText(`Conversion Error: ${what} in column ${column}`)}) END`;
  if (/INT$/.test(target) && /^(DOUBLE|FLOAT|DECIMAL)/.test(from))
    return refused(`trunc(${column})`, "a number with a fraction");
  if (target === "DATE" && from.startsWith("TIMESTAMP"))
    return refused(`date_trunc('day', ${column})`, "a moment within a day");
  return column;
}

/** Throws the engine's and the system's errors as ours, and others as they are. */
function rethrow(name: string, cause: unknown): never {
  if (!(cause instanceof Error)) throw cause;
  const reason = (cause.message.split("\n")[0] ?? "").replace(/^Invalid Input Error: (?=Conv)/, "");
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  if (/^(Conversion|Invalid Input|Out of Range) Error/.test(reason))
    fail("table/mismatch-value", { name, reason }, { cause });
  if (/^IO Error|No space left/.test(reason) || /^E[A-Z]+$/.test(code))
    fail("table/failed-write", { name, reason }, { cause });
  throw cause;
}
