/** @file Naive Bayes of counts and of words: multinomial, complement, Bernoulli. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Dataset } from "../../flow.ts";
import { type Estimator, estimator } from "../estimator.ts";
import {
  type ClassScoresPredictor,
  type ClassScoresState,
  checkCounts,
  classScoresPredictor,
} from "./class-scores.ts";
import { type ClassRows, checkPriors, classRows, type Priors, sumsByClass } from "./posterior.ts";

/** Options of {@link multinomialBayes}; scikit-learn's word for each in brackets. */
export interface MultinomialBayesOptions {
  /** Added to each count of each class, above 0 [alpha]. Default 1. */
  readonly smoothing?: number;
  /** Default "data" [fit_prior, class_prior]. */
  readonly priors?: Priors;
}

/** Options of {@link complementBayes}; scikit-learn's word for each in brackets. */
export interface ComplementBayesOptions {
  /** Added to each count, above 0 [alpha]. Default 1. */
  readonly smoothing?: number;
  /** Divides the weights of each class by their sum, so that long texts count no more [norm]. Default false. */
  readonly normalize?: boolean;
}

/** Options of {@link bernoulliBayes}; scikit-learn's word for each in brackets. */
export interface BernoulliBayesOptions extends MultinomialBayesOptions {
  /** A feature above it is there [binarize]. Default 0. */
  readonly binarize?: number;
}

type Classes = "binary" | "multiclass";

/**
 * Multinomial naive Bayes: features are counts (of words), and P(class | x) ∝ prior · Π θⱼ^xⱼ with
 * θⱼ = (countⱼ + s) / (all counts + s·d) in the class. O(n·d).
 *
 * @param options - See {@link MultinomialBayesOptions}.
 * @returns An estimator; features must be 0 or more. It takes weights and labels that are all the same.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `model/out-of-range-feature`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const x = matrix([[2, 0], [1, 0], [0, 3]]);
 * const data = { x, y: Float64Array.of(1, 1, 0), names: ["cheap", "meeting"], source };
 * const [spam = 0] = (await multinomialBayes().learn(data)).predict(matrix([[1, 0]]));
 * spam > 0.8 // => true
 * ```
 * @see Manning, Raghavan & Schütze, Introduction to Information Retrieval, 2008, 13.2. Peer: scikit-learn `MultinomialNB`.
 */
export function multinomialBayes(
  options: MultinomialBayesOptions = {},
): Estimator<ClassScoresPredictor, Classes> {
  const { smoothing = 1, priors = "data" } = options;
  const [kind, at] = ["multinomialBayes", "multinomialBayes"] as const;
  checkNames(at, options, ["smoothing", "priors"]);
  checkNumber(at, { smoothing }, { above: 0 });
  checkPriors(at, priors);
  return bayes({ kind, priors, settings: { smoothing, priors }, score: multinomial });

  function multinomial({ x, y }: Dataset, rows: ClassRows): Scores {
    const logs = logShares(sumsByClass(x, y, rows), x.cols, smoothing);
    return { weights: logs, biases: rows.logPriors };
  }
}

/**
 * Complement naive Bayes: a class is judged by the counts of all the others, which is steadier where classes are of
 * very different sizes. Its weights are −ln θⱼ with θⱼ of the rows outside the class; priors have no part, as in
 * scikit-learn, so that its probabilities rank better than they are calibrated. O(n·d).
 *
 * @param options - See {@link ComplementBayesOptions}.
 * @returns An estimator; features must be 0 or more. It takes weights and labels that are all the same.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `model/out-of-range-feature`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const x = matrix([[2, 0], [1, 0], [0, 3]]);
 * const data = { x, y: Float64Array.of(1, 1, 0), names: ["cheap", "meeting"], source };
 * const [spam = 0] = (await complementBayes().learn(data)).predict(matrix([[1, 0]]));
 * spam > 0.5 // => true
 * ```
 * @see Rennie et al., ICML 2003. Peer: scikit-learn `ComplementNB`.
 */
export function complementBayes(
  options: ComplementBayesOptions = {},
): Estimator<ClassScoresPredictor, Classes> {
  const { smoothing = 1, normalize = false } = options;
  checkNames("complementBayes", options, ["smoothing", "normalize"]);
  checkNumber("complementBayes", { smoothing }, { above: 0 });
  const settings = { smoothing, normalize };
  return bayes({ kind: "complementBayes", priors: "data", settings, score: complement });

  function complement({ x, y }: Dataset, rows: ClassRows): Scores {
    const d = x.cols;
    const sums = sumsByClass(x, y, rows); // [k · d]
    const all = new Float64Array(d);
    for (const [at, sum] of sums.entries()) all[at % d] = (all[at % d] ?? 0) + sum;
    const others = sums.map((sum, at) => Math.max(0, (all[at % d] ?? 0) - sum)); // rounding
    const logs = logShares(others, d, smoothing);
    const weights = normalize ? rowShares(logs, d) : logs.map((log) => -log);
    const alone = rows.totals.filter((total) => total > 0).length === 1;
    const biases = rows.logPriors.map((log) => (log === -Infinity || alone ? log : 0));
    return { weights, biases };
  }
}

/**
 * Bernoulli naive Bayes: a feature is there or not, and that it is not there counts too:
 * P(class | x) ∝ prior · Π θⱼ^xⱼ · (1 − θⱼ)^(1−xⱼ), with θⱼ = (rows that have it + s) / (rows + 2s) in the class. O(n·d).
 *
 * @param options - See {@link BernoulliBayesOptions}.
 * @returns An estimator; it takes weights and labels that are all the same.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const data = { x: matrix([[1], [1], [0], [0]]), y: Float64Array.of(1, 1, 0, 0), names: ["a"], source };
 * (await bernoulliBayes().learn(data)).predict(matrix([[1], [0]])) // => Float64Array.of(0.75, 0.25)
 * ```
 * @see Manning, Raghavan & Schütze, Introduction to Information Retrieval, 2008, 13.3. Peer: scikit-learn `BernoulliNB`.
 */
export function bernoulliBayes(
  options: BernoulliBayesOptions = {},
): Estimator<ClassScoresPredictor, Classes> {
  const { smoothing = 1, priors = "data", binarize = 0 } = options;
  checkNames("bernoulliBayes", options, ["smoothing", "priors", "binarize"]);
  checkNumber("bernoulliBayes", { smoothing }, { above: 0 });
  checkNumber("bernoulliBayes", { binarize });
  checkPriors("bernoulliBayes", priors);
  const settings = { smoothing, priors, binarize };
  return bayes({ kind: "bernoulliBayes", priors, settings, score: bernoulli });

  function bernoulli({ x, y }: Dataset, rows: ClassRows): Scores {
    const d = x.cols;
    const there = { ...x, data: x.data.map((value) => (value > binarize ? 1 : 0)) };
    const theta = sumsByClass(there, y, rows).map(
      (sum, at) => (sum + smoothing) / ((rows.totals[Math.floor(at / d)] ?? 0) + 2 * smoothing),
    ); // [k · d]
    const biases = rows.logPriors.map((log, c) =>
      theta.subarray(c * d, (c + 1) * d).reduce((sum, share) => sum + Math.log1p(-share), log),
    );
    return {
      weights: theta.map((share) => Math.log(share) - Math.log1p(-share)),
      biases,
      binarize,
    };
  }
}

/** What a class is scored by. */
type Scores = Pick<ClassScoresState, "weights" | "biases"> & { readonly binarize?: number };

interface Parts {
  readonly kind: ClassScoresState["kind"];
  readonly priors: Priors;
  readonly settings: Estimator["options"];
  readonly score: (data: Dataset, rows: ClassRows) => Scores;
}

function bayes({ kind, priors, settings, score }: Parts): Estimator<ClassScoresPredictor, Classes> {
  return estimator({
    name: kind,
    options: settings,
    tasks: ["binary", "multiclass"],
    missing: false,
    oneClass: true,
    weights: true,
    learn: (data) => {
      if (kind !== "bernoulliBayes") checkCounts(kind, data.x, data.names);
      const told = data.task === undefined ? {} : { task: data.task };
      const scores = score(data, classRows(kind, data, priors));
      return classScoresPredictor({ kind, width: data.x.cols, ...scores, ...told });
    },
  });
}

/** ln of each feature's smoothed share of its class, [k · d]. */
function logShares(sums: Float64Array, d: number, smoothing: number): Float64Array {
  const smoothed = sums.map((sum) => sum + smoothing);
  return rowShares(smoothed, d).map(Math.log);
}

/** Rows of length d, each divided by its sum. */
function rowShares(values: Float64Array, d: number): Float64Array {
  const shares = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += d) {
    const row = values.subarray(start, start + d);
    const sum = row.reduce((total, value) => total + value, 0) || 1; // one feature: ln 1
    for (const [j, value] of row.entries()) shares[start + j] = value / sum;
  }
  return shares;
}
