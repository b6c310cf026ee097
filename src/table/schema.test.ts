import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { ColumnSpec } from "../flow.ts";
import { bool, category, float, int, type Row, schema, text, timestamp } from "./schema.ts";

const code = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "nothing was thrown";
};

const customers = schema("customers", {
  customerId: text({ key: true, pattern: /\d{4}-[A-Z]{5}/ }),
  tenure: int({ min: 0, unit: "months" }),
  contract: category(["Month-to-month", "One year"]),
  payment: category(["card", "check"], { nullable: true }),
  totalCharges: float({ min: 0, nullable: true, description: "so far" }),
  churn: bool(),
  seenAt: timestamp({ nullable: true }),
});

describe("schema", () => {
  test("is JSON that makes the same schema again", () => {
    const again: typeof customers = JSON.parse(JSON.stringify(customers));
    expect(schema(again.name, again.columns)).toEqual(customers);
  });

  test("says what each column is", () => {
    const specs: Readonly<Record<string, ColumnSpec>> = customers.columns;
    expect(specs["customerId"]).toEqual({
      kind: "text",
      nullable: false,
      key: true,
      pattern: "\\d{4}-[A-Z]{5}",
    });
    expect(specs["payment"]).toEqual({
      kind: "category",
      nullable: true,
      levels: ["card", "check"],
    });
    expect(specs["tenure"]).toEqual({ kind: "int", nullable: false, min: 0, unit: "months" });
  });

  test("gives the type of a row", () => {
    expectTypeOf<Row<typeof customers>>().toEqualTypeOf<{
      readonly customerId: string;
      readonly tenure: number;
      readonly contract: "Month-to-month" | "One year";
      readonly payment: "card" | "check" | null;
      readonly totalCharges: number | null;
      readonly churn: boolean;
      readonly seenAt: Date | null;
    }>();
    expectTypeOf<Row<(typeof customers)["columns"]>>().toEqualTypeOf<Row<typeof customers>>();
  });

  test("refuses what no table can hold", () => {
    expect(code(() => schema("t", {}))).toBe("table/missing-columns");
    expect(code(() => schema("t", { Tenure: int(), tenure: int() }))).toBe(
      "table/duplicate-columns",
    );
    expect(code(() => schema("t", { "": int() }))).toBe("table/unsupported-name");
    expect(code(() => schema("t", { "a\0b": int() }))).toBe("table/unsupported-name");
    expect(code(() => schema(" ", { a: int() }))).toBe("table/unsupported-name");
    expect(code(() => schema("t", JSON.parse('{"__proto__": {"kind": "int"}}')))).toBe(
      "table/unsupported-name",
    );
    expect(code(() => schema("t", JSON.parse('{"a": {"kind": "number"}}')))).toBe(
      "table/unsupported-kind",
    );
  });

  test("checks columns that come from JSON as it checks its own, and says where", () => {
    const column = JSON.parse('{"kind": "category", "nullable": false, "levels": ["a", "a"]}');
    expect(() => schema("t", { grade: column })).toThrow(
      'schema "t", column "grade": the level "a" stands twice',
    );
  });
});

describe("columns", () => {
  test("refuse levels that are missing or stand twice", () => {
    expect(code(() => category([]))).toBe("table/missing-levels");
    expect(code(() => category(["a", "b", "a"]))).toBe("table/duplicate-levels");
    expect(code(() => category(["\ud800"]))).toBe("table/unsupported-name");
  });

  test("refuse bounds that contradict each other or are not numbers", () => {
    expect(code(() => float({ min: 2, max: 1 }))).toBe("table/conflict-bounds");
    expect(code(() => int({ min: 0.5 }))).toBe("option/out-of-range");
    expect(code(() => float({ max: Number.NaN }))).toBe("option/out-of-range");
  });

  test("refuse a key that may be missing", () => {
    expect(code(() => text({ key: true, nullable: true }))).toBe("table/conflict-key");
  });

  test("refuse patterns that the two engines would not read alike", () => {
    for (const pattern of ["(", "a(?=b)", "(?<!a)b", "(a)\\1", /a/i])
      expect(code(() => text({ pattern }))).toBe("table/unsupported-pattern");
    expect(text({ pattern: "a\\\\1" }).pattern).toBe("a\\\\1");
  });

  test("refuse options that they do not have", () => {
    const misspelt = { nulable: true } as object;
    for (const column of [text, int, float, bool, timestamp])
      expect(code(() => column(misspelt))).toBe("option/unknown-name");
    expect(code(() => category(["a"], misspelt))).toBe("option/unknown-name");
  });

  test("law: a category keeps its levels in the order given", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1 }), (levels) => {
        expect(category(levels).levels).toEqual(levels);
      }),
    );
  });
});
