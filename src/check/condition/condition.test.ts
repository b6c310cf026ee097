import { describe, expect, test } from "vitest";
import type { Cells } from "../../flow.ts";
import { bool, category, int, schema, text, timestamp, toRow } from "../../table/index.ts";
import { conditionNode } from "./condition-node.ts";

const { columns } = schema("rows", {
  n: int({ nullable: true }),
  t: text({ nullable: true }),
  plan: category(["free", "paid"], { nullable: true }),
  yes: bool({ nullable: true }),
  at: timestamp({ nullable: true }),
  "a name": int({ nullable: true }),
});
const row: Cells = {
  n: 3,
  t: "it's",
  plan: "free",
  yes: true,
  at: new Date("2024-01-02T00:00:00Z"),
  "a name": null,
};
const holds = (row_condition: string, condition_parser: string | null = null) => {
  const node = conditionNode({ type: "demo", columns }, { row_condition, condition_parser });
  return node === null ? undefined : toRow({ node })(row);
};

describe("conditionNode", () => {
  test.each([
    ["n > 2", true],
    ["n >= 3 and n <= 3 and n < 4 and not n != 3", true],
    ["2 < n <= 3", true],
    ["4 > n", true],
    ["n == 4 or plan == 'free' and yes", true],
    ['(n == 4 | plan = "paid") & yes == True', false],
    ["~(n in [1, 2]) && n not in (4)", true],
    ["n BETWEEN 1 AND 3 AND n NOT BETWEEN 4 AND 5", true],
    ["`a name` IS NULL and n is not null", true],
    ["`a name`.isnull() and n.notna()", true],
    ["plan.isin(['free', 'gold'])", true],
    ['col("n") > 2', true],
    ['col("n").notNull()', true],
    ['col("at") >= date("2024-01-02")', true],
    ["at < '2024-01-01 12:00:00'", false],
    ["t == 'it\\'s'", true],
    ["n == '3'", true],
    ["n = -3.0e0", false],
    ["`a name` > 1", false],
    ["`a name` != 1", true],
  ])("reads %j", (condition, expected) => {
    expect(holds(condition)).toBe(expected);
  });

  test("counts a comparison with a missing value as missing in Spark's way, as false elsewhere", () => {
    expect(holds("`a name` > 1", "spark")).toBe(null);
    expect(holds("`a name` != 1", "spark")).toBe(null);
    expect(holds("`a name` > 1", "pandas")).toBe(false);
    expect(holds("`a name` != 1", "pandas")).toBe(true);
    expect(holds("`a name` not in [1]", "pandas")).toBe(true);
  });

  test.each([
    ["n >", "expected a value"],
    ["n > m", "expected a column on one side"],
    ["n > 1; drop", "unreadable from"],
    ["3", "a value stands alone"],
    ["n + 1 > 2", "unreadable"],
    ["exec('x') == 1", 'unknown function "exec"'],
    ["n.mean() > 2", 'unknown function "mean"'],
    ["t > 'a'", "which has no order here"],
    ["n == 'x'", "cannot be compared"],
    ["(n > 1", 'expected ")"'],
    ["n > 1 n", "was not expected"],
    ["n not 3", 'after "not"'],
  ])("refuses %j", (condition, reason) => {
    expect(() => holds(condition)).toThrow(
      expect.objectContaining({
        code: "check/unsupported-condition",
        message: expect.stringContaining(reason),
      }),
    );
  });

  test("refuses a column that is not there, and an object that is no condition", () => {
    expect(() => holds("z == 1")).toThrow(
      expect.objectContaining({ code: "check/unknown-column" }),
    );
    expect(() =>
      conditionNode({ type: "demo", columns }, { row_condition: { type: "maybe" } }),
    ).toThrow(expect.objectContaining({ code: "check/unsupported-condition" }));
  });
});
