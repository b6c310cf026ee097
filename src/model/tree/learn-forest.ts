/** @file From checked data and settings to a forest: what forests and single trees share. */
import { checkChoice, checkNumber, type LongWork } from "../../core/index.ts";
import type { Dataset, Task } from "../../flow.ts";
import {
  growForest,
  type OutOfBagSums,
  outOfBagSums,
  type Trees,
  treeImportances,
} from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { taskOf } from "../estimator.ts";
import { type OutOfBag, type TreesPredictor, treesPredictor } from "./trees-predictor.ts";

/** How trees grow: options that forests and single trees share. scikit-learn's word in brackets where it differs. */
export interface GrowthOptions {
  /** Most steps from the root to a leaf, ≥ 1; null: no limit. Default null. */
  readonly maxDepth?: number | null;
  /** Fewest rows of a leaf, ≥ 1; a row drawn twice is two. Default 1. */
  readonly minSamplesLeaf?: number;
  /** Fewest rows of a node that is split, ≥ 2. Default 2. */
  readonly minSamplesSplit?: number;
  /** Features that each node looks at, in random order: a share of them, 0 to 1, √d, log₂ d, or all. */
  readonly maxFeatures?: number | "sqrt" | "log2" | "all";
  /** How splits of classes are judged [criterion]. Default "gini". */
  readonly criterion?: "gini" | "entropy";
  /** How splits of numbers are judged [criterion]: of "poisson", labels are counts ≥ 0. Default "squared". */
  readonly loss?: "squared" | "poisson";
  /** Whether each class weighs the same in all [class_weight]. Default "none". */
  readonly classWeights?: "none" | "balanced";
  /** Most bins of a feature, 2 to 255, missing values not counted. Default 255. */
  readonly bins?: number;
  /** Chooses samples and features. Default 0. */
  readonly seed?: number;
  /** Threads to learn with, 1 to 32; never changes the result. Default 1 for little work, else what the machine has. */
  readonly threads?: number;
}

/** Names of the growth options. */
export const growthNames = [
  ...["maxDepth", "minSamplesLeaf", "minSamplesSplit", "maxFeatures", "criterion", "loss"],
  ...["classWeights", "bins", "seed", "threads"],
];

/** Growth options with every default filled in. */
export type Growth = Required<Omit<GrowthOptions, "threads">>;

/** Growth options, checked. Throws `option/out-of-range`. */
export function growthOf(
  at: string,
  options: GrowthOptions,
  usual: { readonly maxFeatures: "sqrt" | "all" | "auto" },
): Omit<Growth, "maxFeatures"> & { readonly maxFeatures: Growth["maxFeatures"] | "auto" } {
  const {
    maxDepth = null,
    minSamplesLeaf = 1,
    minSamplesSplit = 2,
    bins = 255,
    seed = 0,
  } = options;
  const { criterion = "gini", loss = "squared", classWeights = "none", threads = 1 } = options;
  const { maxFeatures = usual.maxFeatures } = options;
  const whole = { min: 1, integer: true };
  if (maxDepth !== null) checkNumber(at, { maxDepth }, whole);
  checkNumber(at, { minSamplesLeaf }, whole);
  checkNumber(at, { minSamplesSplit }, { min: 2, integer: true });
  if (typeof maxFeatures === "number") checkNumber(at, { maxFeatures }, { above: 0, max: 1 });
  else checkChoice(at, { maxFeatures }, ["sqrt", "log2", "all", "auto"]);
  checkNumber(at, { bins }, { min: 2, max: 255, integer: true });
  checkNumber(at, { seed });
  checkNumber(at, { threads }, { min: 1, max: 32, integer: true });
  return {
    ...{ maxDepth, minSamplesLeaf, minSamplesSplit, maxFeatures, bins, seed },
    criterion: checkChoice(at, { criterion }, ["gini", "entropy"]),
    loss: checkChoice(at, { loss }, ["squared", "poisson"]),
    classWeights: checkChoice(at, { classWeights }, ["none", "balanced"]),
  };
}

/** Everything that decides a forest. */
export interface ForestSettings extends Omit<Growth, "maxFeatures"> {
  readonly name: string;
  readonly maxFeatures: Growth["maxFeatures"] | "auto";
  readonly trees: number;
  readonly bootstrap: boolean;
  readonly maxSamples: number;
  readonly randomThresholds: boolean;
  readonly outOfBag: boolean;
  readonly threads: number | undefined;
}

/** Grows the trees and makes their predictor. */
export async function learnForest(
  data: Dataset,
  settings: ForestSettings,
  work: LongWork,
): Promise<TreesPredictor> {
  const { x, y, names, categorical = [] } = data;
  const task = taskOf(data);
  const classes = task.kind === "regression" ? 0 : task.kind === "binary" ? 2 : task.classes.length;
  if (settings.loss === "poisson" && classes === 0) checkCounts(settings.name, y);
  const { maxDepth, minSamplesLeaf, minSamplesSplit, bootstrap, randomThresholds, bins, seed } =
    settings;
  const { trees: grown, drawn } = await growForest(
    {
      ...{ x, y, classes, threads: settings.threads, keepsDrawn: settings.outOfBag },
      weights: weightsOf(data, classes, settings.classWeights),
      categorical: new Set(names.flatMap((name, f) => (categorical.includes(name) ? [f] : []))),
      options: {
        ...{ trees: settings.trees, minSamplesLeaf, minSamplesSplit, bootstrap, randomThresholds },
        ...{ bins, seed, maxDepth: maxDepth ?? Infinity },
        criterion: classes === 0 ? settings.loss : settings.criterion,
        maxFeatures: featuresTried(settings.maxFeatures, x.cols, classes),
        samples: Math.max(1, Math.round(settings.maxSamples * x.rows)),
      },
    },
    work,
  );
  const trees = task.kind === "multiclass" && classes === 2 ? withBothShares(grown) : grown;
  const importances = treeImportances(trees);
  return treesPredictor({
    ...{ width: x.cols, trees, link: "identity" },
    ...(task.kind === "binary" ? {} : { task }),
    ...(importances === undefined ? {} : { importances }),
    ...(settings.outOfBag ? scoreOf(judged(outOfBagSums(trees, x, drawn), data, task)) : {}),
  });
}

/** Two classes that a task tells by name have a share each, where the kernel keeps that of the second. */
function withBothShares(trees: Trees): Trees {
  const values = new Float64Array(2 * trees.values.length);
  for (const [i, share] of trees.values.entries()) values.set([1 - share, share], 2 * i);
  return { ...trees, outputs: 2, leafWidth: 2, base: new Float64Array(2), values };
}

/** The score, where there is one: not of equal labels, nor where every tree saw every row. */
const scoreOf = (outOfBag: OutOfBag): { readonly outOfBag?: OutOfBag } =>
  Number.isFinite(outOfBag.score) ? { outOfBag } : {};

function checkCounts(at: string, y: Float64Array): void {
  const row = y.findIndex((label) => label < 0);
  const expected = 'a number ≥ 0 for the loss "poisson"';
  if (row >= 0) fail("model/out-of-range-label", { at, row, expected, got: y[row] ?? Number.NaN });
}

function featuresTried(asked: ForestSettings["maxFeatures"], d: number, classes: number): number {
  const rule = asked === "auto" ? (classes === 0 ? "all" : "sqrt") : asked;
  if (typeof rule === "number") return Math.max(1, Math.min(d, Math.round(rule * d)));
  return {
    sqrt: Math.max(1, Math.floor(Math.sqrt(d))),
    log2: Math.max(1, Math.floor(Math.log2(d))),
    all: d,
  }[rule];
}

/** Weights of rows, times those of classes; undefined where all are 1. */
function weightsOf(
  { y, weights }: Dataset,
  classes: number,
  how: Growth["classWeights"],
): Float64Array | undefined {
  if (how === "none" || classes === 0) return weights;
  const sums = new Float64Array(classes);
  for (const [i, label] of y.entries()) sums[label] = (sums[label] ?? 0) + (weights?.[i] ?? 1);
  const total = sums.reduce((sum, weight) => sum + weight, 0);
  const present = sums.filter((sum) => sum > 0).length;
  return y.map((label, i) => ((weights?.[i] ?? 1) * total) / (present * (sums[label] ?? 1)));
}

/** Accuracy, or R², over the rows that some tree did not see. */
function judged({ sums, counts }: OutOfBagSums, { y, weights }: Dataset, task: Task): OutOfBag {
  const k = sums.length / Math.max(1, counts.length);
  const rows = Array.from(counts.keys()).filter((row) => (counts[row] ?? 0) > 0);
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  const sumOf = (of: (row: number) => number): number =>
    rows.reduce((sum, row) => sum + weightOf(row) * of(row), 0);
  const total = sumOf(() => 1);
  const label = (row: number): number => y[row] ?? 0;
  if (task.kind === "regression") {
    const mean = sumOf(label) / total;
    const told = (row: number): number => (sums[row] ?? 0) / (counts[row] ?? 1);
    const spread = sumOf((row) => (label(row) - mean) ** 2);
    return { rows: rows.length, score: 1 - sumOf((row) => (label(row) - told(row)) ** 2) / spread };
  }
  const told = (row: number): number => {
    if (k === 1) return (sums[row] ?? 0) / (counts[row] ?? 1) >= 0.5 ? 1 : 0;
    const shares = sums.subarray(row * k, (row + 1) * k);
    return shares.indexOf(Math.max(...shares));
  };
  return { rows: rows.length, score: sumOf((row) => Number(told(row) === label(row))) / total };
}
