/** @file Tests of scoring a model on labelled rows. */
import { afterAll, describe, expect, test } from "vitest";
import { hashOf } from "../core/index.ts";
import { split } from "../dataset/index.ts";
import { features, numeric } from "../feature/index.ts";
import type { TestAccess } from "../flow.ts";
import { bool, category, float, frame, int, openEngine, schema } from "../table/index.ts";
import { average, boost, evaluate, loadModel, majority } from "./index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const people = schema("people", {
  id: int({ key: true }),
  age: int(),
  plan: category(["free", "paid", "trial"]),
  spend: float(),
  weight: float(),
  left: bool(),
});
const some = (range: string, plan = "if(range % 2 = 0, 'free', 'paid')") =>
  frame({
    engine,
    schema: people,
    sql: `SELECT range AS id, range % 10 AS age, ${plan} AS plan, range * 1.0 AS spend, range % 3 * 1.0 AS weight, range % 10 > 5 AS left FROM range(${range})`,
  });
const byAge = features(people, (c) => ({ age: numeric(c.age) }));
const code = (expected: string) => expect.objectContaining({ code: expected });

/** A test log in memory that lets a study in once. */
const notebook = () => {
  const accesses: TestAccess[] = [];
  const enter = async (access: TestAccess): Promise<void> => {
    accesses.push(access);
  };
  return { accesses, enter };
};

describe("evaluate", () => {
  test("scores a model beside the best constant answer", async () => {
    const model = await boost({ trees: 20 }).fit(some("100"), { features: byAge, label: "left" });
    const { metrics, baseline, rows, part, warnings } = await evaluate(model, some("100, 200"));
    expect([rows, part, warnings]).toEqual([100, null, []]);
    expect(metrics.accuracy).toBe(1);
    expect(metrics.auc).toBe(1);
    expect(baseline.accuracy).toBeClose(0.6);
    expect(baseline.auc).toBe(0.5);
  });

  test("weighs rows, in the scores and in the baseline", async () => {
    const model = await average().fit(some("10"), { features: byAge, label: "spend" });
    const { metrics, baseline } = await evaluate(model, some("10, 13"), {
      weights: "weight",
      metrics: ["mse"],
    });
    // weights 1, 2, 0 of 10, 11, 12; the model says 4.5, the best constant is 10 2/3
    expect(metrics.mse).toBeClose((5.5 ** 2 + 2 * 6.5 ** 2) / 3);
    expect(baseline.mse).toBeClose(2 / 9);
  });

  test("gives a class that was not among the training rows probability 0, and says so", async () => {
    const model = await majority().fit(some("100"), { features: byAge, label: "plan" });
    const { judged, warnings, metrics } = await evaluate(model, some("100, 110", "'trial'"));
    expect(judged.task).toEqual({ kind: "multiclass", classes: ["free", "paid", "trial"] });
    expect([...judged.predictions.subarray(0, 3)]).toEqual([0.5, 0.5, 0]);
    expect([...judged.y]).toEqual(Array(10).fill(2));
    expect(metrics.accuracy).toBe(0);
    expect(warnings).toEqual([
      'the class "trial" was not among the training rows; the model gives it probability 0',
    ]);
  });

  test("refuses rows that the model learned from, also after it was stored, unless they are meant", async () => {
    const model = await majority().fit(some("100"), { features: byAge, label: "left" });
    const read = loadModel(model.files());
    for (const one of [model, read])
      await expect(evaluate(one, some("99, 110"))).rejects.toMatchObject({
        code: "model/conflict-trained-rows",
        details: { rows: 1 },
      });
    expect((await evaluate(read, some("99, 110"), { onTrained: true })).rows).toBe(11);
  });

  test("says where nobody can tell whether rows were learned from", async () => {
    const bare = schema("bare", { age: int(), left: bool() });
    const sql = "SELECT range AS age, range > 5 AS left FROM range(10)";
    const rows = frame({ engine, schema: bare, sql });
    const definition = features(bare, (c) => ({ age: numeric(c.age) }));
    const model = await majority().fit(rows, { features: definition, label: "left" });
    expect((await evaluate(model, rows)).warnings).toEqual([
      "the rows have no key, so nobody can tell whether the model learned from them",
    ]);
  });

  test("enters test rows in the log before they are scored: the same rows in any order are the same", async () => {
    const log = notebook();
    const { train, test: held } = await split(some("300"), { by: "id" });
    const model = await majority().fit(train, { features: byAge, label: "left" });
    await evaluate(model, held, { testLog: log, study: "s" });
    const turned = frame({ ...held, sql: `SELECT * FROM (${held.sql}) ORDER BY id DESC` });
    await evaluate(model, turned, { testLog: log, again: "turned" });
    await evaluate(model, some("300, 310"), { testLog: log });
    const [first, second, ...rest] = log.accesses;
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ study: "s", model: model.hash, again: null });
    expect(second).toMatchObject({ study: "default", again: "turned", rows: first?.rows });
    const half = held.where((c) => c.age.isAbove(4));
    await evaluate(model, half, { testLog: log });
    expect(log.accesses[2]?.rows).not.toBe(first?.rows);
  });

  test("computes nothing where the log refuses", async () => {
    const refusing = { enter: () => Promise.reject(new Error(hashOf("no").slice(0, 10))) };
    const { train, test: held } = await split(some("300"), { by: "id" });
    const model = await majority().fit(train, { features: byAge, label: "left" });
    await expect(evaluate(model, held, { testLog: refusing })).rejects.toThrow("sha256:");
  });

  test("refuses rows without the label, labels of another kind, and metrics of another task", async () => {
    const model = await majority().fit(some("100"), { features: byAge, label: "left" });
    const other = schema("other", { id: int({ key: true }), age: int(), left: float() });
    const sql = "SELECT range + 500 AS id, range AS age, 1.5 AS left FROM range(5)";
    await expect(evaluate(model, frame({ engine, schema: other, sql }))).rejects.toThrow(
      code("model/mismatch-task"),
    );
    const none = schema("none", { id: int({ key: true }), age: int() });
    const unlabelled = frame({ engine, schema: none, sql: "SELECT 500 AS id, 1 AS age" });
    await expect(evaluate(model, unlabelled)).rejects.toThrow(code("model/missing-label"));
    await expect(evaluate(model, some("100, 110"), { metrics: ["rmse"] })).rejects.toThrow(
      code("metric/mismatch-task"),
    );
  });
});
