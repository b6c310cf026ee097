import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../../tests/support/frame-of.ts";
import { openEngine } from "../../adapter/duckdb.ts";
import { float, int, schema, text } from "../../schema.ts";
import { clean, rescuedColumn } from "../clean.ts";
import type { CleanStep } from "../steps.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const columns = {
  id: text({ nullable: true }),
  age: int({ nullable: true }),
  paid: float({ nullable: true }),
  _loaded: int(),
};
const delivered = schema("delivered", columns);
const target = schema("people", { ...columns, ...rescuedColumn });
type Step = CleanStep<typeof target.columns>;
const rows = [
  { id: "a", age: 1, paid: null, _loaded: 1 },
  { id: "b", age: null, paid: null, _loaded: 2 },
  { id: "a", age: 1, paid: null, _loaded: 3 },
  { id: "a", age: 2, paid: 5, _loaded: 4 },
  { id: null, age: 7, paid: null, _loaded: 5 },
  { id: null, age: 8, paid: null, _loaded: 6 },
];

async function left(step: Step) {
  const source = frameOf(engine, delivered, rows);
  await using cleaned = await clean(source, target, { name: "people", steps: [step] });
  const kept = await cleaned.frame.rows();
  expect((await cleaned.quarantine.count()) + kept.length).toBe(rows.length);
  return kept.map((row) => row._loaded);
}

describe("distinct", () => {
  test("keeps one of rows that are equal in every business column, missing cells equal too", async () => {
    expect(await left({ do: "distinct", keep: "first", why: "once" })).toEqual([1, 2, 4, 5, 6]);
    expect(await left({ do: "distinct", keep: "last", why: "once" })).toEqual([2, 3, 4, 5, 6]);
  });

  test("keeps one row a key, and every row without a key", async () => {
    const by = { do: "distinct", by: ["id"], why: "one a person" } as const;
    expect(await left({ ...by, keep: "first" })).toEqual([1, 2, 5, 6]);
    expect(await left({ ...by, keep: "last" })).toEqual([2, 4, 5, 6]);
    expect(await left({ ...by, keep: "most complete" })).toEqual([2, 4, 5, 6]);
    expect(await left({ ...by, by: ["id", "age"], keep: "most complete" })).toEqual([
      1, 2, 4, 5, 6,
    ]);
  });

  test("keeps the newest by the columns named", async () => {
    const newest: Step = { do: "newest", by: "id", order: ["_loaded"], why: "newest" };
    expect(await left(newest)).toEqual([2, 4, 5, 6]);
    expect(await left({ ...newest, order: ["paid", "age"] })).toEqual([2, 4, 5, 6]);
  });

  test("refuses another choice, and a column that is not there", async () => {
    // @ts-expect-error there is no such choice
    const odd: Step = { do: "distinct", keep: "best", why: "" };
    await expect(left(odd)).rejects.toMatchObject({ code: "option/out-of-range" });
    // @ts-expect-error there is no such column
    const wrong: Step = { do: "distinct", by: ["name"], keep: "first", why: "" };
    await expect(left(wrong)).rejects.toMatchObject({ code: "table/unknown-column" });
  });
});
