/** @file From which probability on to say true: chosen by what errors cost, or by a metric. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import { fail } from "../errors.ts";

/** What a threshold is chosen by. */
export interface ThresholdRule {
  /**
   * "fBeta", "youden" (recall + specificity − 1), "accuracy"; "cost", the least mean cost by `costs`; "recall", the
   * highest precision with at least the recall `least`; "precision", the highest recall with at least the precision `least`.
   * Default "fBeta".
   */
  readonly rule?: "fBeta" | "youden" | "accuracy" | "cost" | "recall" | "precision";
  /** Of "fBeta": how many times as much recall counts as precision, above 0. Default 1. */
  readonly beta?: number;
  /** Of "cost": what a false alarm and a miss cost, 0 or more, in any one unit. */
  readonly costs?: { readonly falsePositive: number; readonly falseNegative: number };
  /** Of "recall" and "precision": what must be reached, 0 to 1. */
  readonly least?: number;
}

/** The threshold that was chosen. */
export interface ChosenThreshold {
  /** A probability at or above it is true; 0 to 1. */
  readonly threshold: number;
  /** What the rule has there: the metric, or the mean cost of a row. */
  readonly value: number;
}

/** Options of {@link chooseThreshold}. */
export interface ChooseThresholdOptions extends ThresholdRule {
  /** How much each row counts, [n]. */
  readonly weights?: Float64Array;
}

/** The names of {@link ThresholdRule}. */
export const ruleNames = ["rule", "beta", "costs", "least"] as const;
const rules = ["fBeta", "youden", "accuracy", "cost", "recall", "precision"] as const;

/** Checks a rule. @throws `option/out-of-range`, `option/unknown-name` */
export function checkRule(
  at: string,
  { rule = "fBeta", beta = 1, costs, least }: ThresholdRule,
): void {
  checkChoice(at, { rule }, rules);
  checkNumber(at, { beta }, { above: 0 });
  if (rule === "cost") {
    const { falsePositive = Number.NaN, falseNegative = Number.NaN } = costs ?? {};
    checkNames(at, costs ?? {}, ["falsePositive", "falseNegative"]);
    checkNumber(at, { "costs.falsePositive": falsePositive }, { min: 0 });
    checkNumber(at, { "costs.falseNegative": falseNegative }, { min: 0 });
  }
  if (rule === "recall" || rule === "precision")
    checkNumber(at, { least: least ?? Number.NaN }, { min: 0, max: 1 });
}

/**
 * The threshold at which a rule is best on labelled rows that the predictor did not learn from: never test rows, of which
 * the score would be too good. Thresholds lie half-way between two probabilities that occur; of equally good ones it is the
 * one nearest to one half. O(n·log n).
 *
 * @param y - Labels, shape [n], 0 or 1, both there.
 * @param probability - Of label 1, shape [n], 0 to 1.
 * @param options - The rule, and weights of rows; see {@link ChooseThresholdOptions}.
 * @returns The threshold, and what the rule has there.
 * @throws `option/unknown-name`, `option/out-of-range`, `model/mismatch-length`, `model/missing-class`,
 *   `model/missing-threshold` where nothing reaches `least`
 * @example
 * ```ts
 * const y = Float64Array.of(0, 0, 1, 1);
 * const p = Float64Array.of(0.1, 0.3, 0.2, 0.4);
 * chooseThreshold(y, p, { rule: "cost", costs: { falsePositive: 1, falseNegative: 10 } }) // => { threshold: 0.15000000000000002, value: 0.25 }
 * chooseThreshold(y, p, { rule: "precision", least: 1 }) // => { threshold: 0.35, value: 0.5 }
 * ```
 * @see Peer: scikit-learn `TunedThresholdClassifierCV`, which tries thresholds of a grid.
 */
export function chooseThreshold(
  y: Float64Array,
  probability: Float64Array,
  options: ChooseThresholdOptions = {},
): ChosenThreshold {
  const { weights, ...rule } = options;
  checkNames("chooseThreshold", options, ["weights", ...ruleNames]);
  checkRule("chooseThreshold", rule);
  for (const got of [probability.length, weights?.length ?? y.length])
    if (got !== y.length)
      fail("model/mismatch-length", {
        at: "chooseThreshold",
        what: "label",
        expected: got,
        got: y.length,
      });
  const cuts = cutsOf(y, probability, weights);
  const measure = measureOf(rule);
  let best: ChosenThreshold | undefined;
  for (const { threshold, counts } of cuts) {
    const value = measure(counts);
    if (Number.isNaN(value)) continue; // below what must be reached
    if (best === undefined || isBetter({ threshold, value }, best, rule.rule === "cost"))
      best = { threshold, value };
  }
  return best ?? fail("model/missing-threshold", { rule: rule.rule ?? "", least: rule.least ?? 0 });
}

/** What is right and wrong at a threshold, by weight. */
interface Counts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly positives: number;
  readonly negatives: number;
}

function isBetter(a: ChosenThreshold, b: ChosenThreshold, less: boolean): boolean {
  if (a.value !== b.value) return less ? a.value < b.value : a.value > b.value;
  return Math.abs(a.threshold - 0.5) < Math.abs(b.threshold - 0.5);
}

function measureOf({
  rule = "fBeta",
  beta = 1,
  costs,
  least = 0,
}: ThresholdRule): (counts: Counts) => number {
  const { falsePositive = 0, falseNegative = 0 } = costs ?? {};
  const recall = (c: Counts): number => c.truePositives / c.positives;
  const precision = (c: Counts): number =>
    c.truePositives / (c.truePositives + c.falsePositives || Number.NaN);
  const missed = (c: Counts): number => c.positives - c.truePositives;
  const rows = (c: Counts): number => c.positives + c.negatives;
  const measures = {
    fBeta: (c: Counts) =>
      ((1 + beta ** 2) * c.truePositives) /
      (beta ** 2 * c.positives + c.truePositives + c.falsePositives),
    youden: (c: Counts) => recall(c) - c.falsePositives / c.negatives,
    accuracy: (c: Counts) => (c.truePositives + c.negatives - c.falsePositives) / rows(c),
    cost: (c: Counts) => (falsePositive * c.falsePositives + falseNegative * missed(c)) / rows(c),
    recall: (c: Counts) => (recall(c) >= least ? precision(c) : Number.NaN),
    precision: (c: Counts) => (precision(c) >= least ? recall(c) : Number.NaN),
  };
  return measures[rule];
}

/** Every threshold that tells rows apart otherwise, falling. @throws `model/missing-class` */
function cutsOf(y: Float64Array, p: Float64Array, weights?: Float64Array) {
  const order = Uint32Array.from(y, (_, i) => i).sort((a, b) => (p[b] ?? 0) - (p[a] ?? 0));
  const weightOf = (i: number): number => weights?.[i] ?? 1;
  let [positives, negatives] = [0, 0];
  for (const [i, label] of y.entries())
    if (label === 1) positives += weightOf(i);
    else negatives += weightOf(i);
  if (!(positives > 0 && negatives > 0))
    fail("model/missing-class", { at: "chooseThreshold", rows: y.length, label: y[0] ?? 0 });
  const cuts: { threshold: number; counts: Counts }[] = [];
  let [truePositives, falsePositives, above] = [0, 0, 1];
  for (const i of order) {
    const here = p[i] ?? 0;
    const counts = { truePositives, falsePositives, positives, negatives };
    if (here < above) cuts.push({ threshold: between(here, above), counts });
    if (y[i] === 1) truePositives += weightOf(i);
    else falsePositives += weightOf(i);
    above = here;
  }
  cuts.push({
    threshold: above / 2,
    counts: { truePositives, falsePositives, positives, negatives },
  });
  return cuts;
}

/** Half-way, and above the lower one. */
function between(low: number, high: number): number {
  const middle = (low + high) / 2;
  return middle > low ? middle : high;
}
