import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { float, frame, int, openEngine, schema, text, timestamp } from "../table/index.ts";
import { split } from "./split.ts";
import { splitByTime } from "./split-by-time.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const sales = schema("sales", {
  id: int({ key: true }),
  at: timestamp({ nullable: true }),
  sold: float(),
  note: text({ nullable: true }),
});
const framed = (sql: string) => frame({ engine, schema: sales, sql });
const daily = (sold: string, days = 200) =>
  framed(`SELECT i AS id, TIMESTAMPTZ '2026-01-01' + to_days(i::INT) AS at,
    (${sold})::DOUBLE AS sold, NULL::VARCHAR AS note FROM range(${days}) t(i)`);
const refused = (work: Promise<unknown>, code: string) =>
  expect(work).rejects.toThrow(expect.objectContaining({ code }));

describe("splitByTime", () => {
  test("law: no moment of the training side is at or after one of the test side, and none is lost", async () => {
    const moments = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 60 });
    const shares = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    const run = fc.asyncProperty(moments, shares, async (hours, share) => {
      fc.pre(new Set(hours).size > 1);
      const rows = framed(`SELECT i AS id, TIMESTAMPTZ '2026-01-01' + to_hours(h) AS at,
        0.0::DOUBLE AS sold, NULL::VARCHAR AS note FROM (SELECT unnest([${hours}]) AS h, 1 AS i)`);
      const { train, test: later, from } = await splitByTime(rows, { time: "at", test: share });
      const [before, after] = [await train.rows(), await later.rows()];
      expect(before.length + after.length).toBe(hours.length);
      expect(before.length).toBeGreaterThan(0);
      for (const { at } of before) expect(at?.getTime()).toBeLessThan(from.getTime());
      for (const { at } of after) expect(at?.getTime()).toBeGreaterThanOrEqual(from.getTime());
    });
    await fc.assert(run, { numRuns: 40 });
  });

  test("leaves a gap out, and names the parts, so that the test side is not learned from", async () => {
    const rows = daily("i");
    const { train, test: later } = await splitByTime(rows, { time: "at", gapMs: 10 * 86_400_000 });
    expect([await train.count(), await later.count()]).toEqual([150, 40]);
    expect([train.part, later.part]).toEqual(["train", "test"]);
    await refused(splitByTime(later, { time: "at" }), "dataset/conflict-test-rows");
  });

  test("refuses what has no order in time", async () => {
    const rows = daily("i");
    await refused(splitByTime(rows, { time: "sold" }), "dataset/mismatch-time");
    await refused(splitByTime(rows, { time: JSON.parse('"when"') }), "dataset/unknown-column");
    await refused(splitByTime(rows, JSON.parse('{"test": 0.2}')), "dataset/missing-column");
    await refused(splitByTime(daily("i", 0), { time: "at" }), "dataset/missing-rows");
    await refused(splitByTime(daily("i", 1), { time: "at" }), "dataset/missing-moments");
    const holes = framed(
      `SELECT * REPLACE (CASE WHEN id > 3 THEN "at" END AS "at") FROM (${rows.sql})`,
    );
    await refused(splitByTime(holes, { time: "at" }), "dataset/missing-time");
    await refused(splitByTime(rows, { time: "at", test: 1 }), "option/out-of-range");
  });
});

describe("split", () => {
  test("warns of rows that are alike when they follow each other in time", async () => {
    const { warnings } = await split(daily("sin(i / 9.0)"), { by: "id" });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("splitByTime");
    const { warnings: none } = await split(daily("sin(i / 9.0)"), { by: "id", time: null });
    expect(none).toEqual([]);
  });

  const panel = schema("panel", {
    id: int({ key: true }),
    customer: int(),
    month: timestamp(),
    spent: float(),
    months: int(),
  });
  /** 80 customers in 12 months: each has a level of its own, and what is spent by SQL of `i` and `m`. */
  const customers = (spent: string, order = "id") =>
    frame({
      engine,
      schema: panel,
      sql: `SELECT i * 12 + m AS id, i AS customer, TIMESTAMPTZ '2026-01-01' + to_months(m::INT) AS month,
        (i * 10 + ${spent})::DOUBLE AS spent, m AS months FROM range(80) a(i), range(12) b(m) ORDER BY ${order}`,
    });

  test("warns of a panel in which the rows of each customer are alike from month to month", async () => {
    const slow = "sin((m + i * 5) / 2.0)"; // every customer with a phase of its own
    const { warnings } = await split(customers(slow), { by: "id" });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("rows of one customer that follow each other by month are alike");
    const shuffled = await split(customers(slow, "hash(id)"), { by: "id" });
    expect(shuffled.warnings).toEqual(warnings);
  });

  test("does not warn of a panel of chance, nor of one whose customers stay together", async () => {
    const chance = "hash(i * 100 + m) % 100 / 10.0";
    expect((await split(customers(chance), { by: "id" })).warnings).toEqual([]);
    expect((await split(customers("i / 7.0"), { by: "id" })).warnings).toEqual([]); // levels alone
    const slow = customers("sin((m + i * 5) / 2.0)");
    expect((await split(slow, { by: "customer" })).warnings).toEqual([]);
  });

  test("warns the same of rows of one moment, in whatever order they come", async () => {
    const days = (order: string) =>
      framed(`SELECT * FROM (SELECT i AS id, TIMESTAMPTZ '2026-01-01' + to_days((i // 5)::INT) AS at,
        sin(i // 5 / 6.0) + hash(i) % 10 / 10.0 AS sold, NULL::VARCHAR AS note FROM range(500) t(i)) ORDER BY ${order}`);
    const found = [];
    for (const order of ["id", "sold", "-sold", "hash(id)"])
      found.push((await split(days(order), { by: "id" })).warnings[0]);
    expect(found[0]).toContain("alike");
    expect(new Set(found).size).toBe(1);
  });

  test("does not warn of rows whose order in time tells nothing, nor of few", async () => {
    expect((await split(daily("hash(i) % 1000"), { by: "id" })).warnings).toEqual([]);
    expect((await split(daily("sin(i / 9.0)", 12), { by: "id" })).warnings).toEqual([]);
    expect((await split(daily("i"), { by: "id" })).warnings).toEqual([]); // a counter
    const once = framed(
      `SELECT * REPLACE (TIMESTAMPTZ '2026-01-01' AS "at") FROM (${daily("i").sql})`,
    );
    expect((await split(once, { by: "id" })).warnings).toEqual([]);
  });
});
