import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../../tests/support/frame-of.ts";
import { openEngine } from "../../adapter/duckdb.ts";
import { bool, category, float, schema, text } from "../../schema.ts";
import { clean, rescuedColumn } from "../clean.ts";
import type { CleanStep } from "../steps.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const nullable = { nullable: true } as const;
const columns = {
  id: text(),
  phone: bool(nullable),
  lines: category(["No", "Yes", "No phone"], nullable),
  months: float(nullable),
  monthly: float(nullable),
  total: float(nullable),
};
const delivered = schema("delivered", columns);
const target = schema("customers", { ...columns, ...rescuedColumn });
type Step = CleanStep<typeof target.columns>;
const rows = [
  { id: "a", phone: true, lines: "Yes", months: 2, monthly: 10, total: 21 },
  { id: "b", phone: false, lines: "Yes", months: 2, monthly: 10, total: 50 },
  { id: "c", phone: null, lines: "No phone", months: 2, monthly: 10, total: null },
  { id: "d", phone: false, lines: "No phone" },
];
const facts: Extract<Step, { do: "agree" }>["facts"] = (c) => [
  c.phone,
  c.lines.is("No phone").not(),
];
const totals: Extract<Step, { do: "agree" }>["facts"] = (c) => [c.total, c.months.times(c.monthly)];

async function done(step: Step) {
  const source = frameOf(engine, delivered, rows);
  await using cleaned = await clean(source, target, { name: "customers", steps: [step] });
  return { rows: await cleaned.frame.rows(), report: cleaned.steps[1] };
}

describe("agree", () => {
  test("counts the rows where two known facts differ", async () => {
    const found = await done({ do: "agree", facts, action: "count", why: "phone and lines" });
    expect(found.report).toEqual({
      step: "phone and lines",
      rowsIn: 4,
      rowsOut: 4,
      cellsChanged: 0,
      found: { disagree: 1 },
    });
  });

  test("rejects them, or empties the cells named and keeps them aside", async () => {
    const rejected = await done({ do: "agree", facts, action: "reject", why: "phone and lines" });
    expect(rejected.rows.map((row) => row.id)).toEqual(["a", "c", "d"]);
    const blank = { action: "blank", columns: ["phone", "lines"], why: "which is right?" } as const;
    const emptied = await done({ do: "agree", facts, ...blank });
    expect(emptied.rows[1]).toMatchObject({
      phone: null,
      lines: null,
      _rescued: '{"phone":"false","lines":"Yes"}',
    });
    expect(emptied.report?.cellsChanged).toBe(2);
  });

  test("lets numbers differ by a tolerance", async () => {
    const step = { do: "agree", facts: totals, action: "count", why: "the bill" } as const;
    expect((await done({ ...step, tolerance: 1 })).report?.found).toEqual({ disagree: 1 });
    expect((await done(step)).report?.found).toEqual({ disagree: 2 });
  });

  test("refuses facts of two kinds, and a tolerance below zero", async () => {
    const kinds: Step = { do: "agree", facts: (c) => [c.phone, c.total], action: "count", why: "" };
    await expect(done(kinds)).rejects.toMatchObject({ code: "table/mismatch-kind" });
    const odd = { do: "agree", facts: totals, tolerance: -1, action: "count", why: "" } as const;
    await expect(done(odd)).rejects.toMatchObject({ code: "option/out-of-range" });
  });
});
