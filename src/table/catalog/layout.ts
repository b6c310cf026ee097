/** @file The file `lake.json`: the format of a lake, and how its names become folders. */
import { isMillraceError, parseJson } from "../../core/index.ts";
import type { Bytes } from "../../store/index.ts";
import { fail } from "./errors.ts";
import { isPart, type Layout } from "./names.ts";

const format = 2;
const key = "lake.json";

interface LakeFile {
  readonly format?: number;
  readonly catalog?: string;
  readonly nested?: readonly string[];
}

/**
 * Reads the layout of a lake, and makes the file where there is no lake yet. A lake of format 1 is
 * looked through once and gets the file of format 2: its tables stay where they are.
 *
 * @throws `table/unsupported-format` when a newer Millrace wrote it, before anything is touched;
 * `store/unsupported-condition` when a remote server lets two writers win
 */
export async function openLayout(bytes: Bytes, path: string): Promise<Layout> {
  const content = await bytes.get(key).catch((error: unknown) => {
    if (isMillraceError(error, "store/missing-bytes")) return undefined;
    throw error;
  });
  if (content === undefined) {
    const layout = { main: "main", nested: new Set<string>() };
    const made = await bytes.putIfAbsent(key, fileOf(layout));
    return made ? layout : openLayout(bytes, path);
  }
  const file = parseJson(Buffer.from(content).toString(), key) as LakeFile;
  const { format: found = 0, catalog: main, nested = [] } = file;
  if (found > format) fail("table/unsupported-format", { path, found, known: format });
  if (bytes.copies !== undefined) await checkCondition(bytes, content);
  if (main !== undefined) return { main, nested: new Set(nested) };
  const layout = await layoutOfFormat1(bytes);
  // A lake on a disk that is read-only is read as it is, and looked through each time.
  await bytes.put(key, fileOf(layout)).catch(() => undefined);
  return layout;
}

/**
 * Has a remote server refuse the file that is there, so that one which ignores the condition is found
 * out before a table relies on it. Whoever may only read cannot ask.
 */
async function checkCondition(bytes: Bytes, content: Uint8Array): Promise<void> {
  await bytes.putIfAbsent(key, content).catch((error: unknown) => {
    if (!isMillraceError(error, "store/failed-write")) throw error;
  });
}

function fileOf({ main: catalog, nested }: Layout): Uint8Array {
  const file: LakeFile = { format, catalog, ...(nested.size > 0 ? { nested: [...nested] } : {}) };
  return Buffer.from(`${JSON.stringify(file)}\n`);
}

/**
 * Format 1 took "main.telco.silver" and "telco.silver" for two tables. Where a lake has a table with
 * "main" before it, names that name no catalog are of a catalog called otherwise.
 */
async function layoutOfFormat1(bytes: Bytes): Promise<Layout> {
  const nested = await nestedTables(bytes);
  const catalogs = new Set(nested.map((name) => name.split(".")[0] ?? ""));
  let main = "main";
  for (let i = 1; catalogs.has(main); i++) main = i === 1 ? "default" : `default_${i}`;
  return { main, nested: new Set(nested) };
}

/** Tables three folders deep, sorted. */
async function nestedTables(bytes: Bytes): Promise<readonly string[]> {
  const inside = async (...parts: readonly string[]): Promise<readonly string[]> =>
    (await bytes.list(["tables", ...parts].join("/"))).filter(isPart);
  const found: string[] = [];
  for (const catalog of await inside())
    for (const schema of await inside(catalog))
      for (const name of await inside(catalog, schema)) {
        const log = await bytes.list(`tables/${catalog}/${schema}/${name}/_delta_log`);
        if (log.length > 0) found.push(`${catalog}.${schema}.${name}`);
      }
  return found;
}
