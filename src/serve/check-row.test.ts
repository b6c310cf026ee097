import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMillraceError } from "../core/index.ts";
import type { Signature } from "../flow.ts";
import { checkRow, checkRows, rowChecker } from "./check-row.ts";

const signature: Signature = {
  inputs: {
    tenure: { kind: "int", nullable: false, min: 0, max: 100 },
    charges: { kind: "float", nullable: true },
    contract: { kind: "category", nullable: false, levels: ["month", "year"] },
    code: { kind: "text", nullable: true, pattern: "[A-Z]{2}\\d" },
    senior: { kind: "bool", nullable: true },
    since: { kind: "timestamp", nullable: true },
  },
  output: { name: "churn", kind: "bool" },
};
const right = { tenure: 3, charges: 1.5, contract: "year", code: "AB1", senior: true };
const problemsOf = (value: unknown): unknown => {
  try {
    checkRow(signature, value);
    return [];
  } catch (error) {
    return isMillraceError(error, "serve/mismatch-request") ? error.details["problems"] : error;
  }
};

describe("checkRow", () => {
  test("gives a cell per input, in the signature's order, absent ones null", () => {
    const cells = checkRow(signature, { contract: "year", tenure: 3 });
    expect(Object.entries(cells)).toEqual([
      ["tenure", 3],
      ["charges", null],
      ["contract", "year"],
      ["code", null],
      ["senior", null],
      ["since", null],
    ]);
  });

  test("reads a moment with its zone", () => {
    const { since } = checkRow(signature, { ...right, since: "2026-02-28T23:30:00+02:00" });
    expect(since).toEqual(new Date("2026-02-28T21:30:00Z"));
    const date = new Date(5);
    expect(checkRow(signature, { ...right, since: date })["since"]).toEqual(date);
  });

  test("lists every problem by field at once", () => {
    expect(problemsOf({ tenur: 3, charges: "12", contract: 4, code: "ab1" })).toEqual([
      { field: "tenure", expected: "a whole number ≥ 0 and ≤ 100", got: "nothing" },
      { field: "charges", expected: "a number", got: '"12"' },
      { field: "contract", expected: "a text", got: "4" },
      { field: "code", expected: 'a text that matches "[A-Z]{2}\\\\d"', got: '"ab1"' },
      {
        field: "tenur",
        expected:
          'one of the fields "tenure", "charges", "contract", "code", "senior", "since" (did you mean "tenure"?)',
        got: '"tenur"',
      },
    ]);
  });

  test.each([
    ["a fraction for a whole number", { tenure: 1.5 }],
    ["a number below the smallest", { tenure: -1 }],
    ["a number above the largest", { tenure: 101 }],
    ["a whole number past 2^53", { tenure: 2 ** 53 }],
    ["NaN", { charges: Number.NaN }],
    ["Infinity", { charges: Number.POSITIVE_INFINITY }],
    ["a missing category", { contract: null }],
    ["a text that matches in part", { code: "xAB1" }],
    ["half of a surrogate pair", { contract: "\ud800" }],
    ["a NUL character", { contract: "a\0" }],
    ["1 for true", { senior: 1 }],
    ["a day its month has not", { since: "2026-02-30T00:00:00Z" }],
    ["a moment without a zone", { since: "2026-02-20T00:00:00" }],
    ["milliseconds for a moment", { since: 5 }],
    ["a list for a text", { contract: ["year"] }],
    ["an unknown field", { __proto__: null, constructor: 1 }],
  ])("refuses %s", (_, change) => {
    expect(problemsOf({ ...right, ...change })).toHaveLength(1);
  });

  test.each([
    ["a list", []],
    ["a text", "x"],
    ["null", null],
    ["a date", new Date(0)],
  ])("refuses %s for a row", (_, value) => {
    expect(problemsOf(value)).toMatchObject([{ field: "", expected: "an object of fields" }]);
  });

  test("refuses a field called __proto__ that came as JSON", () => {
    const value: unknown = JSON.parse('{"tenure":3,"contract":"year","__proto__":{"a":1}}');
    expect(problemsOf(value)).toMatchObject([{ field: "__proto__" }]);
  });

  test("lets an unknown category pass with a warning", () => {
    const { problems, warnings } = rowChecker(signature)({ ...right, contract: "decade" });
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      'contract: unknown category "decade", served as unknown; known are "month", "year"',
    ]);
  });

  test("names the row where several are checked, and counts what it does not list", () => {
    const check = rowChecker(signature);
    const rows = [right, ...Array.from({ length: 150 }, () => ({ ...right, tenure: -1 }))];
    const error = (() => {
      try {
        return checkRows("test", check, rows);
      } catch (caught) {
        return caught;
      }
    })();
    expect(isMillraceError(error) && error.details).toMatchObject({ total: 150 });
    expect(isMillraceError(error) && error.details["problems"]).toHaveLength(100);
    expect(error).toMatchObject({ message: expect.stringContaining("row 1, tenure: expected") });
  });

  test("law: a row of right cells is accepted and comes back unchanged", () => {
    const row = fc.record({
      tenure: fc.integer({ min: 0, max: 100 }),
      charges: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      contract: fc.constantFrom("month", "year"),
      code: fc.option(fc.stringMatching(/^[A-Z]{2}\d$/)),
      senior: fc.option(fc.boolean()),
      since: fc.option(fc.date({ noInvalidDate: true })),
    });
    fc.assert(
      fc.property(row, (value) => {
        const cells = checkRow(signature, value);
        expect(cells).toEqual({ ...value, charges: value.charges === 0 ? 0 : value.charges });
      }),
    );
  });

  test("law: anything is either accepted or refused with problems, never otherwise", () => {
    const fields = fc.constantFrom(...Object.keys(signature.inputs), "other");
    fc.assert(
      fc.property(fc.dictionary(fields, fc.anything()), (value) => {
        const { cells, problems } = rowChecker(signature)(value);
        if (problems.length === 0)
          expect(Object.keys(cells)).toEqual(Object.keys(signature.inputs));
        for (const { field } of problems) expect(typeof field).toBe("string");
      }),
    );
  });
});
