import { describe, expect, test } from "vitest";
import type { Json } from "../../flow.ts";
import { type ColumnProfile, profileFormat, type TableProfile } from "./profile.ts";
import { type ProposeOptions, proposeSuite } from "./propose-suite.ts";

const plain: ColumnProfile = {
  name: "x",
  kind: "int",
  count: 100,
  missing: 0,
  missingShare: 0,
  distinct: 50,
  distinctExact: true,
  top: [],
  topHolds: "most",
  number: null,
  text: null,
};
const numbers = {
  infinite: 0,
  zeros: 0,
  negatives: 0,
  mean: 0,
  std: 1,
  quantiles: [],
  histogram: null,
};
const words = { shortest: 3, meanLength: 3, longest: 3, empty: 0, padded: 0, pattern: null };

const profileWith = (
  column: Partial<ColumnProfile>,
  table: Partial<TableProfile> = {},
): TableProfile => ({
  format: profileFormat,
  table: "points",
  rows: 100,
  looked: 100,
  measured: 100,
  duplicateRows: 0,
  key: [],
  duplicateKeys: null,
  constantColumns: [],
  emptyColumns: [],
  leftOut: [],
  columns: [{ ...plain, ...column }],
  missing: { rows: [], columns: [], pairs: [], pairsCounted: 0 },
  correlations: { columns: [], values: [] },
  drift: null,
  ...table,
});
const proposedFor = (column: Partial<ColumnProfile>, options: ProposeOptions = {}) =>
  proposeSuite(profileWith({ missing: 1, ...column }), options)
    .proposals.slice(1)
    .map(({ type, kwargs }): Readonly<Record<string, Json>> => ({ type, ...kwargs }));

describe("proposeSuite", () => {
  test("row counts are widened by the margin", () => {
    const [first] = proposeSuite(profileWith({}), { margin: 0.25 }).proposals;
    expect(first?.kwargs).toEqual({ min_value: 75, max_value: 125 });
    expect(first?.reason).toBe("the table has 100 rows, give or take 25 %");
  });

  test("a complete column must stay complete", () => {
    expect(proposedFor({ missing: 0 })).toEqual([
      { type: "expect_column_values_to_not_be_null", column: "x" },
    ]);
  });

  test("texts that are all different are unique; measures and estimates are not", () => {
    const unique = { type: "expect_column_values_to_be_unique", column: "x" };
    expect(proposedFor({ kind: "text", text: words, distinct: 100 })).toEqual([unique]);
    expect(proposedFor({ kind: "float", number: null, distinct: 100 })).toEqual([]);
    expect(proposedFor({ kind: "text", text: words, distinct: 100, distinctExact: false })).toEqual(
      [],
    );
  });

  test("few categories, often seen, make a set", () => {
    const top = [
      { value: "b", count: 60 },
      { value: "a", count: 40 },
    ];
    const few = { kind: "text", text: words, distinct: 2, top, topHolds: "all" } as const;
    expect(proposedFor(few)).toEqual([
      { type: "expect_column_values_to_be_in_set", column: "x", value_set: ["a", "b"] },
    ]);
    expect(proposedFor({ ...few, count: 4 })).toEqual([]);
    expect(proposedFor({ ...few, topHolds: "most" })).toEqual([]);
    expect(proposedFor({ ...few, text: { ...words, longest: 200 } })).toEqual([]);
  });

  test("bounds are short, hold the values, and do not cross zero", () => {
    const between = (number: { min: number; max: number }, kind: "int" | "float", margin = 0.1) => {
      const [found] = proposedFor({ kind, number: { ...numbers, ...number } }, { margin });
      return [found?.["min_value"], found?.["max_value"]];
    };
    expect(between({ min: 0, max: 72 }, "int")).toEqual([0, 80]);
    expect(between({ min: -7, max: -1 }, "int")).toEqual([-8, 0]);
    expect(between({ min: 18.250000000000004, max: 118.75 }, "float")).toEqual([8, 129]);
    expect(between({ min: 0.1 + 0.2, max: 0.1 + 0.2 }, "float", 0)[0]).toBeLessThanOrEqual(
      0.1 + 0.2,
    );
    expect(between({ min: -1.7e308, max: 1.7e308 }, "float")).toEqual([undefined, undefined]);
    expect(between({ min: 0, max: 2 ** 60 }, "int")).toEqual([undefined, undefined]);
  });

  test("a form of many texts makes a pattern that means the whole text", () => {
    const ids = { kind: "text", distinct: 50, text: { ...words, pattern: "\\d{4}" } } as const;
    expect(proposedFor(ids)).toEqual([
      { type: "expect_column_values_to_match_regex", column: "x", regex: "^\\d{4}$" },
    ]);
    const [, expectation] = proposeSuite(profileWith({ ...ids, missing: 1 })).suite.expectations;
    expect(expectation?.says).toBe("x matches /\\d{4}/");
    expect(proposedFor({ ...ids, distinct: 5 })).toEqual([]);
  });

  test("what no row breaks is not read off a sample", () => {
    const sample = profileWith(
      { kind: "text", text: { ...words, pattern: "\\d" }, distinct: 100, missing: 1 },
      { rows: 1000 },
    );
    expect(proposeSuite(sample).proposals.map(({ column }) => column)).toEqual([null]);
  });

  test("mostly is said of rows, not of the table", () => {
    const { proposals, suite } = proposeSuite(profileWith({}), { mostly: 0.95 });
    expect(proposals.map(({ kwargs }) => kwargs["mostly"])).toEqual([undefined, 0.95]);
    expect(suite.expectations.map(({ mostly }) => mostly)).toEqual([1, 0.95]);
  });

  test("options that are none are refused", () => {
    for (const options of [{ mostly: 2 }, { margin: -1 }])
      expect(() => proposeSuite(profileWith({}), options)).toThrow(/must be/);
    expect(() => proposeSuite(profileWith({}), { most: 1 } as ProposeOptions)).toThrow(
      /unknown option/,
    );
  });
});
