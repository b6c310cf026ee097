/** @file Concept drift: a model that was right less and less, told from chance, as answers are judged. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { DriftLevel } from "../../flow.ts";
import { fail } from "../errors.ts";

/** Options of {@link conceptDrift}. */
export interface ConceptDriftOptions {
  /** Standard deviations above the best error rate from which drift is moderate. Default 2. */
  readonly moderate?: number;
  /** … and severe. Default 3. */
  readonly severe?: number;
  /** With fewer answers nothing is said. Default 30. */
  readonly minAnswers?: number;
}

/** What became of the error rate. */
export interface ConceptDrift {
  readonly level: DriftLevel;
  /** The answer, from 0, at which the level was reached first; null when there is none. */
  readonly at: number | null;
  /** The share of wrong answers when it was best, and in all. */
  readonly best: number;
  readonly now: number;
}

/**
 * The Drift Detection Method: with the error rate pᵢ of the first i answers and its deviation sᵢ, drift
 * is severe from pᵢ + sᵢ > p + 3s on, where p and s are those of the answer at which p + s was least.
 * The deviation is √(q(1 − q)/i) with q = (wrong + 1)/(i + 2): the source has pᵢ there, by which one
 * error after a run without any would be drift. O(n).
 *
 * @param right - Whether each answer was right, in the order of time, [n].
 * @throws `monitor/missing-rows`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const right = [...Array(200).fill(true), ...Array(60).fill(false)].map((is, i) => is && i % 10 !== 0);
 * conceptDrift(right).level // => "severe"
 * ```
 * @see Gama et al., Learning with drift detection, SBIA 2004. Peer: river `drift.binary.DDM`.
 */
export function conceptDrift(
  right: readonly boolean[],
  options: ConceptDriftOptions = {},
): ConceptDrift {
  const at = "conceptDrift";
  checkNames(at, options, ["moderate", "severe", "minAnswers"]);
  const { moderate = 2, severe = 3, minAnswers = 30 } = options;
  checkNumber(at, { moderate }, { above: 0 });
  checkNumber(at, { severe }, { min: moderate });
  checkNumber(at, { minAnswers }, { min: 1, integer: true });
  if (right.length === 0) fail("monitor/missing-rows", { at, which: "given" });
  const { reached, best } = firstAbove(right, { moderate, severe, minAnswers });
  const level = reached.moderate === null ? "none" : "moderate";
  return {
    level: reached.severe === null ? level : "severe",
    at: reached.severe ?? reached.moderate,
    best: best ?? wrongShare(right),
    now: wrongShare(right),
  };
}

const wrongShare = (right: readonly boolean[]): number =>
  right.filter((is) => !is).length / right.length;

/** The first answers at which the error rate is so far above its best, and the best. */
function firstAbove(
  right: readonly boolean[],
  { moderate, severe, minAnswers }: Required<ConceptDriftOptions>,
) {
  const reached: { moderate: number | null; severe: number | null } = {
    moderate: null,
    severe: null,
  };
  let best = { rate: 1, deviation: Infinity };
  let wrong = 0;
  for (let n = 1; n <= right.length && reached.severe === null; n++) {
    if (right[n - 1] !== true) wrong += 1;
    if (n < minAnswers) continue;
    const rate = wrong / n;
    const likely = (wrong + 1) / (n + 2); // a run without an error is not certainty
    const deviation = Math.sqrt((likely * (1 - likely)) / n);
    if (rate + deviation < best.rate + best.deviation) best = { rate, deviation };
    const above = (rate + deviation - best.rate) / best.deviation;
    if (above > moderate) reached.moderate ??= n - 1;
    if (above > severe) reached.severe = n - 1;
  }
  return { reached, best: best.deviation === Infinity ? null : best.rate };
}
