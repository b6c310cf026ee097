/** @file How an ingestion is described: formats, types, evolution and limits, checked once. */
import { checkChoice, checkNames, checkNumber, type LongWork } from "../../core/index.ts";
import type { Volume } from "../catalog/volume.ts";
import type { Schema } from "../schema.ts";

/** What the files of one ingestion are. */
export type FileFormat = "csv" | "json" | "parquet";

/**
 * What happens when a file does not fit its table.
 *
 * | | a column the table has not | a cell that does not fit its column's type |
 * |---|---|---|
 * | `add` | is added to the table, nullable | becomes missing and is kept in `_rescued` |
 * | `rescue` | its cells are kept in `_rescued` | becomes missing and is kept in `_rescued` |
 * | `fail` | the file is refused | the file is refused |
 * | `ignore` | is left out and named in the report | becomes missing and is counted in the report |
 *
 * A column that the file lacks is missing in its rows; `fail` refuses the file. The type of a
 * column never changes.
 */
export type Evolution = "add" | "rescue" | "fail" | "ignore";

/** How a CSV file is written. */
export interface CsvOptions {
  /** One to four characters. Default ",", and a tab for one file that ends in .tsv. */
  readonly delimiter?: string;
  /** One character, doubled inside quotes; "" when nothing is quoted. Default '"'. */
  readonly quote?: string;
  /** Whether the first line names the columns. Default true; else they are column1, column2 … */
  readonly header?: boolean;
}

/** What is refused for its size, in bytes. */
export interface IngestLimits {
  /** The longest row. Default 20,000,000. */
  readonly rowBytes?: number;
  /** The largest file, as it stands on the disk. Default: any. */
  readonly fileBytes?: number;
  /** The largest content of a compressed file, of Parquet as its footer tells it. Default 10,000,000,000. */
  readonly inflatedBytes?: number;
}

/** What is ingested into what, and how. */
export interface IngestTask extends LongWork {
  /** A folder of files, one file, or a volume: `lake.volume("telco.landing")`. */
  readonly from: string | Volume;
  /** A table with its schema, or the name of one whose columns are found in the files. */
  readonly into: string | { readonly name: string; readonly schema: Schema };
  /** Default: what the ending of a single file says; "csv" for a folder. */
  readonly format?: FileFormat;
  readonly csv?: CsvOptions;
  /** How the bytes of CSV and JSON files are read. Default "utf-8". */
  readonly encoding?: "utf-8" | "utf-16" | "latin-1";
  /**
   * The kinds of columns that a table does not have yet: "text" keeps cells of CSV and JSON as
   * delivered, "infer" finds integers, doubles, booleans and timestamps in the first 10,000 rows (of at most 1000 columns).
   * Parquet keeps its own types. Default "text".
   */
  readonly types?: "text" | "infer";
  /** Default "fail" for a table with its schema, "add" for one that is named. */
  readonly evolution?: Evolution;
  /** Whether a table that this ingestion makes has the five technical columns. Default true. */
  readonly technical?: boolean;
  /** The most files in one commit; small files share one. 1 to 1000, default 100. */
  readonly maxFilesPerBatch?: number;
  /**
   * What a file that is refused does: it stops the ingestion, or stands in the report. A failure that is
   * not the file's, such as a full disk, stops it in any case. Default "stop".
   */
  readonly onRefused?: "stop" | "report";
  /**
   * Loads files although they were loaded before: those whose rows a RESTORE took out, or all, whose
   * rows are then in the table twice if they are there still. Each is loaded once in this run. What
   * another program took out with a RESTORE by timestamp is not seen: then say "all".
   * Default: a file is loaded once, whatever became of its rows.
   */
  readonly again?: "restored" | "all";
  readonly limits?: IngestLimits;
}

/** How a CSV file is read. */
export interface CsvPlan extends Required<CsvOptions> {
  /** Whether the delimiter was named; a guess that is wrong is told then from one that is meant. */
  readonly isNamed: boolean;
}

/** A task with its options checked and its defaults filled in. */
export interface IngestPlan {
  readonly format: FileFormat;
  readonly csv: CsvPlan;
  readonly encoding: "utf-8" | "utf-16" | "latin-1";
  readonly types: "text" | "infer";
  readonly evolution: Evolution;
  readonly technical: boolean;
  readonly maxFilesPerBatch: number;
  readonly onRefused: "stop" | "report";
  /** What a failure does that is not the file's and may pass. */
  readonly onFailure: "stop" | "report";
  readonly limits: Required<IngestLimits>;
}

const taskNames = [
  "from",
  "into",
  "format",
  "csv",
  "encoding",
  "types",
  "evolution",
  "technical",
  "maxFilesPerBatch",
  "onRefused",
  "again",
  "limits",
  "signal",
  "progress",
];

/**
 * Checks the options of an ingestion.
 *
 * @param more - Names of further options that the caller checks itself.
 * @throws `option/unknown-name`, `option/out-of-range`
 */
export function planOf(task: IngestTask, more: readonly string[] = []): IngestPlan {
  const at = "ingest";
  checkNames(at, task, [...taskNames, ...more]);
  const { csv = {}, encoding = "utf-8", types = "text", technical = true, limits = {} } = task;
  const { evolution = typeof task.into === "string" ? "add" : "fail", onRefused = "stop" } = task;
  const { again } = task;
  if (again !== undefined) checkChoice(at, { again }, ["restored", "all"]);
  const { maxFilesPerBatch = 100, format = formatOf(task.from) } = task;
  checkNumber(at, { maxFilesPerBatch }, { min: 1, max: 1000, integer: true });
  return {
    format: checkChoice(at, { format }, ["csv", "json", "parquet"]),
    csv: checkCsv(csv, task.from),
    encoding: checkChoice(at, { encoding }, ["utf-8", "utf-16", "latin-1"]),
    types: checkChoice(at, { types }, ["text", "infer"]),
    evolution: checkChoice(at, { evolution }, ["add", "rescue", "fail", "ignore"]),
    technical,
    maxFilesPerBatch,
    onRefused: checkChoice(at, { onRefused }, ["stop", "report"]),
    onFailure: "stop",
    limits: checkLimits(limits),
  };
}

function checkCsv(csv: CsvOptions, from: IngestTask["from"]): CsvPlan {
  checkNames("ingest, csv", csv, ["delimiter", "quote", "header"]);
  const isTabbed = typeof from === "string" && /\.tsv(\.gz)?$/i.test(from);
  const { delimiter = isTabbed ? "\t" : ",", quote = '"', header = true } = csv;
  checkNumber(
    "ingest, csv",
    { "length of delimiter": delimiter.length },
    { min: 1, max: 4, integer: true },
  );
  checkNumber(
    "ingest, csv",
    { "length of quote": quote.length },
    { min: 0, max: 1, integer: true },
  );
  return { delimiter, quote, header, isNamed: csv.delimiter !== undefined };
}

function checkLimits(limits: IngestLimits): Required<IngestLimits> {
  const at = "ingest, limits";
  checkNames(at, limits, ["rowBytes", "fileBytes", "inflatedBytes"]);
  const { rowBytes = 20_000_000, fileBytes = Number.MAX_SAFE_INTEGER } = limits;
  const { inflatedBytes = 10_000_000_000 } = limits;
  checkNumber(at, { rowBytes }, { min: 1000, max: 1_000_000_000, integer: true });
  checkNumber(at, { fileBytes }, { min: 1, integer: true });
  checkNumber(at, { inflatedBytes }, { min: 1, integer: true });
  return { rowBytes, fileBytes, inflatedBytes };
}

/** The endings of each format's files; CSV and JSON lines may also end in `.gz`. */
export const fileEndings: Readonly<Record<FileFormat, RegExp>> = {
  csv: /\.(csv|tsv)(\.gz)?$/i,
  json: /\.(json|jsonl|ndjson)(\.gz)?$/i,
  parquet: /\.parquet$/i,
};

function formatOf(from: string | Volume): FileFormat {
  if (typeof from !== "string") return "csv";
  const formats = ["json", "parquet"] as const;
  return formats.find((format) => fileEndings[format].test(from)) ?? "csv";
}
