/** @file Tests of explanations: Shapley values, permutation importance, partial dependence. */
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import type { Dataset } from "../../flow.ts";
import { matrix } from "../../tensor/index.ts";
import { averagePredictor } from "../average.ts";
import { boost } from "../boost.ts";
import { logistic } from "../linear/index.ts";
import { randomForest } from "../tree/index.ts";
import { partialDependence } from "./partial-dependence.ts";
import { permutationImportance } from "./permutation-importance.ts";
import { shapleyValues } from "./shapley-values.ts";

const code = (what: string) => expect.objectContaining({ code: what });

function sample(n: number, k = 2): Dataset {
  const draws = random(5).stream("explain");
  const rows = Array.from({ length: n }, () => [draws.normal(), draws.normal(), draws.normal()]);
  const y = Float64Array.from(rows, ([a = 0, b = 0]) =>
    Math.min(k - 1, Number(a + b * b > 0.5) + Number(a > 1)),
  );
  const task =
    k === 2
      ? ({ kind: "binary" } as const)
      : ({ kind: "multiclass", classes: ["a", "b", "c"] } as const);
  return { x: matrix(rows), y, names: ["a", "b", "noise"], source: "sha256:00", task };
}

const logit = (p: number): number => Math.log(p / (1 - p));

describe("shapleyValues", () => {
  test("law: they sum to the log-odds of boosting, with a background and without", async () => {
    const data = sample(300);
    const predictor = await boost({ trees: 20 }).learn(data);
    const x = { ...data.x, rows: 40, data: data.x.data.slice(0, 120) };
    const background = { ...data.x, rows: 30, data: data.x.data.slice(300, 390) };
    for (const options of [{}, { background }]) {
      const { values, base } = shapleyValues(predictor, x, options);
      const sums = Array.from({ length: 40 }, (_, i) =>
        values.subarray(3 * i, 3 * i + 3).reduce((sum, v) => sum + v, base[0] ?? 0),
      );
      expect(sums).toBeClose(Array.from(predictor.predict(x), logit), { rtol: 1e-8, atol: 1e-8 });
    }
  });

  test("law: they sum to the share of each class of a forest", async () => {
    const data = sample(200, 3);
    const predictor = await randomForest({ trees: 15 }).learn(data);
    const { values, base } = shapleyValues(predictor, data.x);
    const sums = Array.from({ length: 600 }, (_, i) =>
      values.subarray(3 * i, 3 * i + 3).reduce((sum, v) => sum + v, base[i % 3] ?? 0),
    );
    expect(sums).toBeClose([...predictor.predict(data.x)], { rtol: 1e-8, atol: 1e-8 });
  });

  test("of linear models are weights times distances from the mean of the background", async () => {
    for (const k of [2, 3]) {
      const data = sample(300, k);
      const predictor = await logistic().learn(data);
      const outputs = k === 2 ? 1 : 3;
      const { values, base } = shapleyValues(predictor, data.x, { background: data.x });
      const sums = Array.from({ length: 300 * outputs }, (_, i) =>
        values.subarray(3 * i, 3 * i + 3).reduce((sum, v) => sum + v, base[i % outputs] ?? 0),
      );
      const told = predictor.predict(data.x);
      if (k === 2) expect(sums).toBeClose(Array.from(told, logit), { rtol: 1e-8, atol: 1e-8 });
      else
        for (let i = 0; i < 300; i++) {
          const e = sums.slice(3 * i, 3 * i + 3).map(Math.exp);
          const total = e.reduce((sum, v) => sum + v, 0);
          expect(e.map((v) => v / total)).toBeClose([...told.subarray(3 * i, 3 * i + 3)], {
            rtol: 1e-8,
          });
        }
      expect(() => shapleyValues(predictor, data.x)).toThrow(code("model/unsupported-explanation"));
    }
  });

  test("are refused of predictors that are neither, of other widths and of empty backgrounds", () => {
    const predictor = averagePredictor({ value: 1, width: 1 });
    const x = matrix([[1]]);
    const refused = (options: object, what: string) =>
      expect(() => shapleyValues(predictor, x, options)).toThrow(code(what));
    refused({}, "model/unsupported-explanation");
    refused({ background: matrix([[1, 2]]) }, "model/mismatch-width");
    refused({ background: { rows: 0, cols: 1, data: new Float64Array(0) } }, "model/missing-rows");
  });
});

describe("permutationImportance", () => {
  test("is large for what matters, about nothing for noise, and the same for a seed", async () => {
    const data = sample(500);
    const predictor = await boost({ trees: 30 }).learn(data);
    const told = await permutationImportance(predictor, data, { seed: 3 });
    expect(told.map(({ name }) => name).sort()).toEqual(["a", "b", "noise"]);
    expect(told.at(-1)?.name).toBe("noise");
    expect(told[0]?.mean).toBeGreaterThan(0.1);
    expect(told.at(-1)?.mean).toBeLessThan(0.05);
    expect(await permutationImportance(predictor, data, { seed: 3 })).toEqual(told);
  });

  test("tells how far it is, lets others have a turn, and is ended by a signal", async () => {
    const data = sample(100);
    const predictor = await boost({ trees: 3 }).learn(data);
    const steps: (number | undefined)[] = [];
    let turns = 0;
    const turn = (): void => {
      turns++;
      if (steps.length < 6) setImmediate(turn);
    };
    setImmediate(turn);
    await permutationImportance(predictor, data, {
      repeats: 2,
      progress: ({ done, total }) => void steps.push(done, total),
    });
    expect(steps).toEqual([1, 6, 2, 6, 3, 6, 4, 6, 5, 6, 6, 6]);
    expect(turns).toBeGreaterThan(1);
    const stop = new AbortController();
    const progress = ({ done }: { readonly done: number }): void => {
      if (done === 2) stop.abort(new Error("enough"));
      expect(done).toBeLessThan(3);
    };
    await expect(
      permutationImportance(predictor, data, { progress, signal: stop.signal }),
    ).rejects.toThrow("enough");
  });

  test("shuffles features that belong together at once, for every task and metric", async () => {
    for (const k of [2, 3]) {
      const data = sample(300, k);
      const predictor = await randomForest({ trees: 20 }).learn(data);
      const told = await permutationImportance(predictor, data, {
        by: ["both", "both", "noise"],
        metric: "accuracy",
      });
      expect(told.map(({ name }) => name)).toEqual(["both", "noise"]);
      await expect(permutationImportance(predictor, data, { by: ["a"] })).rejects.toThrow(
        code("model/mismatch-names"),
      );
      await expect(permutationImportance(predictor, data, { repeats: 0 })).rejects.toThrow(
        code("option/out-of-range"),
      );
    }
  });
});

describe("partialDependence", () => {
  test("is the mean over rows of what is told at each value, and shows the shape of a feature", async () => {
    const data = sample(500);
    const predictor = await boost({ trees: 30 }).learn(data);
    const { values, means, rows } = partialDependence(predictor, data.x, { feature: 1, points: 9 });
    expect(values).toHaveLength(9);
    expect(rows).toHaveLength(500 * 9);
    const mean = rows.filter((_, i) => i % 9 === 4).reduce((sum, p) => sum + p, 0) / 500;
    expect(means[4]).toBeClose(mean);
    expect(Math.min(means[0] ?? 0, means[8] ?? 0)).toBeGreaterThan((means[4] ?? 1) + 0.2); // b² has its least in the middle
    expect(partialDependence(predictor, data.x, { feature: 1, values: [0] }).values).toEqual([0]);
    const narrow = { rows: 2, cols: 2, data: new Float64Array(4) };
    expect(() => partialDependence(predictor, narrow, { feature: 1 })).toThrow(
      code("model/mismatch-width"),
    );
    const name = data.names[1] ?? "";
    expect(partialDependence(predictor, data, { feature: name, points: 9 })).toEqual(
      partialDependence(predictor, data.x, { feature: 1, points: 9 }),
    );
    expect(() => partialDependence(predictor, data, { feature: "none" })).toThrow(
      code("model/unknown-feature"),
    );
    expect(() => partialDependence(predictor, data.x, { feature: 3 })).toThrow(
      code("option/out-of-range"),
    );
  });
});
