import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SeriesInput, series, seriesHead } from "./series.ts";

const coded = (code: string) => expect.objectContaining({ code });
const dates = (...days: readonly string[]): Date[] => days.map((day) => new Date(day));
const holed: SeriesInput = {
  times: dates("2024-01-06", "2024-01-01", "2024-01-02"),
  values: [60, 10, 20],
  frequency: "day",
};

describe("series", () => {
  test("puts values in the order of their times", () => {
    const { values, startMs, frequency } = series({ ...holed, missing: "zero" });
    expect(values).toEqual(Float64Array.of(10, 20, 0, 0, 0, 60));
    expect([startMs, frequency]).toEqual([Date.parse("2024-01-01"), "day"]);
  });

  test("fills holes as it is told to, and says which they were", () => {
    const line = series({ ...holed, missing: "interpolate" });
    expect(line.values).toBeClose([10, 20, 30, 40, 50, 60]);
    expect([...line.filled]).toEqual([2, 3, 4]);
    expect(series({ ...holed, missing: "previous" }).values).toBeClose([10, 20, 20, 20, 20, 60]);
    expect(() => series(holed)).toThrow(/3 days between its first and its last: "2024-01-03"/);
    expect(() => series(holed)).toThrow(coded("forecast/missing-dates"));
  });

  test("fills a long hole by looking at each of its places once", () => {
    const timesOf = (hours: number): Date[] =>
      [0, 1, hours].map((hour) => new Date(hour * 3_600_000));
    const hours = 400_000; // quadratic: 8·10¹⁰ looks
    const made = series({
      times: timesOf(hours),
      values: [0, 1, hours],
      missing: "interpolate",
      frequency: "hour",
    });
    expect([made.values[200_000], made.filled.length]).toBeClose([200_000, hours - 2]);
    const head = seriesHead(made, hours);
    expect([head.values[1], head.values[200_000], head.values[hours - 1]]).toEqual([1, 1, 1]);
  });

  test("takes null and NaN as missing, and leaves those at the ends out", () => {
    const times = dates("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05");
    const values = [null, 1, Number.NaN, 3, null];
    const made = series({ times, values, missing: "interpolate" });
    expect(made.values).toBeClose([1, 2, 3]);
    expect(made.startMs).toBe(Date.parse("2024-01-02"));
  });

  test("knows one value of a declared frequency", () => {
    const made = series({ times: dates("2024-01-01"), values: [1], frequency: "month" });
    expect(made.values).toEqual(Float64Array.of(1));
  });

  test.each([
    [{ times: dates("2024-01-01", "2024-01-01"), values: [1, 2] }, "forecast/duplicate-time"],
    [{ times: dates("2024-01-01", "2024-01-02"), values: [1] }, "forecast/mismatch-length"],
    [{ times: dates("2024-01-01", "soon"), values: [1, 2] }, "forecast/out-of-range-time"],
    [{ times: dates("2024-01-01"), values: [Infinity] }, "forecast/out-of-range-value"],
    [{ times: [], values: [] }, "forecast/missing-values"],
    [{ times: dates("2024-01-01"), values: [null] }, "forecast/missing-values"],
    [{ times: dates("2024-01-01"), values: [1] }, "forecast/unknown-frequency"],
    [{ times: dates("2024-01-01", "2024-01-01T00:01Z"), values: [1, 2] }, "forecast/unknown-frequency"],
    [{ times: dates("2024-01-01", "2024-01-09"), values: [1, 2], frequency: "week" }, "forecast/mismatch-frequency"],
    [{ times: dates("2024-01-01"), values: [1], frequency: "fortnight" }, "option/out-of-range"],
    [{ times: dates("2024-01-01"), values: [1], missing: "guess" }, "option/out-of-range"],
    [{ times: dates("2024-01-01"), values: [1], period: 3 }, "option/unknown-name"],
  ])("refuses %j with %s", (input, code) => {
    expect(() => series(input as SeriesInput)).toThrow(coded(code));
  }); // biome-ignore format: a table

  test("law: the order of the rows does not matter", () => {
    const days = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 2 });
    fc.assert(
      fc.property(days, (given) => {
        const of = (list: readonly number[]) =>
          series({
            times: list.map((d) => new Date(Date.UTC(2024, 0, 1 + d))),
            values: list.map((d) => d * d),
            frequency: "day",
            missing: "interpolate",
          });
        expect(of([...given].reverse())).toEqual(of(given));
      }),
    );
  });
});

describe("seriesHead", () => {
  test("does not know the value that a hole was filled towards", () => {
    const whole = series({ ...holed, missing: "interpolate" });
    expect(seriesHead(whole, 4).values).toBeClose([10, 20, 20, 20]);
    expect(seriesHead(whole, 6).values).toBeClose([10, 20, 30, 40, 50, 60]);
    expect(whole.values[3]).toBe(40);
  });
});
