/** @file `millrace ingest`: each delivered file once into a table, those that are there or as they come. */
import { stat } from "node:fs/promises";
import { count } from "../core/index.ts";
import {
  checkSecurable,
  type IngestedFile,
  type IngestReport,
  type IngestTask,
  ingest,
  type Lake,
  watchFolder,
} from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command, type Surroundings } from "./command.ts";
import { fail } from "./errors.ts";
import { failTable } from "./fail-table.ts";
import { type FileValues, fileForm, fileOptions } from "./file-options.ts";
import { fileLines, isRefused, leftLines, restoredLines, totalLine } from "./ingest-report.ts";
import { stoppable } from "./stoppable.ts";
import { tableArgument } from "./table-option.ts";
import { dir } from "./workspace-folder.ts";

const megabyte = 1_000_000;

interface IngestValues extends FileValues {
  readonly from: string;
  readonly table: string;
  readonly types: "text" | "infer";
  readonly evolution: "add" | "rescue" | "fail" | "ignore";
  readonly plain: boolean;
  readonly maxFiles: number;
  readonly onRefused: "report" | "stop";
  readonly again: "restored" | "all" | undefined;
  readonly maxRowMb: number;
  readonly maxFileMb: number | undefined;
  readonly maxInflatedMb: number;
}

/** What an ingestion did, or what is to be watched. */
interface IngestOutcome extends IngestReport {
  readonly table: string;
  readonly version: number;
  readonly format: FileValues["format"];
  /** Null unless the folder is to be watched. */
  readonly watch: {
    readonly dir: string;
    readonly task: IngestTask;
    readonly settleMs: number;
    readonly pollMs: number;
  } | null;
}

export const ingestFiles = command({
  name: "ingest",
  summary: "Load delivered files into a table, each exactly once.",
  about: [
    "FROM is a folder or a file: CSV, JSON lines or Parquet, texts also as .gz. A file is known by its",
    "bytes, which the table's log marks: one that was renamed or touched is skipped, one that arrives",
    "late is loaded, and one that was rewritten is new. A restore leaves the marks: --again restored loads",
    "the files whose rows it took out. The table is made from the first file, with",
    "five technical columns (when and from where each row came). In the names of its columns, blanks and",
    "the signs , ; { } ( ) = of the header become _. Exit code 1 when a file was refused.",
  ],
  arguments: {
    from: {
      type: "string",
      help: "a folder of files, one file, or a volume of the workspace: volume:telco.landing",
    },
    table: tableArgument,
  },
  options: {
    ...fileOptions,
    types: {
      type: "string",
      choices: ["text", "infer"],
      default: "text",
      help: "new columns keep cells as delivered (of Parquet, their types), or get the type that the first 10,000 rows fit",
    },
    evolution: {
      type: "string",
      choices: ["add", "rescue", "fail", "ignore"],
      default: "add",
      help: "a column that the table has not is added, kept in _rescued, refuses the file, or is left out",
    },
    plain: {
      type: "boolean",
      default: false,
      help: "make the table without the five technical columns; _rescued, for what does not fit, it has all the same",
    },
    maxFiles: {
      type: "number",
      default: 100,
      min: 1,
      max: 1000,
      whole: true,
      value: "N",
      help: "the most files in one commit",
    },
    onRefused: {
      type: "string",
      choices: ["report", "stop"],
      default: "report",
      help: "a file that is refused stands in the report, or stops the ingestion",
    },
    again: {
      type: "string",
      choices: ["restored", "all"],
      help: "load files that were loaded before: those whose rows a restore took out, or all",
    },
    maxRowMb: {
      type: "number",
      default: 20,
      min: 0.001,
      max: 1000,
      value: "N",
      help: "the longest row, in MB",
    },
    maxFileMb: { type: "number", min: 0, value: "N", help: "the largest file, in MB" },
    maxInflatedMb: {
      type: "number",
      default: 10_000,
      min: 0.001,
      value: "N",
      help: "the largest content of a compressed file, in MB",
    },
    watch: { type: "boolean", default: false, help: "go on with files as they come, until Ctrl-C" },
    settle: {
      type: "number",
      default: 2,
      min: 0,
      value: "S",
      help: "with --watch: seconds a file must stay as it is before it is taken",
    },
    poll: {
      type: "number",
      default: 5,
      min: 0.001,
      value: "S",
      help: "with --watch: seconds between two looks at the folder",
    },
    dir: { ...dir, help: "the workspace, made if there is none; MILLRACE_DIR names another" },
  },
  examples: [
    "ingest landing telco.bronze",
    "ingest volume:telco.landing telco.bronze",
    "ingest orders.csv shop.orders --types infer --delimiter ';'",
    "ingest landing telco.bronze --watch --max-files 1",
    "ingest landing telco.bronze --again restored",
  ],
  run: async ({ dir, watch, settle, poll, ...values }, around): Promise<IngestOutcome> => {
    const { from, table } = values;
    checkSecurable({ table });
    const volume = volumeName(from);
    if (volume === undefined) await checkPath(from, watch);
    else checkSecurable({ volume });
    const task = taskOf(values);
    const watched = { dir, task, settleMs: settle * 1000, pollMs: poll * 1000 };
    if (watch)
      return { table, version: -1, files: [], rows: 0, format: values.format, watch: watched };
    const report = await ingestOnce(dir, { ...task, into: table }, around);
    return { table, ...report, format: values.format, watch: null };
  },
  render: ({ watch, ...outcome }, { width, program }) =>
    watch === null
      ? [
          ...fileLines(outcome.files, { width, program }),
          totalLine(outcome),
          ...restoredLines(outcome.files, width),
          ...leftLines(outcome, { format: outcome.format, width }),
        ]
      : [],
  data: ({ watch, format: _, ...outcome }) => (watch === null ? outcome : undefined),
  after: async ({ watch, table }, around) =>
    watch === null ? undefined : watchUntilStopped({ ...watch, table }, around),
  isBad: ({ files }) => files.some(isRefused),
});

/** The volume that is named by "volume:telco.landing"; undefined for a path. */
const volumeName = (from: string): string | undefined => /^volume:(.*)$/.exec(from)?.[1];

/** What is named: a volume of the lake, or a path. */
function sourceIn(lake: Lake, from: IngestTask["from"]): IngestTask["from"] {
  const name = typeof from === "string" ? volumeName(from) : undefined;
  return name === undefined ? from : lake.volume(name);
}

async function checkPath(path: string, isFolder: boolean): Promise<void> {
  const found = await stat(path).catch(() => failTable("table/missing-file", { path }));
  if (isFolder && !found.isDirectory()) fail("cli/mismatch-folder", { command: "ingest", path });
}

function taskOf(values: IngestValues): IngestTask {
  const { from, table, types, evolution, plain, maxFiles, onRefused, again } = values;
  const bytes = (megabytes: number): number => Math.round(megabytes * megabyte);
  const { maxRowMb, maxFileMb, maxInflatedMb } = values;
  return {
    from,
    into: table,
    ...fileForm(values),
    types,
    evolution,
    technical: !plain,
    maxFilesPerBatch: maxFiles,
    onRefused,
    ...(again === undefined ? {} : { again }),
    limits: {
      rowBytes: bytes(maxRowMb),
      inflatedBytes: bytes(maxInflatedMb),
      ...(maxFileMb === undefined ? {} : { fileBytes: bytes(maxFileMb) }),
    },
  };
}

async function ingestOnce(
  dir: string,
  task: IngestTask & { readonly into: string },
  { reporter, signal }: Surroundings,
): Promise<IngestReport & { readonly version: number }> {
  await using workspace = await openWorkspace(dir);
  const { lake } = workspace;
  await refuseVolume(lake, task.into);
  const report = await reporter.stage(
    "ingest",
    (progress) =>
      stoppable({ engine: lake.engine, signal }, () =>
        ingest(lake, { ...task, from: sourceIn(lake, task.from), signal, progress }),
      ),
    () => null,
  );
  const [newest] = await lake.history(task.into, { limit: 1 });
  return { ...report, version: newest?.version ?? -1 };
}

/** Refuses to make a table with the name of a volume. Throws `cli/conflict-name`. */
async function refuseVolume(lake: Lake, name: string): Promise<void> {
  const isTable = (await lake.history(name, { limit: 1 })).length > 0;
  if (!isTable && (await lake.volume(name).exists())) fail("cli/conflict-name", { name });
}

/** Loads files as they come until Ctrl-C; says whether one was refused and did not come again. */
async function watchUntilStopped(
  { dir, table, task, settleMs, pollMs }: NonNullable<IngestOutcome["watch"]> & { table: string },
  { reporter, signal, json, print, width, program }: Surroundings,
): Promise<boolean> {
  await using workspace = await openWorkspace(dir);
  const { lake } = workspace;
  await refuseVolume(lake, table);
  reporter.note(`watching ${task.from} for ${table}; Ctrl-C ends it`);
  const states = new Map<string, IngestedFile>();
  let rows = 0;
  const watched = { ...task, from: sourceIn(lake, task.from), signal, settleMs, pollMs };
  for await (const report of watchFolder(lake, watched)) {
    for (const file of report.files) states.set(file.file, file);
    rows += report.rows;
    const [newest] = await lake.history(table, { limit: 1 });
    const version = newest?.version ?? -1;
    const lines = [
      ...fileLines(report.files, { width, program }),
      totalLine({ ...report, table, version }),
    ];
    print(`${json ? JSON.stringify({ table, version, ...report }) : lines.join("\n")}\n`);
  }
  reporter.note(`ended; ${count(rows, "row")} came while it watched`);
  return [...states.values()].some(isRefused);
}
