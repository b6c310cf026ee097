/** @file Ingestion: each delivered file once into a bronze table, its cells unchanged. */
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { LongWork } from "../../core/index.ts";
import type { Commit } from "../delta/commit.ts";
import { fail } from "../errors.ts";
import { frame } from "../frame.ts";
import type { Lake } from "../lake.ts";
import {
  bool,
  type Column,
  type Columns,
  type Schema,
  schema,
  text,
  timestamp,
} from "../schema.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import type { Table } from "../table.ts";
import { csvSql, rethrowCsv } from "./csv.ts";
import { type Inspected, inspectCsv, statOf } from "./inspect.ts";

/** The five technical columns of a bronze table. */
export const bronzeColumns = {
  _loaded_at: timestamp({ description: "when Millrace loaded the row" }),
  _file_modified_at: timestamp({ description: "when the file was last changed before that" }),
  _source_file: text({ description: "the name of the file" }),
  _row_id: text({
    description: "the row's identity: 16 digits of its file's hash, and its position in the file",
  }),
  _is_processed: bool({ description: "whether the row has been cleaned into silver" }),
};

/** The columns of a bronze table: the delivered ones as text, then the technical ones. */
export type BronzeColumns<N extends string = string> = {
  readonly [K in N]: Column<string | null, "text">;
} & typeof bronzeColumns;

/** The schema of a bronze table for files with these columns. */
export function bronzeSchema<const N extends string>(
  name: string,
  delivered: readonly N[],
): Schema<BronzeColumns<N>> {
  const texts = Object.fromEntries(delivered.map((column) => [column, text({ nullable: true })]));
  return schema(name, { ...texts, ...bronzeColumns } as Columns) as Schema<BronzeColumns<N>>;
}

/** What became of one file. */
export interface IngestedFile {
  readonly file: string;
  readonly state: "loaded" | "skipped";
  readonly rows: number;
}

/** What an ingestion did. */
export interface IngestReport {
  readonly files: readonly IngestedFile[];
  /** Rows added to the table. */
  readonly rows: number;
}

/**
 * Loads the CSV files of a folder, or one file, into a bronze table: each file in one commit, and
 * once only. A file is known by the hash of its bytes, so a file that was renamed or touched is
 * skipped, and one that was rewritten is a new file.
 *
 * @param table - Made with {@link bronzeSchema}; the header must name exactly its delivered columns.
 * @throws `table/missing-file`, `table/failed-read`, `table/missing-rows`, `table/corrupt-text`,
 * `table/duplicate-column`, `table/mismatch-header`, `table/mismatch-cells`, `table/conflict-file`;
 * then files before the bad one are loaded, and nothing of the bad one is
 */
export async function ingest<N extends string>(
  lake: Lake,
  task: LongWork & { readonly from: string; readonly into: Table<BronzeColumns<N>> },
): Promise<IngestReport> {
  const paths = await filesOf(task.from);
  const files: IngestedFile[] = [];
  for (const [done, path] of paths.entries()) {
    task.signal?.throwIfAborted();
    task.progress?.({ done, total: paths.length });
    files.push(await ingestFile(lake, path, task.into));
  }
  task.progress?.({ done: paths.length, total: paths.length });
  return { files, rows: files.reduce((sum, file) => sum + file.rows, 0) };
}

async function filesOf(from: string): Promise<readonly string[]> {
  await statOf(from);
  const names = await readdir(from).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOTDIR") return undefined;
    return fail("table/failed-read", { path: from, reason: error.message }, { cause: error });
  });
  if (names === undefined) return [from];
  const csv = names.filter((name) => name.toLowerCase().endsWith(".csv") && !name.startsWith("."));
  return csv.sort().map((name) => join(from, name));
}

async function ingestFile<N extends string>(
  lake: Lake,
  path: string,
  table: Table<BronzeColumns<N>>,
): Promise<IngestedFile> {
  const file = basename(path);
  const inspected = await inspectCsv(path, file);
  checkHeader(file, table.schema, inspected.header);
  const txn = { app: `ingest:${inspected.hash}`, version: 0 };
  if ((await table.txn(txn.app)) >= 0) return { file, state: "skipped", rows: 0 };
  const sql = bronzeSql({ path, file, inspected, loadedAtMs: lake.clock() }, table.schema);
  const source = frame({ engine: lake.engine, schema: table.schema, sql });
  const confirm = async (metrics: Commit["metrics"]): Promise<void> => {
    if (metrics["numOutputRows"] === 0)
      fail("table/missing-rows", { file, what: "there is a header and no row" });
    await checkUnchanged(path, file, inspected);
  };
  const commit = await table
    .append(source, { txn, confirm })
    .catch((cause: unknown) => rethrowCsv(file, cause));
  return fileReport(file, commit);
}

function fileReport(file: string, commit: Commit): IngestedFile {
  if (commit.skipped) return { file, state: "skipped", rows: 0 };
  return { file, state: "loaded", rows: commit.metrics["numOutputRows"] ?? 0 };
}

/** The rows of a file with the technical columns beside them. */
function bronzeSql(
  what: { path: string; file: string; inspected: Inspected; loadedAtMs: number },
  { columns }: Schema,
): string {
  const { path, file, inspected, loadedAtMs } = what;
  const at = (ms: number): string => `to_timestamp(${ms / 1000})`;
  const technical: Record<string, string> = {
    _loaded_at: at(loadedAtMs),
    _file_modified_at: at(inspected.modifiedAtMs),
    _source_file: quoteText(file),
    _row_id: `${quoteText(`${inspected.hash.slice(7, 23)}-`)} || lpad((row_number() OVER ())::VARCHAR, 10, '0')`,
    _is_processed: "false",
  };
  const select = Object.keys(columns).map((name) => {
    const made = technical[name];
    return made === undefined ? quoteName(name) : `${made} AS ${quoteName(name)}`;
  });
  return `SELECT ${select.join(", ")} FROM (${csvSql(path, inspected.header)})`;
}

function checkHeader(file: string, { columns }: Schema, header: readonly string[]): void {
  const delivered = Object.keys(columns).filter((name) => !(name in bronzeColumns));
  const missing = delivered.filter((name) => !header.includes(name));
  const extra = header.filter((name) => !delivered.includes(name));
  if (missing.length > 0 || extra.length > 0)
    fail("table/mismatch-header", { file, missing, extra });
}

async function checkUnchanged(path: string, file: string, before: Inspected): Promise<void> {
  const now = await statOf(path);
  if (now.size !== before.sizeBytes || Math.floor(now.mtimeMs) !== before.modifiedAtMs)
    fail("table/conflict-file", { file });
}
