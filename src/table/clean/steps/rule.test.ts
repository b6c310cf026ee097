import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../../tests/support/frame-of.ts";
import type { Cells } from "../../../flow.ts";
import { openEngine } from "../../adapter/duckdb.ts";
import { bool, category, float, int, schema, text } from "../../schema.ts";
import { clean, rescuedColumn } from "../clean.ts";
import type { CleanStep } from "../steps.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const orders = schema("orders", {
  id: text(),
  total: float({ nullable: true }),
  items: int({ nullable: true }),
  size: category(["S", "M", "L"], { nullable: true }),
  is_odd: bool(),
  ...rescuedColumn,
});
type Step = CleanStep<typeof orders.columns>;
const delivered = schema("delivered", {
  id: text(),
  total: float({ nullable: true }),
  items: int({ nullable: true }),
  size: text({ nullable: true }),
});
const rows = [
  { id: "a", total: 10, items: 2, size: "S" },
  { id: "b", total: -5, items: 1, size: "M" },
  { id: "c", total: null, items: 3, size: null },
];

async function done(...steps: readonly Step[]) {
  const source = frameOf(engine, delivered, rows);
  const flag: Step = {
    do: "rule",
    when: (c) => c.id.is("nobody"),
    action: "flag",
    in: "is_odd",
    why: "the target has it",
  };
  const recipe = { name: "orders", steps: [...steps, flag] };
  await using cleaned = await clean(source, orders, recipe);
  const found: readonly Cells[] = await cleaned.frame.rows();
  return { rows: found, report: cleaned.steps[1], rejected: await cleaned.quarantine.count() };
}
const column = (found: readonly Cells[], name: string) => found.map((row) => row[name]);

describe("rule", () => {
  test("removes the rows for which its condition is true, not those where it is missing", async () => {
    const found = await done({
      do: "rule",
      when: (c) => c.total.isBelow(0),
      action: "remove",
      why: "a total is not negative",
    });
    expect(column(found.rows, "id")).toEqual(["a", "c"]);
    expect(found.report).toEqual({
      step: "a total is not negative",
      rowsIn: 3,
      rowsOut: 2,
      cellsChanged: 0,
    });
    expect(found.rejected).toBe(1);
  });

  test("clips numbers to what is allowed", async () => {
    const clip = { do: "rule", action: "clip", why: "0 to 8" } as const;
    const found = await done({ ...clip, column: "total", min: 0, max: 8.5 });
    expect(column(found.rows, "total")).toEqual([8.5, 0, null]);
    const whole = await done({ ...clip, column: "items", min: 1.5, max: 2.5 });
    expect(column(whole.rows, "items")).toEqual([2, 2, 2]);
    const none = await done({ ...clip, column: "items" });
    expect(none.report?.cellsChanged).toBe(0);
  });

  test("replaces by a value, and keeps what was emptied in the rescued column", async () => {
    const replace = { do: "rule", when: "below", action: "replace", why: "impossible" } as const;
    const when: NonNullable<Extract<Step, { do: "rule" }>["when"]> = (c) => c.total.isBelow(0);
    const zero = await done({ ...replace, when, column: "total", with: 0 });
    expect(column(zero.rows, "total")).toEqual([10, 0, null]);
    expect(column(zero.rows, "_rescued")).toEqual([null, null, null]);
    const empty = await done({ ...replace, when, column: "total", with: null });
    expect(column(empty.rows, "total")).toEqual([10, null, null]);
    expect(column(empty.rows, "_rescued")).toEqual([null, '{"total":"-5.0"}', null]);
    expect(empty.report?.cellsChanged).toBe(1);
  });

  test("transforms by an expression over the row", async () => {
    const found = await done({
      do: "rule",
      action: "transform",
      column: "total",
      to: (c) => c.total.times(c.items),
      why: "price per item was delivered",
    });
    expect(column(found.rows, "total")).toEqual([20, -5, null]);
  });

  test("flags in a column that is not delivered, and leaves the rest at false", async () => {
    const found = await done({
      do: "rule",
      when: (c) => c.total.isBelow(0),
      action: "flag",
      in: "is_odd",
      why: "look at it",
    });
    expect(column(found.rows, "is_odd")).toEqual([false, true, false]);
    expect(found.report?.cellsChanged).toBe(1);
  });

  test("refuses values and actions that cannot be", async () => {
    const rule = { do: "rule", why: "wrong" } as const;
    const wrong: readonly (readonly [string, Step])[] = [
      ["table/mismatch-kind", { ...rule, action: "replace", column: "total", with: "ten" }],
      ["table/mismatch-kind", { ...rule, action: "replace", column: "items", with: 1.5 }],
      ["table/unknown-level", { ...rule, action: "replace", column: "size", with: "XL" }],
      ["option/out-of-range", { ...rule, action: "clip", column: "total", min: 2, max: 1 }],
      // @ts-expect-error there are five actions
      ["option/out-of-range", { ...rule, action: "drop" }],
      // @ts-expect-error a flag is a column of true and false
      ["table/mismatch-kind", { ...rule, action: "flag", in: "size" }],
      // @ts-expect-error only numbers are clipped
      ["table/mismatch-kind", { ...rule, action: "clip", column: "size", min: 1 }],
    ];
    for (const [code, step] of wrong) await expect(done(step)).rejects.toMatchObject({ code });
  });
});
