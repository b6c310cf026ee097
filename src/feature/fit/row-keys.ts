/**
 * @file Rows told apart by their key: which fold a row is in, and a sample of the training rows by which
 * test rows that were trained on are recognised.
 */
import type { ColumnKind } from "../../flow.ts";
import { quoteName } from "../../table/index.ts";

/** Which rows were learned from, as far as that is kept: about 256 of their keys, hashed. */
export interface Trained {
  /** The columns of the key, in the order of the schema. */
  readonly by: readonly string[];
  /** The smallest hashes of the keys, rising; all of them when there are fewer than 256. */
  readonly sample: readonly number[];
}

/** What is asked of a schema's columns to find the key. */
export type KeyedColumns = Readonly<
  Record<string, { readonly kind: ColumnKind; readonly key?: boolean }>
>;

/** How many hashes a sample holds at most. */
export const sampleSize = 256;
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

/** The sample of the training rows' hashes, each once; NaN stands for a row without a key. */
export function sampleOf(hashesOfRows: Float64Array): readonly number[] {
  let bound = Infinity;
  let found = new Set<number>();
  for (let i = 0; i < hashesOfRows.length; i++) {
    const hash = hashesOfRows[i] ?? Number.NaN;
    if (!(hash < bound)) continue;
    found.add(hash);
    if (found.size < 4 * sampleSize) continue;
    found = new Set(smallest(found));
    bound = Math.max(...found);
  }
  return smallest(found);
}

const smallest = (found: ReadonlySet<number>): readonly number[] =>
  [...found].sort((a, b) => a - b).slice(0, sampleSize);

/**
 * How many rows are known to have been trained on. Of rows that all were, about one in n / 256 is known
 * to be, where n is the number of training rows; a row that was not trained on is never counted.
 */
export function trainedOn({ sample }: Trained, hashesOfRows: Float64Array): number {
  const known = new Set(sample);
  let rows = 0;
  for (let i = 0; i < hashesOfRows.length; i++) if (known.has(hashesOfRows[i] ?? -1)) rows += 1;
  return rows;
}
