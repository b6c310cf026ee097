/** @file What every estimator must do; called by each estimator's test. After scikit-learn's estimator_checks. */
import { describe, expect, test } from "vitest";
import {
  formatJson,
  isMillraceError,
  parseJson,
  type Random,
  random,
} from "../../src/core/index.ts";
import type { Dataset, Matrix, Predictor, Task, TaskKind } from "../../src/flow.ts";
import {
  type Estimator,
  predictorFromState,
  predictorState,
  taskOf,
} from "../../src/model/index.ts";
import { matrix } from "../../src/tensor/index.ts";

/** What an estimator declares about itself. */
export interface EstimatorTraits {
  /** Whether it takes missing values. */
  readonly missing: boolean;
  /** Whether it takes labels that are all the same; of regression every estimator does. */
  readonly oneClass: boolean;
  /** How close a row of weight 2 is to the row twice, relative; absent where weights are refused. */
  readonly weights?: number;
  /** How close predictions are after columns changed places, relative. Default 1e-6; null: chance picks columns by place. */
  readonly columns?: number | null;
  /** Whether it deals rows to folds: a row of each class is refused, and weight 2 is not the row twice. Default false. */
  readonly folds?: boolean;
  /** Turns normal numbers into features that it takes; absent: it takes any finite number. */
  readonly feature?: (normal: number) => number;
  /** Turns labels of regression into those that it takes; absent: it takes any finite number. */
  readonly label?: (number: number) => number;
}

type Make = (options?: Readonly<Record<string, unknown>>) => Estimator;

/**
 * Registers the conformance tests of an estimator, for each task it learns.
 *
 * @param make - Makes it afresh, from options too: what was logged makes the same estimator again.
 * @param traits - What it takes beyond the common.
 */
export function checkEstimator(make: Make, traits: EstimatorTraits): void {
  test("conforms: options survive JSON", () => {
    const { name, options } = make();
    const read = parseJson(formatJson(options)) as Readonly<Record<string, unknown>>;
    expect(make(read).options).toEqual(options);
    expect(make(read).name).toBe(name);
  });

  const all: readonly Task[] = [
    { kind: "binary" },
    { kind: "multiclass", classes: ["a", "b"] },
    { kind: "multiclass", classes: ["a", "b", "c"] },
    { kind: "regression" },
  ];
  const { tasks } = make();
  for (const task of all) {
    if (tasks.includes(task.kind))
      describe(nameOf(task), () => {
        checkLearning(make, sampleFor(traits, [60, 3], task), traits);
        checkData(make, sampleFor(traits, [60, 3], task), traits);
        checkLabels(make, sampleFor(traits, [60, 3], task), traits);
      });
    else
      test(`conforms: ${nameOf(task)} labels are refused`, () =>
        expect(make().learn(sample(60, 3, task))).rejects.toThrow(code("model/mismatch-task")));
  }
}

const nameOf = (task: Task): string =>
  task.kind === "multiclass" ? `multiclass, ${task.classes.length} classes` : task.kind;

const state = (predictor: Predictor): string => formatJson(predictorState(predictor));

function checkLearning(make: Make, data: Dataset, traits: EstimatorTraits): void {
  test("conforms: learning changes neither the estimator nor the data", async () => {
    const [estimator, before] = [make(), formatJson(data)];
    const options = formatJson(estimator.options);
    await estimator.learn(data);
    expect(formatJson(data)).toBe(before);
    expect(formatJson(estimator.options)).toBe(options);
  });

  test("conforms: the same data and options give the same bytes", async () => {
    const estimator = make();
    const first = state(await estimator.learn(data));
    expect(state(await estimator.learn(data))).toBe(first);
    expect(state(await make(estimator.options).learn(data))).toBe(first);
  });

  test("conforms: every row gets its answer, in any order, alone or together", async () => {
    const predictor = await make().learn(data);
    expect(taskOf(predictor)).toEqual(taskOf(data));
    const together = predictor.predict(data.x);
    const k = together.length / data.x.rows;
    expect(k).toBe(outputsOf(data));
    checkAnswers(together, taskOf(data).kind, k);
    const order = random(7).shuffled(data.x.rows);
    const rowOf = (i: number): Float64Array => together.subarray(i * k, (i + 1) * k);
    expect([...predictor.predict(picked(data.x, order))]).toEqual(
      Array.from(order).flatMap((i) => [...rowOf(i)]),
    );
    for (const i of order.subarray(0, 9))
      expect([...predictor.predict(picked(data.x, [i]))]).toEqual([...rowOf(i)]);
    expect(predictor.predict({ ...data.x, rows: 0, data: new Float64Array(0) }).length).toBe(0);
  });

  test("conforms: columns in another order change nothing", async () => {
    if (traits.columns === null) return;
    const turned = (x: Matrix): Matrix => ({
      ...x,
      data: x.data.map((_, k) => x.data[turn(k)] ?? 0),
    });
    const turn = (k: number): number => k - (k % 3) + ((k + 1) % 3);
    const straight = (await make().learn(data)).predict(data.x);
    const other = await make().learn({ ...data, x: turned(data.x) });
    const near = { rtol: traits.columns ?? 1e-6, atol: traits.columns ?? 1e-9 };
    expect(other.predict(turned(data.x))).toBeClose(straight, near);
  });

  test("conforms: state through JSON predicts the same bits", async () => {
    const predictor = await make().learn(data);
    const text = state(predictor);
    const read = predictorFromState(parseJson(text));
    expect(read.kind).toBe(predictor.kind);
    expect(read.predict(data.x)).toEqual(predictor.predict(data.x));
    expect(state(read)).toBe(text);
  });

  test("conforms: a state of a newer format is refused", async () => {
    const newer = { ...predictorState(await make().learn(data)), format: 99 };
    expect(() => predictorFromState(newer)).toThrow(code("model/unsupported-format"));
  });

  test("conforms: importances, where there are any, are shares that sum to 1", async () => {
    const { importances } = await make().learn(data);
    if (importances === undefined) return;
    expect(importances.length).toBe(3);
    expect(importances.every((share) => share >= 0)).toBe(true);
    expect(importances.reduce((sum, share) => sum + share, 0)).toBeClose(1);
  });

  test("conforms: a signal that was given stops it with its reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(make().learn(data, { signal })).rejects.toThrow("enough");
  });
}

function checkData(make: Make, data: Dataset, traits: EstimatorTraits): void {
  const refusal = (change: Partial<Dataset>) => make().learn({ ...data, ...change });
  const refused = async (change: Partial<Dataset>, what: string): Promise<void> =>
    expect(refusal(change)).rejects.toThrow(code(what));

  test("conforms: one row of each class and one feature are enough", async () => {
    const y = Float64Array.from({ length: Math.max(2, outputsOf(data)) }, (_, i) => i);
    const small = { ...data, x: matrix(Array.from(y, (v) => [v])), y, names: ["a"] };
    if (traits.folds === true)
      return expect(make().learn(small)).rejects.toThrow(code("dataset/out-of-range-folds"));
    const predictor = await make().learn(small);
    expect(predictor.predict(small.x).every(Number.isFinite)).toBe(true);
    const read = predictorFromState(parseJson(state(predictor)));
    expect(read.predict(small.x)).toEqual(predictor.predict(small.x));
  });

  test("conforms: a constant feature, and one that is there twice, do no harm", async () => {
    const [wide, names] = [widened(data.x), [...data.names, "twice", "constant"]];
    const predictor = await make().learn({ ...data, x: wide, names });
    expect(predictor.predict(wide).every(Number.isFinite)).toBe(true);
  });

  test("conforms: more features than rows are learned or refused with a sentence", async () => {
    const few = sampleFor(traits, [6, 20], taskOf(data));
    const learned = await make()
      .learn(few)
      .catch((error: unknown) => {
        const got = isMillraceError(error) ? error.code : String(error);
        expect(got).toMatch(/^(dataset|model|tensor)\//);
        return undefined;
      });
    if (learned === undefined) return;
    expect(learned.predict(few.x).every(Number.isFinite)).toBe(true);
  });

  test("conforms: rows of another width are refused", async () => {
    const predictor = await make().learn(data);
    expect(() => predictor.predict(matrix([[1, 2]]))).toThrow(code("model/mismatch-width"));
  });

  test("conforms: data that is empty or does not fit together is refused", async () => {
    const nothing = { ...data.x, rows: 0, data: new Float64Array(0) };
    await refused({ x: nothing, y: new Float64Array(0) }, "model/missing-rows");
    await refused({ x: { ...nothing, rows: 60, cols: 0 }, names: [] }, "model/missing-features");
    await refused({ y: data.y.slice(1) }, "model/mismatch-length");
    await refused({ names: ["a"] }, "model/mismatch-length");
    await refused({ x: { ...data.x, data: data.x.data.slice(1) } }, "model/mismatch-length");
    await refused({ weights: new Float64Array(3) }, "model/mismatch-length");
  });

  test("conforms: missing values are learned or refused, as declared; infinite ones are refused", async () => {
    const holed = (value: number): Matrix => ({ ...data.x, data: data.x.data.with(4, value) });
    await refused({ x: holed(Infinity) }, "model/out-of-range-value");
    const learned = refusal({ x: holed(Number.NaN) });
    if (!traits.missing) return expect(learned).rejects.toThrow(code("model/missing-value"));
    expect((await learned).predict(holed(Number.NaN)).every(Number.isFinite)).toBe(true);
  });

  test("conforms: weights of 1 change nothing; negative, infinite and missing ones are refused, and 0 for all", async () => {
    const ones = new Float64Array(data.x.rows).fill(1);
    expect(state(await refusal({ weights: ones }))).toBe(state(await make().learn(data)));
    for (const odd of [-1, Infinity, Number.NaN])
      await refused({ weights: ones.with(3, odd) }, "model/out-of-range-weight");
    if (traits.weights === undefined)
      return refused({ weights: ones.with(3, 2) }, "model/unsupported-weights");
    await refused({ weights: ones.fill(0) }, "model/missing-weight");
  });

  test("conforms: where weights are used, weight 2 is the row twice and weight 0 is no row", async () => {
    if (traits.weights === undefined || traits.folds === true) return;
    const rows = Array.from({ length: data.x.rows }, (_, i) => i);
    const weights = Float64Array.from(rows, (i) => i % 3);
    const weighed = (await refusal({ weights })).predict(data.x);
    const order = rows.flatMap((i) => Array.from({ length: i % 3 }, () => i));
    const repeated = {
      x: picked(data.x, order),
      y: Float64Array.from(order, (i) => data.y[i] ?? 0),
    };
    const near = { rtol: traits.weights, atol: traits.weights };
    expect(weighed).toBeClose((await refusal(repeated)).predict(data.x), near);
  });
}

function checkLabels(make: Make, data: Dataset, traits: EstimatorTraits): void {
  const refusal = (change: Partial<Dataset>) => make().learn({ ...data, ...change });
  const task = taskOf(data).kind;

  test("conforms: labels that do not fit the task are refused", async () => {
    const odd = task === "regression" ? [Number.NaN, Infinity] : [3, -1, 0.5, Number.NaN];
    for (const label of odd)
      await expect(refusal({ y: data.y.with(3, label) })).rejects.toThrow(
        code("model/out-of-range-label"),
      );
  });

  test("conforms: labels that are all the same are learned or refused, as declared", async () => {
    const ones = data.y.map(() => 1);
    if (task !== "regression" && !traits.oneClass)
      return expect(refusal({ y: ones })).rejects.toThrow(code("model/missing-class"));
    const told = (await refusal({ y: ones })).predict(data.x);
    const k = outputsOf(data);
    expect(told.filter((_, i) => k === 1 || i % k === 1)).toBeClose(ones, { rtol: 1e-6 });
  });
}

function checkAnswers(told: Float64Array, task: TaskKind, k: number): void {
  const [low, high] = task === "regression" ? [-Number.MAX_VALUE, Number.MAX_VALUE] : [0, 1];
  expect(told.every((p) => p >= low && p <= high)).toBe(true);
  if (task !== "multiclass") return;
  for (let i = 0; i < told.length; i += k)
    expect(told.subarray(i, i + k).reduce((sum, p) => sum + p, 0)).toBeClose(1);
}

const code = (what: string) => expect.objectContaining({ code: what });

function outputsOf(data: Dataset): number {
  const task = taskOf(data);
  return task.kind === "multiclass" ? task.classes.length : 1;
}

/** A sample whose features and labels are what the estimator takes. */
function sampleFor(
  { feature = (normal) => normal, label = (number) => number }: EstimatorTraits,
  [n, d]: readonly [number, number],
  task: Task,
): Dataset {
  const data = sample(n, d, task);
  const y = task.kind === "regression" ? data.y.map((number) => label(number)) : data.y;
  return { ...data, y, x: { ...data.x, data: data.x.data.map(feature) } };
}

/** Normal features, and a label that leans on the first two. */
function sample(n: number, d: number, task: Task): Dataset {
  const draws: Random = random(11).stream("conform");
  const rows = Array.from({ length: n }, () => Array.from({ length: d }, () => draws.normal()));
  const leans = rows.map(([a = 0, b = 0]) => a - b + draws.normal());
  const y = Float64Array.from(leans, (lean) => {
    if (task.kind === "regression") return 10 + 3 * lean;
    return (
      Number(lean > 0) + Number(task.kind === "multiclass" && task.classes.length > 2 && lean > 1)
    );
  });
  const names = Array.from({ length: d }, (_, j) => `f${j}`);
  const plain = { x: matrix(rows), y, names, source: "sha256:00" } as const;
  return task.kind === "binary" ? plain : { ...plain, task };
}

/** The matrix with its first column again, and a column of sevens. */
function widened(x: Matrix): Matrix {
  const rows = Array.from({ length: x.rows }, (_, i) => [
    ...x.data.subarray(i * x.cols, (i + 1) * x.cols),
    x.data[i * x.cols] ?? 0,
    7,
  ]);
  return matrix(rows);
}

function picked(x: Matrix, order: Iterable<number>): Matrix {
  return matrix(
    Array.from(order, (i) => Array.from(x.data.subarray(i * x.cols, (i + 1) * x.cols))),
  );
}
