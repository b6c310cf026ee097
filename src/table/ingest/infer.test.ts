import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inferKind } from "./infer.ts";

const kindOf = (...texts: readonly (string | null)[]): string => inferKind(texts).kind;

describe("inferKind", () => {
  test("finds integers, doubles, booleans, timestamps and text", () => {
    expect(kindOf("1", "-2", "+3", " 4 ", null, "")).toBe("int");
    expect(kindOf("1", "2.5", ".5", "1e3", "7.")).toBe("float");
    expect(kindOf("true", "FALSE")).toBe("bool");
    expect(kindOf("2024-01-31", "2024-01-31 10:00", "2024-01-31T10:00:00.123Z")).toBe("timestamp");
    expect(kindOf("Yes", "No")).toBe("text");
  });

  test("keeps as text what no number can hold: leading zeros, integers past 2^53, mixtures", () => {
    expect(kindOf("007", "12")).toBe("text");
    expect(kindOf("00.5")).toBe("text");
    expect(kindOf("9007199254740991")).toBe("int");
    expect(kindOf("9007199254740992")).toBe("text");
    expect(kindOf("1", "true")).toBe("text");
    expect(kindOf("1", "2024-01-01")).toBe("text");
  });

  test("takes NaN and infinities beside numbers for cells that will not fit, and alone for text", () => {
    expect(kindOf("1.5", "NaN", "-Infinity", "1e999")).toBe("float");
    expect(kindOf("1", "nan")).toBe("float");
    expect(kindOf("nan", "inf")).toBe("text");
    expect(kindOf("nan", "true")).toBe("text");
  });

  test("takes only days of the calendar from the year 1 for times", () => {
    expect(kindOf("0001-01-01", "9999-12-31")).toBe("timestamp");
    expect(kindOf("0000-12-31")).toBe("text");
    expect(kindOf("2024-02-30")).toBe("text");
    expect(kindOf("2023-02-29")).toBe("text");
  });

  test("says of a column without a value that it is empty, and text", () => {
    expect(inferKind(["", null])).toEqual({ kind: "text", empty: true });
    expect(inferKind([])).toEqual({ kind: "text", empty: true });
  });

  test("law: what was written as one kind is found as that kind", () => {
    const safe = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(fc.array(safe, { minLength: 1 }), (n) => kindOf(...n.map(String)) === "int"),
    );
    const time = fc.date({
      min: new Date("0001-01-01"),
      max: new Date("9999-12-31"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 1 }),
        (t) => kindOf(...t.map((d) => d.toISOString())) === "timestamp",
      ),
    );
  });
});
