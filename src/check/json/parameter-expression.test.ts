import { describe, expect, test } from "vitest";
import { int, schema, timestamp } from "../../table/index.ts";
import { expectation } from "../make-expectation.ts";
import { compileExpectation } from "../scan/compile.ts";
import { evaluateParameter } from "./parameter-expression.ts";
import { readSuite, writeSuite } from "./suite-json.ts";

const place = {
  valueOf: (name: string) => ({ low: 3, big_1: 10, day: "2024-01-02T00:00:00Z", set: ["a"] })[name],
  nowMs: Date.UTC(2024, 0, 8),
  missing: (name: string): never => {
    throw new Error(`missing ${name}`);
  },
  refuse: (reason: string): never => {
    throw new Error(reason);
  },
};

describe("evaluateParameter", () => {
  test.each([
    ["low", 3],
    ["set", ["a"]],
    ["low + 2 * big_1", 23],
    ["(low + 2) * -big_1 / 4", -12.5],
    ["2 ^ 3 ^ 2", 512],
    ["-2 ^ 2", 4],
    ["trunc(7.9) + round(2.5) + round(3.5) + abs(-1) + sgn(-3)", 13],
    ["cos(PI) + exp(0)", 0],
    ["now() - timedelta(days=1, hours=12)", "2024-01-06T12:00:00.000Z"],
    ["day + timedelta(1)", "2024-01-03T00:00:00.000Z"],
    ["datetime(2024, 2, 29, hour=5)", "2024-02-29T05:00:00.000Z"],
  ])("%s is %j", (text, value) => {
    expect(evaluateParameter(text, place)).toEqual(value);
  });

  test.each([
    ["high", "missing high"],
    ["low + high", "missing high"],
    ["low +", '"the end" was not expected'],
    ["low low", '"low" was not expected'],
    ["(low", 'expected ")"'],
    ["low § 3", 'unreadable from "§ 3"'],
    ["now() + now()", "a moment + a moment"],
    ["now() * 2", "a moment * a number"],
    ["now() - day", "it is a length of time"],
    ["set + 1", "neither a number nor a moment"],
    ["open(1)", "open of 1 values"],
    ["timedelta(years=1)", 'the argument "years"'],
  ])("refuses %s", (text, reason) => {
    expect(() => evaluateParameter(text, place)).toThrow(reason);
  });
});

describe("suite parameters", () => {
  const columns = schema("rows", { n: int(), at: timestamp() }).columns;
  const around = {
    columns,
    parameters: { low: 2, share: 0.5 },
    tables: {},
    sources: {},
    clock: () => Date.UTC(2024, 0, 8),
  };
  const between = "expect_column_values_to_be_between";

  test("are values of any argument, of mostly too, and stay parameters in the file", () => {
    const kwargs = {
      column: "n",
      min_value: { $PARAMETER: "low * 2" },
      mostly: { $PARAMETER: "share" },
    };
    const suite = readSuite({ name: "s", expectations: [{ type: between, kwargs }] });
    const [one] = suite.expectations;
    const compiled = one && compileExpectation(one, around);
    expect(compiled).toMatchObject({ kwargs: { min_value: 4 }, expectation: { mostly: 0.5 } });
    expect(JSON.parse(writeSuite(suite)).expectations[0].kwargs).toEqual(kwargs);
  });

  test("may be moments, counted from now", () => {
    const kwargs = { column: "at", min_value: { $PARAMETER: "now() - timedelta(weeks=1)" } };
    expect(compileExpectation(expectation(between, kwargs), around).kwargs["min_value"]).toBe(
      "2024-01-01T00:00:00.000Z",
    );
  });

  test.each([
    ["gone", "check/missing-parameter"],
    ["low +", "check/unsupported-parameter"],
    ["now()", "check/mismatch-kwarg"],
  ])("%s is refused as %s where a share is wanted", (text, code) => {
    const one = expectation(between, { column: "n", mostly: { $PARAMETER: text } });
    expect(() => compileExpectation(one, around)).toThrow(expect.objectContaining({ code }));
  });
});
