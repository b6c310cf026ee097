import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { openEngine } from "../adapter/duckdb.ts";
import { frame } from "../frame.ts";
import { bool, category, float, int, schema, text, timestamp } from "../schema.ts";
import { quoteText } from "../sql-text.ts";
import { clean, rescuedColumn } from "./clean.ts";
import type { Recipe } from "./steps.ts";

const target = schema("people", {
  id: text({ key: true }),
  age: int({ nullable: true }),
  paid: float({ nullable: true }),
  member: bool({ nullable: true }),
  plan: category(["Basic", "Plus"], { nullable: true }),
  since: timestamp({ nullable: true }),
  ...rescuedColumn,
});
const delivered = schema("raw", {
  ID: text({ nullable: true }),
  age: text({ nullable: true }),
  paid: text({ nullable: true }),
  member: text({ nullable: true }),
  plan: text({ nullable: true }),
  since: text({ nullable: true }),
});
const recipe = (steps: Recipe<typeof target.columns>["steps"] = []) => ({
  name: "people",
  from: { id: "ID" },
  steps,
});

const engine = await openEngine();
afterAll(() => engine.close());

function raw(...rows: readonly (readonly (string | null)[])[]) {
  const names = Object.keys(delivered.columns);
  const values = rows.map((row) => {
    const cells = names.map((_, i) => (row[i] == null ? "NULL" : quoteText(row[i])));
    return `(${cells.join(", ")})`;
  });
  const sql = `SELECT * FROM (VALUES ${values.join(", ")}) t(${names.join(", ")})`;
  return frame({ engine, schema: delivered, sql });
}

/** Steps that do nothing when they are done again. */
const again: Recipe<typeof target.columns>["steps"] = [
  { do: "normalise", columns: ["plan"], synonyms: { gold: "Plus" }, why: "one spelling" },
  { do: "rule", when: (c) => c.age.isBelow(0), action: "remove", why: "no age below zero" },
  { do: "outliers", column: "age", by: "range", max: 120, action: "clip", why: "nobody is older" },
  {
    do: "outliers",
    column: "paid",
    by: "range",
    max: 1000,
    action: "replace",
    with: null,
    why: "too much",
  },
  { do: "blank", column: "paid", when: (c) => c.paid.isBelow(0), why: "negative" },
  {
    do: "agree",
    facts: (c) => [c.member, c.plan.is("Plus")],
    action: "blank",
    columns: ["member"],
    why: "members are on Plus",
  },
  { do: "recover", column: "member", from: (c) => c.plan.is("Plus"), why: "from the plan" },
  { do: "complete rows", columns: ["age", "paid", "plan"], values: 1, why: "something is known" },
  // before "distinct": rows without an id can become the same by it
  { do: "impute", columns: ["age"], by: "median", why: "the usual age" },
  { do: "distinct", keep: "first", why: "each row once" },
  { do: "distinct", by: ["id"], keep: "most complete", why: "one row a person" },
];

const cell = (...values: readonly string[]) => fc.option(fc.constantFrom(...values), { freq: 4 });
const people = fc.array(
  fc.tuple(
    cell("a", "b", "c", "d", "e", "f"),
    cell("-1", "0", "17", "34.0", "35.5", "130", "x"),
    cell("1", "2.5", "3", "1e9", "-4", "NaN"),
    cell("yes", "no", "1", "maybe"),
    cell("plus", " BASIC ", "gold", "silver"),
    cell("2024-01-01", "2024-01-02", "soon"),
  ),
  { minLength: 1, maxLength: 12 },
);

describe("cleaning", () => {
  test("law: cleaning twice is cleaning once", async () => {
    await fc.assert(
      fc.asyncProperty(people, async (rows) => {
        const withAge = [...rows, ["z", "40", "2", "no", "basic", "2024-01-01"]] as const;
        await using once = await clean(raw(...withAge), target, recipe(again));
        await using twice = await clean(once.frame, target, { name: "again", steps: again });
        expect(await twice.frame.rows()).toEqual(await once.frame.rows());
        expect(twice.steps.every((step) => step.rowsIn === step.rowsOut)).toBe(true);
      }),
      { numRuns: 6 },
    );
  });

  test("law: a row is among the cleaned or in the quarantine, and the report counts it", async () => {
    await fc.assert(
      fc.asyncProperty(people, async (rows) => {
        const withAge = [...rows, ["z", "40"]] as const;
        await using cleaned = await clean(raw(...withAge), target, recipe(again));
        const left = await cleaned.frame.count();
        const rejected = await cleaned.quarantine.rows();
        expect(left + rejected.length).toBe(withAge.length);
        expect(new Set(rejected.map((row) => row._row_id)).size).toBe(rejected.length);
        for (const [i, step] of cleaned.steps.entries()) {
          const out = rejected.filter(({ _step }) => _step === i).length;
          expect(step.rowsIn - step.rowsOut).toBe(out);
          expect(cleaned.steps[i + 1]?.rowsIn ?? left).toBe(step.rowsOut);
        }
      }),
      { numRuns: 6 },
    );
  });

  test("law: the same rows give the same bytes", async () => {
    await fc.assert(
      fc.asyncProperty(people, async (rows) => {
        const withAge = [...rows, ["z", "40"]] as const;
        await using a = await clean(raw(...withAge), target, recipe(again));
        await using b = await clean(raw(...withAge), target, recipe(again));
        expect(await a.frame.hash()).toBe(await b.frame.hash());
        expect(a.steps).toEqual(b.steps);
      }),
      { numRuns: 3 },
    );
  });
});
