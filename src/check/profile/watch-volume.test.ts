import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { random } from "../../core/index.ts";
import { int, schema } from "../../table/index.ts";
import { type Load, loadsOf, type WatchOptions, watchTable, watchVolume } from "./watch-volume.ts";

const day = 86_400_000;
const daily = (sizes: readonly number[]): readonly Load[] =>
  sizes.map((rows, i) => ({ atMs: i * day, rows }));
const usual = [1000, 1040, 980, 1010, 990, 1020, 1005, 995];
const watchedAt = (loads: readonly Load[], afterDays: number, options: WatchOptions = {}) =>
  watchVolume(loads, { clock: () => (loads.at(-1)?.atMs ?? 0) + afterDays * day, ...options });

describe("watchVolume", () => {
  test("a usual load is neither late nor odd", () => {
    const report = watchedAt(daily([...usual, 1015]), 0.5);
    expect([report.passed, report.freshness?.odd, report.volume?.odd]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test.each([
    ["too few rows", 400],
    ["no rows", 0],
    ["too many rows", 2100],
  ])("%s are odd, and it says why", (_, rows) => {
    const report = watchedAt(daily([...usual, rows]), 0.5);
    expect([report.passed, report.volume?.odd, report.freshness?.odd]).toEqual([
      false,
      true,
      false,
    ]);
    expect(report.findings[1]?.expectation).toMatch(
      /usual are 1,00\d(\.5)? rows, from 977 to 1,043$/,
    );
  });

  test("a load that does not come is late", () => {
    const report = watchedAt(daily([...usual, 1000]), 2);
    expect([report.passed, report.freshness?.odd]).toEqual([false, true]);
    expect(report.findings[0]?.expectation).toBe(
      "the newest load is not late: it came 2 days ago, usual are 1 day and up to 1 day",
    );
  });

  test("an odd load in the history does not hide the next one", () => {
    expect(watchedAt(daily([...usual, 90_000, 1000, 90_000]), 0).volume?.odd).toBe(true);
  });

  test("equal loads leave room for a twentieth", () => {
    const equal = Array.from({ length: 10 }, () => 1000);
    expect(watchedAt(daily([...equal, 1100]), 0).passed).toBe(true);
    expect(watchedAt(daily([...equal, 1300]), 0).passed).toBe(false);
  });

  test("a table that rests at weekends is not late on Sunday, and is on Tuesday", () => {
    const workdays = Array.from({ length: 60 }, (_, i) => i).filter((i) => (i + 3) % 7 < 5); // day 0 is a Thursday
    const loads = workdays.map((i) => ({
      atMs: i * day,
      rows: (i + 3) % 7 === 0 ? 9000 : 1000 + i,
    }));
    const loadedUntil = (last: number, days: number) =>
      watchedAt(
        loads.filter(({ atMs }) => atMs <= last * day),
        days,
      );
    const friday = 50; // (50 + 3) % 7 = 4
    expect(loadedUntil(friday, 2.9).freshness).toMatchObject({
      rhythm: "weekday",
      odd: false,
      usual: 3 * day,
    });
    expect(loadedUntil(friday, 4).freshness?.odd).toBe(true);
    const tuesday = 47;
    expect(loadedUntil(tuesday, 2).freshness).toMatchObject({ odd: true, usual: day });
    const monday = 53;
    expect(loadedUntil(monday, 0).volume).toMatchObject({
      rhythm: "weekday",
      odd: false,
      usual: 9000,
    });
    expect(loadedUntil(monday, 0).findings[1]?.expectation).toContain("on such weekdays");
  });

  test("a table that is loaded in office hours is not late at night, and is at noon", () => {
    const loads = Array.from({ length: 24 * 7 }, (_, hour) => hour)
      .filter((hour) => hour % 24 >= 8 && hour % 24 <= 18)
      .map((hour) => ({ atMs: hour * 3_600_000, rows: 100 }));
    const at = (hours: number) =>
      watchVolume(
        loads.filter(({ atMs }) => atMs <= hours * 3_600_000),
        { clock: () => hours * 3_600_000 },
      );
    const gone = (hour: number, now: number) =>
      watchVolume(
        loads.filter(({ atMs }) => atMs <= hour * 3_600_000),
        { clock: () => now * 3_600_000 },
      );
    expect(at(6 * 24 + 7.5).freshness).toMatchObject({ rhythm: "hour", odd: false });
    expect(gone(6 * 24 + 10, 6 * 24 + 12.5).freshness?.odd).toBe(true);
  });

  test("law: false alarms are no more often than the coverage says", () => {
    const chance = random(7);
    let [alarms, allowed] = [0, 0];
    for (let run = 0; run < 400; run++) {
      const rows = Array.from({ length: 21 }, () =>
        Math.round(1000 + 200 * Math.abs(chance.normal()) ** 3),
      );
      const { volume } = watchedAt(daily(rows), 0.5);
      if (volume?.odd) alarms += 1;
      allowed += 1 - (volume?.coverage ?? 0);
    }
    expect(alarms).toBeGreaterThan(0);
    expect(alarms).toBeLessThan(allowed + 3 * Math.sqrt(allowed));
  });

  test("few loads are not judged, and it says so", () => {
    const report = watchedAt(daily([1000, 1000, 5]), 99);
    expect([report.passed, report.freshness, report.volume]).toEqual([true, null, null]);
    expect(report.findings[0]?.expectation).toContain("not judged: 2 earlier loads, 7 are needed");
    expect(watchedAt([], 0).passed).toBe(true);
  });

  test("the severity is the one asked for", () => {
    expect(watchedAt(daily(usual), 9, { severity: "critical" }).findings[0]?.severity).toBe(
      "critical",
    );
  });

  test("options that are none are refused", () => {
    const bad: readonly WatchOptions[] = [{ minimum: 2 }, { threshold: 0 }, { window: 3 }];
    for (const options of bad) expect(() => watchVolume([], options)).toThrow(/must be/);
  });

  test("law: loads scaled alike are judged alike", () => {
    const sizes = fc.array(fc.integer({ min: 100, max: 10_000 }), { minLength: 8, maxLength: 30 });
    fc.assert(
      fc.property(sizes, (rows) => {
        const [one, ten] = [1, 10].map((k) => watchedAt(daily(rows.map((n) => n * k)), 1).volume);
        expect(ten?.score ?? 0).toBeClose(one?.score ?? 0, { rtol: 1e-6, atol: 1e-9 });
      }),
    );
  });
});

describe("watchTable", () => {
  test("judges a table by its history, whatever else was done to it", async () => {
    let now = Date.UTC(2024, 0, 1);
    const lake = await newLake({ clock: () => now });
    const table = lake.table("a.points", schema("points", { x: int() }));
    for (let i = 0; i < 12; i++) {
      await table.append(Array.from({ length: i === 11 ? 90 : 10 }, (_, x) => ({ x })));
      await table.optimize();
      now += day;
    }
    const late = await watchTable(table, { clock: () => now + 2 * day });
    expect(late).toMatchObject({ loads: 12, passed: false, freshness: { odd: true, usual: day }, volume: { odd: true, usual: 10, seen: 90 } }); // biome-ignore format: one value
  });
});

describe("loadsOf", () => {
  test("commits that bring rows are loads, oldest first", () => {
    const entry = (
      version: number,
      operation: string,
      metrics: Readonly<Record<string, string>>,
    ) => ({
      version,
      atMs: version * 10,
      operation,
      metrics,
    });
    const history = [
      entry(3, "OPTIMIZE", { numOutputRows: "9" }),
      entry(2, "MERGE", {
        numTargetRowsInserted: "5",
        numTargetRowsUpdated: "2",
        numTargetRowsCopied: "90",
      }),
      entry(1, "WRITE", { numOutputRows: "7" }),
      entry(0, "WRITE", { numFiles: "1" }),
      entry(4, "WRITE", { numOutputRows: "many" }),
    ];
    expect(loadsOf(history)).toEqual([
      { atMs: 10, rows: 7 },
      { atMs: 20, rows: 7 },
    ]);
  });
});
