/** @file What every algorithm offers, and the checks of data that all of them share. */
import type { LongWork } from "../core/index.ts";
import type { Dataset, Json, Matrix, Predictor, Task, TaskKind } from "../flow.ts";
import { findNotFinite } from "../tensor/index.ts";
import { withoutZeros } from "./dataset-rows.ts";
import { fail } from "./errors.ts";
import { type Fit, fitWith } from "./fit.ts";
import { withZerosBack } from "./in-whole.ts";

/**
 * An algorithm with its options: data in, predictor out. Learning changes neither it nor the data. `T` are
 * the tasks it learns.
 */
export interface Estimator<P extends Predictor = Predictor, T extends TaskKind = TaskKind> {
  /** The algorithm: "boost". */
  readonly name: string;
  /** Every option that decides the result, defaults included. */
  readonly options: Readonly<Record<string, Json>>;
  /** The tasks it learns. */
  readonly tasks: readonly T[];
  /**
   * Learns from x of shape [n, d] and y of shape [n], with n ≥ 1 and d ≥ 1; `data.task` says what y is.
   * Rows of weight 0 are as if they were not there.
   *
   * @throws `model/missing-rows`, `model/missing-features`, `model/mismatch-length`,
   *   `model/mismatch-task`, `model/out-of-range-label`, `model/out-of-range-value`,
   *   `model/out-of-range-weight`, `model/unsupported-weights` where weights are not used,
   *   `model/missing-value` unless missing values are handled, `model/missing-class` unless one class
   *   is enough, or the signal's reason.
   */
  learn(data: Dataset, work?: LongWork): Promise<P>;
  /** Fits features and predictor to typed rows: a model that takes raw rows. */
  readonly fit: Fit<T, P>;
}

/** What one algorithm is made of. */
export interface EstimatorParts<P extends Predictor, T extends TaskKind> {
  readonly name: string;
  readonly options: Readonly<Record<string, Json>>;
  /** The tasks it learns. */
  readonly tasks: readonly T[];
  /** Whether NaN, a missing value, is handled. */
  readonly missing: boolean;
  /** Whether labels that are all the same are enough; of regression they always are. */
  readonly oneClass: boolean;
  /** Whether rows may be weighted. Default false: weights are refused. */
  readonly weights?: boolean;
  /** Learns from data that was checked. */
  readonly learn: (data: Dataset, work: LongWork) => P | Promise<P>;
}

/** What is told where a dataset says nothing. */
const binary: Task = { kind: "binary" };

/** The task of a dataset or predictor; binary where it says nothing. */
export const taskOf = ({ task = binary }: { readonly task?: Task }): Task => task;

/**
 * An estimator from its parts: its `learn` checks the data first, so that each algorithm holds its
 * formula only.
 *
 * @param parts - Name, options, what data it takes, and how it learns.
 * @returns The estimator.
 * @example
 * ```ts
 * const always = estimator({
 *   name: "always",
 *   options: {},
 *   tasks: ["binary"],
 *   missing: true,
 *   oneClass: true,
 *   learn: () => ({ kind: "always", predict: (x) => new Float64Array(x.rows).fill(1) }),
 * });
 * const source = "sha256:00" as const;
 * const data = { x: matrix([[0], [1]]), y: Float64Array.of(0, 1), names: ["a"], source };
 * (await always.learn(data)).predict(data.x) // => Float64Array.of(1, 1)
 * ```
 */
export function estimator<P extends Predictor, T extends TaskKind>(
  parts: EstimatorParts<P, T>,
): Estimator<P, T> {
  const { name, options, tasks } = parts;
  const learn = async (data: Dataset, work: LongWork = {}): Promise<P> => {
    work.signal?.throwIfAborted();
    const checked = checkedData(parts, data);
    try {
      return await parts.learn(checked, work);
    } catch (error) {
      throw withZerosBack(error, data);
    }
  };
  return { name, options, tasks, learn, fit: fitWith({ learn }) };
}

/** The dataset without rows of weight 0, once it was found to be what the parts take. Throws as {@link Estimator.learn}. */
export function checkedData(parts: Checks, data: Dataset): Dataset {
  checkShape(parts.name, data);
  checkTask(parts.name, parts.tasks, taskOf(data));
  const weighed = withWeights(parts, data);
  try {
    checkLabels(parts, weighed);
    checkFeatures(parts, weighed);
  } catch (error) {
    throw withZerosBack(error, data);
  }
  return weighed;
}

/** Refuses rows of another width than the predictor learned from. Throws `model/mismatch-width`. */
export function checkWidth(at: string, x: Matrix, expected: number): void {
  if (x.cols !== expected) fail("model/mismatch-width", { at, expected, got: x.cols });
}

type Checks = Pick<
  EstimatorParts<Predictor, TaskKind>,
  "name" | "tasks" | "missing" | "oneClass" | "weights"
>;

function checkShape(at: string, { x, y, names, weights, groups }: Dataset): void {
  if (x.rows === 0) fail("model/missing-rows", { at });
  if (x.cols === 0) fail("model/missing-features", { at });
  const lengths = [
    { what: "label", expected: x.rows, got: y.length },
    { what: "name", expected: x.cols, got: names.length },
    { what: "number", expected: x.rows * x.cols, got: x.data.length },
    { what: "weight", expected: x.rows, got: weights?.length ?? x.rows },
    { what: "group", expected: x.rows, got: groups?.length ?? x.rows },
  ];
  for (const length of lengths)
    if (length.got !== length.expected) fail("model/mismatch-length", { at, ...length });
}

function checkTask(at: string, tasks: readonly TaskKind[], { kind }: Task): void {
  if (!tasks.includes(kind)) fail("model/mismatch-task", { at, expected: tasks, got: kind });
}

/** The dataset without rows of weight 0, and without weights that are all 1. */
function withWeights({ name, weights: used = false }: Checks, data: Dataset): Dataset {
  const { weights, ...plain } = data;
  if (weights === undefined) return data;
  const row = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (row >= 0)
    fail("model/out-of-range-weight", { at: name, row, got: weights[row] ?? Number.NaN });
  if (weights.every((weight) => weight === 1)) return plain;
  if (!used) fail("model/unsupported-weights", { at: name });
  if (weights.every((weight) => weight === 0)) fail("model/missing-weight", { at: name });
  return withoutZeros(data);
}

function checkLabels({ name, oneClass }: Checks, data: Dataset): void {
  const { y } = data;
  const task = taskOf(data);
  const classes = task.kind === "multiclass" ? task.classes.length : 2;
  const fits = (label: number): boolean =>
    task.kind === "regression"
      ? Number.isFinite(label)
      : Number.isInteger(label) && label >= 0 && label < classes;
  const row = y.findIndex((label) => !fits(label));
  const expected = task.kind === "regression" ? "a finite number" : expectedClass(classes);
  if (row >= 0)
    fail("model/out-of-range-label", { at: name, row, expected, got: y[row] ?? Number.NaN });
  if (task.kind === "regression" || oneClass) return;
  const [label = 0] = y;
  if (y.every((other) => other === label))
    fail("model/missing-class", { at: name, rows: y.length, label });
}

const expectedClass = (classes: number): string =>
  classes === 2 ? "0 or 1" : `a whole number from 0 to ${classes - 1}`;

function checkFeatures({ name, missing }: Checks, { x, names }: Dataset): void {
  const place = findNotFinite(x, missing);
  if (place === undefined) return;
  const { row, value: got } = place;
  const at = { at: name, feature: names[place.column] ?? "", row };
  if (Number.isNaN(got)) fail("model/missing-value", at);
  fail("model/out-of-range-value", { ...at, got });
}
