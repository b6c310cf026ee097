/** @file Two models' answers to the same rows: whether one is right more often. */
import { checkChoice, checkNames, chiSquareTail, incompleteBeta } from "../../core/index.ts";
import { checkClasses, checkLengths } from "../checks.ts";

/** Options of {@link mcnemar}. */
export interface McnemarOptions {
  /**
   * The binomial test, or χ² with continuity correction. Default "exact" up to 1000 rows on which the models differ, else
   * "corrected".
   */
  readonly method?: "exact" | "corrected";
}

/** Answers compared. */
export interface McnemarResult {
  /** Rows that only the first, and only the second model answered rightly. */
  readonly onlyA: number;
  readonly onlyB: number;
  /** The smaller of the two counts, or χ². */
  readonly statistic: number;
  /** How often chance alone makes counts so unequal, 0 to 1. */
  readonly p: number;
  readonly method: "exact" | "corrected";
}

/**
 * McNemar's test: of the rows that one model alone answered rightly, half should be the other's if the models are equally good.
 * Exact: 2·P(B ≤ min(a, b)) of B ~ binomial(a + b, ½), at most 1; corrected: χ² = max(0, |a − b| − 1)²/(a + b). O(n).
 *
 * @param y - Labels, shape [n], whole numbers from 0, n ≥ 1.
 * @param answers - The answers of both models, each of shape [n].
 * @param options - Which form of the test.
 * @returns Counts, statistic and p; p is 1 where the models are right in the same rows.
 * @throws `metric/missing-rows`, `metric/mismatch-length`, `metric/out-of-range-label`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const y = Float64Array.of(1, 1, 1, 1, 1, 1);
 * mcnemar(y, [y, y.map(() => 0)]).p // => 0.03125
 * ```
 * @see McNemar, Psychometrika 12(2), 1947. Peer: statsmodels `mcnemar`.
 */
export function mcnemar(
  y: Float64Array,
  answers: readonly [Float64Array, Float64Array],
  options: McnemarOptions = {},
): McnemarResult {
  checkNames("mcnemar", options, ["method"]);
  checkClasses("mcnemar", y);
  for (const given of answers) {
    checkLengths("mcnemar", y.length, given.length);
    checkClasses("mcnemar", given);
  }
  const [a, b] = answers;
  let [onlyA, onlyB] = [0, 0];
  for (const [row, label] of y.entries()) {
    if (a[row] === label && b[row] !== label) onlyA += 1;
    if (b[row] === label && a[row] !== label) onlyB += 1;
  }
  const differ = onlyA + onlyB;
  const method = options.method ?? (differ <= 1000 ? "exact" : "corrected");
  checkChoice("mcnemar", { method }, ["exact", "corrected"]);
  if (method === "exact") {
    const statistic = Math.min(onlyA, onlyB);
    return { ...{ onlyA, onlyB, statistic, method }, p: binomialP(statistic, differ) };
  }
  const apart = Math.max(0, Math.abs(onlyA - onlyB) - 1);
  const statistic = differ === 0 ? 0 : apart ** 2 / differ;
  return {
    ...{ onlyA, onlyB, statistic, method },
    p: differ === 0 ? 1 : chiSquareTail(statistic, 1),
  };
}

/** 2·P(B ≤ k) of B ~ binomial(n, ½), at most 1. */
function binomialP(k: number, n: number): number {
  if (2 * k >= n) return 1;
  return Math.min(1, 2 * incompleteBeta(0.5, n - k, k + 1));
}
