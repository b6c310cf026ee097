/** @file Tests of what is proposed for columns of each kind. */
import { afterAll, describe, expect, test } from "vitest";
import { formatJson } from "../../core/index.ts";
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
} from "../../table/index.ts";
import { features as defined, fitFeatures } from "../index.ts";
import * as all from "../transforms/index.ts";
import { proposeBoth, proposeFeatures } from "./index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const visits = schema("visits", {
  id: text({ key: true }),
  age: int({ nullable: true }),
  spend: float(),
  same: int(),
  never: float({ nullable: true }),
  plan: category(["free", "paid"]),
  city: text({ nullable: true }),
  street: text(),
  email: text(),
  note: text(),
  member: bool({ nullable: true }),
  at: timestamp({ nullable: true }),
  _loaded_at: int(),
  left: bool(),
});
const sql = `SELECT 'k' || range AS id, if(range % 5 = 0, NULL, range % 40) AS age, range * 1.5 AS spend, 7 AS same,
  CAST(NULL AS DOUBLE) AS never, if(range % 2 = 0, 'free', 'paid') AS plan,
  if(range % 7 = 0, NULL, 'city ' || range % 3) AS city, 'street ' || range % 70 AS street, range || '@a.org' AS email,
  'it took ' || range % 9 || ' days to be here' AS note, if(range % 11 = 0, NULL, range % 3 = 0) AS member,
  if(range % 4 = 0, NULL, TIMESTAMP '2026-01-01' + to_days(CAST(range AS INTEGER))) AS at, range AS _loaded_at, range % 6 = 0 AS left FROM range(210)`;
const rows = frame({ engine, schema: visits, sql });
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("proposeFeatures", () => {
  test("proposes numbers as they are and codes for trees, and says why it leaves a column out", async () => {
    const { columns } = await proposeFeatures(rows, { label: "left", leave: ["spend"] });
    expect(columns.map(({ column, as, why }) => [column, as, why])).toEqual([
      ["id", null, "a key"],
      ["age", "numeric", "a number"],
      ["spend", null, "left out as asked"],
      ["same", null, "the same in every row"],
      ["never", null, "missing in every row"],
      ["plan", "indexLevels", "one of 2 levels"],
      ["city", "indexLevels", "one of 3 texts"],
      ["street", "indexLevels", "one of 70 texts"],
      ["email", null, "another text in every row"],
      ["note", "tfIdf", "prose of 7.0 words"],
      ["member", "flag", "a truth value"],
      ["at", "calendar", "a moment"],
      ["_loaded_at", null, "a technical column"],
    ]);
  });

  test("proposes for linear models what has no missing number, when it is fitted", async () => {
    const { features, columns } = await proposeFeatures(rows, { label: "left", model: "linear" });
    const as = Object.fromEntries(columns.map((line) => [line.column, line.as]));
    expect(as).toMatchObject({
      age: "standardize + missing",
      spend: "standardize",
      plan: "oneHot",
      street: "countEncode",
      at: "missing + cyclic + cyclic",
    });
    const { data } = await (await fitFeatures(features, rows)).matrix(rows);
    expect(data.every(Number.isFinite)).toBe(true);
  });

  test("says the definition as a program that means the same", async () => {
    for (const model of ["trees", "linear"] as const) {
      const { features: proposed, code } = await proposeFeatures(rows, { label: "left", model });
      const transforms = Object.keys(all).filter((name) =>
        code.some((line) => line.includes(`${name}(`)),
      );
      const program = `return features(schema, (c) => ({ ${code.join("\n")} }))`;
      const make = new Function("features", "schema", ...transforms, program);
      const given = transforms.map(
        (name) => Object.entries(all).find(([own]) => own === name)?.[1],
      );
      const said = make(defined, visits, ...given);
      const [a, b] = [await fitFeatures(proposed, rows), await fitFeatures(said, rows)];
      expect(formatJson(b.state)).toBe(formatJson(a.state));
    }
  });

  test("gives every feature a name of its own, where a column is called as a part of another would be", async () => {
    const moments = schema("moments", { at: timestamp(), "at month": float(), y: float() });
    const days = `SELECT TIMESTAMP '2020-01-01' + to_days(CAST(range AS INTEGER)) AS at, range * 1.5 AS "at month", range % 7 AS y FROM range(100)`;
    const of = frame({ engine, schema: moments, sql: days });
    const { features, code } = await proposeFeatures(of, { label: "y", model: "linear" });
    expect(code.length).toBe(3);
    const { origins } = await fitFeatures(features, of);
    const made = origins.map(({ transform }) => transform).sort();
    expect(made).toEqual(["cyclic", "cyclic", "cyclic", "cyclic", "standardize"]);
  });

  test("proposes for both kinds of models from one query", async () => {
    let queries = 0;
    const query: typeof engine.query = (...asked) => {
      queries++;
      return engine.query(...asked);
    };
    const counted = frame({ engine: { ...engine, query }, schema: visits, sql });
    const { trees, linear } = await proposeBoth(counted, { label: "left", leave: ["spend"] });
    expect(queries).toBe(1);
    for (const [model, both] of [
      ["trees", trees],
      ["linear", linear],
    ] as const) {
      const { code: alone, columns } = await proposeFeatures(rows, {
        label: "left",
        leave: ["spend"],
        model,
      });
      expect([both.code, both.columns]).toEqual([alone, columns]);
    }
  });

  test("never reads the label", async () => {
    const { features } = await proposeFeatures(rows, { label: "plan" });
    expect(features.reads).not.toContain("plan");
    expect(features.reads).toContain("left");
  });

  test("refuses columns that are not there, test rows, and a table that tells nothing", async () => {
    const label: "left" = JSON.parse('"lft"');
    await expect(proposeFeatures(rows, { label })).rejects.toThrow(code("feature/missing-column"));
    const tested = frame({ engine, schema: visits, sql, part: "test" });
    await expect(proposeFeatures(tested, { label: "left" })).rejects.toThrow(
      code("feature/conflict-test-rows"),
    );
    const one = frame({
      engine,
      schema: schema("one", { a: int(), left: bool() }),
      sql: "SELECT 1 AS a, true AS left FROM range(3)",
    });
    await expect(proposeFeatures(one, { label: "left" })).rejects.toThrow(
      code("feature/missing-features"),
    );
    await expect(proposeFeatures(rows, { label: "left", maxLevels: 1 })).rejects.toThrow(
      code("option/out-of-range"),
    );
  });
});
