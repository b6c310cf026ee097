/** @file Lakes in temporary folders, and the log of a table as a test reads and writes it. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { memoryBytes } from "../../src/store/index.ts";
import { type Lake, type LakeOptions, openLake, type Table } from "../../src/table/index.ts";

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A lake in a new folder, which is removed after the tests of the file. */
export async function newLake(options: LakeOptions = {}): Promise<Lake> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-table-"));
  folders.push(folder);
  if (process.env["MILLRACE_LAKE"] === "memory") return openLake(memoryBytes(), options);
  return openLake(folder, options);
}

/** What a test needs of a table. */
type At = Pick<Table, "path">;

const logFile = ({ path }: At, version: number): string =>
  join(path, "_delta_log", `${String(version).padStart(20, "0")}.json`);

/** The actions of one commit. */
export async function actionsOf(
  table: At,
  version: number,
): Promise<readonly Readonly<Record<string, Record<string, unknown>>>[]> {
  const text = await readFile(logFile(table, version), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);
}

/** Writes a commit as another program would. */
export async function commitAs(
  table: At,
  version: number,
  actions: readonly unknown[],
): Promise<void> {
  const text = actions.map((action) => JSON.stringify(action)).join("\n");
  await writeFile(logFile(table, version), `${text}\n`);
}

/** Removes the commit files from one version to another, both included. */
export async function removeCommits(table: At, from: number, to: number): Promise<void> {
  for (let version = from; version <= to; version++) await rm(logFile(table, version));
}

/** The data files below a table's folder, by their paths in it, sorted. */
export async function dataFiles({ path }: At): Promise<readonly string[]> {
  const names = await readdir(path, { recursive: true });
  return names.filter((name) => name.endsWith(".parquet") && !name.startsWith("_delta_log")).sort();
}
