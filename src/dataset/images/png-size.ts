/** @file What a PNG file unpacks to, seen before anything keeps it: a small file may hold gigabytes. */
import { promisify } from "node:util";
import { inflate } from "node:zlib";

const unpack = promisify(inflate);

/** Chunks that a decoder unpacks or keeps besides the pixels; nobody here reads them. */
const besides = new Set(["zTXt", "iTXt", "tEXt", "iCCP"]);
const mostChunks = 10_000;
const headBytes = 8;
/** Bytes of a chunk around its content: length, type and checksum. */
const around = 12;

/** A PNG without what nobody reads, or why it cannot be taken. */
export type CheckedPng =
  | { readonly bytes: Uint8Array }
  | { readonly expected: string; readonly got: string };

/**
 * Takes texts and colour profiles out of a PNG, and refuses one with more than 10,000 chunks, chunks that go beyond its end, or pixels that
 * unpack to more than its size declares. At most the declared bytes are unpacked.
 *
 * @param bytes - A PNG file that begins as one.
 */
export async function checkedPng(bytes: Buffer): Promise<CheckedPng> {
  const kept: Buffer[] = [bytes.subarray(0, headBytes)];
  const pixels: Buffer[] = [];
  let chunks = 0;
  for (let at = headBytes; at < bytes.length; ) {
    if (++chunks > mostChunks)
      return { expected: `at most ${mostChunks} chunks`, got: "more of them" };
    const length = at + 8 <= bytes.length ? bytes.readUInt32BE(at) : Number.POSITIVE_INFINITY;
    if (at + around + length > bytes.length)
      return { expected: "a whole PNG file", got: "a chunk that goes beyond its end" };
    const type = bytes.toString("latin1", at + 4, at + 8);
    if (type === "IDAT") pixels.push(bytes.subarray(at + 8, at + 8 + length));
    if (!besides.has(type)) kept.push(bytes.subarray(at, at + around + length));
    at += around + length;
    if (type === "IEND") break;
  }
  const most = declaredBytes(bytes);
  const fits = await unpack(Buffer.concat(pixels), { maxOutputLength: most }).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ERR_BUFFER_TOO_LARGE", // damaged otherwise: the decoder says how
  );
  return fits
    ? { bytes: Buffer.concat(kept) }
    : { expected: `pixels of at most ${most} bytes, as its size declares`, got: "more of them" };
}

/** Samples of a pixel by the kind of colours: grey, red-green-blue, a palette, and with transparency. */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** What the pixels unpack to at most, a byte before each line, and lines of seven passes where they are interlaced. */
function declaredBytes(bytes: Buffer): number {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const [depth = 8, colours = 6] = bytes.subarray(24, 26);
  const line = 1 + Math.ceil((width * (samples[colours] ?? 4) * depth) / 8);
  return 8 * (width + height) + 64 + height * line;
}
