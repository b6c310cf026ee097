/** @file A lake and a landing folder for tests of ingestion, in a temporary folder. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failWith } from "../../src/core/index.ts";
import { storeErrors } from "../../src/store/index.ts";
import { type Lake, quoteText } from "../../src/table/index.ts";
import { newLake } from "./lake.ts";

const fail = failWith(storeErrors);

/** A lake, and a folder in which files land. */
export interface Landing {
  readonly lake: Lake;
  /** The landing folder. */
  readonly from: string;
  /** Puts files into the landing folder. */
  land(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  /** The rows of a table, whatever its columns, in the order of the file names and positions. */
  rows(table: string, columns?: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes a lake and a landing folder with files in it. */
export async function landing(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Landing> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-landing-"));
  const from = join(folder, "landing");
  await mkdir(from);
  const lake = await newLake();
  const land: Landing["land"] = async (more) => {
    for (const [name, body] of Object.entries(more)) await writeFile(join(from, name), body);
  };
  await land(files);
  return {
    lake,
    from,
    land,
    rows: async (table, columns = "*") => {
      const frame = await lake.table(table, await lake.schemaOf(table)).read();
      const order = "_source_file" in frame.schema.columns ? "ORDER BY _source_file, _row_id" : "";
      return lake.engine.query(`SELECT ${columns} FROM (${frame.sql}) ${order}`);
    },
    [Symbol.asyncDispose]: async () => {
      await lake.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The same lake, but the work is done when rows are written and before their commit is confirmed. */
export function beforeCommit(lake: Lake, work: () => Promise<unknown>): Lake {
  const queryJson: typeof lake.engine.queryJson = async (sql) => {
    const found = await lake.engine.queryJson(sql);
    if (sql.startsWith("COPY")) await work(); // the rows are in their file
    return found;
  };
  return { ...lake, engine: { ...lake.engine, queryJson } };
}

/** The same lake, but its store fails at the next commits of a table, which are then not in its log. */
export function failingCommits(lake: Lake, table: string, times: number): Lake {
  let left = times;
  const place: Lake["place"] = (name) => {
    const found = lake.place(name);
    const key = `${lake.place(table).folder}/_delta_log/`;
    const putIfAbsent: typeof found.bytes.putIfAbsent = async (at, body) => {
      if (at.startsWith(key) && left-- > 0)
        fail("store/failed-write", { path: at, reason: "EIO", advice: "Mend it." });
      return found.bytes.putIfAbsent(at, body);
    };
    return { ...found, bytes: { ...found.bytes, putIfAbsent } };
  };
  return { ...lake, place };
}

/** A query as a Parquet file at a path. */
export async function writeParquet(lake: Lake, path: string, sql: string): Promise<void> {
  await lake.engine.run(`COPY (${sql}) TO ${quoteText(path)} (FORMAT parquet)`);
}
