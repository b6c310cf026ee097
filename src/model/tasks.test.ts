/** @file Tests of models of classes and of numbers: typed answers, their files, and how they are served. */
import { afterAll, describe, expect, expectTypeOf, test } from "vitest";
import { features, numeric } from "../feature/index.ts";
import { category, float, frame, openEngine, schema } from "../table/index.ts";
import { average, loadModel, majority, typedModel } from "./index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const flowers = schema("flowers", {
  petal: float(),
  kind: category(["setosa", "virginica", "versicolor"]),
  weight: float(),
});
const sql =
  "SELECT * FROM (VALUES (1.0, 'virginica', 1.0), (2.0, 'setosa', 1.0), (4.5, 'virginica', 2.0)) AS t(petal, kind, weight)";
const rows = frame({ engine, schema: flowers, sql });
const byPetal = features(flowers, (c) => ({ petal: numeric(c.petal) }));
const byWeight = features(flowers, (c) => ({ weight: numeric(c.weight) }));

describe("a model of classes", () => {
  test("tells a level of the label's column, its probability, and that of every level", async () => {
    const model = await majority().fit(rows, { features: byPetal, label: "kind" });
    const answer = model.predict({ petal: 3 });
    expectTypeOf(answer.value).toEqualTypeOf<"setosa" | "virginica" | "versicolor">();
    expectTypeOf(answer.probability).toEqualTypeOf<number>();
    const [virginica, setosa] = [2 / 3, 1 / 3];
    expect(answer.value).toBe("virginica");
    expect(answer.probability).toBeClose(virginica);
    expect(answer.probabilities?.virginica).toBeClose(virginica);
    expect(answer.probabilities?.setosa).toBeClose(setosa);
    expect(answer.probabilities?.versicolor).toBe(0);
    expect(model.signature.output).toEqual({
      name: "kind",
      kind: "category",
      levels: ["setosa", "virginica", "versicolor"],
    });
  });

  test("is the same model when it is read back, under its types", async () => {
    const how = { features: byPetal, label: "kind" } as const;
    const model = await majority().fit(rows, { ...how, weights: "weight" });
    const read = loadModel(model.files());
    expect(read.hash).toBe(model.hash);
    const typed = typedModel(read, how);
    expect(typed.predict({ petal: 1 })).toEqual(model.predict({ petal: 1 }));
    const again: "setosa" | "virginica" | "versicolor" = typed.predict({ petal: 1 }).value;
    expect(again).toBe("virginica");
    expect(typed.predict({ petal: 1 }).probability).toBeClose(3 / 4);
    expect(() => typedModel(read, { ...how, label: "weight" })).toThrow(
      expect.objectContaining({ code: "model/mismatch-signature" }),
    );
  });
});

describe("a model of numbers", () => {
  test("tells a number and no probability", async () => {
    const model = await average().fit(rows, { features: byWeight, label: "petal" });
    const answer = model.predict({ weight: 1 });
    expectTypeOf(answer.value).toEqualTypeOf<number>();
    expectTypeOf(answer.probability).toEqualTypeOf<null>();
    expect(answer).toEqual({ value: 2.5, probability: null });
    const typed = typedModel(loadModel(model.files()), { features: byWeight, label: "petal" });
    expect(typed.predict({ weight: 1 }).value.toFixed(1)).toBe("2.5");
  });
});
