/** @file The peer numbers of classification.json, and the data they were made from. */
import { readFile } from "node:fs/promises";
import type { Dataset } from "../../src/flow.ts";
import { sigmoid } from "../../src/tensor/index.ts";

/** How a data set is made; `dataset` in classification.py makes the same. */
interface DataCase {
  readonly rows: number;
  readonly features: number;
  readonly salt: number;
  /** Share of missing values in the first feature. */
  readonly missing?: number;
}

/** What the peers gave. */
export interface ClassificationPeers {
  readonly logistic: readonly (DataCase & {
    readonly l2: number;
    readonly weights: readonly number[];
    readonly bias: number;
    /** Of the first five rows. */
    readonly probability: readonly number[];
  })[];
  readonly boost: readonly (DataCase & {
    readonly options: Readonly<Record<string, number>>;
    /** On as many rows again as were learned from. */
    readonly rocAuc: number;
    readonly logLoss: number;
    readonly importances: readonly number[];
  })[];
}

/** Reads the peers' numbers. */
export async function readPeers(): Promise<ClassificationPeers> {
  const text = await readFile(new URL("./classification.json", import.meta.url), "utf8");
  return JSON.parse(text) as ClassificationPeers;
}

/** Uniform features in (−1, 1), every fifth of three levels; a label with interactions. */
export function peerData({ rows, features: d, salt, missing = 0 }: DataCase): Dataset {
  const u = fractions(rows * (d + 2), salt);
  const x = { rows, cols: d, data: new Float64Array(rows * d) };
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const drawn = Array.from(u.subarray(i * (d + 2), (i + 1) * (d + 2)));
    const row = drawn
      .slice(0, d)
      .map((v, j) => (j % 5 === 4 ? Math.floor(2 * v - 0.5) : 2 * v - 1));
    const [a = 0, b = 0, c = 0, e = 0, f = 0] = row;
    const [label = 0, hole = 0] = drawn.slice(d);
    y[i] = label < sigmoid(1.5 * a - b + 2 * c * e + f - 0.5) ? 1 : 0;
    x.data.set(hole < missing ? [Number.NaN, ...row.slice(1)] : row, i * d);
  }
  const names = Array.from({ length: d }, (_, j) => `f${j}`);
  return { x, y, names, source: "sha256:00" };
}

/** Some rows of a data set, from `start` up to `end`. */
export function rowsOf({ x, y, ...rest }: Dataset, start: number, end: number): Dataset {
  const data = x.data.slice(start * x.cols, end * x.cols);
  return { ...rest, x: { rows: end - start, cols: x.cols, data }, y: y.slice(start, end) };
}

/** Mulberry32: `count` numbers in [0, 1). */
export function fractions(count: number, salt: number): Float64Array {
  let a = salt;
  return Float64Array.from({ length: count }, () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  });
}
