import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frameOf } from "../../tests/peer/great-expectations.ts";
import { steppingClock } from "../core/index.ts";
import {
  type Engine,
  type Frame,
  float,
  frame,
  int,
  openEngine,
  schema,
  text,
} from "../table/index.ts";
import { expectations } from "./expectation.ts";
import { readSuite } from "./json/suite-json.ts";
import { type Expectation, expectation } from "./make-expectation.ts";
import { highestFailure } from "./result.ts";
import { check, suite } from "./suite.ts";
import { expectationTypes } from "./types/catalogue.ts";
import { validate } from "./validate.ts";

const points = schema("points", {
  id: text({ key: true }),
  x: int({ nullable: true }),
  y: float({ nullable: true }),
});
const e = expectations(points);
let engine: Engine;
let rows: Frame<typeof points.columns>;
beforeAll(async () => {
  engine = await openEngine();
  rows = frameOf(engine, points, [
    ["a", 1, 1.5],
    ["b", -1, Number.NaN],
    ["c", null, 3],
    ["d", 7, -2],
  ]);
});
afterAll(() => engine.close());

const one = async (made: Expectation, options = {}) => {
  const given = { name: "one", expectations: [made] };
  return (await validate(rows, given, options)).results[0];
};

/** An expectation of every type by the typed builder, with what it says of the points. */
const typed: readonly (readonly [Expectation, boolean])[] = [
  [e.notNull("x"), false],
  [e.isNull("x"), false],
  [e.unique("id"), true],
  [e.between("x", { min: 0 }), false],
  [e.inSet("x", [1, -1, 7]), true],
  [e.notInSet("x", [7]), false],
  [e.ofType("x", "BIGINT"), true],
  [e.ofTypes("y", ["int64", "DOUBLE"]), true],
  [e.matches("id", /[a-d]/), true],
  [e.notMatches("id", /b/), false],
  [e.matchesSome("id", [/[ab]/, /[bcd]/]), true],
  [e.matchesSome("id", [/[ab]/, /[bcd]/], { all: true, mostly: 0.25 }), true],
  [e.matchesNone("id", [/x/, /d/]), false],
  [e.like("id", "_"), true],
  [e.notLike("id", "a%"), false],
  [e.likeSome("id", ["a", "b", "c"], { mostly: 0.75 }), true],
  [e.likeNone("id", ["e"]), true],
  [e.dateFormat("id", "%Y"), false],
  [e.lengthBetween("id", { min: 1, max: 1 }), true],
  [e.lengthIs("id", 2), false],
  [e.zScoreBelow("x", 1, { doubleSided: false }), false],
  [e.noOutliers("x"), true],
  [e.max("x", { max: 7, strictMax: true }), false],
  [e.min("x", { min: -1 }), true],
  [e.mean("y", { min: 0.8, max: 0.9 }), true],
  [e.median("y", { min: 1.5, max: 1.5 }), true],
  [e.standardDeviation("y", { max: 1 }), false],
  [e.sum("x", { min: 7, max: 7 }), true],
  [e.quantiles("x", [{ quantile: 0.5, min: 1, max: 1 }, { quantile: 1, max: 6 }]), false], // biome-ignore format: a row
  [e.distinctCount("x", { min: 3 }), true],
  [e.distinctShare("x", { min: 1 }), true],
  [e.presentShare("x", { min: 0.8 }), false],
  [e.distinctIn("x", [1, 7]), false],
  [e.distinctInclude("x", [1, 7]), true],
  [e.distinctAre("x", [1, 7, -1]), true],
  [e.mostCommonIn("x", [7], { tiesOkay: true }), true],
  [e.divergence("x", { threshold: 0.1, values: [1, 7, -1], weights: [0.4, 0.3, 0.3] }), true],
  [e.isAbove("x", "y"), false],
  [e.isAtLeast("x", "y", { ignore: "any", mostly: 0.5 }), true],
  [e.isEqual("x", "y"), false],
  [e.pairsIn("x", "y", { pairs: [[1, 1.5], [-1, null], [null, 3]], mostly: 0.75 }), true], // biome-ignore format: a row
  [e.rowSum(["x", "y"], 2.5, { mostly: 0.25 }), true],
  [e.allEqual(["x", "y"]), false],
  [e.allDiffer(["x", "y"]), true],
  [e.uniqueTogether(["id", "x"]), true],
  [e.rowCount({ min: 4 }), true],
  [e.rowCountIs(5), false],
  [e.rowCountOf("same"), true],
  [e.columnCount({ max: 2 }), false],
  [e.columnCountIs(3), true],
  [e.columnsAre(["id", "y", "x"]), false],
  [e.columnsInclude(["y", "x"]), true],
  [e.columnExists("x", { index: 1 }), true],
  [e.columnType("id", "VARCHAR"), true],
  [e.noRows("SELECT * FROM {batch} WHERE x > 7"), true],
  [e.refersTo("id", { table: "same" }), true],
  [e.sameResults({ query: "SELECT max(x) AS m FROM {batch}", source: "other", sourceQuery: "q" }), true], // biome-ignore format: a row
  [e.holds("x is above y", (c) => c.x.isAbove(c.y)), false],
];

/** Types that need a query before the scan, or of another source. */
const second = /outliers|z_scores|query_results/;

describe("validate", () => {
  test("judges an expectation of every type, made by the typed builder", async () => {
    const given = suite(
      "all",
      points,
      typed.map(([made]) => made),
    );
    const around = { tables: { same: rows }, sources: { other: async () => [{ m: 7 }] } };
    const { results } = await validate(rows, given, around);
    const found = results.map(({ success }, i) => [typed[i]?.[0].says, success]);
    expect(found).toEqual(typed.map(([made, success]) => [made.says, success]));
    expect(results.filter((one) => one.exception_info.raised_exception)).toEqual([]);
    expect(new Set(typed.map(([made]) => made.type))).toEqual(new Set(expectationTypes));
    const report = await check(rows, given, around);
    expect(report.findings.map(({ passed }) => passed)).toEqual(results.map((r) => r.success));
  });

  test("runs a whole suite as one statement when everything holds", async () => {
    const statements: string[] = [];
    const watched: Engine = {
      ...engine,
      queryJson: (sql) => {
        statements.push(sql);
        return engine.queryJson(sql);
      },
    };
    const holding = typed.flatMap(([made, success]) =>
      success && made.mostly === 1 && !second.test(made.type) ? [made] : [],
    );
    const given = { name: "holding", expectations: holding };
    const watchedRows = frame({ engine: watched, schema: points, sql: rows.sql });
    const result = await validate(watchedRows, given, { tables: { same: rows } });
    expect([result.success, statements.length]).toEqual([true, 1]);
  });

  test("says as much as each result format says", async () => {
    const made = e.between("x", { min: 0 });
    const keys = async (resultFormat: string) =>
      Object.keys((await one(made, { resultFormat }))?.result ?? {}).sort();
    const basic = [
      "element_count",
      "unexpected_count",
      "unexpected_percent",
      "missing_count",
      "missing_percent",
      "unexpected_percent_total",
      "unexpected_percent_nonmissing",
      "partial_unexpected_list",
    ].sort();
    const summary = [...basic, "partial_unexpected_counts"].sort();
    expect(await keys("BOOLEAN_ONLY")).toEqual([]);
    expect(await keys("BASIC")).toEqual(basic);
    expect(await keys("SUMMARY")).toEqual(summary);
    expect(await keys("COMPLETE")).toEqual(
      [
        ...summary,
        "partial_unexpected_index_list",
        "unexpected_list",
        "unexpected_index_list",
        "unexpected_index_query",
      ].sort(),
    );
    const indexed = await one(made, {
      resultFormat: { result_format: "COMPLETE", unexpected_index_column_names: ["id"] },
    });
    expect(indexed?.result["unexpected_index_list"]).toEqual([{ x: -1, id: "b" }]);
    const query = String(indexed?.result["unexpected_index_query"]);
    expect(await engine.query(query)).toMatchObject([{ c0: -1, c1: "b" }]);
    const bare = await one(made, {
      resultFormat: {
        result_format: "SUMMARY",
        exclude_unexpected_values: true,
        partial_unexpected_count: 0,
      },
    });
    expect(bare?.result).not.toHaveProperty("partial_unexpected_list");
    await expect(one(made, { resultFormat: "ALL" })).rejects.toThrow(
      "result_format must be one of",
    );
  });

  test("fails an expectation about a column that is not there, and no other", async () => {
    const given = readSuite({
      name: "s",
      expectations: [
        { type: "expect_column_mean_to_be_between", kwargs: { column: "z", max_value: 1 } },
        { type: "expect_column_values_to_not_be_null", kwargs: { column: "id" } },
      ],
    });
    const { results, statistics, success } = await validate(rows, given);
    expect(success).toBe(false);
    expect(statistics.success_percent).toBe(50);
    expect(results[0]?.exception_info).toEqual({
      raised_exception: true,
      exception_message:
        'expect_column_mean_to_be_between is about column "z", which the rows have not; they have "id", "x", "y".',
      exception_traceback: "error[check/unknown-column]",
    });
    expect(results[1]?.success).toBe(true);
  });

  test("finds rows that refer to nothing in another table, and runs SQL over several", async () => {
    const owners = schema("owners", { owner: text({ nullable: true }) });
    const known = frameOf(engine, owners, [["a"], [null], ["b"]]);
    const pets = schema("pets", { "of {1}": text({ nullable: true }), n: int() });
    const given = frameOf(engine, pets, [["a", 1], ["c", 2], [null, 3]]); // biome-ignore format: rows
    const p = expectations(pets);
    const orphans = p.refersTo("of {1}", { table: "demo.owners", column: "owner" });
    const join = 'SELECT n FROM {batch} JOIN "demo.owners" ON owner = "of {{1}}" WHERE n > 1';
    const judged = suite("pets", pets, [orphans, p.noRows(join)]);
    const around = { tables: { "demo.owners": known } };
    const { results } = await validate(given, judged, { resultFormat: "COMPLETE", ...around });
    expect(results.map(({ success }) => success)).toEqual([false, true]);
    expect(results[0]?.result).toEqual({
      observed_value: 1,
      details: { unexpected_rows: [{ "of {1}": "c", n: 2 }] },
    });
    expect(orphans.says).toBe("of {1} is one of demo.owners.owner");
    const alone = (await validate(given, judged)).results[0];
    expect(alone?.exception_info.exception_message).toContain("demo.owners");
  });

  const raised: readonly (readonly [string, Expectation, string])[] = [
    ["numbers of texts", e.mean("id", { min: 0 }), "check/mismatch-kind"],
    ["texts of numbers", e.matches("y", /a/), "check/mismatch-kind"],
    ["a bound of another kind", e.between("x", { min: "a" }), "check/mismatch-kind"],
    ["columns that cannot be compared", e.isAbove("id", "x"), "check/mismatch-kind"],
    ["a table that was not given", e.rowCountOf("nowhere"), "check/missing-table"],
    [
      "a source that was not given",
      e.sameResults({ query: "SELECT 1", source: "nowhere", sourceQuery: "q" }),
      "check/missing-table",
    ],
    ["SQL that is none", e.noRows("SELEC 1"), "check/failed-query"],
    ["braces that are none", e.noRows("SELECT {x} FROM {batch}"), "check/failed-query"],
    [
      "a parameter without a value",
      expectation("expect_column_max_to_be_between", {
        column: "x",
        max_value: { $PARAMETER: "p" },
      }),
      "check/missing-parameter",
    ],
    [
      "a quantile by an unknown rule",
      expectation("expect_column_quantile_values_to_be_between", {
        column: "x",
        quantile_ranges: { quantiles: [0.5], value_ranges: [[0, 1]] },
        allow_relative_error: "midpoint",
      }),
      "check/unsupported-option",
    ],
    [
      "a divergence from bins of itself",
      expectation("expect_column_kl_divergence_to_be_less_than", { column: "x", threshold: 1 }),
      "check/unsupported-option",
    ],
    [
      "a condition on a text's order",
      expectation("expect_column_max_to_be_between", {
        column: "x",
        max_value: 9,
        row_condition: "id > 'a'",
      }),
      "check/unsupported-condition",
    ],
  ];
  test.each(raised)("fails alone for %s", async (_, made, code) => {
    const given = { name: "s", expectations: [made, e.notNull("id")] };
    const [bad, good] = (await validate(rows, given)).results;
    expect(bad?.exception_info.exception_traceback).toBe(`error[${code}]`);
    expect(good?.success).toBe(true);
  });

  test("takes parameters from the suite and from the call, which wins", async () => {
    const made = expectation("expect_column_max_to_be_between", {
      column: "x",
      max_value: { $PARAMETER: "most" },
    });
    const given = { name: "s", expectations: [made], parameters: { most: 3 } };
    expect((await validate(rows, given)).success).toBe(false);
    const result = await validate(rows, given, { parameters: { most: 7 } });
    expect(result.success).toBe(true);
    expect(result.results[0]?.expectation_config["kwargs"]).toEqual({
      column: "x",
      max_value: 7,
      batch_id: "points",
    });
  });

  test("dates the result by the clock, and knows the gravest failure", async () => {
    const given = suite("s", points, [
      e.notNull("x", { severity: "info" }),
      e.between("x", { min: 0 }, { severity: "warning" }),
    ]);
    const clock = steppingClock(Date.UTC(2024, 0, 2));
    const result = await validate(rows, given, { clock, runName: "nightly" });
    expect(result.meta["run_id"]).toEqual({
      run_name: "nightly",
      run_time: "2024-01-02T00:00:00.000+00:00",
    });
    expect(highestFailure(result)).toBe("warning");
    expect(highestFailure({ results: [] })).toBe(null);
  });
});
