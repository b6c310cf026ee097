import { describe, expect, test } from "vitest";
import { bool, category, float, int, schema, text } from "../schema.ts";
import { rescuedColumn } from "./clean.ts";
import { lineageOf } from "./lineage.ts";
import type { Recipe } from "./steps.ts";

const nullable = { nullable: true } as const;
const target = schema("customers", {
  customer_id: text(),
  tenure: int(nullable),
  monthly: float(nullable),
  total: float(nullable),
  plan: category(["a", "b"], nullable),
  total_missing: bool(),
  ...rescuedColumn,
});
const recipe: Recipe<typeof target.columns> = {
  name: "customers",
  from: { customer_id: "customerID", monthly: "MonthlyCharges" },
  steps: [
    { do: "normalise", columns: ["plan"], why: "one spelling" },
    {
      do: "recover",
      column: "total",
      from: (c) => c.tenure.times(c.monthly),
      why: "months times price",
    },
    {
      do: "impute",
      columns: ["total"],
      by: "group",
      of: "plan",
      middle: "mean",
      indicators: { total: "total_missing" },
      why: "the plan's usual",
    },
    { do: "keep", rows: (c) => c.total.isAbove(0), why: "paying" },
    { do: "newest", by: "customer_id", order: ["tenure"], why: "newest" },
  ],
};

describe("lineageOf", () => {
  test("follows each column through every step to what was delivered", () => {
    const { columns, rows } = lineageOf(recipe, target);
    expect(columns["customer_id"]).toEqual({ from: ["customerID"], steps: [] });
    expect(columns["tenure"]).toEqual({ from: ["tenure"], steps: ["cast to types"] });
    expect(columns["total"]).toEqual({
      from: ["MonthlyCharges", "plan", "tenure", "total"],
      steps: [
        "cast to types",
        "recover total: months times price",
        "impute total: the plan's usual",
      ],
    });
    expect(columns["total_missing"]).toEqual({
      from: ["MonthlyCharges", "plan", "tenure", "total"],
      steps: ["impute total: the plan's usual"],
    });
    expect(rows).toEqual({
      from: ["MonthlyCharges", "customerID", "plan", "tenure", "total"],
      steps: ["paying", "newest"],
    });
  });

  test("is JSON, and names every column of the target", () => {
    const lineage = lineageOf(recipe, target);
    expect(JSON.parse(JSON.stringify(lineage))).toEqual(lineage);
    expect(Object.keys(lineage.columns)).toEqual(Object.keys(target.columns));
    expect(lineage.columns["_rescued"]?.from).toEqual([
      "MonthlyCharges",
      "plan",
      "tenure",
      "total",
    ]);
  });

  test("finds delivered names by rule when it is told what is delivered", () => {
    const raw = schema("raw", {
      customerID: text(),
      Tenure: text(),
      MonthlyCharges: text(),
      Total: text(),
      Plan: text(),
    });
    const byRule: Recipe<typeof target.columns> = {
      ...recipe,
      from: { monthly: "MonthlyCharges" },
      names: "snake_case",
    };
    const { columns } = lineageOf(byRule, target, raw.columns);
    expect(columns["total"]?.from).toEqual(["MonthlyCharges", "Plan", "Tenure", "Total"]);
  });

  test("refuses a recipe that names a column which is not there", () => {
    const wrong: Recipe<typeof target.columns> = {
      name: "wrong",
      // @ts-expect-error there is no column "name"
      steps: [{ do: "distinct", by: ["name"], keep: "first", why: "" }],
    };
    expect(() => lineageOf(wrong, target)).toThrow(
      expect.objectContaining({ code: "table/unknown-column" }),
    );
  });
});
