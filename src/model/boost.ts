/** @file Gradient-boosted trees. */
import type { LongWork } from "../core/index.ts";
import type { Dataset, Task, TaskKind } from "../flow.ts";
import {
  baseOf,
  type GradientFunction,
  type Stopping,
  type TreeMetric,
  type TreeObjective,
  type TreeOptions,
  trainTrees,
  treeImportances,
} from "../tensor/index.ts";
import { type BoostOptions, boostSettings } from "./boost-options.ts";
import { type BoostPredictor, boostPredictor } from "./boost-predictor.ts";
import { type Held, heldRows } from "./boost-validation.ts";
import { fail } from "./errors.ts";
import { type Estimator, estimator, taskOf } from "./estimator.ts";
import type { TreeLink } from "./tree/links.ts";

/**
 * Gradient-boosted decision trees: each tree fits the gradient left by those before, with leaves −G/(H + l2), from
 * histograms of at most 255 bins. Truth values, classes (one tree per class and round), numbers by several losses, and
 * rankings. Missing values are handled: each split learns which way they go; so are categories (`categorical` of the
 * dataset): a split sends a set of them left. Trees grow by levels, or with `leaves` by the leaf that gains most. The same data
 * and options give the same bytes, whatever the number of threads. O(n·d·trees·depth).
 *
 * @param options - See {@link BoostOptions}.
 * @returns An estimator; it refuses labels of classes that are all the same.
 * @throws `option/out-of-range`, `option/unknown-name`, `model/mismatch-option`; on learning also
 *   `model/mismatch-objective`, `model/mismatch-validation`, `model/unknown-feature`, `model/missing-class` of rows that judge, and as `trainTrees`.
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const x = matrix([[1], [2], [3], [4], [Number.NaN], [Number.NaN]]);
 * const data = { x, y: Float64Array.of(0, 0, 1, 1, 1, 1), names: ["a"], source };
 * const predictor = await boost({ trees: 20, minChildWeight: 0 }).learn(data);
 * const [low = 1, high = 0, missing = 0] = predictor.predict(matrix([[1], [4], [Number.NaN]]));
 * low < 0.5 && high > 0.5 && missing > 0.5 // => true
 * ```
 * @see Friedman, Annals of Statistics 29(5), 2001; Chen & Guestrin, XGBoost, KDD 2016; Ke et al., LightGBM, NeurIPS 2017.
 *   Peers: XGBoost `tree_method="hist"`, LightGBM.
 */
export function boost(options: BoostOptions = {}): Estimator<BoostPredictor, TaskKind> {
  const settings = boostSettings(options);
  return estimator({
    name: "boost",
    options: settings,
    tasks: tasksOf(options),
    missing: true,
    oneClass: false,
    weights: true,
    learn: (data, work) => learnBoost(data, options, work),
  });
}

const ofNumbers: readonly TaskKind[] = ["regression"];
const ofClasses: readonly TaskKind[] = ["binary", "multiclass"];

function tasksOf({ objective }: BoostOptions): readonly TaskKind[] {
  if (objective === undefined || objective === "auto" || typeof objective === "object")
    return [...ofClasses, ...ofNumbers];
  return objective === "logLoss" ? ofClasses : ofNumbers;
}

async function learnBoost(
  data: Dataset,
  options: BoostOptions,
  work: LongWork,
): Promise<BoostPredictor> {
  const task = taskOf(data);
  const objective = objectiveOf(options, task);
  checkLabels(data, objective);
  const held = heldRows(data, options);
  if (typeof options.validation === "object")
    checkLabels(options.validation, objective, "boost, validation");
  const { x, y, weights, trainRows } = held;
  const k = task.kind === "multiclass" ? task.classes.length : 1;
  const train = { y: y.subarray(0, trainRows), weights: weights?.subarray(0, trainRows) };
  const base =
    options.base === undefined
      ? baseOf(objective, train.y, train.weights, k)
      : new Float64Array(k).fill(options.base);
  const grown = await trainTrees(
    {
      ...{ x, y, weights, groups: held.groups, trainRows, objective, base },
      categorical: columnsOf(data, data.categorical ?? []),
      options: treeOptionsOf(data, options),
      stopping: stoppingOf(options, task, held),
      gradients: gradientsOf(options, train, k),
      threads: options.threads,
    },
    work,
  );
  const importances = treeImportances(grown.trees);
  return boostPredictor({
    ...{ width: x.cols, trees: grown.trees, link: linkOf(objective, task) },
    ...(data.task === undefined ? {} : { task: data.task }),
    ...(importances === undefined ? {} : { importances }),
    ...(grown.losses.length === 0 ? {} : { losses: grown.losses }),
  });
}

function objectiveOf(options: BoostOptions, { kind }: Task): TreeObjective {
  const { objective: asked = "auto" } = options;
  if (typeof asked === "object") return { name: "custom" };
  const objective = asked !== "auto" ? asked : kind === "regression" ? "squared" : "logLoss";
  if (objective === "logLoss") return { name: kind === "multiclass" ? "softmax" : "logLoss" };
  const { quantile = 0.5, huberDelta = 1, tweediePower = 1.5 } = options;
  const parameters = { quantile, huber: huberDelta, tweedie: tweediePower };
  const parameter = Object.entries(parameters).find(([name]) => name === objective)?.[1];
  return parameter === undefined ? { name: objective } : { name: objective, parameter };
}

/** What some objectives ask of labels beyond the task. */
function checkLabels({ y, groups }: Dataset, { name }: TreeObjective, at = "boost"): void {
  if (name === "ranking" && groups === undefined)
    fail("model/mismatch-objective", {
      at,
      objective: name,
      expected: "groups in the dataset, the query of each row",
      got: "none",
    });
  const expected =
    name === "ranking"
      ? "a whole number from 0 to 30"
      : name === "poisson" || name === "tweedie"
        ? "a number of 0 or more"
        : undefined;
  if (expected === undefined) return;
  const fits = (label: number): boolean =>
    label >= 0 && (name !== "ranking" || (Number.isInteger(label) && label <= 30));
  const row = y.findIndex((label) => !fits(label));
  if (row >= 0) fail("model/out-of-range-label", { at, row, expected, got: y[row] ?? Number.NaN });
}

function linkOf({ name }: TreeObjective, { kind }: Task): TreeLink {
  if (name === "poisson" || name === "tweedie") return "exp";
  return kind === "binary" ? "sigmoid" : kind === "multiclass" ? "softmax" : "identity";
}

function treeOptionsOf(data: Dataset, options: BoostOptions): Partial<TreeOptions> {
  const { monotone = {}, interactions = [], leaves = 0 } = options;
  const { depth = leaves > 0 ? 64 : 4 } = options;
  const signs = new Array<number>(Object.keys(monotone).length > 0 ? data.x.cols : 0).fill(0);
  for (const [name, sign] of Object.entries(monotone))
    for (const place of columnsOf(data, [name])) signs[place] = sign === "rising" ? 1 : -1;
  const coded = Object.keys(monotone).find((name) => data.categorical?.includes(name));
  if (coded !== undefined)
    fail("model/mismatch-option", {
      at: "boost",
      option: "monotone",
      expected: "numbers",
      got: `the categories of ${coded}`,
    });
  const own = Object.entries(options).filter(
    ([name, value]) => value !== undefined && numbers.has(name),
  );
  return {
    ...Object.fromEntries(own),
    ...{ depth, leaves, monotone: signs },
    interactions: interactions.map((group) => columnsOf(data, group)),
  };
}

/** Options that go to the trees as they are. */
const numbers = new Set([
  ...["trees", "learningRate", "l1", "l2", "minChildWeight", "minRows", "minGain", "rowSample"],
  ...["columnSample", "columnSampleLevel", "columnSampleNode", "bins", "categorySmoothing"],
  ...["categoryL2", "categoryLimit", "dropRate", "skipDrop", "seed"],
]);

/** Places of features by name. */
function columnsOf({ names }: Dataset, some: readonly string[]): readonly number[] {
  return some.map((name) => {
    const place = names.indexOf(name);
    return place >= 0
      ? place
      : fail("model/unknown-feature", { at: "boost", got: name, known: names });
  });
}

function stoppingOf(options: BoostOptions, task: Task, held: Held): Stopping | undefined {
  if (options.validation === undefined) return undefined;
  const { metric = "loss", patience = 0, warmUp = 0, minDelta = 0, objective } = options;
  const known: Readonly<Record<TreeMetric, boolean>> = {
    loss: true,
    error: task.kind !== "regression",
    auc: task.kind === "binary",
    rmse: task.kind === "regression",
    mae: task.kind === "regression",
    ndcg: objective === "ranking",
  };
  if (!known[metric])
    fail("model/mismatch-objective", {
      at: "boost",
      objective: String(typeof objective === "object" ? objective.name : (objective ?? "auto")),
      expected: `one of ${Object.entries(known)
        .filter(([, fits]) => fits)
        .map(([name]) => name)
        .join(", ")} as metric of ${task.kind} labels`,
      got: metric,
    });
  const judged = held.y.subarray(held.trainRows);
  const [label = 0] = judged;
  if (metric === "auc" && judged.every((one) => one === label))
    fail("model/missing-class", { at: "boost, validation", rows: judged.length, label });
  return { metric, patience, warmUp, minDelta, relative: options.relativeDelta ?? false };
}

/** The user's gradients as the trees ask for them; undefined of our objectives. */
function gradientsOf(
  { objective }: BoostOptions,
  { y, weights }: { readonly y: Float64Array; readonly weights: Float64Array | undefined },
  k: number,
): GradientFunction | undefined {
  if (typeof objective !== "object") return undefined;
  return async (outputs) => {
    const given = await objective.gradient(outputs, y);
    if (weights === undefined) return given;
    const weighed = (part: Float64Array): Float64Array =>
      part.map((value, i) => value * (weights[Math.floor(i / k)] ?? 1));
    return { gradient: weighed(given.gradient), hessian: weighed(given.hessian) };
  };
}
