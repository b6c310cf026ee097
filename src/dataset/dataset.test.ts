/** @file Tests of labels, weights and groups as numbers; those of split.test.ts are about rows and order. */
import { afterAll, describe, expect, test } from "vitest";
import { hashOfJson } from "../core/index.ts";
import { features, fitFeatures, indexLevels, numeric } from "../feature/index.ts";
import {
  bool,
  category,
  float,
  frame,
  int,
  openEngine,
  schema,
  text,
  timestamp,
} from "../table/index.ts";
import { dataset, type MatrixSource } from "./index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const flowers = schema("flowers", {
  petal: float(),
  colour: text(),
  kind: category(["setosa", "virginica", "versicolor"]),
  name: text({ nullable: true }),
  count: int({ nullable: true }),
  weight: float({ nullable: true }),
  field: text({ nullable: true }),
  seen: timestamp(),
  wild: bool(),
});

/** Rows as SQL: petal, colour, kind, name, count, weight, field, seen, wild. */
const rowsOf = (rows: readonly string[]) => {
  const values = rows.map((row) => `(${row}, TIMESTAMP '2026-01-01', true)`).join(", ");
  const names = Object.keys(flowers.columns).join(", ");
  const sql = `SELECT * FROM (VALUES ${values}) AS t(${names})`;
  return frame({ engine, schema: flowers, sql });
};
const three = rowsOf([
  "1.5, 'red', 'virginica', 'b', 3, 1.0, 'north'",
  "2.5, 'blue', 'setosa', 'a', 1, 0.5, 'south'",
  "3.5, 'red', 'virginica', 'b', 2, 0.0, 'north'",
]);
const definition = features(flowers, (c) => ({
  petal: numeric(c.petal),
  colour: indexLevels(c.colour),
}));
const fitted = await fitFeatures(definition, three);
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("dataset", () => {
  test("makes a category a multiclass task of the levels that occur, in their declared order", async () => {
    const { y, task } = await dataset({ features: fitted, rows: three, label: "kind" });
    expect(task).toEqual({ kind: "multiclass", classes: ["setosa", "virginica"] });
    expect([...y]).toEqual([1, 0, 1]);
  });

  test("makes a text a multiclass task of its values, in the order of their code points", async () => {
    const { y, task } = await dataset({ features: fitted, rows: three, label: "name" });
    expect(task).toEqual({ kind: "multiclass", classes: ["a", "b"] });
    expect([...y]).toEqual([1, 0, 1]);
  });

  test("makes a number a regression, and a truth value binary, which is the task that goes without saying", async () => {
    const { y, task } = await dataset({ features: fitted, rows: three, label: "count" });
    expect(task).toEqual({ kind: "regression" });
    expect([...y]).toEqual([3, 1, 2]);
    const told = await dataset({ features: fitted, rows: three, label: "wild" });
    expect(told).not.toHaveProperty("task");
  });

  test("keeps weights and groups with their rows, and both are part of the source", async () => {
    const parts = { features: fitted, rows: three, label: "count" } as const;
    const data = await dataset({ ...parts, weights: "weight", groups: "field" });
    expect([...(data.weights ?? [])]).toEqual([1, 0.5, 0]);
    const [north, south, again] = data.groups ?? [];
    expect(again).toBe(north);
    expect(south).not.toBe(north);
    expect(data.source).not.toBe((await dataset(parts)).source);
  });

  test("tells numbers as weights from the same numbers as groups, and codes from quantities", async () => {
    const same = rowsOf(["1.5, 'red', 'virginica', 'b', 3, 1.0, 'north'"]);
    const parts = { rows: same, label: "wild" } as const;
    const codes: MatrixSource<typeof flowers.columns> = {
      ...{ names: ["a"], reads: {}, origins: [{ transform: "indexLevels" }] },
      matrixAnd: async (_, more) => ({
        x: { rows: 1, cols: 1, data: Float64Array.of(1) },
        more: more.map(() => Float64Array.of(1)),
      }),
    };
    const plain = { ...codes, origins: [{ transform: "numeric" }] };
    const made = [
      await dataset({ ...parts, features: plain }),
      await dataset({ ...parts, features: codes }),
      await dataset({ ...parts, features: plain, weights: "weight" }),
      await dataset({ ...parts, features: plain, groups: "field" }),
    ];
    expect(new Set(made.map(({ source }) => source)).size).toBe(4);
    expect(made[0]?.source).toBe(hashOfJson([["a"], Float64Array.of(1), Float64Array.of(1)]));
  });

  test("names the features whose numbers are codes of categories", async () => {
    const data = await dataset({ features: fitted, rows: three, label: "count" });
    expect(data.categorical).toEqual(["colour"]);
  });

  test("refuses labels, weights and groups that cannot be used", async () => {
    const holed = rowsOf([
      "1.5, 'red', 'virginica', NULL, NULL, NULL, NULL",
      "1.5, 'red', 'virginica', 'b', 1, -1.0, 'north'",
    ]);
    const refused = (rows: typeof three, how: object, what: string) => {
      const parts = { features: fitted, rows, label: "wild" as const, ...how };
      return expect(dataset(parts)).rejects.toThrow(code(what));
    };
    await refused(holed, { label: "name" }, "dataset/missing-label");
    await refused(holed, { label: "seen" }, "dataset/mismatch-label");
    await refused(holed, { weights: "weight" }, "dataset/mismatch-weights");
    await refused(
      holed.where((c) => c.name.isMissing().not()),
      { weights: "weight" },
      "dataset/mismatch-weights",
    );
    await refused(holed, { weights: "name" }, "dataset/mismatch-weights");
    await refused(holed, { groups: "field" }, "dataset/missing-groups");
    await refused(holed, { weights: "wieght" }, "dataset/unknown-column");
    const sql = `SELECT 1.5 AS petal, 'red' AS colour, 'setosa' AS kind, CAST(range AS VARCHAR) AS name, 1 AS count, 1.0 AS weight, 'a' AS field, TIMESTAMP '2026-01-01' AS seen, true AS wild FROM range(1001)`;
    const many = frame({ engine, schema: flowers, sql });
    await refused(many, { label: "name" }, "dataset/out-of-range-classes");
  });
});
