/** @file One pass over a delivered file, before the engine reads it or beside it: identity, size, encoding, first lines. */
import { createHash, type Hash as Hasher } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Hash } from "../../flow.ts";
import { fail } from "./errors.ts";
import { lineOfByte } from "./locate.ts";
import type { IngestPlan } from "./options.ts";
import { type BadText, decodedCheck, utf8Check } from "./text-check.ts";

/** What is known of a file at first sight. */
export interface Glance {
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** Whether a copy was read, which has another time than the file. */
  readonly isCopy: boolean;
  /** What changes when it is written again, even with the same size and time. */
  readonly looks: string;
  /** Whether its bytes are compressed with gzip. */
  readonly gzip: boolean;
  /** Whether its gzip header has parts that the engine does not read: a comment, a checksum, more fields. */
  readonly oddGzip: boolean;
  /** The first megabyte of its text, in UTF-8, without a byte order mark; empty for Parquet. */
  readonly head: string;
  /** Whether the text began with a byte order mark. */
  readonly mark: boolean;
}

/** What is known of a file after one pass. */
export interface Inspected extends Glance {
  /** The SHA-256 of its bytes: what "the same file" means. */
  readonly hash: Hash;
}

/** A file during the pass, which refuses the hash when it finds that the file is to be refused. */
export interface Inspecting extends Glance {
  readonly hash: Promise<Hash>;
}

/** A file and what messages call it. */
export interface FilePlace {
  readonly path: string;
  readonly file: string;
  /** When the file was stored, where the path is that of a copy, which does not change. */
  readonly modifiedAtMs?: number;
}

/**
 * Reads a file once, with native code: hashes it, inflates it when it is compressed, and checks
 * that it is text in its encoding without NUL characters. About 1 GB a second.
 *
 * @throws `table/missing-file`, `table/failed-read`, `table/missing-rows`, `table/corrupt-text`,
 * `table/corrupt-file`, `table/out-of-range-size`
 */
export async function inspectFile(place: FilePlace, plan: IngestPlan): Promise<Inspected> {
  const facts = await factsOf(place, plan);
  return { ...facts, ...(await readWhole(place, plan, facts.gzip)) };
}

/** The smallest file that the engine may read while it is inspected, in bytes. */
const besideBytes = 16_000_000;

/**
 * Begins {@link inspectFile} of a file that the engine may read meanwhile: a large one, whose text is as
 * it stands. None of its rows may be committed before its hash is there.
 *
 * @returns undefined for a file that must be inspected first.
 * @throws as {@link inspectFile} does before it reads
 */
export async function beginInspection(
  place: FilePlace,
  plan: IngestPlan,
): Promise<Inspecting | undefined> {
  const facts = await factsOf(place, plan);
  if (facts.sizeBytes < besideBytes || facts.gzip || plan.encoding !== "utf-8") return undefined;
  const first = plan.format === "parquet" ? noText : await firstOf(place.path);
  const hash = readWhole(place, plan, false).then((read) => read.hash);
  hash.catch(() => undefined); // whoever waits for it is told
  return { ...facts, ...first, hash };
}

type Facts = Omit<Glance, "head" | "mark">;

async function factsOf(place: FilePlace, { format, limits }: IngestPlan): Promise<Facts> {
  const { path, file } = place;
  const found = await statOf(path);
  if (found.size === 0) fail("table/missing-rows", { file, what: "the file is empty" });
  if (found.size > limits.fileBytes)
    fail("table/out-of-range-size", {
      file,
      what: "the file holds",
      limit: limits.fileBytes,
      option: "limits.fileBytes",
    });
  const { gzip, oddGzip } = format === "parquet" ? noGzip : await gzipOf(path);
  const { size: sizeBytes, mtimeMs } = found;
  const { modifiedAtMs = Math.floor(mtimeMs) } = place;
  const isCopy = place.modifiedAtMs !== undefined;
  return { sizeBytes, modifiedAtMs, isCopy, looks: looksOf(found), gzip, oddGzip };
}

const readWhole = (place: FilePlace, plan: IngestPlan, gzip: boolean): Promise<Read> =>
  plan.format === "parquet" ? readBytes(place.path) : readText(place, plan, gzip);

const noText = { head: "", mark: false };

/** The first megabyte of a text in UTF-8; the pass says whether it is one. */
async function firstOf(path: string): Promise<typeof noText> {
  const check = utf8Check();
  for await (const bytes of chunksOf(path)) {
    check.take(bytes);
    break;
  }
  return { head: check.head(), mark: check.mark() };
}

/**
 * What a file looks like without being read. The time of the last change of anything about it cannot be
 * set back, as that of its content can.
 */
export const looksOf = ({ size, mtimeMs, ctimeMs, ino }: FileStat): string =>
  [size, mtimeMs, ctimeMs, ino].join();

type Read = Pick<Inspected, "hash" | "head" | "mark">;

async function readBytes(path: string): Promise<Read> {
  const hash = createHash("sha256");
  await readEach(path, (bytes) => void hash.update(bytes));
  return { hash: `sha256:${hash.digest("hex")}`, ...noText };
}

async function readText(place: FilePlace, plan: IngestPlan, gzip: boolean): Promise<Read> {
  const { path, file } = place;
  const hash = createHash("sha256");
  const check = plan.encoding === "utf-8" ? utf8Check() : decodedCheck(file, plan.encoding);
  let bad: BadText | undefined;
  const look = (bytes: Buffer): void => {
    bad ??= check.take(bytes);
    if (bad !== undefined) throw new Error(bad.reason);
  };
  try {
    if (gzip) await inflate(place, { hash, look, limit: plan.limits.inflatedBytes });
    else
      await readEach(path, (bytes) => {
        hash.update(bytes);
        look(bytes);
      });
    bad = check.end();
  } catch (cause) {
    if (bad === undefined) throw cause;
  }
  if (bad !== undefined) {
    const line = await lineOfByte({ path, gzip }, bad.offset);
    fail("table/corrupt-text", { file, line, reason: bad.reason });
  }
  return { hash: `sha256:${hash.digest("hex")}`, head: check.head(), mark: check.mark() };
}

/** What the system says of a file. */
export type FileStat = Pick<
  Stats,
  "size" | "mtimeMs" | "ctimeMs" | "ino" | "isFile" | "isDirectory"
>;

/** Size and times of a file. Throws `table/missing-file`, `table/failed-read`. */
export async function statOf(path: string): Promise<FileStat> {
  try {
    return await stat(path);
  } catch (cause) {
    return refuseRead(path, cause);
  }
}

/** The file must be as it was when it was inspected. Throws `table/conflict-file`. */
export async function checkUnchanged({ path, file }: FilePlace, before: Glance): Promise<void> {
  const now = await stat(path).catch(() => undefined);
  const isSame = before.isCopy
    ? now?.size === before.sizeBytes
    : now && looksOf(now) === before.looks;
  if (isSame !== true) fail("table/conflict-file", { file });
}

/**
 * A file that is gone, or is another one by now, is told as that, whatever reading it said.
 *
 * @throws `table/missing-file`, `table/conflict-file`
 */
export async function checkThere(place: FilePlace, before: Glance): Promise<void> {
  await statOf(place.path);
  await checkUnchanged(place, before);
}

function refuseRead(path: string, cause: unknown): never {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT") return fail("table/missing-file", { path }, { cause });
  return fail("table/failed-read", { path, reason: message }, { cause });
}

/** The bytes of a file in pieces of a megabyte. Throws `table/missing-file`, `table/failed-read`. */
export async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      yield chunk as Buffer;
  } catch (cause) {
    refuseRead(path, cause);
  }
}

/** Gives each piece of a file to be looked at, in one buffer, which spares the time of a new one for each. */
async function readEach(path: string, look: (bytes: Buffer) => void): Promise<void> {
  const file = await open(path).catch((cause) => refuseRead(path, cause));
  try {
    const buffer = Buffer.alloc(1 << 20);
    for (;;) {
      const { bytesRead } = await file
        .read(buffer, 0, buffer.length)
        .catch((cause) => refuseRead(path, cause));
      if (bytesRead === 0) return;
      look(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

const noGzip = { gzip: false, oddGzip: false };
const nameFlag = 8;

/** Whether a file is gzip, by its first bytes (RFC 1952). */
async function gzipOf(path: string): Promise<Pick<Glance, "gzip" | "oddGzip">> {
  try {
    for await (const chunk of createReadStream(path, { start: 0, end: 3 })) {
      const [first, second, , flags = 0] = chunk as Buffer;
      if (first !== 0x1f || second !== 0x8b) return noGzip;
      return { gzip: true, oddGzip: (flags & ~nameFlag) !== 0 };
    }
  } catch (cause) {
    refuseRead(path, cause);
  }
  return noGzip;
}

async function inflate(
  { path, file }: FilePlace,
  what: { hash: Hasher; look: (bytes: Buffer) => void; limit: number },
): Promise<void> {
  const { hash, look, limit } = what;
  let size = 0;
  let packed = 0;
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const bytes of chunksOf(path)) {
      packed += bytes.length;
      hash.update(bytes);
      yield bytes;
    }
  }
  const gunzip = createGunzip({ chunkSize: 1 << 20 });
  try {
    await pipeline(hashed, gunzip, async (chunks) => {
      for await (const bytes of chunks) {
        size += (bytes as Buffer).length;
        if (size > limit)
          fail("table/out-of-range-size", {
            file,
            what: "unpacked, the file holds",
            limit,
            option: "limits.inflatedBytes",
          });
        look(bytes as Buffer);
      }
    });
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    if (code.startsWith("Z_"))
      fail("table/corrupt-file", { file, what: "gzip", reason: message }, { cause });
    throw cause;
  }
  const rest = packed - gunzip.bytesWritten; // zeros, which node passes over and the engine does not
  if (rest > 0)
    fail("table/corrupt-file", { file, what: "gzip", reason: `${rest} bytes follow its end` });
}
