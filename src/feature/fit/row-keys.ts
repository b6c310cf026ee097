/**
 * @file Rows told apart by their key: which fold a row is in, and the hashes of the training rows' keys, by which
 * test rows that were trained on are recognised.
 */
import type { ColumnKind } from "../../flow.ts";
import { quoteName } from "../../table/index.ts";

/**
 * Which rows were learned from: the hashes of their keys, all of up to 100,000. Of more it is the 100,000 smallest, and a
 * row of n that were trained on is known with the probability 100,000 / n. A row that was not trained on is taken for one
 * with the probability n / 2^52, or never where the key is one whole number. About 6 bytes a key, 8 as
 * base64: at most 0.8 MB.
 */
export interface Trained {
  /** The columns of the key, in the order of the schema. */
  readonly by: readonly string[];
  /** The hashes, rising, each as its step from the one before in LEB128, as base64. */
  readonly hashes: string;
}

/** What is asked of a schema's columns to find the key. */
export type KeyedColumns = Readonly<
  Record<string, { readonly kind: ColumnKind; readonly key?: boolean }>
>;

/** How many hashes are kept at most. */
export const mostHashes = 100_000;
const hashes = 2 ** 52;

/** The columns of the key, in the order of the schema. */
export function keyOf(columns: KeyedColumns): readonly string[] {
  return Object.keys(columns).filter((name) => columns[name]?.key === true);
}

/**
 * SQL for a hash of a row's key: a whole number below 2^52 as DOUBLE. Whole numbers below 2^52 have
 * different hashes: the remainders by two primes, each moved by a factor.
 */
export function keyHashSql(by: readonly string[], columns: KeyedColumns): string {
  const [only = ""] = by;
  if (by.length === 1 && columns[only]?.kind === "int") return numberHashSql(quoteName(only));
  const text = by.map((name) => `CAST(${quoteName(name)} AS VARCHAR)`);
  const key = text.length === 1 ? text[0] : `json_array(${text.join(", ")})::VARCHAR`;
  return `(md5_number_lower(${key}) >> 12)::DOUBLE`;
}

function numberHashSql(key: string): string {
  const [p, q] = [2_147_483_647, 2_097_143];
  const remainder = (prime: number) =>
    `((CAST(${key} AS BIGINT) % ${prime} + ${prime}) % ${prime})`;
  const high = `(${remainder(p)} * 1583458089 % ${p})`;
  const low = `(${remainder(q)} * 1664525 % ${q})`;
  return `(${high} * ${q} + ${low})::DOUBLE`;
}

/** SQL for the fold of a row, 0 to folds − 1; rows of equal keys are in one fold. */
export function foldSql(hash: string, folds: number): string {
  return `CAST(floor(coalesce(${hash}, 0) * '${folds / hashes}'::DOUBLE) AS INTEGER)`;
}

/** {@link foldSql} of a hash that is there. */
export const foldOf = (hash: number, folds: number): number =>
  Number.isNaN(hash) ? 0 : Math.floor(hash * (folds / hashes));

/** The hashes that are kept of the training rows, rising; NaN stands for a row without a key. */
export function keptHashes(hashesOfRows: Float64Array): Float64Array {
  // hashes are even: the smallest are below a bound, and the others need not be sorted
  let bound = (hashes * 1.2 * mostHashes) / hashesOfRows.length;
  for (;;) {
    const found = smallest(hashesOfRows, bound);
    if (found.length >= mostHashes || bound >= hashes) return found.subarray(0, mostHashes);
    bound *= 4;
  }
}

/** The hashes below a bound, rising, each once. */
function smallest(hashesOfRows: Float64Array, bound: number): Float64Array {
  const below = hashesOfRows.filter((hash) => hash < bound).sort();
  return below.filter((hash, i) => hash !== below[i - 1]);
}

/** What {@link Trained} keeps of rising hashes. */
export function formatHashes(rising: Float64Array): string {
  const bytes = new Uint8Array(8 * rising.length);
  let [at, last] = [0, 0];
  for (const hash of rising) {
    let step = hash - last;
    last = hash;
    for (; step >= 128; step = Math.floor(step / 128)) bytes[at++] = (step % 128) + 128;
    bytes[at++] = step;
  }
  return Buffer.from(bytes.buffer, 0, at).toString("base64");
}

/** The hashes of {@link formatHashes}; undefined of a text that is none of its. */
export function parseHashes(text: string): Float64Array | undefined {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) return undefined;
  const found: number[] = [];
  let [hash, scale] = [0, 1];
  for (const byte of bytes) {
    hash += (byte % 128) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    if (!(hash < hashes)) return undefined;
    found.push(hash);
    scale = 1;
  }
  return scale === 1 ? Float64Array.from(found) : undefined;
}

/** How many rows are known to have been trained on. */
export function trainedOn({ hashes: kept }: Trained, hashesOfRows: Float64Array): number {
  const known = new Set(parseHashes(kept));
  let rows = 0;
  for (const hash of hashesOfRows) if (known.has(hash)) rows += 1;
  return rows;
}
