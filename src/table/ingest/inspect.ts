/** @file One pass over a delivered file before the engine sees it: identity, encoding, header. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { TextDecoder } from "node:util";
import type { Hash } from "../../flow.ts";
import { fail } from "../errors.ts";

/** What is known of a file after one pass. */
export interface Inspected {
  /** The SHA-256 of its bytes: what "the same file" means. */
  readonly hash: Hash;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** The names of its first line. */
  readonly header: readonly string[];
}

const headerLimit = 1 << 20;

/**
 * Reads a CSV file once: hashes it, checks that it is UTF-8 without NUL bytes, and reads its header.
 *
 * @param path - The file.
 * @param name - What messages call it.
 * @throws `table/missing-file`, `table/failed-read`, `table/missing-rows`, `table/corrupt-text`,
 * `table/duplicate-column`
 */
export async function inspectCsv(path: string, name: string): Promise<Inspected> {
  const found = await statOf(path);
  if (found.size === 0) fail("table/missing-rows", { file: name, what: "the file is empty" });
  const hash = createHash("sha256");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  let head = "";
  let headDone = false;
  for await (const bytes of chunksOf(path)) {
    hash.update(bytes);
    const text = decode(decoder, bytes, { file: name, line });
    if (!headDone) {
      head += text;
      headDone = /[\r\n]/.test(unquoted(head)) || head.length > headerLimit;
    }
    line += newlines(bytes);
  }
  decode(decoder, undefined, { file: name, line });
  return {
    hash: `sha256:${hash.digest("hex")}`,
    sizeBytes: found.size,
    modifiedAtMs: Math.floor(found.mtimeMs),
    header: checkHeader(name, headerOf(head, name)),
  };
}

/** Size and time of a file. Throws `table/missing-file`, `table/failed-read`. */
export async function statOf(path: string): Promise<{ size: number; mtimeMs: number }> {
  try {
    return await stat(path);
  } catch (cause) {
    return refuseRead(path, cause);
  }
}

function refuseRead(path: string, cause: unknown): never {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT") return fail("table/missing-file", { path }, { cause });
  return fail("table/failed-read", { path, reason: message }, { cause });
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      yield chunk as Buffer;
  } catch (cause) {
    refuseRead(path, cause);
  }
}

/** Decodes a piece; the first bad byte is named by its line. */
function decode(
  decoder: TextDecoder,
  bytes: Buffer | undefined,
  at: { file: string; line: number },
): string {
  const zero = bytes?.indexOf(0) ?? -1;
  if (bytes !== undefined && zero >= 0)
    fail("table/corrupt-text", {
      file: at.file,
      line: at.line + newlines(bytes.subarray(0, zero)),
      reason: "there is a NUL byte, so this is not a text file in UTF-8 (it may be UTF-16)",
    });
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch (cause) {
    const line = at.line + (bytes === undefined ? 0 : newlines(bytes.subarray(0, badByte(bytes))));
    const reason = "a byte is not UTF-8; save the file as UTF-8";
    return fail("table/corrupt-text", { file: at.file, line, reason }, { cause });
  }
}

/** The position of the first byte that cannot be UTF-8, found by halving. */
function badByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good;
}

function newlines(bytes: Uint8Array): number {
  let lines = 0;
  for (const byte of bytes) if (byte === 10) lines += 1;
  return lines;
}

/** The text with everything between double quotes taken out. */
const unquoted = (text: string): string => text.replaceAll(/"[^"]*("|$)/g, "");

/** The cells of the first line, quotes undone. */
function headerOf(text: string, file: string): readonly string[] {
  const cells: string[] = [];
  let rest = text.replace(/^\uFEFF/, "");
  for (;;) {
    const cell = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/.exec(rest);
    if (cell === null)
      return fail("table/corrupt-text", { file, line: 1, reason: "a quote is not closed" });
    cells.push(cell[1]?.replaceAll('""', '"') ?? cell[2] ?? "");
    if (cell[3] !== ",") return cells;
    rest = rest.slice(cell[0].length);
  }
}

function checkHeader(file: string, header: readonly string[]): readonly string[] {
  const folded = header.map((name) => name.toLowerCase());
  const twice = header.filter((_, i) => folded.indexOf(folded[i] ?? "") !== i);
  if (twice.length > 0) fail("table/duplicate-column", { file, columns: twice });
  return header;
}
