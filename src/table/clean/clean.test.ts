import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../tests/support/frame-of.ts";
import { openEngine } from "../adapter/duckdb.ts";
import { frame } from "../frame.ts";
import { bool, category, float, int, schema, text, timestamp } from "../schema.ts";
import { quoteText } from "../sql-text.ts";
import { clean, rescuedColumn } from "./clean.ts";
import type { Recipe } from "./steps.ts";

const target = schema("people", {
  id: text({ key: true }),
  age: int({ nullable: true }),
  paid: float({ nullable: true }),
  member: bool({ nullable: true }),
  plan: category(["Basic", "Plus"], { nullable: true }),
  since: timestamp({ nullable: true }),
  ...rescuedColumn,
});
const delivered = schema("raw", {
  ID: text({ nullable: true }),
  age: text({ nullable: true }),
  paid: text({ nullable: true }),
  member: text({ nullable: true }),
  plan: text({ nullable: true }),
  since: text({ nullable: true }),
});
const recipe = (steps: Recipe<typeof target.columns>["steps"] = []) => ({
  name: "people",
  from: { id: "ID" },
  steps,
});

const engine = await openEngine();
afterAll(() => engine.close());

function raw(...rows: readonly (readonly (string | null)[])[]) {
  const names = Object.keys(delivered.columns);
  const values = rows.map((row) => {
    const cells = names.map((_, i) => (row[i] == null ? "NULL" : quoteText(row[i])));
    return `(${cells.join(", ")})`;
  });
  const sql = `SELECT * FROM (VALUES ${values.join(", ")}) t(${names.join(", ")})`;
  return frame({ engine, schema: delivered, sql });
}

describe("clean", () => {
  test("reads numbers, booleans, labels and times as people write them", async () => {
    const source = raw(
      ["a", "34.0", " 1e3 ", "YES", " plus ", "2024-02-29T12:00:00Z"],
      ["b", "", null, "0.0", "BASIC", null],
    );
    await using cleaned = await clean(source, target, recipe());
    expect(await cleaned.frame.rows()).toEqual([
      {
        id: "a",
        age: 34,
        paid: 1000,
        member: true,
        plan: "Plus",
        since: new Date("2024-02-29T12:00:00Z"),
        _rescued: null,
      },
      { id: "b", age: null, paid: null, member: false, plan: "Basic", since: null, _rescued: null },
    ]);
    expect(cleaned.rescued).toBe(0);
  });

  test("rescues what only looks like a value", async () => {
    const source = raw(
      ["a", "9007199254740993", "1_000", null, null, "infinity"],
      ["b", "9007199254740991", "inf", null, null, "epoch"],
      ["c", "\t7 ", "+.5e1", null, "\tPlus", "2024-01-01"],
      ["d", "0.99999999999999999", "0.99999999999999999", null, null, null],
    );
    await using cleaned = await clean(source, target, recipe());
    const rows = await cleaned.frame.rows();
    expect(rows.map((row) => [row.age, row.paid])).toEqual([
      [null, null],
      [9_007_199_254_740_991, null],
      [7, 5],
      [null, 1], // no whole number, though its double is one
    ]);
    expect(rows.map((row) => row.since?.getUTCFullYear() ?? null)).toEqual([
      null,
      null,
      2024,
      null,
    ]);
    expect(rows[2]?.plan).toBe("Plus");
    expect(cleaned.rescued).toBe(6);
  });

  test("tells labels apart that differ only in their case", async () => {
    const sizes = schema("sizes", { id: text(), size: category(["m", "M"]), ...rescuedColumn });
    const source = raw(["a", "m"], ["b", "M"]);
    const from = { name: "sizes", from: { id: "ID", size: "age" }, steps: [] };
    await using cleaned = await clean(source, sizes, from);
    expect((await cleaned.frame.rows()).map((row) => row.size)).toEqual(["m", "M"]);
  });

  test("keeps what does not fit in the rescued column, and counts it", async () => {
    const source = raw(
      ["a", "34.5", "NaN", "maybe", "Gold", "soon"],
      ["b", "many", "1", "no", null, null],
    );
    await using cleaned = await clean(source, target, recipe());
    const rows = await cleaned.frame.rows();
    expect(rows.map((row) => row.age)).toEqual([null, null]);
    expect(JSON.parse(rows[0]?._rescued ?? "{}")).toEqual({
      age: "34.5",
      paid: "NaN",
      member: "maybe",
      plan: "Gold",
      since: "soon",
    });
    expect(cleaned.rescued).toBe(6);
    expect(cleaned.steps[0]).toEqual({
      step: "cast to types",
      rowsIn: 2,
      rowsOut: 2,
      cellsChanged: 6,
    });
  });

  test("recovers a missing fact from other columns and leaves known facts alone", async () => {
    const steps = [
      {
        do: "recover",
        column: "member",
        from: (c: { plan: { is(level: "Plus"): never } }) => c.plan.is("Plus"),
        why: "only members are on Plus",
      },
    ] as unknown as Recipe<typeof target.columns>["steps"];
    const source = raw(["a", null, null, null, "Plus"], ["b", null, null, "no", "Plus"], ["c"]);
    await using cleaned = await clean(source, target, recipe(steps));
    expect((await cleaned.frame.rows()).map((row) => row.member)).toEqual([true, false, null]);
    expect(cleaned.steps[1]).toEqual({
      step: "recover member: only members are on Plus",
      rowsIn: 3,
      rowsOut: 3,
      cellsChanged: 1,
    });
  });

  test("blanks an impossible value and keeps it aside", async () => {
    const source = raw(["a", null, "-5"], ["b", null, "5"], ["c", "x", "-1"]);
    await using cleaned = await clean(
      source,
      target,
      recipe([{ do: "blank", column: "paid", when: (c) => c.paid.isBelow(0), why: "negative" }]),
    );
    const rows = await cleaned.frame.rows();
    expect(rows.map((row) => row.paid)).toEqual([null, 5, null]);
    expect(rows.map((row) => JSON.parse(row._rescued ?? "{}"))).toEqual([
      { paid: "-5.0" },
      {},
      { age: "x", paid: "-1.0" },
    ]);
  });

  test("keeps the newest row of each key, and the rows a condition names", async () => {
    const source = raw(
      ["a", "1", null, null, null, "2024-01-01"],
      ["a", "2", null, null, null, "2024-01-02"],
      ["b", "3"],
    );
    await using cleaned = await clean(
      source,
      target,
      recipe([
        { do: "newest", by: "id", order: ["since", "age"], why: "newest row per person" },
        { do: "keep", rows: (c) => c.age.isBelow(3), why: "under three" },
      ]),
    );
    expect((await cleaned.frame.rows()).map((row) => row.age)).toEqual([2]);
    expect(cleaned.steps.slice(1).map(({ rowsIn, rowsOut }) => [rowsIn, rowsOut])).toEqual([
      [3, 2],
      [2, 1],
    ]);
  });

  test("has equals in newest rows won by the last, and leaves rows without a key alone", async () => {
    const source = raw(["a", "1"], ["a", "2"], [null, "3"], [null, "4"]);
    const steps = [{ do: "newest", by: "id", order: ["since"], why: "newest row" }] as const;
    await using cleaned = await clean(source, target, recipe(steps));
    expect((await cleaned.frame.rows()).map((row) => row.age)).toEqual([2, 3, 4]);
  });

  test("finds columns under any spelling of their names when asked to", async () => {
    const odd = schema("raw", { PersonID: text(), Age: text() });
    const people = schema("people", { person_id: text(), age: int(), ...rescuedColumn });
    const source = frameOf(engine, odd, [{ PersonID: "a", Age: "3" }]);
    await using cleaned = await clean(source, people, {
      name: "people",
      names: "snake_case",
      steps: [],
    });
    expect(await cleaned.frame.rows()).toEqual([{ person_id: "a", age: 3, _rescued: null }]);
  });

  test("refuses two spellings of one name, and a map of columns that the target has not", async () => {
    const same = schema("raw", { "Person Id": text(), PersonID: text() });
    const people = schema("people", { person_id: text(), ...rescuedColumn });
    const rows = frame({ engine, schema: same, sql: `SELECT 'a' AS "Person Id", 'b' AS PersonID` });
    const steps = { name: "people", names: "snake_case", steps: [] } as const;
    await expect(clean(rows, people, steps)).rejects.toMatchObject({
      code: "table/duplicate-name",
    });
    const wrong = { ...recipe(), from: { name: "Name" } };
    // @ts-expect-error the target has no column "name"
    await expect(clean(raw(["a"]), target, wrong)).rejects.toMatchObject({
      code: "table/unknown-column",
    });
  });

  test("fails a strict cast with the cells of each column, and writes nothing", async () => {
    const source = raw(["a", "x"], ["b", "many", "soon"], ["c", "3"]);
    await expect(clean(source, target, { ...recipe(), cast: "strict" })).rejects.toMatchObject({
      code: "table/mismatch-cast",
      details: { cells: { age: 2, paid: 1 }, sample: "many" },
    });
    await using fine = await clean(raw(["c", "3"]), target, { ...recipe(), cast: "strict" });
    expect(await fine.frame.count()).toBe(1);
  });

  test("casts between kinds, and keeps what an earlier cleaning had rescued", async () => {
    const typed = schema("typed", {
      ID: text(),
      age: float({ nullable: true }),
      paid: int(),
      member: int(),
      plan: text(),
      since: text({ nullable: true }),
      _rescued: text(),
    });
    const row = {
      ID: "a",
      age: 34,
      paid: 5,
      member: 1,
      plan: "plus",
      _rescued: '{"since":"soon"}',
    };
    const source = frameOf(engine, typed, [row, { ...row, age: 1.5, _rescued: "not JSON" }]);
    await using cleaned = await clean(source, target, recipe());
    const [first, second] = await cleaned.frame.rows();
    expect(first).toMatchObject({ age: 34, paid: 5, member: true, plan: "Plus" });
    expect([first?._rescued, second?._rescued]).toEqual(['{"since":"soon"}', '{"age":"1.5"}']);
  });

  test("gives every row the values that the caller has for it", async () => {
    const people = schema("people", { id: text(), run_id: text(), ...rescuedColumn });
    const named = {
      name: "people",
      from: { id: "ID" },
      steps: [],
      values: { run_id: "r1" },
    } as const;
    await using cleaned = await clean(raw(["a"]), people, named);
    expect(await cleaned.frame.rows()).toEqual([{ id: "a", run_id: "r1", _rescued: null }]);
  });

  test("refuses an expression that gives another kind than its column holds", async () => {
    const steps: Recipe<typeof target.columns>["steps"] = [
      { do: "recover", column: "age", from: (c) => c.member, why: "wrong" },
    ];
    await expect(clean(raw(["a"]), target, recipe(steps))).rejects.toMatchObject({
      code: "table/mismatch-kind",
    });
  });

  test("rounds to whole numbers, and reads moments as moments", async () => {
    const steps: Recipe<typeof target.columns>["steps"] = [
      { do: "recover", column: "age", from: (c) => c.paid.over(2), why: "half of it" },
      {
        do: "recover",
        column: "since",
        from: (c) => c.since.orElse(new Date("2024-01-01T00:00:00.125Z")),
        why: "the first day",
      },
    ];
    await using cleaned = await clean(raw(["a", null, "5"]), target, recipe(steps));
    expect(await cleaned.frame.rows()).toMatchObject([
      { age: 3, since: new Date("2024-01-01T00:00:00.125Z") },
    ]);
  });

  test("keeps rejected rows as they were delivered, with the rule and when", async () => {
    const steps: Recipe<typeof target.columns>["steps"] = [
      { do: "keep", rows: (c) => c.age.isAtLeast(18), why: "adults" },
      { do: "newest", by: "id", order: ["since"], why: "newest row" },
    ];
    const source = raw(["a", " 17 "], ["b", "20"], ["b", "30.0"], ["c", "x"]);
    const clock = () => Date.parse("2024-05-01T00:00:00Z");
    await using cleaned = await clean(source, target, { ...recipe(steps), clock });
    const rows = await cleaned.quarantine.rows();
    expect(rows.map(({ _row_id, _step, _rule }) => [_row_id, _step, _rule])).toEqual([
      ["0000000001", 1, "adults"],
      ["0000000002", 2, "newest row"],
      ["0000000004", 1, "adults"],
    ]);
    expect(rows[0]).toMatchObject({
      _recipe: "people",
      _rejected_at: new Date("2024-05-01T00:00:00Z"),
    });
    expect(rows.map((row) => JSON.parse(row._cells))).toMatchObject([
      { ID: "a", age: " 17 ", paid: null },
      { ID: "b", age: "20" },
      { ID: "c", age: "x" },
    ]);
  });

  test("has an empty quarantine when nothing was rejected", async () => {
    const steps: Recipe<typeof target.columns>["steps"] = [
      { do: "keep", rows: (c) => c.id.isMissing().not(), why: "named" },
    ];
    await using cleaned = await clean(raw(["a"]), target, recipe(steps));
    expect(await cleaned.quarantine.rows()).toEqual([]);
    await using plain = await clean(raw(["a"]), target, recipe());
    expect(await plain.quarantine.count()).toBe(0);
  });

  test("names a step's column that is not there, in the step and in its expressions", async () => {
    const wrong: readonly Recipe<typeof target.columns>["steps"][] = [
      // @ts-expect-error there is no column "wage"
      [{ do: "blank", column: "wage", when: (c) => c.age.isBelow(0), why: "typo" }],
      // @ts-expect-error there is no column "wage"
      [{ do: "keep", rows: (c) => c.wage.isAbove(0), why: "typo" }],
      // @ts-expect-error there is no column "wage"
      [{ do: "newest", by: "id", order: ["wage"], why: "typo" }],
      // @ts-expect-error plan is no number
      [{ do: "outliers", column: "plan", by: "iqr", action: "remove", why: "kind" }],
    ];
    const codes = ["unknown-column", "unknown-column", "unknown-column", "mismatch-kind"];
    for (const [i, steps] of wrong.entries())
      await expect(clean(raw(["a"]), target, recipe(steps))).rejects.toMatchObject({
        code: `table/${codes[i]}`,
      });
  });

  test("refuses a step that nobody knows", async () => {
    const steps = [{ do: "polish", why: "shine" }] as unknown as Recipe<
      typeof target.columns
    >["steps"];
    await expect(clean(raw(["a"]), target, recipe(steps))).rejects.toMatchObject({
      code: "option/out-of-range",
    });
  });

  test("leaves no table behind when a step fails", async () => {
    const steps: Recipe<typeof target.columns>["steps"] = [
      { do: "impute", columns: ["age"], by: "mean", why: "nothing to learn from" },
    ];
    await expect(clean(raw(["a"]), target, recipe(steps))).rejects.toMatchObject({
      code: "table/missing-training-values",
    });
    const left = await engine.query(
      "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'clean_%'",
    );
    expect(left).toEqual([]);
  });

  test("names a column that is not delivered", async () => {
    const wrong = { ...recipe(), from: { id: "Id" } };
    await expect(clean(raw(["a"]), target, wrong)).rejects.toMatchObject({
      code: "table/unknown-column",
    });
  });

  test("leaves no table behind in the engine", async () => {
    const cleaned = await clean(raw(["a"]), target, recipe());
    await cleaned.close();
    const left = await engine.query(
      "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'clean_%'",
    );
    expect(left).toEqual([]);
  });
});
