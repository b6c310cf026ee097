/** @file Tests of cross-validation, calibration and thresholds on rows of a table. */
import { afterAll, describe, expect, test } from "vitest";
import { frameFolds, split } from "../../dataset/index.ts";
import { features, oneHot, standardize } from "../../feature/index.ts";
import { bool, float, frame, int, openEngine, schema, text } from "../../table/index.ts";
import { evaluate } from "../evaluate.ts";
import { gaussianBayes, loadModel, majority, neighbours } from "../index.ts";
import {
  crossValidateFrame,
  withCalibration,
  withChosenThreshold,
  withPredictor,
  withThreshold,
} from "./index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const people = schema("people", {
  id: int({ key: true }),
  age: float(),
  town: text(),
  left: bool(),
  weight: float(),
});
const sql =
  "SELECT range AS id, ((range * 37) % 101)::DOUBLE AS age, 't' || (range % 50) AS town, ((range * 37) % 101) + (range % 7) * 10 > 80 AS left, 1.0 + range % 2 AS weight FROM range(300)";
const rows = frame({ engine, schema: people, sql });
const definition = features(people, (c) => ({ age: standardize(c.age), town: oneHot(c.town) }));
const how = { features: definition, label: "left" } as const;
const code = (what: string) => expect.objectContaining({ code: what });

describe("crossValidateFrame", () => {
  test("fits features inside each fold: their mean is that of its training rows, and a town that only validation rows have is unknown", async () => {
    const means: number[] = [];
    const towns: (readonly string[])[] = [];
    const inner = gaussianBayes();
    const spied: typeof inner = {
      ...inner,
      fit: async (train, options, work) => {
        const model = await inner.fit(train, options, work);
        const seen = await train.rows();
        const ages = seen.map((row) => Number(row["age"]));
        const mean = ages.reduce((sum, age) => sum + age, 0) / ages.length;
        means.push(model.features.row({ age: mean, town: "t1" })[0] ?? Number.NaN);
        const known = new Set(seen.map((row) => row["town"]));
        expect(model.features.names.filter((name) => name.startsWith("town")).length).toBe(
          known.size,
        );
        towns.push([...known].map(String));
        return model;
      },
    };
    const crossed = await crossValidateFrame(spied, rows, {
      ...how,
      by: "town",
      folds: 4,
      metrics: ["auc"],
    });
    expect(means).toBeClose([0, 0, 0, 0], { atol: 1e-12 }); // standardised by exactly these rows
    expect(towns.every((known) => known.length < 50)).toBe(true); // folds by town: each misses some
    expect(crossed.folds.map((fold) => fold.rows.train + fold.rows.test)).toEqual([
      300, 300, 300, 300,
    ]);
    expect(crossed.scores.auc?.mean).toBeGreaterThan(crossed.baseline.auc?.mean ?? 1);
  });

  test("weighs rows, takes folds that were made, and refuses test rows and a fold by no column", async () => {
    const { train, test: held } = await split(rows, { by: "id" });
    const one = await crossValidateFrame(gaussianBayes(), rows, {
      ...{ ...how, weights: "weight", metrics: ["accuracy"] },
      folds: [{ train, validation: held }],
    });
    expect(one.folds.length).toBe(1);
    await expect(crossValidateFrame(majority(), held, { ...how, by: "id" })).rejects.toThrow(
      code("dataset/conflict-test-rows"),
    );
    await expect(crossValidateFrame(majority(), train, how)).rejects.toThrow(
      code("model/missing-fold-column"),
    );
  });
});

describe("withCalibration", () => {
  test("gives a model whose file holds both predictors, and refuses test rows", async () => {
    const { train, test: held } = await split(rows, { by: "id" });
    const [fold] = await frameFolds(train, { by: "id" });
    const { train: learn = train, validation = train } = fold ?? {};
    const model = await neighbours({ neighbours: 3 }).fit(learn, how);
    const none = rows.where((c) => c.id.isBelow(0));
    await expect(withCalibration(model, held)).rejects.toThrow(code("model/conflict-test-rows"));
    await expect(withCalibration(model, none)).rejects.toThrow(code("dataset/missing-rows"));
    const fair = await withCalibration(model, validation, { method: "isotonic" });
    await expect(withCalibration(model, learn)).rejects.toThrow(
      code("model/conflict-trained-rows"),
    );
    const read = loadModel(fair.files());
    expect(read.hash).toBe(fair.hash);
    expect(read.kind).toBe("calibrated");
    const row = { age: 40, town: "t3" };
    expect(read.predict(row)).toEqual(fair.predict(row));
    const nameless = frame({
      engine,
      schema: schema("n", { age: float(), town: text() }),
      sql: "SELECT 1.0 AS age, 'a' AS town",
    });
    await expect(withCalibration(model, nameless)).rejects.toThrow(code("model/missing-label"));
  });
});

describe("a column of weights", () => {
  test("counts in calibration and in the choice of a threshold: weight 2 is a row twice", async () => {
    const learn = rows.where((c) => c.id.isBelow(100));
    const byAge = features(people, (c) => ({ age: standardize(c.age) }));
    // labels that are the wrong way round count twice, so that every probability is drawn to the middle
    const some = `SELECT * REPLACE ("left" <> (id % 10 = 3) AS "left", 1.0 + (id % 10 = 3)::INT AS weight) FROM (${sql}) WHERE id >= 100`;
    const held = frame({ engine, schema: people, sql: some });
    const twice = frame({
      engine,
      schema: people,
      sql: `${some} UNION ALL SELECT * FROM (${some}) WHERE weight = 2`,
    });
    const model = await gaussianBayes().fit(learn, { features: byAge, label: "left" });
    const asked = Array.from({ length: 21 }, (_, i) => ({ age: 5 * i }));
    const told = (one: Pick<typeof model, "predictAll">) =>
      Float64Array.from(one.predictAll(asked), ({ probability }) => probability ?? 0);
    for (const method of ["sigmoid", "isotonic", "temperature"] as const) {
      const weighed = told(await withCalibration(model, held, { method, weights: "weight" }));
      const differences = (other: Float64Array) =>
        Math.max(...weighed.map((p, i) => Math.abs(p - (other[i] ?? 0))));
      expect(differences(told(await withCalibration(model, twice, { method })))).toBeLessThan(1e-6);
      expect(differences(told(await withCalibration(model, held, { method })))).toBeGreaterThan(
        1e-4,
      );
    }
    const rule = { rule: "recall", least: 0.8 } as const;
    const chosen = async (from: typeof rows, weights?: "weight") =>
      (
        await withChosenThreshold(model, from, {
          ...rule,
          ...(weights === undefined ? {} : { weights }),
        })
      ).predictor.threshold;
    expect(await chosen(held, "weight")).toBe(await chosen(twice));
    expect(await chosen(held)).not.toBe(await chosen(twice));
  });
});

describe("withChosenThreshold", () => {
  test("gives a model that answers and is evaluated by its threshold, also when it is read back", async () => {
    const [fold] = await frameFolds(rows, { by: "id", folds: 2 });
    const { train = rows, validation = rows } = fold ?? {};
    const model = await gaussianBayes().fit(train, how);
    const costs = { falsePositive: 1, falseNegative: 20 };
    const careful = await withChosenThreshold(model, validation, { rule: "cost", costs });
    const threshold = careful.predictor.threshold;
    expect(threshold).toBeLessThan(0.5);
    const read = loadModel(careful.files());
    const asked = Array.from({ length: 101 }, (_, age) => ({ age, town: "t1" }));
    for (const { value, probability } of read.predictAll(asked))
      expect(value).toBe((probability ?? 0) >= threshold);
    expect(model.predictAll(asked).map(({ probability }) => probability)).toEqual(
      careful.predictAll(asked).map(({ probability }) => probability),
    );
    const recallOf = async (one: typeof model) =>
      (await evaluate(one, validation, { metrics: ["recall"] })).metrics.recall ?? 0;
    expect(await recallOf(careful)).toBeGreaterThan(await recallOf(model));
    const { test: held } = await split(rows, { by: "id" });
    await expect(withChosenThreshold(model, held)).rejects.toThrow(
      code("model/conflict-test-rows"),
    );
  });

  test("is not for a model that carries lookups", async () => {
    const model = await majority().fit(rows, how);
    const looking = {
      ...model,
      lookups: { request: {}, tables: [], state: null, complete: async () => [] },
    };
    expect(() => withPredictor(looking, withThreshold(model.predictor, 0.2))).toThrow(
      code("model/conflict-lookups"),
    );
  });
});
