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
          const cells: readonly (readonly Cell[])[] = Array.from(
            { length: times },
            () => some,
          ).flat();
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

  test.each([undefined, 5000, 4000, 9000])(
    "gives numbers in parts as it gives them whole, where %s rows are expected",
    async (rows) => {
      const sql =
        "SELECT i::DOUBLE AS a, CASE WHEN i % 7 = 0 THEN NULL ELSE i / 3 END::DOUBLE AS b FROM range(5000) r(i)";
      const found: [number[], number[]] = [[], []];
      let parts = 0;
      await engine.takeDoubles(sql, {
        rows,
        take: ([a = [], b = []], from, all) => {
          if (from === 0) for (const column of found) column.length = 0;
          found[0].push(...a);
          found[1].push(...b);
          parts += 1;
          expect([from + a.length, all]).toEqual([found[0].length, expect.any(Number)]);
        },
      });
      expect(parts).toBeGreaterThan(1);
      expect(found).toEqual((await engine.doubles(sql)).map((column) => [...column]));
    },
  );

  test("keeps the order of a table that is read by several threads", async () => {
    const sql = "SELECT i::DOUBLE AS i FROM range(1000000) r(i)";
    await engine.withTable(sql, async (table) => {
      const [column = []] = await engine.doubles(
        `SELECT i + 1 AS i FROM ${table} WHERE i % 3 <> 1`,
      );
      expect(column).toHaveLength(666_667);
      expect(column.every((x, k) => k === 0 || x > (column[k - 1] ?? Infinity))).toBe(true);
    });
  });

  test("ends when numbers are not taken, and goes on with the next statement", async () => {
    const take = () => {
      throw new Error("no more");
    };
    const sql = "SELECT i::DOUBLE AS i FROM range(100000) r(i)";
    await expect(engine.takeDoubles(sql, { take, rows: 100_000 })).rejects.toThrow("no more");
    expect(await engine.doubles("SELECT 1::DOUBLE AS a WHERE false")).toEqual([new Float64Array()]);
  });

  test("refuses whole numbers past 2^53", async () => {
    await expect(engine.query("SELECT 9007199254740993 AS n")).rejects.toMatchObject({
      code: "table/out-of-range-integer",
    });
  });
});
