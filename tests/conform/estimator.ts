/** @file What every estimator must do; called by each estimator's test. After scikit-learn's estimator_checks. */
import { expect, test } from "vitest";
import { formatJson, parseJson, type Random, random } from "../../src/core/index.ts";
import type { Dataset, Matrix, Predictor } from "../../src/flow.ts";
import { type Estimator, predictorFromState, predictorState } from "../../src/model/index.ts";
import { matrix } from "../../src/tensor/index.ts";

/** What an estimator declares about itself. */
export interface EstimatorTraits {
  /** Whether it takes missing values. */
  readonly missing: boolean;
  /** Whether it takes labels that are all the same. */
  readonly oneClass: boolean;
}

/**
 * Registers the conformance tests of an estimator.
 *
 * @param make - Makes it afresh, from options too: what was logged makes the same estimator again.
 * @param traits - What it takes beyond the common.
 */
export function checkEstimator(
  make: (options?: Readonly<Record<string, unknown>>) => Estimator,
  traits: EstimatorTraits,
): void {
  const data = sample(60, 3);
  const state = (predictor: Predictor): string => formatJson(predictorState(predictor));
  const refusal = (change: Partial<Dataset>) => make().learn({ ...data, ...change });

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

  test("conforms: options survive JSON", () => {
    const { name, options } = make();
    const read = parseJson(formatJson(options)) as Readonly<Record<string, unknown>>;
    expect(make(read).options).toEqual(options);
    expect(make(read).name).toBe(name);
  });

  test("conforms: every row gets one probability, in any order, alone or together", async () => {
    const predictor = await make().learn(data);
    const together = predictor.predict(data.x);
    expect(together.length).toBe(data.x.rows);
    expect(together.every((p) => p >= 0 && p <= 1)).toBe(true);
    const order = random(7).shuffled(data.x.rows);
    expect(predictor.predict(picked(data.x, order))).toEqual(
      Float64Array.from(order, (i) => together[i] ?? Number.NaN),
    );
    for (const i of order.subarray(0, 9))
      expect(predictor.predict(picked(data.x, [i]))).toEqual(together.slice(i, i + 1));
    expect(predictor.predict({ ...data.x, rows: 0, data: new Float64Array(0) }).length).toBe(0);
  });

  test("conforms: columns in another order change nothing", async () => {
    const turned = (x: Matrix): Matrix => ({
      ...x,
      data: x.data.map((_, k) => x.data[turn(k)] ?? 0),
    });
    const turn = (k: number): number => k - (k % 3) + ((k + 1) % 3);
    const straight = (await make().learn(data)).predict(data.x);
    const other = await make().learn({ ...data, x: turned(data.x) });
    expect(other.predict(turned(data.x))).toBeClose(straight, { rtol: 1e-6, atol: 1e-9 });
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

  test("conforms: one row of each class and one feature are enough", async () => {
    const small = { ...data, x: matrix([[0], [1]]), y: Float64Array.of(0, 1), names: ["a"] };
    expect((await make().learn(small)).predict(small.x).every(Number.isFinite)).toBe(true);
  });

  test("conforms: rows of another width are refused", async () => {
    const predictor = await make().learn(data);
    expect(() => predictor.predict(matrix([[1, 2]]))).toThrow(code("model/mismatch-width"));
  });

  test("conforms: data that is empty or does not fit together is refused", async () => {
    const nothing = { ...data.x, rows: 0, data: new Float64Array(0) };
    const refused = async (change: Partial<Dataset>, what: string): Promise<void> =>
      expect(refusal(change)).rejects.toThrow(code(what));
    await refused({ x: nothing, y: new Float64Array(0) }, "model/missing-rows");
    await refused({ x: { ...nothing, rows: 60, cols: 0 }, names: [] }, "model/missing-features");
    await refused({ y: data.y.slice(1) }, "model/mismatch-length");
    await refused({ names: ["a"] }, "model/mismatch-length");
    await refused({ x: { ...data.x, data: data.x.data.slice(1) } }, "model/mismatch-length");
  });

  test("conforms: labels other than 0 and 1 are refused", async () => {
    for (const odd of [2, -1, 0.5, Number.NaN])
      await expect(refusal({ y: data.y.with(3, odd) })).rejects.toThrow(
        code("model/out-of-range-label"),
      );
  });

  test("conforms: labels that are all the same are learned or refused, as declared", async () => {
    const ones = data.y.map(() => 1);
    if (!traits.oneClass)
      return expect(refusal({ y: ones })).rejects.toThrow(code("model/missing-class"));
    expect((await refusal({ y: ones })).predict(data.x)).toBeClose(ones);
  });

  test("conforms: missing values are learned or refused, as declared; infinite ones are refused", async () => {
    const holed = (value: number): Matrix => ({ ...data.x, data: data.x.data.with(4, value) });
    const infinite = refusal({ x: holed(Infinity) });
    await expect(infinite).rejects.toThrow(code("model/out-of-range-value"));
    const learned = refusal({ x: holed(Number.NaN) });
    if (!traits.missing) return expect(learned).rejects.toThrow(code("model/missing-value"));
    expect((await learned).predict(holed(Number.NaN)).every(Number.isFinite)).toBe(true);
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

const code = (what: string) => expect.objectContaining({ code: what });

/** Normal features, and a label that leans on the first two. */
function sample(n: number, d: number): Dataset {
  const draws: Random = random(11).stream("conform");
  const rows = Array.from({ length: n }, () => Array.from({ length: d }, () => draws.normal()));
  const y = Float64Array.from(rows, ([a = 0, b = 0]) => (a - b + draws.normal() > 0 ? 1 : 0));
  const names = Array.from({ length: d }, (_, j) => `f${j}`);
  return { x: matrix(rows), y, names, source: "sha256:00" };
}

function picked(x: Matrix, order: Iterable<number>): Matrix {
  return matrix(
    Array.from(order, (i) => Array.from(x.data.subarray(i * x.cols, (i + 1) * x.cols))),
  );
}
