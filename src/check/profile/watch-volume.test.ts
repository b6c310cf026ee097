import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Load, loadsOf, type WatchOptions, watchVolume } from "./watch-volume.ts";

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
    expect(report.findings[1]?.expectation).toMatch(/usual are 1,00\d(\.5)? rows$/);
  });

  test("a load that does not come is late", () => {
    const report = watchedAt(daily([...usual, 1000]), 2);
    expect([report.passed, report.freshness?.odd]).toEqual([false, true]);
    expect(report.findings[0]?.expectation).toBe(
      "the newest load is not late: it came 2 days ago, usual are 1 day",
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
