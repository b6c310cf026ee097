import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { splitByTime } from "../../dataset/index.ts";
import type { Cells } from "../../flow.ts";
import { float, frame, openEngine, schema, text, timestamp } from "../../table/index.ts";
import { delta, history, lag, rolling } from "./index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const sales = schema("sales", {
  shop: text(),
  day: timestamp(),
  sold: float({ nullable: true }),
});
const start = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;
type Sale = Readonly<{ shop: string; day: Date; sold: number | null }>;

async function withSales<T>(
  rows: readonly Sale[],
  work: (rows: ReturnType<typeof framed>) => Promise<T>,
) {
  const columns = Object.entries(sales.columns).map(([name, { kind }]) => ({ name, kind }));
  const cells = rows.map(({ shop, day, sold }) => [shop, day, sold]);
  return engine.withRows({ columns, cells }, (table) => work(framed(`SELECT * FROM ${table}`)));
}
const framed = (sql: string) => frame({ engine, schema: sales, sql });
const daily = (...sold: readonly number[]): Sale[] =>
  sold.map((one, i) => ({ shop: "a", day: new Date(start + i * 24 * hourMs), sold: one }));

const all = history(sales, { entity: "shop", time: "day" }, (c) => ({
  before: lag(c.sold),
  third: lag(c.sold, 3),
  change: delta(c.sold),
  changed: delta(c.sold, { rows: 2, of: "past" }),
  mean3: rolling(c.sold, "mean", { rows: 3 }),
  sum_day: rolling(c.sold, "sum", { days: 1 }),
  min_hours: rolling(c.sold, "min", { hours: 5 }),
  max3: rolling(c.sold, "max", { rows: 3, least: 2 }),
  std_day: rolling(c.sold, "std", { hours: 24 }),
  count_day: rolling(c.sold, "count", { days: 1 }),
  count3: rolling(c.sold, "count", { rows: 4, least: 3 }),
}));

/** Moments of a shop differ; numbers are hard on sums. */
const someSales = fc
  .uniqueArray(fc.record({ shop: fc.constantFrom("a", "b", "ü"), hour: fc.nat({ max: 90 }) }), {
    maxLength: 40,
    selector: ({ shop, hour }) => `${shop} ${hour}`,
  })
  .chain((places) =>
    fc.tuple(
      ...places.map(({ shop, hour }) =>
        fc
          .option(
            fc.oneof(
              fc.integer({ min: -9, max: 9 }),
              fc.double({ min: -1e3, max: 1e3, noNaN: true }),
              fc.constantFrom(Infinity, Number.NaN, -0, 1e16, -1e16, 1e308, -1e308),
            ),
          )
          .map((sold) => ({ shop, day: new Date(start + hour * hourMs), sold })),
      ),
    ),
  );

const inOrder = (rows: readonly Sale[]): Sale[] =>
  rows.toSorted((a, b) => a.day.getTime() - b.day.getTime() || (a.shop < b.shop ? -1 : 1));
const told = (rows: readonly Cells[]) =>
  rows.map((row) => all.names.map((name) => row[name] ?? null));

describe("history", () => {
  test("gives the workshop's lags and deltas", async () => {
    const worked = history(sales, { entity: "shop", time: "day" }, (c) => ({
      lag: lag(c.sold),
      delta: delta(c.sold),
    }));
    const columnsOf = (rows: readonly Sale[]) =>
      withSales(rows, async (frame) => {
        const found = await (await worked.apply(frame)).rows();
        return { lag: found.map((row) => row.lag), delta: found.map((row) => row.delta) };
      });
    expect((await columnsOf(daily(50, 55, 53, 60, 57))).lag).toEqual([null, 50, 55, 53, 60]);
    expect((await columnsOf(daily(50, 53, 48, 50, 57, 56))).delta).toEqual([null, 3, -5, 2, 7, -1]);
  });

  test("law: a table and a stream tell the same, to the last bit", async () => {
    await fc.assert(
      fc.asyncProperty(someSales, async (rows) => {
        const ordered = inOrder(rows);
        const found = await withSales(rows, async (frame) => (await all.apply(frame)).rows());
        const inTable = told(inOrder(found as readonly Sale[]) as readonly Cells[]);
        const stream = all.stream();
        const inStream = told(ordered.map((row) => stream.push(row)));
        const apart = inTable.flatMap((numbers, i) =>
          numbers.flatMap((number, j) => {
            const other = inStream[i]?.[j] ?? null;
            return Object.is(number, other) ? [] : [{ name: all.names[j], table: number, other }];
          }),
        );
        expect(apart).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test("law: what comes later, or at the same moment, never changes a number", async () => {
    await fc.assert(
      fc.asyncProperty(someSales, fc.nat({ max: 90 }), fc.double(), async (rows, hour, other) => {
        const cut = start + hour * hourMs;
        const shifted = rows.map((row) =>
          row.day.getTime() >= cut ? { ...row, sold: other } : row,
        );
        const until = async (some: readonly Sale[]) => {
          const found = await withSales(some, async (frame) => (await all.apply(frame)).rows());
          const early = inOrder(found as readonly Sale[]).filter(({ day }) => day.getTime() <= cut);
          const past = all.names.filter((name) => name !== "change"); // it tells of the row itself
          return (early as readonly Cells[]).map((row) => past.map((name) => row[name] ?? null));
        };
        expect(await until(shifted)).toEqual(await until(rows));
      }),
      { numRuns: 40 },
    );
  });

  test("tells entities apart, and leaves no trace of one in another", async () => {
    const two = history(sales, { entity: ["shop"], time: "day" }, (c) => ({ before: lag(c.sold) }));
    const stream = two.stream();
    const [first] = daily(5);
    if (first === undefined) throw new Error("a row");
    expect(stream.push(first)).toEqual({ before: null });
    expect(stream.push({ ...first, shop: "b", sold: 7 })).toEqual({ before: null });
    expect(stream.push({ ...first, day: new Date(start + 1), sold: 8 })).toEqual({ before: 5 });
  });

  test("is told of all rows before they are split, and refuses one side of a split", async () => {
    const before = history(sales, { entity: "shop", time: "day" }, (c) => ({
      before: lag(c.sold),
    }));
    await withSales(daily(1, 2, 3, 4, 5), async (rows) => {
      const { test: late } = await splitByTime(await before.apply(rows), {
        time: "day",
        test: 0.4,
      });
      expect((await late.rows()).map((row) => row.before)).toEqual([3, 4]);
      const { train, test: later } = await splitByTime(rows, { time: "day" });
      for (const side of [train, later])
        await expect(before.apply(side)).rejects.toThrow(
          expect.objectContaining({ code: "feature/conflict-divided-rows" }),
        );
    });
  });

  test("has an infinite sum of numbers near the largest, and no deviation", async () => {
    const wide = history(sales, { entity: "shop", time: "day" }, (c) => ({
      sum: rolling(c.sold, "sum", { rows: 2 }),
      std: rolling(c.sold, "std", { rows: 2 }),
    }));
    const rows = daily(1e308, 1e308, -1e308, 0);
    const stream = wide.stream();
    const expected = rows.map((row) => stream.push(row));
    expect(expected.map(({ sum, std }) => [sum, std])).toEqual([
      [null, null],
      [1e308, null],
      [Infinity, null],
      [0, null],
    ]);
    const found = await withSales(rows, async (frame) => (await wide.apply(frame)).rows());
    expect(found.map(({ sum, std }) => ({ sum, std }))).toEqual(expected);
  });

  test("keeps the lineage of the rows, and adds nullable numbers", async () => {
    const rows = framed("SELECT 'a' AS shop, TIMESTAMPTZ '2026-01-01' AS day, 1.0 AS sold");
    const made = await all.apply(rows);
    expect(made.schema.columns.mean3).toEqual({ kind: "float", nullable: true });
    expect((await made.rows())[0]?.count_day).toBe(0);
    const empty = framed(`SELECT * FROM (${rows.sql}) WHERE false`);
    expect(await (await all.apply(empty)).rows()).toEqual([]);
  });

  test("refuses rows whose order cannot be told", async () => {
    const refused = (work: Promise<unknown>, code: string) =>
      expect(work).rejects.toThrow(expect.objectContaining({ code }));
    await refused(
      withSales([...daily(1), ...daily(2)], (rows) => all.apply(rows)),
      "feature/duplicate-moments",
    );
    const none = framed("SELECT 'a' AS shop, NULL::TIMESTAMPTZ AS day, 1.0 AS sold");
    await refused(all.apply(none), "feature/missing-moments");
    const stream = all.stream();
    for (const row of daily(1, 2)) stream.push(row);
    const late = { shop: "a", day: new Date(start), sold: 3 };
    const thrown = (work: () => unknown, code: string) =>
      expect(work).toThrow(expect.objectContaining({ code }));
    thrown(() => stream.push(late), "feature/conflict-order");
    thrown(() => stream.push({ ...late, day: null }), "feature/mismatch-moment");
  });

  test("refuses definitions that tell nothing", () => {
    const options = { entity: "shop", time: "day" } as const;
    const thrown = (work: () => unknown, code: string) =>
      expect(work).toThrow(expect.objectContaining({ code }));
    thrown(() => history(sales, options, () => ({})), "feature/missing-features");
    thrown(
      () => history(sales, options, (c) => ({ sold: lag(c.sold) })),
      "feature/duplicate-names",
    );
    thrown(
      () => history(sales, { ...options, time: "sold" }, (c) => ({ a: lag(c.sold) })),
      "feature/mismatch-time",
    );
    const shops = JSON.parse('"shops"');
    thrown(
      () => history(sales, { ...options, entity: shops }, (c) => ({ a: lag(c.sold) })),
      "feature/unknown-column",
    );
    thrown(() => history(sales, options, (c) => ({ a: lag(c.sold, 0) })), "option/out-of-range");
    thrown(
      () => history(sales, options, (c) => ({ a: rolling(c.sold, "mean", {}) })),
      "option/out-of-range",
    );
    thrown(
      () =>
        history(sales, options, (c) => ({ a: rolling(c.sold, JSON.parse('"mode"'), { rows: 1 }) })),
      "option/out-of-range",
    );
  });
});
