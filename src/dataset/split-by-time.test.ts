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

  test("does not warn of rows whose order in time tells nothing, nor of few", async () => {
    expect((await split(daily("hash(i) % 1000"), { by: "id" })).warnings).toEqual([]);
    expect((await split(daily("i", 12), { by: "id" })).warnings).toEqual([]);
    const once = framed(
      `SELECT * REPLACE (TIMESTAMPTZ '2026-01-01' AS "at") FROM (${daily("i").sql})`,
    );
    expect((await split(once, { by: "id" })).warnings).toEqual([]);
  });
});
