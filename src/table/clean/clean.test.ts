import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frame } from "../frame.ts";
import { type Lake, openLake } from "../lake.ts";
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

let folder: string;
let lake: Lake;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-clean-"));
  lake = await openLake(folder);
});
afterAll(async () => {
  await lake.close();
  await rm(folder, { recursive: true });
});

function raw(...rows: readonly (readonly (string | null)[])[]) {
  const names = Object.keys(delivered.columns);
  const values = rows.map((row) => {
    const cells = names.map((_, i) => (row[i] == null ? "NULL" : quoteText(row[i])));
    return `(${cells.join(", ")})`;
  });
  const sql = `SELECT * FROM (VALUES ${values.join(", ")}) t(${names.join(", ")})`;
  return frame({ engine: lake.engine, schema: delivered, sql });
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

  test("names a column that is not delivered", async () => {
    const wrong = { ...recipe(), from: { id: "Id" } };
    await expect(clean(raw(["a"]), target, wrong)).rejects.toMatchObject({
      code: "table/unknown-column",
    });
  });

  test("leaves no table behind in the engine", async () => {
    const cleaned = await clean(raw(["a"]), target, recipe());
    await cleaned.close();
    const left = await lake.engine.query(
      "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'clean_%'",
    );
    expect(left).toEqual([]);
  });
});
