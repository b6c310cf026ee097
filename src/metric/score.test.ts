/** @file Tests of the catalogue of metrics and of whole reports. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Task } from "../flow.ts";
import { type MetricName, metricNames, metricOf, metrics, type ScoredRows } from "./metrics.ts";
import { score } from "./score.ts";
import { scoreBinary } from "./score-binary.ts";

const f = (...numbers: number[]) => Float64Array.from(numbers);
const code = (expected: string) => expect.objectContaining({ code: expected });
const rowsOf: Readonly<Record<Task["kind"], ScoredRows>> = {
  binary: { task: { kind: "binary" }, y: f(0, 1, 1, 0), predictions: f(0.2, 0.4, 0.9, 0.6) },
  multiclass: {
    task: { kind: "multiclass", classes: ["a", "b", "c"] },
    y: f(0, 1, 2),
    predictions: f(0.6, 0.3, 0.1, 0.2, 0.5, 0.3, 0.5, 0.3, 0.2),
  },
  regression: { task: { kind: "regression" }, y: f(1, 2, 4), predictions: f(1.5, 2, 3) },
};

describe("metrics", () => {
  test("measure rows of every task that they say they are for", () => {
    for (const metric of Object.values(metrics))
      for (const kind of metric.tasks)
        expect([metric.name, Number.isFinite(metric.measure(rowsOf[kind]))]).toEqual([
          metric.name,
          true,
        ]);
  });

  test("call a right model better than a wrong one", () => {
    const right: Readonly<Record<Task["kind"], ScoredRows>> = {
      binary: { ...rowsOf.binary, predictions: rowsOf.binary.y },
      multiclass: { ...rowsOf.multiclass, predictions: f(1, 0, 0, 0, 1, 0, 0, 0, 1) },
      regression: { ...rowsOf.regression, predictions: rowsOf.regression.y },
    };
    for (const { name, tasks, measure, better } of Object.values(metrics))
      for (const kind of tasks) {
        const [a, b] = [measure(right[kind]), measure(rowsOf[kind])];
        // a right order, and all of three among the top three, are found in the wrong one as well
        if (a !== b) expect([name, better(a, b), better(b, a)]).toEqual([name, true, false]);
        else expect(["ndcg", "map", "mrr", "topAccuracy"]).toContain(name);
      }
  });

  test("law: nothing is better than itself, and any number is better than NaN", () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.constantFrom(...metricNames), (a, b, name) => {
        const { better } = metricOf(name);
        expect(better(a, a)).toBe(false);
        expect(better(a, b) && better(b, a)).toBe(false);
        if (!Number.isNaN(a)) expect(better(a, Number.NaN)).toBe(true);
      }),
    );
  });

  test("refuse a name that is none", () => {
    expect(() => metricOf("rmsee")).toThrow('Did you mean "rmse"?');
    const metric: MetricName = JSON.parse('"auk"');
    expect(() => score(rowsOf.binary, { metrics: [metric] })).toThrow(code("metric/unknown-name"));
  });
});

describe("score", () => {
  test("gives what scoreBinary gives, and more", () => {
    const { y, predictions } = rowsOf.binary;
    expect(score({ ...rowsOf.binary, threshold: 0.3 })).toMatchObject(
      scoreBinary(y, predictions, { threshold: 0.3 }),
    );
  });

  test("takes weights, queries, and the metrics asked for", () => {
    const weights = f(1, 0, 1);
    expect(score({ ...rowsOf.regression, weights }, { metrics: ["mae", "maxError"] })).toEqual({
      mae: 0.75,
      maxError: 1,
    });
    const groups = [1, 1, 2, 2];
    expect(score({ ...rowsOf.binary, groups }, { metrics: ["mrr"] })).toEqual({ mrr: 1 });
  });

  test("refuses metrics of another task, weights that have no use, and misspelt parts", () => {
    expect(() => score(rowsOf.binary, { metrics: ["rmse"] })).toThrow(
      'score: rmse is no metric of a binary task; expected "regression". Choose another metric.',
    );
    expect(() =>
      score({ ...rowsOf.binary, weights: f(1, 1, 1, 1) }, { metrics: ["ndcg"] }),
    ).toThrow(code("metric/unsupported-weights"));
    expect(() => score({ ...rowsOf.binary, threshold: 2 })).toThrow(code("option/out-of-range"));
    expect(() => metrics.auc.measure(rowsOf.regression)).toThrow(code("metric/mismatch-task"));
    const misspelt = { ...rowsOf.binary, weight: f(1) };
    expect(() => score(misspelt)).toThrow(code("option/unknown-name"));
  });
});
