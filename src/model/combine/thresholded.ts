/** @file A threshold of a predictor: set, or chosen while learning. */
import { checkNames, checkNumber, type LongWork } from "../../core/index.ts";
import type { Predictor } from "../../flow.ts";
import { fail } from "../errors.ts";
import { type Estimator, estimator, taskOf } from "../estimator.ts";
import { checkBinary, optionsOf } from "./bases.ts";
import { checkRule, chooseThreshold, ruleNames, type ThresholdRule } from "./choose-threshold.ts";
import { checkDeal, type DealOptions, dealNames, outOfFold } from "./out-of-fold.ts";

/** Options of {@link thresholded}. */
export interface ThresholdedOptions extends ThresholdRule, DealOptions {}

/**
 * The same predictor with another threshold: its probabilities stay, and a model of it answers true from there on.
 *
 * @param predictor - A predictor of two classes.
 * @param threshold - From which probability on the answer is true, 0 to 1.
 * @returns A predictor; its state keeps the threshold.
 * @throws `option/out-of-range`, `model/mismatch-task`
 * @example
 * ```ts
 * withThreshold(majorityPredictor({ share: 0.3, width: 1 }), 0.2).threshold // => 0.2
 * ```
 */
export function withThreshold<P extends Predictor>(
  predictor: P,
  threshold: number,
): P & { readonly threshold: number } {
  checkNumber("withThreshold", { threshold }, { min: 0, max: 1 });
  const { kind } = taskOf(predictor);
  if (kind !== "binary")
    fail("model/mismatch-task", { at: "withThreshold", expected: ["binary"], got: kind });
  return { ...predictor, threshold };
}

/**
 * An estimator whose predictor has a threshold that was chosen on what it tells of each row when it has learned from the
 * other folds: by what errors cost, or by a metric. Test rows have no part in it. O(folds + 1) learnings.
 *
 * @param base - An estimator of two classes.
 * @param options - The rule and the folds; see {@link ThresholdedOptions}.
 * @returns The same estimator with a threshold; it needs as many rows of each class as folds.
 * @throws `option/unknown-name`, `option/out-of-range`; on learning also `dataset/out-of-range-folds`,
 *   `model/missing-threshold`
 * @example
 * ```ts
 * const x = matrix(Array.from({ length: 40 }, (_, i) => [i]));
 * const data = { x, y: Float64Array.from({ length: 40 }, (_, i) => Number(i >= 30)), names: ["a"], source: "sha256:00" } as const;
 * const costs = { falsePositive: 1, falseNegative: 20 };
 * const { threshold } = await thresholded(logistic(), { rule: "cost", costs }).learn(data);
 * threshold < 0.5 // => true
 * ```
 * @see Peer: scikit-learn `TunedThresholdClassifierCV`.
 */
export function thresholded<P extends Predictor>(
  base: Estimator<P>,
  options: ThresholdedOptions = {},
): Estimator<P & { readonly threshold: number }, "binary"> {
  const { rule = "fBeta", beta, costs, least, ...rest } = options;
  checkNames("thresholded", options, [...ruleNames, ...dealNames]);
  const by = {
    rule,
    ...(beta === undefined ? {} : { beta }),
    ...(costs === undefined ? {} : { costs }),
    ...(least === undefined ? {} : { least }),
  };
  checkRule("thresholded", by);
  const deal = checkDeal("thresholded", rest);
  checkBinary("thresholded", base);
  return estimator({
    name: "thresholded",
    options: { estimator: optionsOf(base), ...by, ...deal },
    tasks: ["binary"],
    missing: true,
    oneClass: false,
    weights: true,
    learn: async (data, { signal, progress }: LongWork) => {
      const work = signal === undefined ? {} : { signal };
      const tell = progress === undefined ? {} : { progress };
      const told = await outOfFold(base, data, { ...deal, ...work, ...tell });
      const weights = data.weights === undefined ? {} : { weights: data.weights };
      const { threshold } = chooseThreshold(data.y, told, { ...by, ...weights });
      return withThreshold(await base.learn(data, work), threshold);
    },
  });
}
