import { describe, expect, test } from "vitest";
import { readPeerCases } from "../../../tests/peer/great-expectations.ts";
import { int, schema, text } from "../../table/index.ts";
import { expectations } from "../expectation.ts";
import { suite, withSchema } from "../suite.ts";
import { expectationJson, readSuite, writeSuite } from "./suite-json.ts";

const rows = schema("rows", { n: int(), t: text() });
const e = expectations(rows);

describe("readSuite", () => {
  test("reads what 0.x wrote and what 1.x writes as the same suite", () => {
    const kwargs = { column: "n", min_value: 0, mostly: 0.9 };
    const old = readSuite({
      expectation_suite_name: "s",
      data_asset_type: null,
      evaluation_parameters: { p: 1 },
      expectations: [{ expectation_type: "expect_column_values_to_be_between", kwargs, meta: {} }],
      meta: { great_expectations_version: "0.15.50" },
    });
    const today = readSuite({
      name: "s",
      suite_parameters: { p: 1 },
      expectations: [{ type: "expect_column_values_to_be_between", kwargs, severity: "critical" }],
      meta: { great_expectations_version: "1.24.1" },
    });
    expect(old).toEqual(today);
    expect(old.expectations[0]).toMatchObject({
      mostly: 0.9,
      kwargs: { column: "n", min_value: 0 },
    });
  });

  test("gives every expectation that Great Expectations wrote again as it was", async () => {
    for (const { written } of (await readPeerCases()).cases) {
      const [made] = readSuite({ name: "s", expectations: [written] }).expectations;
      expect(made && expectationJson(made)).toMatchObject({ ...written, id: made?.id });
    }
  });

  const corrupt: readonly (readonly [unknown, string, string])[] = [
    ["{", "json/corrupt-text", "readSuite: this is not JSON"],
    ["[]", "check/corrupt-json", "the document must be an object"],
    [{ expectations: [] }, "check/corrupt-json", "name must be a text; got null"],
    [{ name: "s", expectations: 3 }, "check/corrupt-json", "expectations must be a list; got 3"],
    [{ name: "s", expectations: [{ type: "expect_column_to_exist" }] }, "check/corrupt-json", "expectations[0].kwargs must be an object"], // biome-ignore format: a row
    [{ name: "s", expectations: [{ type: "x", kwargs: {} }] }, "check/unknown-type", "unknown expectation type"], // biome-ignore format: a row
    [{ name: "s", expectations: [{ type: "expect_column_to_exist", kwargs: { column: "n" }, severity: "bad" }] }, "check/corrupt-json", "expectations[0].severity must be"], // biome-ignore format: a row
  ];
  test.each(corrupt)("refuses %j", (json, code, sentence) => {
    expect(() => readSuite(json)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(sentence) }),
    );
  });
});

describe("writeSuite", () => {
  const made = suite("s", rows, [
    e.matches("t", /\d+[\w-]/i, { description: "d", notes: ["n"], meta: { a: 1 }, id: "i" }),
    e.between("n", { min: 1, strictMax: true, max: 3 }, { mostly: 0.5, severity: "warning" }),
    e.notNull("n", { when: (c) => c.t.is("a").or(c.n.isAtMost(3)) }),
    e.notNull("t", { when: (c) => c.n.plus(1).isAbove(3) }),
    e.holds("n is {small}", (c) => c.n.isBelow(3), { mostly: 0.9, when: (c) => c.t.is("{") }),
    e.rowCount({ min: 1 }),
  ]);

  test("writes what reads as the same suite, typed conditions too", () => {
    const { schema: _, ...plain } = made;
    const read = readSuite(writeSuite(made));
    expect(read.expectations).toEqual(plain.expectations);
    expect(writeSuite(withSchema(read, rows))).toBe(writeSuite(made));
  });

  test("writes a condition over columns as a query that Great Expectations runs", () => {
    const { expectations: written } = JSON.parse(writeSuite(made));
    expect(written[4]).toMatchObject({
      type: "unexpected_rows_expectation",
      description: "n is {small}",
      kwargs: {
        unexpected_rows_query:
          "SELECT * FROM {batch} WHERE NOT ((CAST(\"n\" AS DOUBLE) < '3'::DOUBLE)) AND ((\"t\" = '{{'))",
      },
    });
    expect(written[0].kwargs.regex).toBe("(?i)^(?:[0-9]+[0-9A-Za-z_-])$");
  });

  test("refuses to bind a suite to a schema that lacks a column of it", () => {
    const read = readSuite({
      name: "s",
      expectations: [
        { type: "expect_compound_columns_to_be_unique", kwargs: { column_list: ["n", "z"] } },
      ],
    });
    expect(() => withSchema(read, rows)).toThrow(
      expect.objectContaining({ code: "check/unknown-column" }),
    );
  });
});
