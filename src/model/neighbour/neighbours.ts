/** @file The k nearest neighbours: a row is what the training rows nearest to it are. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import type { Matrix, Predictor, Task } from "../../flow.ts";
import {
  type Nearest,
  type NearestRows,
  openNearest,
  type RowDistance,
} from "../../tensor/index.ts";
import { checkNumbers } from "../check-numbers.ts";
import { checkWidth, type Estimator, estimator } from "../estimator.ts";
import { damaged, type Fields, storedTask } from "../state-fields.ts";

/** Options of {@link neighbours}; scikit-learn's word for each in brackets. */
export interface NeighboursOptions {
  /** How many neighbours decide, k ≥ 1; all rows where there are fewer [n_neighbors]. Default 5. */
  readonly neighbours?: number;
  /** Every neighbour counts the same, or by 1/distance, where only those at 0 count if there are any. Default "uniform". */
  readonly weights?: "uniform" | "distance";
  /** How far rows are apart [metric]. Default "euclidean". */
  readonly distance?: RowDistance;
  /** The power of "minkowski", ≥ 1 [p]. Default 2. */
  readonly power?: number;
  /**
   * A k-d tree, or a scan of all rows [algorithm]; never changes the result, so it is not among the estimator's
   * `options`. Default "auto": the tree up to 14 features.
   */
  readonly search?: "auto" | "tree" | "scan";
}

/** What `neighbours` learned: the training rows, 8·n·(d + 1) bytes. */
export interface NeighboursState {
  /** Features of a row, d. */
  readonly width: number;
  /** The training rows, [n · d], row by row. */
  readonly points: Float64Array;
  /** Their labels, [n]. */
  readonly labels: Float64Array;
  readonly neighbours: number;
  readonly weights: "uniform" | "distance";
  readonly distance: RowDistance;
  readonly power: number;
  readonly task?: Task;
}

/** Predicts shares of classes, or means of labels, among the nearest training rows. */
export interface NeighboursPredictor extends Predictor, NeighboursState {
  readonly kind: "neighbours";
}

const weightings = ["uniform", "distance"] as const;
const distances = ["euclidean", "manhattan", "chebyshev", "minkowski", "cosine"] as const;

/**
 * The k nearest neighbours: the share of each class, or the mean of the label, among the k training rows nearest to a
 * row. Of equally near rows the earlier ones count. Features must be of one scale (`standardize`). Learning keeps the
 * rows: the state and the model file grow with the data. A prediction takes about O(d·log n) with few features, where
 * a k-d tree is built on first use, and O(n·d) with many.
 *
 * @param options - See {@link NeighboursOptions}.
 * @returns An estimator of any task; it refuses missing values and weights, and takes labels that are all the same.
 * @throws `option/out-of-range`, `option/unknown-name`; its predictor throws also `tensor/out-of-range-memory`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const x = matrix([[0], [1], [2], [10], [11]]);
 * const data = { x, y: Float64Array.of(0, 0, 1, 1, 1), names: ["a"], source };
 * const predictor = await neighbours({ neighbours: 2 }).learn(data);
 * predictor.predict(matrix([[0.2], [1.6], [10.4]])) // => Float64Array.of(0, 0.5, 1)
 * ```
 * @see Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 2nd edition, 13.3. Peers: scikit-learn
 *   `KNeighborsClassifier`, `KNeighborsRegressor`.
 */
export function neighbours(options: NeighboursOptions = {}): Estimator<NeighboursPredictor> {
  const { neighbours: k = 5, weights = "uniform", distance = "euclidean", power = 2 } = options;
  const { search = "auto" } = options;
  checkNames("neighbours", options, ["neighbours", "weights", "distance", "power", "search"]);
  checkNumber("neighbours", { neighbours: k }, { min: 1, integer: true });
  checkNumber("neighbours", { power }, { min: 1 });
  checkChoice("neighbours", { weights }, weightings);
  checkChoice("neighbours", { distance }, distances);
  checkChoice("neighbours", { search }, ["auto", "tree", "scan"]);
  const settings = { neighbours: k, weights, distance, power };
  return estimator({
    name: "neighbours",
    options: settings,
    tasks: ["binary", "multiclass", "regression"],
    missing: false,
    oneClass: true,
    learn: ({ x, y, task }) => {
      const rows = { width: x.cols, points: x.data.slice(), labels: y.slice() };
      const told = task === undefined ? {} : { task };
      return neighboursPredictor({ ...rows, ...settings, ...told }, search);
    },
  });
}

/**
 * The predictor of training rows; learning and loading both come through here.
 *
 * @param state - Rows, labels, and how neighbours are chosen and counted.
 * @param search - How they are looked for, which changes no result.
 * @returns The predictor; its `predict` throws `model/mismatch-width`, `model/missing-value`, `model/out-of-range-value`
 * @example
 * ```ts
 * const rows = { width: 1, points: Float64Array.of(0, 4), labels: Float64Array.of(10, 20) };
 * const how = { neighbours: 2, weights: "distance", distance: "euclidean", power: 2 } as const;
 * const task = { kind: "regression" } as const;
 * neighboursPredictor({ ...rows, ...how, task }).predict(matrix([[1]])) // => Float64Array.of(12.5)
 * ```
 */
export function neighboursPredictor(
  state: NeighboursState,
  search: "auto" | "tree" | "scan" = "auto",
): NeighboursPredictor {
  const { width, points, labels, distance, power } = state;
  const k = Math.min(state.neighbours, labels.length);
  let opened: NearestRows | undefined;
  const rows = (): NearestRows => {
    const x = { rows: labels.length, cols: width, data: points };
    opened ??= openNearest(x, { distance, power, search });
    return opened;
  };
  const tally = tallyOf(state, k);
  const predict = (x: Matrix): Float64Array => {
    checkWidth("neighbours", x, width);
    checkNumbers("neighbours", x);
    return tally(rows().nearest(x, k), x.rows);
  };
  return { kind: "neighbours", ...state, predict };
}

/** Answers from the neighbours of so many rows. */
type Tally = (found: Nearest, rows: number) => Float64Array;

function tallyOf({ labels, weights, task }: NeighboursState, k: number): Tally {
  const classes = task?.kind === "multiclass" ? task.classes.length : 0;
  const outputs = classes || 1;
  return ({ distances: far, rows: near }, rows) => {
    const told = new Float64Array(rows * outputs);
    for (let i = 0; i < rows; i++) {
      const votes = votesOf(far.subarray(i * k, (i + 1) * k), weights);
      const chosen = Float64Array.from(votes, (_, j) => labels[near[i * k + j] ?? 0] ?? 0);
      told.set(
        classes === 0 ? [meanOf(chosen, votes)] : sharesOf(chosen, votes, classes),
        i * outputs,
      );
    }
    return told;
  };
}

/** The mean of labels by votes; to the last bit the label where all are the same. */
function meanOf(labels: Float64Array, votes: Float64Array): number {
  const [first = 0] = labels;
  let [sum, total] = [0, 0];
  for (const [j, vote] of votes.entries()) {
    sum += vote * ((labels[j] ?? 0) - first);
    total += vote;
  }
  return first + sum / total;
}

function sharesOf(labels: Float64Array, votes: Float64Array, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  for (const [j, label] of labels.entries()) sums[label] = (sums[label] ?? 0) + (votes[j] ?? 0);
  const total = votes.reduce((sum, vote) => sum + vote, 0);
  return sums.map((sum) => sum / total);
}

/** How much each neighbour counts; the nearest 1, so that tiny distances do not overflow. */
function votesOf(far: Float64Array, weights: "uniform" | "distance"): Float64Array {
  if (weights === "uniform") return new Float64Array(far.length).fill(1);
  const [nearest = 0] = far;
  return far.map((distance) => (distance === nearest ? 1 : nearest / distance));
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readNeighbours(state: Fields): NeighboursPredictor {
  const labels = state.array("labels", Float64Array);
  const width = state.number("width");
  const task = storedTask(state);
  if (labels.length === 0) damaged("labels", "at least one", "none");
  const classes = task?.kind === "multiclass" ? task.classes.length : 2;
  if (task?.kind !== "regression" && !labels.every((label) => label >= 0 && label < classes))
    damaged("labels", `classes below ${classes}`, "another");
  return neighboursPredictor({
    width,
    points: state.array("points", Float64Array, labels.length * width),
    labels,
    neighbours: state.number("neighbours"),
    weights: choice(state, "weights", weightings),
    distance: choice(state, "distance", distances),
    power: state.number("power"),
    ...(task === undefined ? {} : { task }),
  });
}

function choice<const T extends string>(state: Fields, field: string, of: readonly T[]): T {
  const got = state.text(field);
  return of.find((one) => one === got) ?? damaged(field, `one of ${of.join(", ")}`, got);
}
