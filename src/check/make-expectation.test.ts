import { describe, expect, test } from "vitest";
import { int, schema, text } from "../table/index.ts";
import { expectations } from "./expectation.ts";
import { columnsOf, expectation } from "./make-expectation.ts";
import { expectationTypes } from "./types/catalogue.ts";

const rows = schema("rows", { n: int(), m: int(), t: text() });
const e = expectations(rows);
const between = "expect_column_values_to_be_between";

describe("expectation", () => {
  test("has the 54 types of Great Expectations and one of ours", () => {
    expect(expectationTypes).toHaveLength(55);
    expect(new Set(expectationTypes).size).toBe(55);
  });

  const refused: readonly (readonly [
    string,
    string,
    Parameters<typeof expectation>[1],
    string,
    string,
  ])[] = [
    [
      "an unknown type, naming the one that was meant",
      "expect_column_values_to_be_betwen",
      {},
      "check/unknown-type",
      'Did you mean "expect_column_values_to_be_between"?',
    ],
    ["a missing argument", between, {}, "check/missing-kwarg", 'the kwarg "column" is missing'],
    [
      "an argument of another kind",
      "expect_column_values_to_be_in_set",
      { column: "n", value_set: 3 },
      "check/mismatch-kwarg",
      "value_set must be a list of values; got 3",
    ],
    [
      "an argument that is none",
      between,
      { column: "n", min_valu: 0 },
      "check/unknown-kwarg",
      'Did you mean "min_value"?',
    ],
    [
      "mostly where no row can break it",
      "expect_column_max_to_be_between",
      { column: "n", mostly: 0.5 },
      "check/unknown-kwarg",
      'unknown kwarg "mostly"',
    ],
    [
      "a mostly that is no number",
      between,
      { column: "n", mostly: "most" },
      "check/mismatch-kwarg",
      "mostly must be a number",
    ],
    [
      "quantiles without their ranges",
      "expect_column_quantile_values_to_be_between",
      { column: "n", quantile_ranges: { quantiles: [0.5, 2], value_ranges: [[0, 1]] } },
      "check/mismatch-kwarg",
      "quantile_ranges must be",
    ],
    [
      "weights that do not sum to 1",
      "expect_column_kl_divergence_to_be_less_than",
      { column: "n", partition_object: { values: [1], weights: [0.5] } },
      "check/mismatch-kwarg",
      "weights add up to 1",
    ],
    [
      "look-ahead",
      "expect_column_values_to_match_regex",
      { column: "t", regex: "a(?=b)" },
      "check/unsupported-regex",
      "look-around",
    ],
    [
      "a back-reference in a list",
      "expect_column_values_to_match_regex_list",
      { column: "t", regex_list: ["(a)\\1"] },
      "check/unsupported-regex",
      "a back-reference",
    ],
    [
      "a date format with an unknown directive",
      "expect_column_values_to_match_strftime_format",
      { column: "t", strftime_format: "%Q" },
      "check/unsupported-format",
      "unknown directive %Q",
    ],
    [
      "a row condition that is a program",
      between,
      { column: "n", row_condition: "__import__('os').system('ls')", condition_parser: "pandas" },
      "check/unsupported-condition",
      'unknown function "__import__"',
    ],
  ];
  test.each(refused)("refuses %s", (...[, type, kwargs, code, sentence]) => {
    expect(() => expectation(type, kwargs)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(sentence) }),
    );
  });

  test("refuses a share and a severity that are none", () => {
    expect(() => expectation(between, { column: "n", mostly: 2 })).toThrow("mostly must be");
    expect(() => e.matches("t", /a/m)).toThrow(
      expect.objectContaining({ code: "check/unsupported-regex" }),
    );
  });

  test("takes parameters for arguments, and what every expectation takes", () => {
    const made = expectation(between, {
      column: "n",
      min_value: { $PARAMETER: "low" },
      result_format: "BASIC",
      batch_id: "b",
    });
    expect(made.kwargs["min_value"]).toEqual({ $PARAMETER: "low" });
  });

  test("writes a typed condition as Great Expectations does, where it has the form", () => {
    const when = (made: ReturnType<typeof e.notNull>) => made.kwargs["row_condition"];
    expect(
      when(e.notNull("n", { when: (c) => c.n.isAbove(3).and(c.t.isMissing().not()) })),
    ).toEqual({
      type: "and",
      conditions: [
        { type: "comparison", column: { name: "n" }, operator: ">", parameter: 3 },
        { type: "nullity", column: { name: "t" }, is_null: false },
      ],
    });
    const made = e.notNull("n", { when: (c) => c.n.plus(1).isBelow(c.m) });
    expect(when(made)).toMatchObject({ type: "pass_through" });
    expect(columnsOf(made)).toEqual(["n", "m"]);
    expect(() => e.columnCountIs(3, { when: (c) => c.n.is(1) })).toThrow("it is about the table");
  });

  test("does not compile for a column that is not there", () => {
    // @ts-expect-error the schema has no column "z"
    expect(e.notNull("z").column).toBe("z");
    // @ts-expect-error the schema has no column "z"
    expect(e.uniqueTogether(["n", "z"]).column).toBe(null);
  });
});
