/** @file Tests of what boosting can be told: objectives, constraints by name, rows that judge, and what is refused. */
import { describe, expect, test } from "vitest";
import { random } from "../core/index.ts";
import type { Dataset } from "../flow.ts";
import { boost } from "./boost.ts";
import type { BoostOptions } from "./boost-options.ts";

const code = (what: string) => expect.objectContaining({ code: what });

/** Numbers that lean on two of three features; the third has codes. */
function sample(rows: number, salt = "options"): Dataset {
  const draws = random(4).stream(salt);
  const data = Float64Array.from({ length: 3 * rows }, (_, i) =>
    i % 3 === 2 ? draws.below(5) : draws.normal(),
  );
  const y = Float64Array.from({ length: rows }, (_, i) =>
    Math.max(
      0,
      3 + (data[3 * i] ?? Number.NaN) + ((data[3 * i + 2] ?? Number.NaN) % 2) + draws.normal(),
    ),
  );
  const task = { kind: "regression" } as const;
  const names = ["size", "noise", "color"];
  return {
    x: { rows, cols: 3, data },
    y,
    names,
    task,
    source: "sha256:00",
    categorical: ["color"],
  };
}

const data = sample(500);
const rest = sample(500, "rest");
const errorOf = async (options: BoostOptions): Promise<number> => {
  const told = (await boost(options).learn(data)).predict(rest.x);
  return told.reduce((sum, p, i) => sum + Math.abs(p - (rest.y[i] ?? Number.NaN)), 0) / told.length;
};

describe("boost of numbers", () => {
  test("tells numbers by every objective, better than a constant", async () => {
    const constant = await errorOf({ trees: 1, minChildWeight: 1e9 });
    for (const objective of [
      "squared",
      "absolute",
      "huber",
      "quantile",
      "poisson",
      "tweedie",
    ] as const)
      for (const leaves of [undefined, 12])
        expect(
          await errorOf({ objective, ...(leaves === undefined ? {} : { leaves }) }),
        ).toBeLessThan(0.92 * constant);
  });

  test("tells the quantile that it is asked for", async () => {
    const many = sample(4000, "many");
    const predictor = await boost({ objective: "quantile", quantile: 0.9 }).learn(many);
    const told = predictor.predict(rest.x);
    const below =
      rest.y.filter((value, i) => value <= (told[i] ?? Number.NaN)).length / rest.y.length;
    expect(below).toBeClose(0.9, { rtol: 0, atol: 0.04 });
  });

  test("ranks rows of queries", async () => {
    const y = data.y.map((value) => Math.min(4, Math.floor(value / 1.5)));
    const groups = y.map((_, i) => Math.floor(i / 10));
    const ranker = boost({
      objective: "ranking",
      minChildWeight: 0.001,
      validation: 0.2,
      metric: "ndcg",
    });
    const { losses } = await ranker.learn({ ...data, y, groups });
    expect(losses?.at(-1)).toBeGreaterThan(0.85);
    await expect(ranker.learn({ ...data, y })).rejects.toThrow(code("model/mismatch-objective"));
    const odd = { ...data, y: y.with(3, 0.5), groups };
    await expect(ranker.learn(odd)).rejects.toThrow(code("model/out-of-range-label"));
  });

  test("takes an objective of one's own, and weighs it", async () => {
    const own = {
      name: "half squares",
      gradient: (outputs: Float64Array, y: Float64Array) => ({
        gradient: outputs.map((output, i) => output - (y[i] ?? Number.NaN)),
        hessian: outputs.map(() => 1),
      }),
    };
    const weights = data.y.map((_, i) => 1 + (i % 3));
    const base = 3;
    const told = (await boost({ objective: own, base }).learn({ ...data, weights })).predict(
      rest.x,
    );
    const known = (await boost({ objective: "squared", base }).learn({ ...data, weights })).predict(
      rest.x,
    );
    const differences = told.map((value, i) => Math.abs(value - (known[i] ?? Number.NaN)));
    expect(differences.reduce((sum, one) => sum + one, 0) / told.length).toBeLessThan(0.03); // ties may go another way
    expect(boost({ objective: own }).options["objective"]).toBe("half squares");
  });

  test("refuses labels and tasks that do not fit the objective", async () => {
    const negative = { ...data, y: data.y.with(2, -1) };
    for (const objective of ["poisson", "tweedie"] as const)
      await expect(boost({ objective }).learn(negative)).rejects.toThrow(
        code("model/out-of-range-label"),
      );
    await expect(boost({ objective: "logLoss" }).learn(data)).rejects.toThrow(
      code("model/mismatch-task"),
    );
  });
});

describe("constraints by name", () => {
  test("hold, and unknown names are refused", async () => {
    const falling = await boost({ monotone: { size: "falling" } }).learn(data);
    expect(falling.importances?.[0]).toBeLessThan(0.05); // it only rises, so that it is of little use
    const alone = await boost({ interactions: [["size"], ["noise", "color"]], depth: 3 }).learn(
      data,
    );
    expect(alone.predict(rest.x).every(Number.isFinite)).toBe(true);
    await expect(boost({ monotone: { sise: "rising" } }).learn(data)).rejects.toThrow(
      'Did you mean "size"?',
    );
    await expect(boost({ interactions: [["none"]] }).learn(data)).rejects.toThrow(
      code("model/unknown-feature"),
    );
    await expect(boost({ monotone: { color: "rising" } }).learn(data)).rejects.toThrow(
      code("model/mismatch-option"),
    );
    await expect(boost().learn({ ...data, categorical: ["hue"] })).rejects.toThrow(
      code("model/unknown-feature"),
    );
  });
});

describe("rows that judge", () => {
  test("stop the rounds, by a share or by a dataset, and the best round is kept", async () => {
    for (const validation of [0.25, rest]) {
      const options = {
        trees: 500,
        learningRate: 0.3,
        validation,
        patience: 10,
        metric: "rmse",
      } as const;
      const { trees, losses } = await boost(options).learn(data);
      const rounds = trees.starts.length - 1;
      expect(losses?.length).toBe(rounds + 10);
      expect(losses?.[rounds - 1]).toBe(Math.min(...(losses ?? [])));
    }
  });

  test("do not judge the first rounds, and ask for progress as a share of the best", async () => {
    const common = { trees: 300, learningRate: 0.3, validation: rest, metric: "rmse" } as const;
    const { trees, losses } = await boost({ ...common, warmUp: 60, patience: 5 }).learn(data);
    const [rounds, judged] = [trees.starts.length - 1, losses ?? []];
    expect(rounds).toBeGreaterThan(60);
    expect(judged[rounds - 1]).toBe(Math.min(...judged.slice(60)));
    const asked = { ...common, patience: 2, minDelta: 0.2, relativeDelta: true };
    const eager = await boost(asked).learn(data);
    const kept = eager.trees.starts.length - 1;
    expect(eager.losses).toHaveLength(kept + 2);
    for (const loss of eager.losses?.slice(kept) ?? [])
      expect(loss).toBeGreaterThanOrEqual(0.8 * (eager.losses?.[kept - 1] ?? 0));
  });

  test("are whole groups of a ranking, and some of every class", async () => {
    const y = data.y.map((value) => Number(value > 5.5)); // few
    const { task: _, ...binary } = { ...data, y };
    const { losses } = await boost({ validation: 0.1, metric: "auc", trees: 5 }).learn(binary);
    expect(losses?.every((auc) => auc >= 0 && auc <= 1)).toBe(true);
  });

  test("must have the width, some rows, and for auc both classes", async () => {
    const nothing = { rows: 0, cols: 3, data: new Float64Array(0) };
    const refused = async (validation: Dataset, what: string, metric?: "auc"): Promise<void> => {
      const options = { validation, ...(metric === undefined ? {} : { metric }) };
      const { task: _, ...binary } = { ...data, y: data.y.map((value) => Number(value > 3)) };
      await expect(boost(options).learn(binary)).rejects.toThrow(code(what));
    };
    const { task: _, ...judge } = rest;
    await refused({ ...judge, x: { rows: 500, cols: 1, data: rest.y } }, "model/mismatch-width");
    await refused({ ...judge, x: nothing, y: new Float64Array(0) }, "model/missing-rows");
    await refused({ ...judge, y: rest.y.map(() => 1) }, "model/missing-class", "auc");
    const two = {
      ...data,
      x: { rows: 1, cols: 3, data: data.x.data.slice(0, 3) },
      y: data.y.slice(0, 1),
    };
    await expect(boost({ validation: 0.5 }).learn(two)).rejects.toThrow(code("model/missing-rows"));
    await expect(boost({ validation: 0.5, metric: "auc" }).learn(data)).rejects.toThrow(
      code("model/mismatch-objective"),
    );
  });
});

describe("a dataset that judges", () => {
  const numbers = rest.x.data;
  const refusals: readonly (readonly [string, Partial<Dataset>, string])[] = [
    ["features in another order", { names: ["noise", "size", "color"] }, "mismatch-validation"],
    ["another task", { task: { kind: "binary" } }, "mismatch-validation"],
    ["no categories", { categorical: [] }, "mismatch-validation"],
    ["a label that is NaN", { y: rest.y.with(3, Number.NaN) }, "out-of-range-label"],
    ["too few labels", { y: rest.y.slice(0, 9) }, "mismatch-length"],
    ["infinity", { x: { ...rest.x, data: numbers.with(4, Infinity) } }, "out-of-range-value"],
    ["a weight below 0", { weights: rest.y.map(() => -1) }, "out-of-range-weight"],
  ];
  test.each(refusals)("is refused with %s", async (_, change, what) => {
    const learning = boost({ trees: 3, validation: { ...rest, ...change } }).learn(data);
    await expect(learning).rejects.toThrow(code(`model/${what}`));
  });

  test("needs the groups and the labels of its objective", async () => {
    const graded = (some: Dataset): Dataset => ({
      ...some,
      y: some.y.map((value) => Math.min(3, Math.round(value))),
    });
    const groups = data.y.map((_, i) => i % 20);
    const ranker = boost({ trees: 3, objective: "ranking", validation: graded(rest) });
    const learning = ranker.learn({ ...graded(data), groups });
    await expect(learning).rejects.toThrow(code("model/mismatch-objective"));
    const counts = boost({ objective: "poisson", validation: { ...rest, y: rest.y.with(2, -1) } });
    await expect(counts.learn(data)).rejects.toThrow(code("model/out-of-range-label"));
  });

  test("has its classes mapped by name, and no other ones", async () => {
    const classed = (some: Dataset, classes: readonly string[], of: (value: number) => number) => ({
      ...{ ...some, y: some.y.map(of) },
      task: { kind: "multiclass", classes } as const,
    });
    const train = classed(data, ["low", "middle", "high"], (v) => (v < 2.5 ? 0 : v < 4.5 ? 1 : 2));
    const same = classed(rest, ["low", "middle", "high"], (v) => (v < 3 ? 0 : 2));
    const turned = classed(rest, ["high", "low"], (v) => (v < 3 ? 1 : 0));
    const lossesOf = async (validation: Dataset) =>
      (await boost({ trees: 10, validation }).learn(train)).losses;
    expect(await lossesOf(turned)).toEqual(await lossesOf(same));
    const other = classed(rest, ["high", "none"], (v) => (v < 3 ? 1 : 0));
    await expect(lossesOf(other)).rejects.toThrow(code("model/mismatch-validation"));
  });
});

describe("options", () => {
  test("tell every setting that was used, defaults too, and make the same estimator again", () => {
    expect(boost().options).toEqual({
      ...{ objective: "auto", trees: 100, depth: 4, learningRate: 0.1, l1: 0, l2: 1 },
      ...{ minChildWeight: 1, minRows: 1, minGain: 0, rowSample: 1, columnSample: 1 },
      ...{ columnSampleLevel: 1, columnSampleNode: 1, bins: 255, categorySmoothing: 10 },
      ...{ categoryL2: 10, categoryLimit: 32, dropRate: 0, seed: 0 },
    });
    expect(boost({ leaves: 8, dropRate: 0.1 }).options).toMatchObject({ depth: 64, skipDrop: 0.5 });
    for (const [options, told] of [
      [{ objective: "quantile" }, { quantile: 0.5 }],
      [{ objective: "huber" }, { huberDelta: 1 }],
      [{ objective: "tweedie" }, { tweediePower: 1.5 }],
      [
        { validation: 0.2, patience: 3 },
        { metric: "loss", warmUp: 0, minDelta: 0, relativeDelta: false },
      ],
    ] as const satisfies readonly (readonly [BoostOptions, BoostOptions])[]) {
      const made = boost(options);
      expect(made.options).toMatchObject(told);
      expect(boost(made.options).options).toEqual(made.options);
    }
  });

  test("that count categories are whole and fit the kernel, which would begin again at 0", () => {
    expect(boost({ categoryLimit: 2 ** 32 - 1 }).options["categoryLimit"]).toBe(2 ** 32 - 1);
    for (const categoryLimit of [2 ** 32, 2 ** 40, 1.5, 0, Infinity])
      expect(() => boost({ categoryLimit })).toThrow(code("option/out-of-range"));
  });

  test("that mean nothing together are refused", () => {
    const own = {
      name: "own",
      gradient: () => ({ gradient: new Float64Array(0), hessian: new Float64Array(0) }),
    };
    const wrong: readonly BoostOptions[] = [
      ...[{ patience: 5 }, { minDelta: 1 }, { metric: "auc" as const }],
      ...[{ warmUp: 5 }, { relativeDelta: true }],
      { dropRate: 0.1, validation: 0.2, patience: 5 },
      { objective: own, validation: 0.2 },
      ...[
        { validation: 0.2, warmUp: 5 },
        { validation: 0.2, minDelta: 1 },
      ],
      ...[
        { validation: 0.2, relativeDelta: true },
        { skipDrop: 0.1 },
        { dropRate: 0, skipDrop: 0 },
      ],
      ...[
        { quantile: 0.9 },
        { huberDelta: 3, objective: "squared" as const },
        { tweediePower: 1.2 },
      ],
    ];
    for (const options of wrong)
      expect(() => boost(options)).toThrow(code("model/mismatch-option"));
    const outside: readonly BoostOptions[] = [
      ...[{ leaves: 1 }, { l1: -1 }, { minRows: 0 }, { columnSampleLevel: 0 }],
      ...[
        { objective: "quantile" as const, quantile: 1 },
        { objective: "tweedie" as const, tweediePower: 2 },
      ],
      ...[{ objective: "huber" as const, huberDelta: 0 }, { dropRate: 2 }, { validation: 1 }],
    ];
    for (const options of outside)
      expect(() => boost(options)).toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such objective
    expect(() => boost({ objective: "logloss" })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: the words are rising and falling
    expect(() => boost({ monotone: { size: "up" } })).toThrow(code("option/out-of-range"));
    const flag = { validation: 0.2, patience: 3, relativeDelta: "yes" };
    // @ts-expect-error: true or false
    expect(() => boost(flag)).toThrow(code("model/mismatch-option"));
    // @ts-expect-error: a share or a dataset
    expect(() => boost({ validation: "some" })).toThrow(code("model/mismatch-option"));
    for (const [given, words] of [
      ['{"sql": "SELECT 1", "schema": {}, "engine": {}}', "got a frame, whose features are not"],
      ["null", "got null"],
      ["[]", "got an object without x and y"],
    ] as const) {
      const validation: number = JSON.parse(given);
      expect(() => boost({ validation, patience: 10 })).toThrow(words);
      expect(() => boost({ validation })).toThrow(code("model/mismatch-option"));
    }
    const objective: "squared" = JSON.parse("null");
    expect(() => boost({ objective })).toThrow(code("model/mismatch-option"));
  });

  test("DART leaves earlier rounds out, by the seed", async () => {
    const dart = { trees: 40, dropRate: 0.2, skipDrop: 0.2 };
    expect(await errorOf(dart)).toBeLessThan(await errorOf({ trees: 2 }));
    expect(await errorOf(dart)).toBe(await errorOf(dart));
    expect(await errorOf(dart)).not.toBe(await errorOf({ ...dart, seed: 1 }));
  });
});
