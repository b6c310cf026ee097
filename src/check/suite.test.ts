import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { category, type Frame, int, type Lake, openLake, schema, text } from "../table/index.ts";
import { type Expectation, expectations } from "./expectation.ts";
import { check, gate, suite } from "./suite.ts";

const people = schema("people", {
  id: text({ key: true, nullable: false }),
  age: int({ nullable: true }),
  plan: category(["Basic", "Plus"], { nullable: true }),
});
const e = expectations(people);

let folder: string;
let lake: Lake;
let rows: Frame<typeof people.columns>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-check-"));
  lake = await openLake(folder);
  const table = lake.table("demo.people", people);
  await table.append([
    { id: "0001-AAAAA", age: 30, plan: "Basic" },
    { id: "0002-BBBBB", age: -1, plan: "Plus" },
    { id: "0002-BBBBB", age: null, plan: null },
    { id: "x", age: 150, plan: "Gold" as "Plus" },
  ]);
  rows = await table.read();
});
afterAll(async () => {
  await lake.close();
  await rm(folder, { recursive: true });
});

const judge = async (expectation: Expectation) => {
  const [finding] = (await check(rows, suite("one", people, [expectation]))).findings;
  return [finding?.passed, finding?.failedRows, finding?.rows, finding?.sample];
};

describe("check", () => {
  const cases: readonly (readonly [string, Expectation, readonly unknown[]])[] = [
    ["a value in every row", e.notNull("id"), [true, 0, 4, []]],
    ["a missing value", e.notNull("age"), [false, 1, 4, ["0002-BBBBB"]]],
    ["a key that stands twice", e.unique("id"), [false, 1, 4, ["0002-BBBBB", "0002-BBBBB"]]],
    [
      "bounds, missing values aside",
      e.between("age", { min: 0, max: 120 }),
      [false, 2, 3, ["0002-BBBBB", "x"]],
    ],
    ["an open bound", e.between("age", { max: 150 }), [true, 0, 3, []]],
    ["a set", e.inSet("plan", ["Basic", "Plus"]), [false, 1, 3, ["x"]]],
    ["a pattern", e.matches("id", /\d{4}-[A-Z]{5}/), [false, 1, 4, ["x"]]],
    [
      "a share that is enough",
      e.matches("id", /\d{4}-[A-Z]{5}/, { mostly: 0.75 }),
      [true, 1, 4, []],
    ],
    ["enough different values", e.distinctCount("plan", { min: 2, max: 3 }), [true, 0, 4, []]],
    ["too few different values", e.distinctCount("plan", { min: 4 }), [false, 4, 4, []]],
    ["enough rows", e.rowCount({ min: 4, max: 4 }), [true, 0, 4, []]],
    ["too few rows", e.rowCount({ min: 5 }), [false, 4, 4, []]],
    [
      "a rule over columns",
      e.holds("adults are on Plus", (c) => c.age.isBelow(18).or(c.plan.is("Plus"))),
      [false, 2, 3, ["0001-AAAAA", "x"]],
    ],
  ];
  test.each(cases)("judges %s", async (_, expectation, expected) => {
    expect(await judge(expectation)).toEqual(expected);
  });

  test("passes a report whose only failures are warnings", async () => {
    const report = await check(
      rows,
      suite("soft", people, [e.notNull("age", { severity: "warning" })]),
    );
    expect(report).toMatchObject({ passed: true, rows: 4 });
    expect(() => gate(report)).not.toThrow();
  });

  test("stops at the gate with every critical failure and some of its rows", async () => {
    const report = await check(rows, suite("hard", people, [e.notNull("age"), e.unique("id")]));
    expect(() => gate(report)).toThrow(
      'people: 2 critical expectations of suite "hard" failed: age has a value (1 of 4 rows does not, for example "0002-BBBBB"); id is unique',
    );
  });

  test("refuses an expectation about a column that is not there", () => {
    const other = schema("other", { name: text() });
    expect(() => suite("s", other, [e.notNull("id")])).toThrow(
      expect.objectContaining({
        code: "check/unknown-column",
        message: expect.stringContaining('which the rows have not; they have "name"'),
      }),
    );
    expect(() => e.notNull("id", { mostly: 2 })).toThrow(
      "mostly must be a finite number ≥ 0 and ≤ 1",
    );
  });

  test("throws what is wrong with an expectation that cannot be judged", async () => {
    await expect(check(rows, suite("s", people, [e.mean("plan", { min: 0 })]))).rejects.toThrow(
      expect.objectContaining({ code: "check/mismatch-kind" }),
    );
  });
});
