import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detectFrequency, frequencies, gridOf, gridsFrom, placeOf, timeOf } from "./grid.ts";

const ms = (text: string): number => Date.parse(text);

describe("timeOf", () => {
  test("counts calendar months, and ends of months", () => {
    const [ends, days] = gridsFrom("month", ms("2023-11-30"));
    const list = (grid = ends) =>
      [1, 2, 3, 4].map((i) => grid && new Date(timeOf(grid, i)).toISOString().slice(0, 10));
    expect(list(ends)).toEqual(["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31"]);
    expect(list(days)).toEqual(["2023-12-30", "2024-01-30", "2024-02-29", "2024-03-30"]);
  });

  test("law: the place of a time is its number, of every frequency and start", () => {
    const start = fc.integer({ min: ms("1900-01-01"), max: ms("2100-01-01") });
    const place = fc.integer({ min: -500, max: 500 });
    fc.assert(
      fc.property(fc.constantFrom(...frequencies), start, place, (frequency, startMs, i) => {
        for (const grid of gridsFrom(frequency, startMs))
          expect(placeOf(grid, timeOf(grid, i))).toBe(i);
      }),
    );
  });

  test("law: times rise", () => {
    const start = fc.integer({ min: ms("1900-01-01"), max: ms("2100-01-01") });
    fc.assert(
      fc.property(fc.constantFrom(...frequencies), start, (frequency, startMs) => {
        for (const grid of gridsFrom(frequency, startMs))
          for (let i = -30; i < 30; i++) expect(timeOf(grid, i)).toBeLessThan(timeOf(grid, i + 1));
      }),
    );
  });
});

describe("detectFrequency", () => {
  test.each([
    [["2024-01-01T00:00Z", "2024-01-01T05:00Z", "2024-01-01T06:00Z"], "hour"],
    [["2024-01-01", "2024-01-02", "2024-01-05"], "day"],
    [["2024-01-01", "2024-01-08", "2024-01-29"], "week"],
    [["2024-01-15", "2024-02-15", "2024-04-15"], "month"],
    [["2024-01-31", "2024-02-29", "2024-04-30"], "month"],
    [["2023-12-31", "2024-03-31", "2024-06-30"], "quarter"],
    [["2020-02-29", "2021-02-28", "2024-02-29"], "year"],
    [["2024-01-01T00:15Z", "2024-01-01T00:30Z"], undefined],
    [["2024-01-01"], undefined],
  ])("finds the coarsest that fits %j: %s", (times, frequency) => {
    expect(detectFrequency([times.map(ms)])).toBe(frequency);
  });

  test("fits all lists at once", () => {
    const daily = ["2024-01-01", "2024-01-02"].map(ms);
    expect(detectFrequency([["2024-01-01", "2024-02-01"].map(ms), daily, [0]])).toBe("day");
  });
});

describe("gridOf", () => {
  test("has no grid for a time between its steps", () => {
    expect(gridOf("month", ["2024-01-31", "2024-02-28"].map(ms))).toBeUndefined();
    expect(gridOf("day", ["2024-01-01", "2024-01-02T01:00Z"].map(ms))).toBeUndefined();
  });
});
