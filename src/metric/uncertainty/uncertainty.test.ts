/** @file Tests of intervals and comparisons: laws, what they cover, and what they refuse. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import type { ScoredRows } from "../metrics.ts";
import { rocAuc } from "../ranking.ts";
import { compareModels } from "./compare-models.ts";
import { confidenceInterval } from "./confidence-interval.ts";
import { delong } from "./delong.ts";
import { fiveByTwo, foldTest, wilcoxon } from "./fold-tests.ts";
import { mcnemar } from "./mcnemar.ts";

const f = (...numbers: number[]) => Float64Array.from(numbers);
const code = (expected: string) => expect.objectContaining({ code: expected });
const binary = { kind: "binary" } as const;

/** n labels, and a score that knows them so well. */
function drawn(n: number, { knows, seed }: { readonly knows: number; readonly seed: number }) {
  const chance = random(seed).stream("rows");
  const y = Float64Array.from({ length: n }, () => chance.below(2));
  const score = y.map((label) => 1 / (1 + Math.exp(-knows * (label - 0.5) - chance.normal())));
  return { y, score, noise: y.map(() => chance.normal()) };
}

describe("confidenceInterval", () => {
  test("is the same for the same seed, another for another, and holds the value", async () => {
    const { y, score } = drawn(80, { knows: 1.5, seed: 1 });
    const rows = { task: binary, y, predictions: score };
    const of = (seed: number) => confidenceInterval(rows, { metric: "auc", resamples: 200, seed });
    const [first, again, other] = [await of(0), await of(0), await of(1)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(first.low < first.value && first.value < first.high).toBe(true);
    expect(first.value).toBe(rocAuc(y, score));
  });

  test("covers the truth about as often as it says", async () => {
    const truth = Math.sqrt(2 / Math.PI); // the mean of |x| of the normal distribution
    let covered = 0;
    for (let seed = 0; seed < 100; seed++) {
      const chance = random(seed).stream("normal");
      const y = Float64Array.from({ length: 60 }, () => chance.normal());
      const rows = { task: { kind: "regression" } as const, y, predictions: y.map(() => 0) };
      const { low, high } = await confidenceInterval(rows, {
        metric: "mae",
        resamples: 200,
        level: 0.8,
      });
      if (low <= truth && truth <= high) covered += 1;
    }
    expect(covered).toBeGreaterThan(68);
    expect(covered).toBeLessThan(90);
  });

  test("draws whole queries, and keeps each class where asked", async () => {
    const groups = Float64Array.from({ length: 30 }, (_, row) => Math.floor(row / 3));
    const y = groups.map((_, row) => (row % 3 === 0 ? 1 : 0));
    const predictions = y.map((_, row) => ((row * 7) % 10) / 10);
    const ranked = await confidenceInterval(
      { task: binary, y, predictions, groups },
      { metric: "mrr", resamples: 100 },
    );
    expect(ranked.low > 1 / 3 - 1e-9 && ranked.high <= 1).toBe(true);
    const rare = {
      task: binary,
      y: f(1, 0, 0, 0, 0, 0),
      predictions: f(0.9, 0.5, 0.4, 0.3, 0.2, 0.1),
    };
    const loose = await confidenceInterval(rare, { metric: "auc", resamples: 100 });
    const kept = await confidenceInterval(rare, {
      metric: "auc",
      resamples: 100,
      stratified: true,
    });
    expect([loose.undefinedResamples > 0, kept.undefinedResamples]).toEqual([true, 0]);
  });

  test("is NaN where the metric is, and stops when told to", async () => {
    const one = { task: binary, y: f(1, 1), predictions: f(0.4, 0.5) };
    const found = await confidenceInterval(one, { metric: "auc", resamples: 100 });
    expect([found.value, found.low, found.high]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    const stop = AbortSignal.abort(new Error("enough"));
    await expect(confidenceInterval(one, { metric: "accuracy", signal: stop })).rejects.toThrow(
      "enough",
    );
    await expect(confidenceInterval(one, { metric: "auc", resamples: 3 })).rejects.toThrow(
      code("option/out-of-range"),
    );
    await expect(confidenceInterval(one, { metric: "rmse" })).rejects.toThrow(
      code("metric/mismatch-task"),
    );
  });
});

describe("intervals of very few rows", () => {
  const numbers = { kind: "regression" } as const;

  test("have percentiles where no row can be left out", async () => {
    const row = { task: numbers, y: f(3), predictions: f(3.5) };
    const found = await confidenceInterval(row, { metric: "mae", resamples: 100 });
    expect(found).toMatchObject({ value: 0.5, low: 0.5, high: 0.5, method: "percentile" });
    const query = {
      task: numbers,
      y: f(3, 2, 1, 0),
      predictions: f(3, 1, 2, 0),
      groups: [1, 1, 1, 1],
    };
    const ranked = await confidenceInterval(query, { metric: "ndcg", resamples: 100 });
    expect([ranked.low, ranked.high, ranked.method]).toEqual([
      ranked.value,
      ranked.value,
      "percentile",
    ]);
    const same = await compareModels(row, f(4), { metric: "mae", resamples: 100 });
    expect([same.difference, same.low, same.high]).toEqual([-0.5, -0.5, -0.5]);
  });

  test("count draws whose rows all have weight 0 as such that have no value", async () => {
    const rows = {
      task: numbers,
      y: f(3, 2, 1, 0),
      predictions: f(3, 1, 2, 0),
      weights: f(0, 0, 0, 1),
    };
    const found = await confidenceInterval(rows, { metric: "mae", resamples: 200 });
    expect([found.value, found.low, found.high]).toEqual([0, 0, 0]);
    expect(found.undefinedResamples).toBeGreaterThan(30); // (3/4)⁴ of 200 are 63
    expect(found.undefinedResamples).toBeLessThan(100);
    const binaryRows = {
      task: binary,
      y: f(1, 0, 0, 1),
      predictions: f(0.9, 0.2, 0.4, 0.3),
      weights: f(0, 0, 2, 1),
    };
    for (const metric of ["auc", "accuracy", "logLoss"] as const) {
      const both = await compareModels(binaryRows, f(0.5, 0.5, 0.5, 0.6), {
        metric,
        resamples: 200,
      });
      expect([both.test, both.low <= both.high]).toEqual(["paired bootstrap", true]);
    }
  });

  test("compare areas by the bootstrap where DeLong has no two rows of a label", async () => {
    const rows = { task: binary, y: f(1, 0, 0, 0), predictions: f(0.9, 0.1, 0.2, 0.3) };
    const found = await compareModels(rows, f(0.5, 0.1, 0.2, 0.6), {
      metric: "auc",
      resamples: 200,
    });
    expect(found.test).toBe("paired bootstrap");
    expect([found.a, found.b]).toBeClose([1, 2 / 3]);
    expect(found.low >= 0 && found.low <= found.high && found.high <= 1).toBe(true);
  });
});

describe("compareModels", () => {
  test("tells a better model from a worse one by the test of the metric", async () => {
    const { y, score, noise } = drawn(300, { knows: 3, seed: 2 });
    const worse = score.map((p, row) => 1 / (1 + Math.exp(-(p - 0.5) - (noise[row] ?? 0))));
    const rows = { task: binary, y, predictions: score };
    for (const [metric, name] of [
      ["auc", "delong"],
      ["accuracy", "mcnemar"],
      ["logLoss", "paired bootstrap"],
    ] as const) {
      const found = await compareModels(rows, worse, { metric, resamples: 300 });
      expect([found.test, found.better, found.p < 0.01]).toEqual([name, "a", true]);
      expect(Math.sign(found.low)).toBe(Math.sign(found.high));
      const back = await compareModels({ ...rows, predictions: worse }, score, {
        metric,
        resamples: 300,
      });
      expect([back.better, back.difference]).toEqual(["b", -found.difference]);
    }
  });

  test("says neither where there is no difference", async () => {
    const { y, score } = drawn(60, { knows: 1, seed: 3 });
    for (const metric of ["auc", "accuracy", "brier"] as const) {
      const found = await compareModels({ task: binary, y, predictions: score }, score, {
        metric,
        resamples: 100,
      });
      expect([found.difference, found.p, found.better]).toEqual([0, 1, "neither"]);
    }
  });
});

describe("compareModels of what evaluate judged", () => {
  const y = f(0, 1, 0, 1, 1, 0);
  const rows = { task: binary, y, predictions: f(0.1, 0.9, 0.3, 0.6, 0.4, 0.7) };
  const other = { ...rows, predictions: f(0.2, 0.3, 0.4, 0.6, 0.5, 0.1) };

  test("is that of the bare predictions", async () => {
    for (const metric of ["auc", "accuracy", "logLoss"] as const) {
      const bare = await compareModels(rows, other.predictions, { metric, resamples: 100 });
      const judged = await compareModels(
        rows,
        { ...other, y: y.slice() },
        { metric, resamples: 100 },
      );
      expect(judged).toEqual(bare);
    }
    const weights = f(1, 2, 1, 1, 3, 1);
    const bare = await compareModels({ ...rows, weights }, other.predictions, {
      metric: "brier",
      resamples: 100,
    });
    expect(
      await compareModels(
        { ...rows, weights },
        { ...other, weights: weights.slice() },
        { metric: "brier", resamples: 100 },
      ),
    ).toEqual(bare);
  });

  test("answers of each model are those of its own threshold", async () => {
    const options = { metric: "accuracy", resamples: 100 } as const;
    const found = await compareModels(rows, { ...rows, threshold: 0.35 }, options);
    expect([found.a, found.b]).toBeClose([4 / 6, 5 / 6]);
    const back = await compareModels({ ...rows, threshold: 0.35 }, rows, options);
    expect([back.a, back.b]).toBeClose([5 / 6, 4 / 6]);
  });

  test("is refused where the rows are others, by what they differ in", async () => {
    const options = { metric: "auc", resamples: 100 } as const;
    const letters = [..."abcdefghijk"];
    const [wide, wider] = [
      [...letters, "l"],
      [...letters, "ZEBRA"],
    ].map((classes) => ({ ...rows, task: { kind: "multiclass", classes } }) as const);
    if (wide === undefined || wider === undefined) throw new Error("no rows");
    await expect(compareModels(wide, wider, options)).rejects.toThrow(
      /in class 11; expected "l" as of the first, got "ZEBRA"/,
    );
    const unlike: readonly (readonly [ScoredRows, string])[] = [
      [
        { ...other, y: f(0, 1, 0, 0, 1, 1) },
        "in label of row 3; expected 1 as of the first, got 0",
      ],
      [{ ...other, y: f(0, 1) }, "in labels; expected 6 labels as of the first, got 2 labels"],
      [{ ...other, weights: y }, "in weights; expected none as of the first, got 6 weights"],
      [{ ...other, groups: [1, 1, 1, 2, 2, 2] }, "in groups; expected none"],
      [{ ...other, task: { kind: "regression" } }, "in task; expected binary"],
    ];
    for (const [second, words] of unlike) {
      const error = await compareModels(rows, second, options).catch((thrown) => thrown);
      expect(error).toEqual(code("metric/mismatch-rows"));
      expect(error.message).toContain(words);
    }
  });

  test("says what it was given instead", async () => {
    const wrong = JSON.parse;
    const given: readonly (readonly [ScoredRows, string])[] = [
      [wrong("[0.5, 0.2]"), "got an array of 2 values"],
      [wrong("null"), "got null"],
      [
        wrong('{"metrics": {}, "judged": {}}'),
        'got an object with "metrics", "judged". Give its `judged`.',
      ],
    ];
    for (const metric of ["auc", "accuracy"] as const)
      for (const [second, words] of given) {
        const error = await compareModels(rows, second, { metric }).catch((thrown) => thrown);
        expect(error).toEqual(code("metric/mismatch-argument"));
        expect(error.message).toContain(words);
        const first = await compareModels(second, rows, { metric }).catch((thrown) => thrown);
        expect(first).toEqual(code("metric/mismatch-argument"));
      }
  });
});

describe("delong", () => {
  test("law: areas are those of rocAuc, and changing sides changes the sign", () => {
    const pairs = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 1 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 5 }),
      ),
      { minLength: 6, maxLength: 40 },
    );
    fc.assert(
      fc.property(pairs, (list) => {
        const [y, a, b] = [0, 1, 2].map((i) => Float64Array.from(list, (row) => row[i] ?? 0));
        const ones = list.filter(([label]) => label === 1).length;
        fc.pre(ones > 1 && list.length - ones > 1);
        if (!y || !a || !b) return;
        const found = delong(y, [a, b]);
        expect([found.a, found.b]).toBeClose([rocAuc(y, a), rocAuc(y, b)]);
        expect(delong(y, [b, a]).z).toBeClose(-found.z);
        expect(found.p >= 0 && found.p <= 1).toBe(true);
      }),
    );
  });

  test("refuses a label with fewer than two rows, and scores that are none", () => {
    expect(() => delong(f(0, 0, 1), [f(1, 2, 3), f(1, 2, 3)])).toThrow(
      code("metric/missing-class"),
    );
    expect(() => delong(f(0, 0, 1, 1), [f(1, 2, 3, Number.NaN), f(1, 2, 3, 4)])).toThrow(
      code("metric/out-of-range-score"),
    );
  });
});

describe("tests over folds", () => {
  test("say what is certain where differences do not vary", () => {
    expect(foldTest([0, 0, 0], { testPerTrain: 0.5 })).toMatchObject({ t: 0, p: 1 });
    expect(foldTest([1, 1, 1], { testPerTrain: 0.5 })).toMatchObject({ t: Infinity, p: 0 });
    expect(fiveByTwo(Array.from({ length: 5 }, () => [0, 0] as const))).toEqual({
      t: 0,
      p: 1,
      f: 0,
      fP: 1,
    });
    expect(wilcoxon([0, 0])).toEqual({ statistic: 0, p: 1, method: "exact" });
  });

  test("law: p is a probability, and the other sign has the same", () => {
    const differences = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(differences, (d) => {
        const back = d.map((v) => -v);
        const [w, t] = [wilcoxon(d), foldTest(d, { testPerTrain: 0.25 })];
        expect([w.p >= 0 && w.p <= 1 + 1e-12, t.p >= 0 && t.p <= 1]).toEqual([true, true]);
        expect(wilcoxon(back).p).toBeClose(w.p);
        expect(foldTest(back, { testPerTrain: 0.25 }).p).toBeClose(t.p);
      }),
    );
  });

  test("refuse too few differences, and such that are no number", () => {
    expect(() => foldTest([1], { testPerTrain: 1 })).toThrow("expected at least 2, got 1");
    expect(() => fiveByTwo([[1, 2]])).toThrow(code("metric/missing-differences"));
    expect(() => wilcoxon([])).toThrow(code("metric/missing-differences"));
    expect(() => wilcoxon([Number.NaN])).toThrow(code("metric/out-of-range-number"));
    expect(() => foldTest([1, 2], { testPerTrain: 0 })).toThrow(code("option/out-of-range"));
  });
});

describe("mcnemar", () => {
  test("has p 1 where the models are right in the same rows, and where they are as often alone", () => {
    const [y, a, b] = [f(1, 1, 0), f(1, 0, 0), f(0, 1, 0)];
    for (const method of ["exact", "corrected"] as const) {
      expect(mcnemar(y, [a, a], { method }).p).toBe(1);
      expect(mcnemar(y, [a, b], { method }).p).toBe(1);
    }
  });
});
