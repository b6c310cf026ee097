/** @file Where the program of a search's winner may be written. */
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { fail } from "./errors.ts";
import type { Source } from "./source.ts";

/** Refuses a program of a file, or into a folder that is not there, before anything is tried. */
export async function checkProgram(
  command: string,
  path: string | undefined,
  { name, version }: Pick<Source, "name" | "version">,
): Promise<void> {
  if (path === undefined) return;
  if (version === null) fail("cli/unsupported-program", { command, file: name });
  const folder = dirname(path);
  const isFolder = await stat(folder)
    .then((found) => found.isDirectory())
    .catch(() => false);
  if (!isFolder)
    fail("cli/mismatch-option", {
      command,
      option: "program",
      expected: "a file in a folder that is there",
      got: path,
    });
}
