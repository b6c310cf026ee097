/** @file Tests of calibration, thresholds, folds and stacks: laws, and what goes wrong. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatJson, parseJson, random } from "../../core/index.ts";
import { folds } from "../../dataset/index.ts";
import type { Dataset, Predictor } from "../../flow.ts";
import { calibrationError, score } from "../../metric/index.ts";
import { matrix, sigmoid } from "../../tensor/index.ts";
import { answersOf } from "../answers.ts";
import { average } from "../average.ts";
import { gaussianBayes } from "../bayes/index.ts";
import { type Estimator, estimator } from "../estimator.ts";
import { logistic } from "../index.ts";
import { majority, majorityPredictor } from "../majority.ts";
import { neighbours } from "../neighbour/index.ts";
import { predictorFromState, predictorState } from "../predictor-state.ts";
import {
  calibrate,
  calibrated,
  chooseThreshold,
  crossValidate,
  isotonic,
  oneVsOne,
  oneVsRest,
  outOfFold,
  stacked,
  thresholded,
  voting,
  withThreshold,
} from "./index.ts";
import { isotonicAt } from "./isotonic.ts";

const source = "sha256:00";
const code = (what: string) => expect.objectContaining({ code: what });

/** Normal features, and a label that leans on the first. */
function drawn(n: number, seed: number, kind: "binary" | "multiclass" | "regression"): Dataset {
  const draws = random(seed);
  const rows = Array.from({ length: n }, () => [draws.normal(), draws.normal()]);
  const y = Float64Array.from(rows, ([a = 0]) => {
    const lean = a + draws.normal();
    return kind === "regression"
      ? lean
      : Number(lean > 0) + Number(kind === "multiclass" && lean > 1);
  });
  const task = kind === "multiclass" ? { kind, classes: ["a", "b", "c"] } : { kind };
  return { x: matrix(rows), y, names: ["a", "b"], source, task };
}

/** Tells σ(sharpness · margin) of a row whose true margin is its feature. */
const sure = (sharpness: number): Predictor => ({
  kind: "sure",
  predict: (x) => x.data.map((margin) => sigmoid(sharpness * margin)),
});

function trueTo(n: number, seed: number): Dataset {
  const draws = random(seed);
  const x = matrix(Array.from({ length: n }, () => [2 * draws.normal()]));
  return {
    x,
    y: x.data.map((margin) => Number(draws.next() < sigmoid(margin))),
    names: ["margin"],
    source,
  };
}

describe("calibrate", () => {
  test("law: probabilities that are too sure, or not sure enough, come true on new rows afterwards", () => {
    const errorOf = (predictor: Predictor, data: Dataset) =>
      calibrationError(data.y, predictor.predict(data.x), { equal: "rows" });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.constantFrom(0.3, 4), (seed, sharpness) => {
        const [held, fresh] = [trueTo(4000, 2 * seed), trueTo(4000, 2 * seed + 1)];
        const base = sure(sharpness);
        for (const method of ["sigmoid", "isotonic", "temperature"] as const) {
          const fair = calibrate(base, held, { method });
          expect(errorOf(fair, fresh)).toBeLessThan(0.05);
          expect(errorOf(fair, fresh)).toBeLessThan(errorOf(base, fresh) / 1.5);
        }
      }),
      { numRuns: 10 },
    );
  });

  test("law: a sigmoid and a temperature keep the order of rows", () => {
    const [held, fresh] = [trueTo(500, 3), trueTo(200, 4)];
    const order = Array.from(fresh.y.keys()).sort(
      (a, b) => (fresh.x.data[a] ?? 0) - (fresh.x.data[b] ?? 0),
    );
    for (const method of ["sigmoid", "temperature", "isotonic"] as const) {
      const told = calibrate(sure(3), held, { method }).predict(fresh.x);
      for (const [rank, i] of order.entries())
        expect(told[i]).toBeGreaterThanOrEqual((told[order[rank - 1] ?? i] ?? 0) - 1e-15);
    }
  });

  test("stays finite where the classes part, and where a predictor says 0 and 1", () => {
    const x = matrix([[-1], [-2], [1], [2]]);
    const data = { x, y: Float64Array.of(0, 0, 1, 1), names: ["a"], source } as const;
    for (const method of ["sigmoid", "isotonic", "temperature"] as const) {
      const told = calibrate(sure(1e6), data, { method }).predict(x);
      expect(told.every((p) => p >= 0 && p <= 1)).toBe(true);
    }
  });

  test("refuses numbers, another task, no rows, and labels that are all the same", async () => {
    const data = trueTo(10, 1);
    const numbers = await average().learn(drawn(10, 1, "regression"));
    expect(() => calibrate(numbers, data)).toThrow(code("model/mismatch-task"));
    expect(() => calibrate(sure(1), drawn(9, 1, "multiclass"))).toThrow(
      code("model/mismatch-task"),
    );
    const none = { ...data, x: matrix([]), y: new Float64Array(0) };
    expect(() => calibrate(sure(1), none)).toThrow(code("model/missing-rows"));
    expect(() => calibrate(sure(1), { ...data, y: data.y.map(() => 1) })).toThrow(
      code("model/missing-class"),
    );
    // @ts-expect-error numbers are not calibrated
    const none2: Estimator<Predictor, "binary"> = average();
    expect(() => calibrated(none2)).toThrow(code("option/out-of-range"));
  });

  test("tells which fold is done while it learns", async () => {
    const done: number[] = [];
    const progress = (step: { readonly done: number }) => done.push(step.done);
    await calibrated(gaussianBayes(), { folds: 3 }).learn(trueTo(60, 1), { progress });
    await thresholded(gaussianBayes(), { folds: 2 }).learn(trueTo(60, 1), { progress });
    expect(done).toEqual([1, 2, 3, 1, 2]);
  });

  test("keeps the importances of what it calibrates", async () => {
    const base = {
      ...majorityPredictor({ share: 0.5, width: 1 }),
      importances: Float64Array.of(1),
    };
    expect(calibrate(base, trueTo(20, 1)).importances).toEqual(Float64Array.of(1));
  });
});

describe("isotonic", () => {
  const points = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 8 }),
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.integer({ min: 1, max: 4 }),
    ),
    { minLength: 1, maxLength: 25 },
  );

  test("law: the line rises, and no rising line is nearer to the points", () => {
    fc.assert(
      fc.property(points, (drawn) => {
        const [x, y, w] = [0, 1, 2].map((part) =>
          Float64Array.from(drawn, (point) => point[part] ?? 0),
        );
        const line = isotonic(x ?? new Float64Array(), y ?? new Float64Array(), w);
        for (let i = 1; i < line.at.length; i++) {
          expect(line.at[i]).toBeGreaterThan(line.at[i - 1] ?? 0);
          expect(line.values[i]).toBeGreaterThanOrEqual(line.values[i - 1] ?? 0);
        }
        // the least squares of monotone values: max over starts of min over ends of the mean
        const places = [...new Set(x)].sort((a, b) => a - b);
        const meanOf = (from: number, to: number): number => {
          const inside = drawn.filter(([place]) => place >= from && place <= to);
          const weight = inside.reduce((sum, [, , one]) => sum + one, 0);
          return inside.reduce((sum, [, value, one]) => sum + value * one, 0) / weight;
        };
        for (const place of places) {
          const starts = places.filter((start) => start <= place);
          const ends = places.filter((end) => end >= place);
          const best = Math.max(
            ...starts.map((start) => Math.min(...ends.map((end) => meanOf(start, end)))),
          );
          expect(isotonicAt(line, place)).toBeClose(best, { atol: 1e-9 });
        }
      }),
    );
  });
});

describe("chooseThreshold", () => {
  const rows = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 12 })), {
    minLength: 2,
    maxLength: 40,
  });

  test("law: no threshold of a fine grid costs less, or has a better metric", () => {
    fc.assert(
      fc.property(rows, (drawn) => {
        const y = Float64Array.from(drawn, ([label]) => Number(label));
        fc.pre(y.includes(0) && y.includes(1));
        const p = Float64Array.from(drawn, ([, q]) => q / 12);
        const grid = Array.from({ length: 121 }, (_, i) => i / 120);
        const at = (threshold: number) =>
          score(
            { task: { kind: "binary" }, y, predictions: p, threshold },
            { metrics: ["f1", "accuracy", "balancedAccuracy", "recall", "precision"] },
          );
        const f = chooseThreshold(y, p);
        expect(at(f.threshold).f1).toBeClose(f.value);
        expect(Math.max(...grid.map((t) => at(t).f1))).toBeClose(f.value);
        const right = chooseThreshold(y, p, { rule: "accuracy" });
        expect(Math.max(...grid.map((t) => at(t).accuracy))).toBeClose(right.value);
        const youden = chooseThreshold(y, p, { rule: "youden" });
        expect(Math.max(...grid.map((t) => 2 * at(t).balancedAccuracy - 1))).toBeClose(
          youden.value,
        );
        const found = chooseThreshold(y, p, { rule: "recall", least: 0.5 });
        expect(at(found.threshold).recall).toBeGreaterThanOrEqual(0.5);
        const enough = grid.map(at).filter(({ recall }) => recall >= 0.5);
        expect(Math.max(...enough.map(({ precision }) => precision))).toBeClose(found.value);
      }),
      { numRuns: 60 },
    );
  });

  test("weighs rows: weight 2 is the row twice", () => {
    const [y, p] = [Float64Array.of(0, 1, 0, 1), Float64Array.of(0.2, 0.4, 0.6, 0.8)];
    const costs = { falsePositive: 1, falseNegative: 1 };
    const twice = chooseThreshold(
      Float64Array.of(0, 1, 0, 0, 1),
      Float64Array.of(0.2, 0.4, 0.6, 0.6, 0.8),
      { rule: "cost", costs },
    );
    const weighed = chooseThreshold(y, p, {
      rule: "cost",
      costs,
      weights: Float64Array.of(1, 1, 2, 1),
    });
    expect(weighed).toEqual(twice);
    expect(weighed.threshold).toBeClose(0.7);
  });

  test("refuses what cannot be chosen by", () => {
    const [y, p] = [Float64Array.of(1, 0), Float64Array.of(0.2, 0.4)];
    expect(() => chooseThreshold(y, p, { rule: "precision", least: 0.9 })).toThrow(
      code("model/missing-threshold"),
    );
    expect(() => chooseThreshold(Float64Array.of(1, 1), p)).toThrow(code("model/missing-class"));
    expect(() => chooseThreshold(y, Float64Array.of(0.2))).toThrow(code("model/mismatch-length"));
    expect(() => chooseThreshold(y, p, { rule: "cost" })).toThrow(code("option/out-of-range"));
    expect(() => chooseThreshold(y, p, { rule: "recall" })).toThrow(code("option/out-of-range"));
    expect(() =>
      chooseThreshold(y, p, { rule: "cost", costs: { falsePositive: -1, falseNegative: 1 } }),
    ).toThrow(code("option/out-of-range"));
    // @ts-expect-error no such rule
    expect(() => chooseThreshold(y, p, { rule: "auc" })).toThrow(code("option/out-of-range"));
    // @ts-expect-error the option is called beta
    expect(() => chooseThreshold(y, p, { betta: 2 })).toThrow(code("option/unknown-name"));
  });
});

describe("withThreshold", () => {
  test("moves the answer and not the probability, is stored, and lies inside of others", async () => {
    const low = withThreshold(majorityPredictor({ share: 0.3, width: 1 }), 0.25);
    const stored = predictorFromState(parseJson(formatJson(predictorState(low))));
    for (const predictor of [low, stored]) {
      const [answer] = answersOf(predictor).of(predictor.predict(matrix([[1]])), 1);
      expect(answer).toEqual({ value: true, probability: 0.3 });
    }
    expect(stored.threshold).toBe(0.25);
    const before = predictorState(majorityPredictor({ share: 0.3, width: 1 }));
    expect(predictorFromState(before).threshold).toBeUndefined();
    expect(() => predictorFromState({ ...before, threshold: 2 })).toThrow(
      code("option/out-of-range"),
    );
    const data = {
      ...trueTo(20, 1),
      y: Float64Array.from({ length: 20 }, (_, i) => Number(i % 4 === 0)),
    };
    const careful = thresholded(majority(), {
      rule: "cost",
      costs: { falsePositive: 1, falseNegative: 9 },
    });
    const vote = await voting([careful, careful], { vote: "class" }).learn(data);
    const read = predictorFromState(parseJson(formatJson(predictorState(vote))));
    expect(read.predict(matrix([[1]]))).toEqual(Float64Array.of(1));
  });

  test("is for two classes, within 0 and 1", async () => {
    const numbers = await average().learn(drawn(5, 1, "regression"));
    expect(() => withThreshold(numbers, 0.5)).toThrow(code("model/mismatch-task"));
    expect(() => withThreshold(majorityPredictor({ share: 0.3, width: 1 }), 1.5)).toThrow(
      code("option/out-of-range"),
    );
  });
});

/** Remembers labels by the first feature, and tells 0.5 of rows that it has not seen. */
const memory = estimator({
  name: "memory",
  options: {},
  tasks: ["binary", "regression"],
  missing: false,
  oneClass: true,
  learn: ({ x, y, task }) => {
    const known = new Map(Array.from(y, (label, i) => [x.data[i * x.cols] ?? 0, label]));
    const predict: Predictor["predict"] = (asked) =>
      Float64Array.from(
        { length: asked.rows },
        (_, i) => known.get(asked.data[i * asked.cols] ?? 0) ?? 0.5,
      );
    return { kind: "memory", predict, ...(task === undefined ? {} : { task }) };
  },
});

describe("outOfFold", () => {
  test("law: no row is told of by what learned from it", async () => {
    const kinds = fc.constantFrom("binary" as const, "regression" as const);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }),
        fc.integer(),
        kinds,
        async (k, seed, kind) => {
          const told = await outOfFold(memory, drawn(60, 4, kind), { folds: k, seed });
          expect(told).toEqual(new Float64Array(60).fill(0.5));
        },
      ),
    );
  });

  test("takes folds that were dealt: in time, where first rows are never judged, and repeated ones", async () => {
    const data = drawn(30, 4, "regression");
    const inTime = await outOfFold(average(), data, {
      folds: folds(30, { folds: 2, times: "rows" }),
    });
    expect([...inTime.keys()].filter((i) => Number.isNaN(inTime[i]))).toEqual(
      [...inTime.keys()].slice(0, 10),
    );
    const twice = await outOfFold(memory, data, { folds: folds(30, { repeats: 2 }) });
    expect(twice).toEqual(new Float64Array(30).fill(0.5));
  });

  test("keeps groups together", async () => {
    const plain = drawn(40, 4, "binary");
    const groups = Float64Array.from({ length: 40 }, (_, i) => i % 8);
    const data = { ...plain, x: { rows: 40, cols: 1, data: groups }, names: ["group"], groups };
    expect(await outOfFold(memory, data, { folds: 4 })).toEqual(new Float64Array(40).fill(0.5));
  });

  test("refuses more folds than rows of a class, and stops when it is told to", async () => {
    const data = { ...trueTo(6, 1), y: Float64Array.of(1, 0, 0, 0, 0, 0) };
    await expect(outOfFold(memory, data, { folds: 2 })).rejects.toThrow(
      code("dataset/out-of-range-folds"),
    );
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(outOfFold(memory, drawn(9, 1, "binary"), { signal })).rejects.toThrow("enough");
  });
});

describe("stacked", () => {
  test("law: the final estimator never sees what a base says of a row that it learned from", async () => {
    const seen: number[][] = [];
    const watch = estimator({
      name: "watch",
      options: {},
      tasks: ["binary", "regression"],
      missing: false,
      oneClass: true,
      learn: (data) => {
        seen.push([...data.x.data]);
        return majorityPredictor({ share: 0.5, width: data.x.cols });
      },
    });
    for (const seed of [0, 1, 2])
      await stacked([memory], { final: watch, seed }).learn(drawn(50, 3, "binary"));
    expect(seen).toEqual(Array.from({ length: 3 }, () => new Array(50).fill(0.5)));
  });

  test("refuses estimators without a task in common", () => {
    const numbers: Estimator = average();
    const classes: Estimator = majority();
    expect(() => stacked([classes], { final: numbers })).toThrow(code("option/out-of-range"));
    expect(() => voting([])).toThrow(code("option/out-of-range"));
    expect(() => voting([classes], { shares: [1, 2] })).toThrow(code("option/out-of-range"));
    expect(() => voting([classes], { shares: [0] })).toThrow(code("option/out-of-range"));
  });

  test("is better than the worse of its parts, and holds them all in its state", async () => {
    const [train, test] = [drawn(300, 1, "binary"), drawn(300, 2, "binary")];
    const parts = [majority(), neighbours({ neighbours: 15 }), gaussianBayes()] as const;
    const stack = await stacked(parts, { final: gaussianBayes() }).learn(train);
    const aucOf = (predictor: Predictor) =>
      score(
        { task: { kind: "binary" }, y: test.y, predictions: predictor.predict(test.x) },
        { metrics: ["auc"] },
      ).auc;
    expect(aucOf(stack)).toBeGreaterThan(0.8);
    expect(predictorState(stack)).toMatchObject({
      bases: [{ kind: "majority" }, { kind: "neighbours" }, { kind: "gaussianBayes" }],
    });
  });
});

describe("oneVsOne", () => {
  test("tells nothing of classes that no row has, as oneVsRest does", async () => {
    const plain = drawn(60, 1, "multiclass");
    const task = { kind: "multiclass", classes: ["x", "a", "y", "b"] } as const;
    const data = { ...plain, y: plain.y.map((label) => (label === 0 ? 1 : 3)), task };
    for (const wrap of [oneVsRest, oneVsOne]) {
      const told = (await wrap(logistic()).learn(data)).predict(matrix([[3, 0]]));
      expect([told[0], told[2]]).toEqual([0, 0]);
      expect((told[1] ?? 0) + (told[3] ?? 0)).toBeClose(1);
      expect(told[3]).toBeGreaterThan(0.8);
    }
  });

  test("refuses an estimator that does not learn two classes", () => {
    for (const wrap of [oneVsRest, oneVsOne, thresholded])
      expect(() => wrap(average())).toThrow(code("option/out-of-range"));
  });

  test("refuses a state with a predictor too few", async () => {
    const state = predictorState(await oneVsOne(logistic()).learn(drawn(60, 1, "multiclass")));
    const first = predictorState(majorityPredictor({ share: 1, width: 2 }));
    for (const kind of ["oneVsRest", "oneVsOne"])
      expect(() => predictorFromState({ ...state, kind, bases: [first] })).toThrow(
        code("model/corrupt-state"),
      );
    const empty = [
      { ...first, kind: "stacked", bases: [], final: first, passThrough: false },
      { ...first, kind: "voting", bases: [], vote: "mean", shares: new Float64Array(0) },
      { ...first, kind: "voting", bases: [first], vote: "loud", shares: Float64Array.of(1) },
      { ...first, kind: "calibrated", base: first, method: "sigmoid", curves: [] },
      { ...first, kind: "calibrated", base: first, method: "none", curves: [] },
      {
        ...first,
        kind: "calibrated",
        base: first,
        method: "isotonic",
        curves: [{ at: new Float64Array(0), values: new Float64Array(0) }],
      },
    ];
    for (const damaged of empty)
      expect(() => predictorFromState(damaged)).toThrow(code("model/corrupt-state"));
  });
});

describe("crossValidate", () => {
  test("gives scores, times and a baseline of each fold, and the same scores again", async () => {
    const data = drawn(100, 1, "multiclass");
    const steps: number[] = [];
    const first = await crossValidate(gaussianBayes(), data, {
      folds: 4,
      progress: ({ done }) => steps.push(done),
    });
    const again = await crossValidate(gaussianBayes(), data, { folds: 4 });
    expect(steps).toEqual([1, 2, 3, 4]);
    expect(again.scores).toEqual(first.scores);
    expect(first.folds.map(({ rows }) => rows.train + rows.test)).toEqual([100, 100, 100, 100]);
    expect(first.folds.every(({ learnMs, judgeMs }) => learnMs >= 0 && judgeMs >= 0)).toBe(true);
    expect(first.scores.logLoss?.mean).toBeLessThan(first.baseline.logLoss?.mean ?? 0);
    const other = await crossValidate(gaussianBayes(), data, { folds: 4, seed: 1 });
    expect(other.scores).not.toEqual(first.scores);
  });

  test("judges numbers too, by folds in time, and by the threshold of a predictor", async () => {
    const numbers = await crossValidate(neighbours(), drawn(60, 1, "regression"), {
      folds: folds(60, { folds: 3, times: "rows" }),
      metrics: ["rmse"],
    });
    expect(numbers.folds.map(({ rows }) => rows.train)).toEqual([15, 30, 45]);
    expect(numbers.scores.rmse?.mean).toBeLessThan(numbers.baseline.rmse?.mean ?? 0);
    const always = thresholded(majority(), { rule: "recall", least: 1 });
    const all = await crossValidate(always, trueTo(60, 1), { folds: 3, metrics: ["recall"] });
    expect(all.scores.recall).toEqual({ mean: 1, deviation: 0 });
  });
});
