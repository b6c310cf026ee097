/** @file The rows that a command looks at: a version of a table, or a file that is read for it alone. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { count } from "../core/index.ts";
import {
  type AtVersion,
  type Engine,
  type Frame,
  type IngestTask,
  ingest,
  type Lake,
  openLake,
} from "../table/index.ts";
import { openWorkspaceLake } from "../workspace/index.ts";
import type { ArgumentSpec, Surroundings } from "./command.ts";
import { fail } from "./errors.ts";
import { failTable } from "./fail-table.ts";
import { stoppable } from "./stoppable.ts";

/** The argument TABLE|FILE. */
export const sourceArgument = {
  type: "string",
  value: "TABLE|FILE",
  help: "a table's name, or a file (.csv, .json, .jsonl, .parquet, or with a slash in its path)",
} as const satisfies ArgumentSpec;

/** Rows, and what they are called. */
export interface Source {
  readonly name: string;
  /** Null for a file. */
  readonly version: number | null;
  /** Its schema has the name of the source. */
  readonly rows: Frame;
  readonly count: number;
  readonly engine: Engine;
  /** Rows of an earlier version of the same table. Throws `cli/unsupported-version` for a file. */
  earlier(version: number): Promise<Frame>;
}

/** What is looked at, and where. */
export interface SourceTask {
  readonly from: string;
  readonly dir: string;
  readonly at: AtVersion;
  /** How a file is read. */
  readonly form: Pick<IngestTask, "format" | "csv" | "encoding">;
  /** The command that asks, for errors. */
  readonly command: string;
}

const isPath = (from: string): boolean =>
  /[/\\]|\.(csv|tsv|json|jsonl|ndjson)(\.gz)?$|\.parquet$/i.test(from);

/**
 * Does work with the rows of a table or a file; Ctrl-C ends the engine's statements.
 *
 * @throws `workspace/missing-workspace`, `table/missing-table`, `table/missing-file`,
 * `cli/unsupported-version`, and what reading the file and the work throw
 */
export async function withSource<T>(
  task: SourceTask,
  around: Pick<Surroundings, "reporter" | "signal">,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  if (isPath(task.from)) return withFile(task, around, work);
  await using lake = await openWorkspaceLake(task.dir);
  const source = await tableSource(lake, task.from, task.at);
  return await stoppable({ engine: lake.engine, signal: around.signal }, () => work(source));
}

/** A version of a table as a source. Throws `table/missing-table`, `table/missing-version`. */
export async function tableSource(lake: Lake, name: string, at: AtVersion): Promise<Source> {
  const table = lake.table(name, await lake.schemaOf(name));
  const read = async (which: AtVersion) => {
    const { version, schema, rows } = await table.detail(which);
    const typed = lake.table(name, { ...schema, name });
    return { version, known: rows, frame: await typed.read({ version }) };
  };
  const { version, known, frame } = await read(at);
  return {
    name,
    version,
    rows: frame,
    count: known ?? (await frame.count()),
    engine: lake.engine,
    earlier: async (earlier) => (await read({ version: earlier })).frame,
  };
}

/** A file is loaded into a lake of its own, which is removed afterwards: it is read as ingest reads it. */
async function withFile<T>(
  { from, at, form, command }: SourceTask,
  { reporter, signal }: Pick<Surroundings, "reporter" | "signal">,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  const noVersions = (): never => fail("cli/unsupported-version", { command, file: from });
  if (at.version !== undefined || at.at !== undefined) noVersions();
  const found = await stat(from).catch(() => failTable("table/missing-file", { path: from }));
  if (found.isDirectory()) fail("cli/conflict-folder", { command, path: from });
  const folder = await mkdtemp(join(tmpdir(), "millrace-file-"));
  const lake = await openLake(folder);
  try {
    return await stoppable({ engine: lake.engine, signal }, async () => {
      const into = "file.rows";
      const task = { from, into, ...form, types: "infer", technical: false } as const;
      const { files } = await ingest(lake, { ...task, evolution: "rescue", signal });
      const rescued = files.reduce((sum, file) => sum + file.rescued, 0);
      if (rescued > 0)
        reporter.note(
          `${count(rescued, "cell")} of ${from} ${rescued === 1 ? "does not fit the type of its column and is" : "do not fit the type of their columns and are"} missing`,
        );
      const { name: _, columns } = await lake.schemaOf(into);
      const { _rescued, ...delivered } = columns;
      const rows = await lake.table(into, { name: basename(from), columns: delivered }).read();
      const name = basename(from);
      const all = await rows.count();
      return work({
        name,
        version: null,
        rows,
        count: all,
        engine: lake.engine,
        earlier: noVersions,
      });
    });
  } finally {
    await lake.close();
    await rm(folder, { recursive: true, force: true });
  }
}
