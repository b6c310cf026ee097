import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cell } from "../../flow.ts";
import { type Engine, openEngine } from "./duckdb.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const columns = [
  { name: "long", kind: "text" },
  { name: "short", kind: "text" },
  { name: "__proto__", kind: "float" },
  { name: "count", kind: "int" },
  { name: "yes", kind: "bool" },
  { name: "at", kind: "timestamp" },
] as const;

const texts = fc.string({ unit: "grapheme", maxLength: 24 });
const row = fc.tuple(
  fc.option(fc.oneof(texts, fc.constantFrom("Month-to-month", "x".repeat(12), "x".repeat(13)))),
  fc.option(fc.oneof(fc.constantFrom("", "Yes", "No", "é", "twelve bytes"), texts)),
  fc.option(fc.double()),
  fc.option(fc.maxSafeInteger()),
  fc.option(fc.boolean()),
  fc.option(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })),
);

describe("rowsIn", () => {
  test("gives rows as they were written, however texts lie in memory", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 30 }),
        fc.integer({ min: 1, max: 200 }),
        async (some, times) => {
          const cells: readonly (readonly Cell[])[] = Array.from({ length: times }, () => some).flat(); // biome-ignore format: one line
          const read = await engine.withRows({ columns, cells }, (table) =>
            engine.query(`FROM ${table}`),
          );
          expect(read.map((one) => columns.map(({ name }) => one[name]))).toEqual(cells);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("reads long texts that do not lie behind each other", async () => {
    const sql = `SELECT CASE WHEN i % 3 = 0 THEN NULL WHEN i % 3 = 1 THEN 'long enough ' || i || ' ä' ELSE 'short' END AS t
      FROM range(5000) r(i) ORDER BY hash(i)`;
    const sorted = await engine.query(`SELECT t FROM (${sql}) ORDER BY t`);
    const mixed = await engine.query(sql);
    const json = await engine.queryJson(sql);
    expect(mixed).toEqual(json);
    expect(sorted.filter(({ t }) => t !== null && String(t).startsWith("long"))).toHaveLength(1667);
  });

  test("refuses whole numbers past 2^53", async () => {
    await expect(engine.query("SELECT 9007199254740993 AS n")).rejects.toMatchObject({
      code: "table/out-of-range-integer",
    });
  });
});
