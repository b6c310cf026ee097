import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../tests/support/frame-of.ts";
import { openEngine } from "../adapter/duckdb.ts";
import { float, int, schema, text } from "../schema.ts";
import { clean, rescuedColumn } from "./clean.ts";
import { formatPlan, planCleaning } from "./plan.ts";
import type { Recipe } from "./steps.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const raw = schema("raw", { _row_id: text(), age: text(), paid: text({ nullable: true }) });
const target = schema("people", {
  _row_id: text(),
  age: int({ nullable: true }),
  paid: float({ nullable: true }),
  ...rescuedColumn,
});
const rows = [
  { _row_id: "r1", age: "10", paid: "1" },
  { _row_id: "r2", age: "20", paid: null },
  { _row_id: "r3", age: "x", paid: "3" },
  { _row_id: "r4", age: "40", paid: "1000" },
];
const recipe: Recipe<typeof target.columns> = {
  name: "people",
  steps: [
    { do: "impute", columns: ["paid"], by: "median", why: "the usual" },
    { do: "outliers", column: "paid", by: "range", max: 100, action: "clip", why: "at most 100" },
    { do: "keep", rows: (c) => c.age.isAtLeast(18), why: "adults" },
  ],
};
const source = frameOf(engine, raw, rows);

describe("planCleaning", () => {
  test("tells the counts that cleaning then has, with examples, and leaves nothing", async () => {
    const plan = await planCleaning(source, target, { ...recipe, examples: 1 });
    await using cleaned = await clean(source, target, recipe);
    const counts = plan.steps.map(({ changes, rejected, ...report }) => report);
    expect(counts).toEqual(cleaned.steps);
    expect(plan.rescued).toBe(cleaned.rescued);
    expect(plan.steps.map(({ changes }) => changes)).toEqual([
      [],
      [{ row: "r2", column: "paid", before: null, after: "3.0" }],
      [{ row: "r4", column: "paid", before: "1000.0", after: "100.0" }],
      [],
    ]);
    expect(plan.steps[3]?.rejected).toEqual(["r1"]);
    await cleaned.close();
    const left = await engine.query(
      "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'clean_%'",
    );
    expect(left).toEqual([]);
  });

  test("refuses a number of examples below zero", async () => {
    await expect(planCleaning(source, target, { ...recipe, examples: -1 })).rejects.toMatchObject({
      code: "option/out-of-range",
    });
  });
});

describe("formatPlan", () => {
  test("prints a table", async () => {
    const plan = await planCleaning(source, target, { ...recipe, examples: 1 });
    expect(formatPlan(plan)).toBe(
      [
        "people                          rows in   rows out  cells changed",
        "1 cast to types                       4          4              1",
        "2 impute paid: the usual              4          4              1",
        '    row r2: paid missing → "3.0"',
        "3 outliers paid: at most 100          4          4              1",
        '    row r4: paid "1000.0" → "100.0"',
        "    found max: 100",
        "4 adults                              4          2              0",
        "    rejects row r1, …",
        "0 cells are kept as rescued",
        "",
      ].join("\n"),
    );
  });
});
