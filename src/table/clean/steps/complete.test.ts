import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../../tests/support/frame-of.ts";
import { openEngine } from "../../adapter/duckdb.ts";
import { float, int, schema, text } from "../../schema.ts";
import { clean, rescuedColumn } from "../clean.ts";
import type { CleanStep } from "../steps.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const nullable = { nullable: true } as const;
const columns = { id: text(), age: int(nullable), paid: float(nullable), town: text(nullable) };
const delivered = schema("delivered", columns);
const target = schema("people", { ...columns, ...rescuedColumn });
type Step = CleanStep<typeof target.columns>;
const rows = [
  { id: "a", age: 1, paid: 2, town: "x" },
  { id: "b", age: 1, paid: Number.NaN },
  { id: "c" },
  { id: "d", paid: 3 },
];

async function done(step: Step) {
  const source = frameOf(engine, delivered, rows);
  await using cleaned = await clean(source, target, { name: "people", steps: [step] });
  return { ids: (await cleaned.frame.rows()).map((row) => row.id), report: cleaned.steps[1] };
}

describe("complete rows", () => {
  test("keeps rows with a share or a number of values; NaN is none", async () => {
    const step = { do: "complete rows", why: "enough is known" } as const;
    expect((await done({ ...step, share: 0.5 })).ids).toEqual(["a", "b", "d"]);
    expect((await done({ ...step, share: 0.51 })).ids).toEqual(["a"]);
    expect((await done({ ...step, share: 0 })).ids).toEqual(["a", "b", "c", "d"]);
    expect((await done({ ...step, values: 2 })).ids).toEqual(["a", "b", "d"]);
    const some = await done({ ...step, columns: ["paid"], share: 1 });
    expect(some.ids).toEqual(["a", "d"]);
    expect(some.report).toEqual({
      step: "complete rows paid: enough is known",
      rowsIn: 4,
      rowsOut: 2,
      cellsChanged: 0,
    });
  });

  test("refuses shares and numbers that cannot be", async () => {
    const step = { do: "complete rows", why: "" } as const;
    for (const wrong of [{ share: 1.1 }, { share: -1 }, { values: 5 }, { values: 0.5 }])
      await expect(done({ ...step, ...wrong })).rejects.toMatchObject({
        code: "option/out-of-range",
      });
  });
});

describe("complete columns", () => {
  const step = { do: "complete columns", why: "columns are filled" } as const;
  test("reports the columns with too many missing cells, with their share", async () => {
    const { report, ids } = await done({ ...step, atMost: 0.5, action: "report" });
    expect(ids).toHaveLength(4);
    expect(report?.found).toEqual({ town: 0.75 });
    const all = await done({ ...step, atMost: 0.4, action: "report" });
    expect(all.report?.found).toEqual({ age: 0.5, paid: 0.5, town: 0.75 });
  });

  test("refuses a column with too many missing cells, and names the worst", async () => {
    await expect(done({ ...step, atMost: 0.4, action: "refuse" })).rejects.toMatchObject({
      code: "table/missing-values",
      details: { column: "town", share: 0.75, atMost: 0.4 },
    });
    const fine = await done({ ...step, atMost: 0.75, action: "refuse" });
    expect(fine.report?.found).toEqual({});
  });
});
