import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frameOf } from "../../tests/peer/great-expectations.ts";
import {
  bool,
  category,
  type Engine,
  float,
  int,
  openEngine,
  schema,
  text,
  timestamp,
} from "../table/index.ts";
import { checkOneRow, rowCheck } from "./check-one-row.ts";
import { expectations } from "./expectation.ts";
import { expectation } from "./make-expectation.ts";
import { suite } from "./suite.ts";
import { validate } from "./validate.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const rows = schema("rows", {
  t: text({ nullable: true }),
  n: int({ nullable: true }),
  m: int({ nullable: true }),
  x: float({ nullable: true }),
  yes: bool({ nullable: true }),
  plan: category(["free", "paid"], { nullable: true }),
  at: timestamp({ nullable: true }),
});
const e = expectations(rows);
const noon = new Date("2024-01-02T12:00:00Z");
const all = suite("all", rows, [
  e.notNull("t"),
  e.isNull("n", { severity: "info" }),
  e.between("n", { min: 1, max: 3 }),
  e.between("x", { min: 0, strictMin: true, max: 1.5, strictMax: true }),
  e.between("t", { min: "b", max: "日" }),
  e.between("at", { min: noon }),
  e.inSet("plan", ["free"]),
  e.inSet("yes", [true]),
  e.inSet("at", [noon]),
  e.notInSet("n", [2, 3]),
  e.lengthBetween("t", { min: 2, strictMax: true, max: 4 }),
  e.lengthIs("n", 1),
  e.matches("t", /[a-z]\d*/i),
  e.notMatches("t", /\w+/),
  e.matchesSome("t", [/a.*/s, /.*b/], { all: true }),
  e.matchesNone("t", [/x/, /\s/]),
  expectation("expect_column_values_to_match_regex", { column: "t", regex: "(?m)^\\w$|\\s\\d" }),
  e.like("t", "a%"),
  e.notLike("t", "_b%"),
  e.likeSome("t", ["%a%", "%1"]),
  e.likeNone("t", ["%\n%", "%b"]),
  e.dateFormat("t", "%Y-%m-%d"),
  e.dateFormat("t", "%d %b %Y %H:%M"),
  e.isAbove("n", "m"),
  e.isAtLeast("n", "x", { ignore: "any" }),
  e.isEqual("n", "x", { ignore: "none" }),
  e.pairsIn("plan", "n", { pairs: [["free", 1], [null, 2], ["paid", null]] }), // biome-ignore format: a table
  e.rowSum(["n", "m", "x"], 3),
  e.rowSum(["n", "m"], 3, { ignore: "any" }),
  e.allEqual(["n", "m", "x"]),
  e.allDiffer(["n", "m", "x"], { ignore: "none" }),
  e.allEqual(["t", "plan"]),
  e.holds("n below m", (c) => c.n.isBelow(c.m)),
  e.between("x", { max: 0 }, { when: (c) => c.plan.is("free").or(c.n.isAbove(1)) }),
  expectation("expect_column_values_to_be_between", {
    column: "n",
    max_value: 1,
    row_condition: "plan != 'free' and not (x > 1)",
    condition_parser: "pandas",
  }),
  e.inSet("n", [1], { mostly: 0 }),
]);
const texts = [
  "a",
  "b1",
  "ab",
  "a b",
  "a\nb",
  "Ä",
  "日本",
  "𝒳",
  "2024-02-29",
  "2023-02-29",
  "5 jan 2024 07:30",
  "",
  "a%",
  "1",
  "\u0000",
];
const row = fc.record({
  t: fc.option(fc.oneof(fc.constantFrom(...texts), fc.string({ unit: "grapheme", maxLength: 5 }))),
  n: fc.option(fc.integer({ min: -1, max: 4 })),
  m: fc.option(fc.integer({ min: -1, max: 4 })),
  x: fc.option(fc.oneof(fc.constantFrom(0, 1, 1.5, Number.NaN), fc.double({ min: -2, max: 3 }))),
  yes: fc.option(fc.boolean()),
  plan: fc.option(fc.constantFrom("free", "paid")),
  at: fc.option(fc.constantFrom(noon, new Date("2023-12-31T23:59:59.999Z"))),
});

describe("checkOneRow", () => {
  test("law: it gives what the scan gives on a table of that row alone", async () => {
    const check = rowCheck(all);
    await fc.assert(
      fc.asyncProperty(row, async (one) => {
        const { t, n, m, x, yes, plan, at } = one;
        const table = frameOf(engine, rows, [[t, n, m, x, yes, plan, at]]);
        const { results } = await validate(table, all, {
          resultFormat: { result_format: "BASIC", partial_unexpected_count: 0 },
        });
        const scanned = results.map(({ success, result }) => [success, result["unexpected_count"]]);
        const { findings, skipped } = check(one);
        expect(findings.map(({ passed, failedRows }) => [passed, failedRows])).toEqual(scanned);
        expect(skipped).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test("names what one row cannot answer", () => {
    const some = suite("some", rows, [e.unique("t"), e.notNull("n"), e.mean("x", { min: 0 })]);
    expect(checkOneRow(some, { t: null, n: 1, x: null })).toMatchObject({
      passed: true,
      findings: [{ expectation: "n has a value", passed: true, rows: 1 }],
      skipped: ["t is unique", "the mean of x is ≥ 0"],
    });
  });

  test("refuses a cell of another type", () => {
    const some = suite("some", rows, [e.between("n", { min: 0 })]);
    expect(() => checkOneRow(some, { n: "1" })).toThrow(
      expect.objectContaining({ code: "table/mismatch-type" }),
    );
  });
});
