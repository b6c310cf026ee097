/** @file The files of a landing folder. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "./errors.ts";
import { statOf } from "./inspect.ts";
import { type FileFormat, fileEndings } from "./options.ts";

/**
 * The files of a format in a folder, by name, or the one file itself. Hidden files are left out.
 *
 * @throws `table/missing-file`, `table/failed-read`
 */
export async function filesOf(from: string, format: FileFormat): Promise<readonly string[]> {
  await statOf(from);
  const names = await readdir(from).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOTDIR") return undefined;
    return fail("table/failed-read", { path: from, reason: error.message }, { cause: error });
  });
  if (names === undefined) return [from];
  const found = names.filter((name) => fileEndings[format].test(name) && !name.startsWith("."));
  return found.sort().map((name) => join(from, name));
}
