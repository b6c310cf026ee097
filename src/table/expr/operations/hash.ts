/** @file Texts as a number that looks random and is the same everywhere: MurmurHash3. */
import { isRecord } from "../../../core/index.ts";
import { quoteText } from "../../sql-text.ts";
import { type OperationFamily, one } from "./operation.ts";

/** Another seed is another hash; 0 to 2^31 − 1. */
export interface HashSeed {
  readonly seed: number;
}

/** `hash`: a text as a whole number from −2^31 to 2^31 − 1. */
export const hash: OperationFamily = {
  of: (params) => {
    if (!isSeed(params)) return null;
    return {
      kind: (args) => (one(args, "text") ? "number" : null),
      sql: (a = "") => `millrace_hash(${a}, ${quoteText(JSON.stringify(params))})`,
      row: (a = null) => (typeof a === "string" ? murmur3(a, params.seed) : null),
    };
  },
};

/** Whether these are the parameters of `hash`. */
export function isSeed(params: unknown): params is HashSeed {
  if (!isRecord(params)) return false;
  const { seed } = params;
  return typeof seed === "number" && Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31;
}

const encoder = new TextEncoder();
let bytes = new Uint8Array(1024);

/**
 * MurmurHash3 x86 32 bit of the text in UTF-8, as a signed number.
 *
 * @see Appleby, SMHasher (public domain). Peer: scikit-learn `murmurhash3_32`, ONNX Runtime `MurmurHash3`.
 */
export function murmur3(text: string, seed: number): number {
  if (bytes.length < text.length * 3) bytes = new Uint8Array(text.length * 6);
  const { written: length } = encoder.encodeInto(text, bytes);
  const whole = length - (length % 4);
  let h = seed;
  for (let i = 0; i < whole; i += 4) {
    h ^= mixed(byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24));
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = length - 1; i >= whole; i--) tail = (tail << 8) | byte(i);
  if (length > whole) h ^= mixed(tail);
  h ^= length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

const byte = (at: number): number => bytes[at] ?? 0;

function mixed(k: number): number {
  const first = Math.imul(k, 0xcc9e2d51);
  return Math.imul((first << 15) | (first >>> 17), 0x1b873593);
}
