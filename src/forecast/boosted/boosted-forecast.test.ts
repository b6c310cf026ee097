import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkForecaster, quarters } from "../../../tests/conform/forecaster.ts";
import { random } from "../../core/index.ts";
import { backtest, series } from "../index.ts";
import { boostedForecast } from "./boosted-forecast.ts";
import { conformalOutlook, conformalWidth } from "./conformal.ts";
import { lessonsOf, pastRow } from "./step-features.ts";

const coded = (code: string) => expect.objectContaining({ code });
const quick = { trees: 25 };

describe("boostedForecast", () => {
  checkForecaster((options) => boostedForecast({ ...quick, ...options }), { twoSeasons: true });

  test("learns weekdays and holidays that repeating the last week does not know", async () => {
    const times = Array.from({ length: 800 }, (_, i) => new Date(Date.UTC(2022, 0, 1 + i)));
    const draws = random(1);
    const closed = new Set([
      "2022-07-04",
      "2022-09-05",
      "2022-11-24",
      "2023-07-04",
      "2023-09-04",
      "2023-11-23",
      "2024-02-19",
      "2022-02-21",
      "2023-02-20",
    ]);
    const at = (day: Date): number =>
      100 +
      20 * Number(day.getUTCDay() === 6) -
      60 * Number(closed.has(day.toISOString().slice(0, 10)));
    const sales = series({ times, values: times.map((day) => at(day) + draws.normal()) });
    const forecasters = { boosted: boostedForecast({ holidays: "us" }) };
    const { entries } = await backtest(sales, { forecasters, horizon: 21, origins: 1 });
    const [first] = entries;
    expect(first?.name).toBe("boosted");
    expect(first?.scores?.rmse).toBeLessThan(6);
    expect(first?.skill).toBeLessThan(0.4);
  });

  test("law: values after an origin change no forecast from it", async () => {
    const draws = random(9);
    const sample = quarters(Array.from({ length: 50 }, (_, i) => 20 + (i % 4) + draws.normal()));
    const forecasts = async (last: number) => {
      const values = sample.values.with(49, last).with(48, -last);
      const options = { forecasters: { boosted: boostedForecast(quick) }, horizon: 2, origins: 1 };
      const { entries } = await backtest({ ...sample, values }, options);
      return entries.find(({ name }) => name === "boosted")?.judged.map(({ forecast }) => forecast);
    };
    const known = await forecasts(0);
    await fc.assert(
      fc.asyncProperty(fc.double({ min: -1e6, max: 1e6, noNaN: true }), async (last) => {
        expect(await forecasts(last)).toEqual(known);
      }),
      { numRuns: 5 },
    );
  });

  test("bounds hold about the share that they should, of noise", async () => {
    const draws = random(3);
    const noise = quarters(Array.from({ length: 320 }, () => 10 + draws.normal()));
    const forecasters = { boosted: boostedForecast({ ...quick, lags: [1], windows: [8] }) };
    const report = await backtest(noise, {
      forecasters,
      horizon: 4,
      origins: 30,
      initial: 100,
      levels: [0.8],
    });
    const [eighty] = report.entries.find(({ name }) => name === "boosted")?.scores?.coverage ?? [];
    expect(eighty?.share).toBeClose(0.8, { atol: 0.12 });
  });
});

describe("boostedForecast, direct", () => {
  const direct = { ...quick, strategy: "direct", horizon: 9, windows: [4] } as const;
  checkForecaster((options) => boostedForecast({ ...direct, ...options }), { twoSeasons: true });

  test("has no more steps than it learned", async () => {
    const model = await boostedForecast({ ...direct, horizon: 2, trees: 150 }).fit(
      quarters(Array.from({ length: 40 }, (_, i) => i % 4)),
    );
    expect(model.forecast({ horizon: 2 }).mean).toBeClose([0, 1], { atol: 0.1 });
    expect(() => model.forecast({ horizon: 3 })).toThrow(coded("forecast/out-of-range-horizon"));
  });

  test("refuses lags, windows and strategies that there are not", () => {
    for (const options of [
      { lags: [0] },
      { windows: [1] },
      { strategy: "wild" as "direct" },
      { trees: 0 },
    ])
      expect(() => boostedForecast(options)).toThrow(coded("option/out-of-range"));
  });
});

describe("pastRow", () => {
  const plan = { lags: [1, 3], windows: [4], level: 2, unit: 10 };

  test("has lags and windows as what they are off the level, in units", () => {
    const row = pastRow([0, 4, 8, 20, 40], 4, plan);
    // Level (20 + 40)/2; lags 40 and 8; window 4, 8, 20, 40.
    expect(row).toBeClose([1, -2.2, (18 - 30) / 10, Math.sqrt((196 + 100 + 4 + 484) / 4) / 10]);
  });

  test("law: reads nothing after the last known value", () => {
    const list = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), {
      minLength: 9,
      maxLength: 9,
    });
    fc.assert(
      fc.property(list, fc.double({ noNaN: true }), (values, later) => {
        const changed = values.map((value, i) => (i > 5 ? later : value));
        expect(pastRow(changed, 5, plan)).toEqual(pastRow(values, 5, plan));
      }),
    );
  });

  test("lessons end before the place that they are told", () => {
    const { x, y } = lessonsOf({ values: [1, 2, 3, 4, 5, 6, 7], calendar: [], plan }, 2, 6);
    expect([x.rows, y.length]).toEqual([1, 1]);
    expect(y).toBeClose([(6 - 3.5) / 10]);
  });
});

describe("conformalWidth", () => {
  test("is the size that the level asks for, and more where there are too few", () => {
    const sizes = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect([conformalWidth(sizes, 0.8), conformalWidth(sizes, 0.5)]).toEqual([8, 5]);
    expect(conformalWidth(sizes, 0.99)).toBeGreaterThan(9);
  });

  test("bounds never narrow with the steps", () => {
    const outlook = conformalOutlook(new Float64Array(4), [Float64Array.of(5), Float64Array.of(1)]);
    const { upper } = outlook.bounds(0.5);
    expect(upper).toBeClose([5, 5, 5 * Math.sqrt(1.5), 5 * Math.SQRT2]);
  });
});
