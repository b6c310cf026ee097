import { describe, expect, test } from "vitest";
import { checkForecaster, quarters } from "../../../tests/conform/forecaster.ts";
import { formatJson, parseJson, random } from "../../core/index.ts";
import { forecastModelFromState, series } from "../index.ts";
import { calendarRegression } from "./calendar-regression.ts";

const coded = (code: string) => expect.objectContaining({ code });
const daily = (n: number, of: (day: Date, i: number) => number) => {
  const times = Array.from({ length: n }, (_, i) => new Date(Date.UTC(2022, 0, 1 + i)));
  return series({ times, values: times.map(of) });
};

describe("calendarRegression", () => {
  checkForecaster((options) => calendarRegression(options));

  test("learns what a holiday does, and expects it on the days that are free instead", async () => {
    const draws = random(1);
    // 2022: 4 July; 2023: 4 July; 2021-12-31, 2022-12-26 and 2023-01-02 are in lieu.
    const isHoliday = (day: Date): boolean =>
      ["2022-07-04", "2023-07-04", "2022-12-25", "2022-12-26"].includes(
        day.toISOString().slice(0, 10),
      );
    const sales = daily(700, (day) => 100 + 0.01 * draws.normal() - (isHoliday(day) ? 40 : 0));
    const model = await calendarRegression({ holidays: "us", trend: false }).fit(sales);
    expect(model.summary["Independence Day"]).toBeClose(-40, { rtol: 0.01 });
    expect(model.summary["Christmas Day"]).toBeClose(-40, { rtol: 0.01 });
    const { mean, times } = model.forecast({ horizon: 60 });
    const christmas = times.findIndex((time) => time.toISOString().startsWith("2023-12-25"));
    expect(mean[christmas]).toBeClose(60, { rtol: 0.01 });
    expect(mean[christmas - 1]).toBeClose(100, { rtol: 0.01 });
    const read = forecastModelFromState(parseJson(formatJson(model.state)));
    expect(read.forecast({ horizon: 60 }).mean).toEqual(mean);
  });

  test("counts holidays in longer steps, which end where their month ends or begin at their time", async () => {
    const rules = [{ name: "fair", on: { month: 3, day: 10 } }] as const;
    const months = (day: number) => {
      const times = Array.from({ length: 30 }, (_, i) => new Date(Date.UTC(2020, i, day)));
      const isMarch = (time: Date) =>
        new Date(time.getTime() - (day === 0 ? 1 : 0)).getUTCMonth() === 2;
      return series({ times, values: times.map((time) => (isMarch(time) ? 9 : 1)) });
    };
    for (const day of [0, 1]) {
      const options = { holidays: rules, month: false, trend: false };
      const model = await calendarRegression(options).fit(months(day));
      expect([model.summary["constant"], model.summary["fair"]]).toBeClose([1, 8]);
    }
  });

  test("follows waves, weekdays and hours", async () => {
    const times = Array.from({ length: 24 * 21 }, (_, i) => new Date(Date.UTC(2026, 0, 1, i)));
    const at = (time: Date, i: number): number =>
      time.getUTCHours() ** 2 +
      50 * Number(time.getUTCDay() === 1) +
      10 * Math.sin((2 * Math.PI * i) / 100);
    const model = await calendarRegression({ waves: [{ period: 100, pairs: 1 }] }).fit(
      series({ times, values: times.map(at) }),
    );
    const { mean, times: next } = model.forecast({ horizon: 48 });
    expect(mean).toBeClose(
      next.map((time, i) => at(time, 504 + i)),
      { rtol: 1e-6, atol: 1e-6 },
    );
  });

  test("reads every kind of rule back, and refuses a damaged one", async () => {
    const holidays = [
      { name: "a", on: { month: 1, weekday: 3, nth: 2 }, from: 2000, except: [2021] },
      { name: "b", on: { easter: 1 }, until: 2030, observed: "next" },
      { name: "c", on: { date: "2022-03-03" } },
    ] as const;
    const model = await calendarRegression({ holidays }).fit(daily(60, (_, i) => i % 9));
    const text = formatJson(model.state);
    const read = forecastModelFromState(parseJson(text));
    expect(formatJson(read.state)).toBe(text);
    expect(read.forecast({ horizon: 400 })).toEqual(model.forecast({ horizon: 400 }));
    for (const [from, to] of [
      ["next", "perhaps"],
      ['"nth":2', '"nth":7'],
      ["[2021]", "2021"],
    ] as const)
      expect(() => forecastModelFromState(parseJson(text.replace(from, to)))).toThrow(
        coded("forecast/corrupt-state"),
      );
  });

  test("refuses more columns than values, and options that there are not", async () => {
    const waves = [{ period: 12, pairs: 3 }];
    await expect(calendarRegression({ waves }).fit(quarters([1, 2, 3, 4, 5]))).rejects.toThrow(
      coded("forecast/missing-history"),
    );
    expect(() => calendarRegression({ waves: [{ period: 7, pairs: 4 }] })).toThrow(
      coded("option/out-of-range"),
    );
    const nowhere = { holidays: "nowhere" as "us" };
    expect(() => calendarRegression(nowhere)).toThrow(coded("option/out-of-range"));
  });
});
