/** @file Lakes in temporary folders, or where a test says, and the files of a table as a test reads and writes them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type Bytes, folderBytes } from "../../src/store/index.ts";
import { type Lake, type LakeOptions, openLake, type Table } from "../../src/table/index.ts";

const folders: string[] = [];
const lakes: Lake[] = [];
afterAll(async () => {
  for (const lake of lakes.splice(0)) await lake.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Gives a place for a new lake: a folder, or an address. */
type NewPlace = () => Promise<string>;

let elsewhere: NewPlace | undefined;

/** From now on new lakes are in the places that this gives, and not in folders. */
export function lakesAt(place: NewPlace): void {
  elsewhere = place;
}

/** Whether lakes are in folders; a test that makes files by their paths is for those alone. */
export const inFolders = (): boolean => elsewhere === undefined;

/** A new folder, which is removed after the tests of the file. */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-table-"));
  folders.push(folder);
  return folder;
}

/** A new lake, which is closed after the tests of the file. */
export async function newLake(options: LakeOptions = {}): Promise<Lake> {
  const lake = await openLake(await (elsewhere ?? newFolder)(), options);
  lakes.push(lake);
  return lake;
}

/** What a test needs of a table. */
type At = Pick<Table, "path">;

/** The files of a table, by their names below its folder. */
export interface TableFiles {
  get(name: string): Promise<Buffer>;
  put(name: string, content: string | Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  /** All of them, at any depth, sorted. */
  names(folder?: string): Promise<readonly string[]>;
  /** A local file with the bytes of one. */
  local(name: string): Promise<string>;
}

/** The files of a table of a lake made by {@link newLake}, or of one in a folder. */
export function filesOf({ path }: At): TableFiles {
  const { bytes, folder } = whereIs(path);
  const key = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
  const names = async (below = ""): Promise<readonly string[]> => {
    const inside = await bytes.list(below === "" ? folder : key(below));
    const found = inside.map(async (one) => {
      const name = below === "" ? one : `${below}/${one}`;
      return (await bytes.has(key(name))) ? [name] : names(name);
    });
    return (await Promise.all(found)).flat().sort();
  };
  return {
    get: async (name) => Buffer.from(await bytes.get(key(name))),
    put: (name, content) => bytes.put(key(name), Buffer.from(content)),
    remove: (name) => bytes.remove(key(name)),
    names,
    local: (name) => bytes.fetchLocal(key(name)),
  };
}

function whereIs(path: string): { readonly bytes: Bytes; readonly folder: string } {
  for (const lake of lakes) {
    const { bytes } = lake.place("a.b");
    const root = bytes.locate("tables").replace(/tables$/, "");
    if (path.startsWith(root)) return { bytes, folder: path.slice(root.length) };
  }
  return { bytes: folderBytes(path), folder: "" };
}

const logFile = (version: number): string => `_delta_log/${String(version).padStart(20, "0")}.json`;

/** The actions of one commit. */
export async function actionsOf(
  table: At,
  version: number,
): Promise<readonly Readonly<Record<string, Record<string, unknown>>>[]> {
  const text = (await filesOf(table).get(logFile(version))).toString();
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
  await filesOf(table).put(logFile(version), `${text}\n`);
}

/** Removes the commit files from one version to another, both included. */
export async function removeCommits(table: At, from: number, to: number): Promise<void> {
  for (let version = from; version <= to; version++) await filesOf(table).remove(logFile(version));
}

/** The data files below a table's folder, by their paths in it, sorted. */
export async function dataFiles(table: At): Promise<readonly string[]> {
  const names = await filesOf(table).names();
  return names.filter((name) => name.endsWith(".parquet") && !name.startsWith("_delta_log"));
}
