/** @file A suite in a file, and the values of its parameters. */
import { readFile } from "node:fs/promises";
import { type ExpectationSuite, readSuite } from "../check/index.ts";
import { isMillraceError } from "../core/index.ts";
import type { Json } from "../flow.ts";
import { fail } from "./errors.ts";
import { pairsOf } from "./options.ts";
import { readReason } from "./read-reason.ts";
import { sentenceOf } from "./sentences.ts";

/**
 * Reads a suite.
 *
 * @throws `cli/missing-suite`, `cli/missing-file`, `cli/failed-file`, `cli/corrupt-suite`
 */
export async function suiteAt(
  command: string,
  path: string | undefined,
): Promise<ExpectationSuite> {
  if (path === undefined) return fail("cli/missing-suite", { command });
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === "ENOENT" ? "cli/missing-file" : "cli/failed-file";
    return fail(code, { path, reason: readReason(cause), option: "suite" }, { cause });
  });
  try {
    return readSuite(text);
  } catch (cause) {
    if (!isMillraceError(cause)) throw cause;
    return fail("cli/corrupt-suite", { path, reason: sentenceOf(cause, "millrace") }, { cause });
  }
}

/**
 * Parameters as they are written on a command line: a value that is JSON is that, others are texts.
 *
 * @throws `cli/mismatch-option`
 */
export function parametersOf(
  command: string,
  given: readonly string[],
): Readonly<Record<string, Json>> {
  const pairs = [...pairsOf(command, "parameter", given)];
  return Object.fromEntries(pairs.map(([name, text]) => [name, jsonOf(text)]));
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
