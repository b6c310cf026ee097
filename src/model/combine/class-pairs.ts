/** @file Several classes by estimators of two: one against the rest, or one against one. */
import type { LongWork } from "../../core/index.ts";
import type { Dataset, Matrix, Predictor, Task } from "../../flow.ts";
import { datasetRows } from "../dataset-rows.ts";
import { type Estimator, estimator, taskOf } from "../estimator.ts";
import { majorityPredictor } from "../majority.ts";
import { damaged, type Fields, storedTask } from "../state-fields.ts";
import { checkBinary, optionsOf } from "./bases.ts";

/** What {@link oneVsRest} or {@link oneVsOne} learned. */
export interface ClassPairsState {
  readonly kind: "oneVsRest" | "oneVsOne";
  /** One for each class, or for each pair (0, 1), (0, 2), … (1, 2), …: the probability of the first of the two. */
  readonly bases: readonly Predictor[];
  /** 1 of a class that training rows had, else 0, [k]. */
  readonly seen: Uint8Array;
  readonly task: Task;
}

/** Predicts the probabilities of k classes from predictors of two. */
export interface ClassPairsPredictor extends Predictor, ClassPairsState {
  readonly kind: ClassPairsState["kind"];
  readonly task: Task;
}

/**
 * Several classes by an estimator of two: one learns for each class against all others, and their probabilities are made
 * to sum to 1. k learnings of n rows.
 *
 * @param base - An estimator of two classes.
 * @returns An estimator of several; a class that no row has gets probability 0.
 * @throws `option/out-of-range` for an estimator that does not learn two classes
 * @example
 * ```ts
 * const task = { kind: "multiclass", classes: ["a", "b", "c"] } as const;
 * const x = matrix([[0, 0], [1, 0], [9, 0], [8, 0], [0, 9], [0, 8]]);
 * const data = { x, y: Float64Array.of(0, 0, 1, 1, 2, 2), names: ["x", "y"], source: "sha256:00", task } as const;
 * const told = (await oneVsRest(logistic()).learn(data)).predict(matrix([[9, 1]]));
 * told.indexOf(Math.max(...told)) // => 1
 * ```
 * @see Peer: scikit-learn `OneVsRestClassifier`.
 */
export function oneVsRest(base: Estimator): Estimator<ClassPairsPredictor, "multiclass"> {
  return wrapped("oneVsRest", base, (data, c) => {
    const y = data.y.map((label) => Number(label === c));
    return [{ ...withoutTask(data), y }];
  });
}

/**
 * Several classes by an estimator of two: one learns for each pair of classes from the rows of these two, and a class's
 * probability is the mean of what its pairs tell, 2·Σ pᵢⱼ / (k·(k−1)) over the classes that have rows. k·(k−1)/2 learnings of fewer rows each.
 *
 * @param base - An estimator of two classes.
 * @returns An estimator of several; a class that no row has gets probability 0.
 * @throws `option/out-of-range` for an estimator that does not learn two classes
 * @example
 * ```ts
 * const task = { kind: "multiclass", classes: ["a", "b", "c"] } as const;
 * const x = matrix([[0, 0], [1, 0], [9, 0], [8, 0], [0, 9], [0, 8]]);
 * const data = { x, y: Float64Array.of(0, 0, 1, 1, 2, 2), names: ["x", "y"], source: "sha256:00", task } as const;
 * const told = (await oneVsOne(logistic()).learn(data)).predict(matrix([[9, 1]]));
 * told.indexOf(Math.max(...told)) // => 1
 * ```
 * @see Hastie & Tibshirani, Annals of Statistics 26(2), 1998. Peer: scikit-learn `OneVsOneClassifier`, which tells classes only.
 */
export function oneVsOne(base: Estimator): Estimator<ClassPairsPredictor, "multiclass"> {
  return wrapped("oneVsOne", base, (data, c, classes) =>
    Array.from({ length: classes - c - 1 }, (_, i) => {
      const other = c + 1 + i;
      const rows = [...data.y.keys()].filter((row) => data.y[row] === c || data.y[row] === other);
      const pair = datasetRows(data, rows);
      return { ...withoutTask(pair), y: pair.y.map((label) => Number(label === c)) };
    }),
  );
}

function withoutTask({ task: _, ...data }: Dataset): Dataset {
  return data;
}

/** The problems of two classes that a class begins. */
type Problems = (data: Dataset, c: number, classes: number) => readonly Dataset[];

function wrapped(
  kind: ClassPairsState["kind"],
  base: Estimator,
  problems: Problems,
): Estimator<ClassPairsPredictor, "multiclass"> {
  checkBinary(kind, base);
  return estimator({
    name: kind,
    options: { estimator: optionsOf(base) },
    tasks: ["multiclass"],
    missing: true,
    oneClass: false,
    weights: true,
    learn: async (data, { signal, progress }: LongWork) => {
      const task = taskOf(data);
      const classes = task.kind === "multiclass" ? task.classes.length : 2;
      const bases: Predictor[] = [];
      for (let c = 0; c < classes; c++) {
        for (const problem of problems(data, c, classes))
          bases.push(await learned(base, problem, signal === undefined ? {} : { signal }));
        progress?.({ done: c + 1, total: classes });
      }
      const seen = new Uint8Array(classes);
      for (const label of data.y) seen[label] = 1;
      return classPairsPredictor({ kind, bases, seen, task });
    },
  });
}

/** Where only one of two classes has rows, there is nothing to learn; where none has, neither is told. */
function learned(base: Estimator, data: Dataset, work: LongWork): Promise<Predictor> | Predictor {
  const [label] = data.y;
  if (label !== undefined && data.y.some((other) => other !== label)) return base.learn(data, work);
  return majorityPredictor({ share: label ?? 0, width: data.x.cols });
}

/**
 * The predictor of several of two classes; learning and loading both come through here.
 *
 * @param state - The predictors, and the classes.
 * @returns The predictor; its `predict` throws what those of the others do.
 * @example
 * ```ts
 * const bases = [0.2, 0.6].map((share) => majorityPredictor({ share, width: 1 }));
 * const task = { kind: "multiclass", classes: ["a", "b"] } as const;
 * const seen = Uint8Array.of(1, 1);
 * classPairsPredictor({ kind: "oneVsRest", bases, seen, task }).predict(matrix([[7]])).map((p) => Math.round(100 * p))
 * // => Float64Array.of(25, 75)
 * ```
 */
export function classPairsPredictor(state: ClassPairsState): ClassPairsPredictor {
  const { kind, bases, seen, task } = state;
  const k = task.kind === "multiclass" ? task.classes.length : 2;
  const predict = (x: Matrix): Float64Array => {
    const told = bases.map((base) => base.predict(x));
    const sums = new Float64Array(x.rows * k);
    const add = (c: number, of: (row: number) => number): void => {
      if (seen[c] === 1)
        for (let i = 0; i < x.rows; i++) sums[i * k + c] = (sums[i * k + c] ?? 0) + of(i);
    };
    if (kind === "oneVsRest") for (const [c, p] of told.entries()) add(c, (i) => p[i] ?? 0);
    else
      for (const [at, [first, second]] of pairsOf(k).entries()) {
        if (seen[first] !== 1 || seen[second] !== 1) continue;
        add(first, (i) => told[at]?.[i] ?? 0);
        add(second, (i) => 1 - (told[at]?.[i] ?? 0));
      }
    return shares(sums, k);
  };
  return { ...state, predict };
}

function pairsOf(k: number): readonly (readonly [number, number])[] {
  return Array.from({ length: k }, (_, a) =>
    Array.from({ length: k - a - 1 }, (_, i) => [a, a + 1 + i] as const),
  ).flat();
}

function shares(sums: Float64Array, k: number): Float64Array {
  for (let start = 0; start < sums.length; start += k) {
    const row = sums.subarray(start, start + k);
    const total = row.reduce((sum, value) => sum + value, 0);
    row.set(row.map((value) => (total > 0 ? value / total : 1 / k)));
  }
  return sums;
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readClassPairs(
  state: Fields,
  read: (state: Fields) => Predictor,
): ClassPairsPredictor {
  const task = storedTask(state) ?? damaged("task", "several classes", "none");
  const kind = state.text("kind") === "oneVsOne" ? "oneVsOne" : "oneVsRest";
  const bases = state.list("bases").map(read);
  const k = task.kind === "multiclass" ? task.classes.length : 2;
  const expected = kind === "oneVsRest" ? k : (k * (k - 1)) / 2;
  if (bases.length !== expected) damaged("bases", `${expected}`, `${bases.length}`);
  return classPairsPredictor({ kind, bases, seen: state.array("seen", Uint8Array, k), task });
}
