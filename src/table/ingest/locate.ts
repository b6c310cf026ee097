/** @file Where in a file something is: found only when the file is refused, so that good files pay nothing. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";

/** A file on the disk, and whether it is to be inflated. */
interface Stored {
  readonly path: string;
  readonly gzip: boolean;
}

function textOf({ path, gzip }: Stored): Readable {
  const raw = createReadStream(path);
  return gzip ? raw.pipe(createGunzip()) : raw;
}

/** The line, from 1, that holds the byte at an offset of the (inflated) file. */
export async function lineOfByte(stored: Stored, offset: number): Promise<number> {
  let line = 1;
  let passed = 0;
  for await (const chunk of textOf(stored)) {
    const bytes = (chunk as Buffer).subarray(0, offset - passed);
    for (const byte of bytes) if (byte === 10) line += 1;
    passed += bytes.length;
    if (passed >= offset) break;
  }
  return line;
}

/** The position of the first byte that cannot be UTF-8, found by halving. */
export function badByte(bytes: Buffer): number {
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

/** The line, from 1, of the n-th line that is not blank, n from 1. */
export async function lineOfRecord(stored: Stored, record: number): Promise<number> {
  const input = textOf(stored);
  const lines = createInterface({ input });
  let line = 0;
  let records = 0;
  try {
    for await (const text of lines) {
      line += 1;
      if (text.trim() !== "") records += 1;
      if (records === record) return line;
    }
    return line;
  } finally {
    lines.close();
    input.destroy();
  }
}

/** The first line, from 1, that ends otherwise than the first line does; 1 when none does. */
export function lineOfMixedEnd(head: string): number {
  const ends = [...head.matchAll(/\r\n|\n|\r/g)].map((match) => match[0]);
  const other = ends.findIndex((end) => end !== ends[0]);
  return other < 0 ? 1 : other + 1;
}
