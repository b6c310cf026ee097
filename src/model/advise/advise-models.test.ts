/** @file Tests of advice about algorithms. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as door from "../index.ts";
import { adviseModels } from "./index.ts";

const names = (advice: ReturnType<typeof adviseModels>) => advice.map(({ estimator }) => estimator);
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("adviseModels", () => {
  test("law: the baseline is first, every estimator is there to be called, and those that fit come before the others", () => {
    const task = fc.constantFrom("binary", "multiclass", "regression");
    const interpretable = fc.constantFrom("must", "likes", "no");
    const rows = fc.integer({ min: 1, max: 1e7 });
    const features = fc.integer({ min: 1, max: 500 });
    const secondsToTrain = fc.double({ min: 0.001, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(fc.record({ task, interpretable, rows, features, secondsToTrain }), (problem) => {
        const advice = adviseModels(problem);
        expect(advice[0]?.estimator).toBe(problem.task === "regression" ? "average" : "majority");
        for (const { estimator, trainSeconds, rowMicroseconds, reasons } of advice) {
          expect(Object.keys(door)).toContain(estimator);
          expect(trainSeconds > 0 && rowMicroseconds > 0 && reasons.length > 0).toBe(true);
        }
        const rest = advice.slice(1).map(({ fits }) => fits);
        expect(rest).toEqual([...rest].sort((a, b) => Number(b) - Number(a)));
      }),
    );
  });

  test("advises what can be followed where a person must follow it, and says what speaks against the others", () => {
    const advice = adviseModels({
      task: "binary",
      rows: 50_000,
      features: 30,
      interpretable: "must",
    });
    expect(names(advice).slice(0, 2)).toEqual(["majority", "logistic"]);
    const boosted = advice.find(({ estimator }) => estimator === "boost");
    expect(boosted).toMatchObject({ fits: false });
    expect(boosted?.reasons).toContain("a person cannot follow its answers");
  });

  test("advises boosting for large tables, and linear models for small ones", () => {
    const large = {
      task: "binary",
      rows: 200_000,
      features: 40,
      missing: true,
      categories: true,
    } as const;
    expect(names(adviseModels(large))[1]).toBe("boost");
    const small = { task: "regression", rows: 300, features: 20 } as const;
    expect(names(adviseModels(small))[1]).toBe("ridge");
  });

  test("leaves out what takes too long, and what does not learn the task", () => {
    const advice = adviseModels({ task: "regression", rows: 1e6, features: 28, secondsToTrain: 2 });
    expect(names(advice)).not.toContain("gaussianBayes");
    expect(advice.find(({ estimator }) => estimator === "boost")?.fits).toBe(false);
    const near = adviseModels({ task: "binary", rows: 1e6, features: 20, microsecondsPerRow: 50 });
    expect(near.find(({ estimator }) => estimator === "neighbours")?.fits).toBe(false);
  });

  test("refuses a problem that is none", () => {
    const asked = { task: "binary", rows: 100, features: 5 } as const;
    expect(() => adviseModels({ ...asked, rows: 0 })).toThrow(code("option/out-of-range"));
    expect(() => adviseModels({ ...asked, features: 1.5 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error no task
    expect(() => adviseModels({ ...asked, task: "ranking" })).toThrow(code("option/out-of-range"));
  });
});
