/** @file How far vectors, such as embeddings of texts, have moved. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { DriftLevel, Matrix } from "../../flow.ts";
import { fail } from "../errors.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";

/** Options of {@link embeddingDrift}. */
export interface EmbeddingDriftOptions {
  /** Vectors, [n, d]; one with a missing number is left out and counted. */
  readonly reference: Matrix;
  readonly current: Matrix;
  /** The cosine distance of the centroids from which drift is moderate. Default 0.05. */
  readonly moderate?: number;
  /** … and severe. Default 0.15. */
  readonly severe?: number;
}

/** Vectors of one side. */
export interface VectorSummary {
  readonly rows: number;
  /** Vectors with a number that is missing or infinite; they are not in the rows. */
  readonly missing: number;
  /** Mean and population standard deviation of the Euclidean norms. */
  readonly norm: { readonly mean: number; readonly std: number };
}

/** How far the vectors have moved. */
export interface EmbeddingDrift {
  readonly reference: VectorSummary;
  readonly current: VectorSummary;
  /** ‖μ₁ − μ₂‖ of the centroids, in the unit of the vectors. */
  readonly centroidDistance: number;
  /** 1 − cos(μ₁, μ₂), 0 to 2; 1 when a centroid is zero, for it has no direction. */
  readonly cosineDistance: number;
  /** Whether norms are from one distribution: Kolmogorov and Smirnov. */
  readonly norms: { readonly statistic: number; readonly p: number };
  readonly level: DriftLevel;
}

/**
 * Compares two sets of vectors by their centroids and norms. O((n₁ + n₂) · d).
 *
 * @param options - The vectors of both sides, [n₁, d] and [n₂, d], and the thresholds.
 * @returns Distances of the centroids, both sides' norms, and the level by the cosine distance.
 * @throws `monitor/missing-rows`, `monitor/mismatch-width`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const [reference, current] = [matrix([[1, 0], [1, 0.1]]), matrix([[0, 1], [0.1, 1]])];
 * embeddingDrift({ reference, current }).level // => "severe"
 * ```
 * @see Evidently, embeddings drift by cosine distance of the mean embeddings.
 */
export function embeddingDrift(options: EmbeddingDriftOptions): EmbeddingDrift {
  const at = "embeddingDrift";
  checkNames(at, options, ["reference", "current", "moderate", "severe"]);
  const { reference, current, moderate = 0.05, severe = 0.15 } = options;
  checkNumber(at, { moderate }, { min: 0, max: 2 });
  checkNumber(at, { severe }, { min: moderate, max: 2 });
  if (reference.cols !== current.cols)
    fail("monitor/mismatch-width", { at, reference: reference.cols, current: current.cols });
  const [before, now] = [measured(at, "reference", reference), measured(at, "current", current)];
  const [a, b] = [before.centroid, now.centroid];
  const cosineDistance = 1 - cosine(a, b);
  const level = cosineDistance >= severe ? "severe" : "moderate";
  const { statistic, p } = kolmogorovSmirnov(before.norms, now.norms);
  return {
    reference: before.summary,
    current: now.summary,
    centroidDistance: norm(a.map((value, j) => value - (b[j] ?? 0))),
    cosineDistance,
    norms: { statistic, p },
    level: cosineDistance < moderate ? "none" : level,
  };
}

function measured(at: string, which: string, { rows, cols, data }: Matrix) {
  const sums = new Float64Array(cols);
  const norms: number[] = [];
  for (let i = 0; i < rows; i++) {
    const vector = data.subarray(i * cols, (i + 1) * cols);
    if (!vector.every(Number.isFinite)) continue;
    norms.push(norm(vector));
    for (let j = 0; j < cols; j++) sums[j] = (sums[j] ?? 0) + (vector[j] ?? 0);
  }
  if (norms.length === 0) fail("monitor/missing-rows", { at, which });
  const n = norms.length;
  const mean = norms.reduce((sum, value) => sum + value, 0) / n;
  const std = Math.sqrt(norms.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
  const summary: VectorSummary = { rows: n, missing: rows - n, norm: { mean, std } };
  return { norms: Float64Array.from(norms), centroid: sums.map((sum) => sum / n), summary };
}

function norm(vector: Float64Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares);
}

function cosine(a: Float64Array, b: Float64Array): number {
  const size = norm(a) * norm(b);
  if (size === 0) return 0;
  return a.reduce((sum, value, j) => sum + value * (b[j] ?? 0), 0) / size;
}
