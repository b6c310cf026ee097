import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  float,
  frame,
  int,
  openEngine,
  type Schema,
  schema,
  text,
  timestamp,
} from "../../table/index.ts";
import { conceptDrift, rollingStatistics } from "./index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const loads = schema("loads", {
  id: int({ key: true }),
  at: timestamp(),
  load: float({ nullable: true }),
  host: text(),
});
const framed = (sql: string) => frame({ engine, schema: loads, sql });
const rows = framed(`SELECT i AS id, TIMESTAMPTZ '2026-01-01' + to_hours(i) AS at,
  CASE WHEN i = 0 THEN NULL WHEN i = 1 THEN 'inf'::DOUBLE WHEN i < 48 THEN i::DOUBLE END AS load,
  'a' AS host FROM range(60) t(i)`);
const dayMs = 86_400_000;

describe("rollingStatistics", () => {
  test("gives statistics of the windows of time, those without a number too", async () => {
    const days = await rollingStatistics({ rows, time: "at", windowMs: dayMs });
    expect(
      days.map(({ column, fromMs, rows, missing }) => [column, fromMs, rows, missing]),
    ).toEqual([
      ["load", Date.UTC(2026, 0, 1), 24, 2],
      ["load", Date.UTC(2026, 0, 2), 24, 0],
      ["load", Date.UTC(2026, 0, 3), 12, 12],
    ]);
    expect(days.map(({ mean }) => mean)).toEqual([12.5, 35.5, null]);
    expect(days[1]?.std).toBeClose(Math.sqrt((24 ** 2 - 1) / 12));
    expect(days.map(({ quantiles }) => quantiles)).toEqual([
      [2, 7, 12, 18, 23],
      [24, 29, 35, 41, 47],
      null,
    ]);
  });

  test("refuses columns that have no statistics, and times that are none", async () => {
    const refused = (work: Promise<unknown>, code: string) =>
      expect(work).rejects.toThrow(expect.objectContaining({ code }));
    const untyped = { ...rows, schema: loads as Schema };
    await refused(
      rollingStatistics({ rows, time: "load", windowMs: 1 }),
      "monitor/mismatch-column",
    );
    await refused(
      rollingStatistics({ rows: untyped, time: "when", windowMs: 1 }),
      "monitor/unknown-column",
    );
    await refused(
      rollingStatistics({ rows, time: "at", columns: ["host"], windowMs: 1 }),
      "monitor/mismatch-column",
    );
    await refused(
      rollingStatistics({ rows, time: "at", columns: [], windowMs: 1 }),
      "monitor/missing-columns",
    );
    await refused(rollingStatistics({ rows, time: "at", windowMs: 0 }), "option/out-of-range");
  });
});

describe("conceptDrift", () => {
  /** Answers of which about each k-th is wrong, by a fixed stream of chance. */
  const answers = (n: number, share: number, seed: number): boolean[] =>
    fc
      .sample(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { numRuns: n, seed })
      .map(
        (_, i) => ((i * 2_654_435_761 + seed * 40_503) % 4_294_967_296) / 4_294_967_296 >= share,
      );

  test("says nothing of a model that stays as right as it was", () => {
    for (const share of [0, 0.05, 0.3])
      expect(conceptDrift(answers(2000, share, 7)).level).toBe("none");
  });

  test("finds the answer from which on a model is wrong more often", () => {
    const found = conceptDrift([...answers(1000, 0.1, 3), ...answers(500, 0.5, 5)]);
    expect(found.level).toBe("severe");
    expect(found.at).toBeGreaterThan(1000);
    expect(found.at).toBeLessThan(1150);
    expect(found.best).toBeLessThan(0.12);
  });

  test("does not take one error after a run without any for severe drift, nor judges few answers", () => {
    expect(conceptDrift([...Array<boolean>(200).fill(true), false]).level).toBe("moderate");
    expect(conceptDrift(Array<boolean>(20).fill(false)).level).toBe("none");
    const code = (expected: string) => expect.objectContaining({ code: expected });
    expect(() => conceptDrift([])).toThrow(code("monitor/missing-rows"));
    expect(() => conceptDrift([true], { severe: 1 })).toThrow(code("option/out-of-range"));
  });
});
