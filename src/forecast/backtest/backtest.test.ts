import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quarters, sampleValues } from "../../../tests/conform/forecaster.ts";
import {
  arima,
  autoSmoothing,
  type BacktestReport,
  backtest,
  holtWinters,
  movingAverage,
  naiveDrift,
  series,
  smoothing,
} from "../index.ts";
import { scoresOf } from "./scores.ts";

const coded = (code: string) => expect.objectContaining({ code });
const entryOf = ({ entries }: BacktestReport, name: string) =>
  entries.find((entry) => entry.name === name);

describe("scoresOf", () => {
  const judged = (actual: number, forecast: number, scale = 2) =>
    ({
      step: 1,
      actual,
      forecast,
      scale,
      within: [{ held: forecast > actual, width: 4 }],
    }) as const;

  test("are the means that their names say", () => {
    const scores = scoresOf([judged(10, 12), judged(20, 16)], [0.9]);
    expect(scores).toMatchObject({ values: 2, mae: 3, bias: -1, mase: 1.5 });
    expect([scores.rmse, scores.mape, scores.smape]).toBeClose([
      Math.sqrt(10),
      0.2,
      (4 / 22 + 8 / 36) / 2,
    ]);
    expect(scores.coverage).toEqual([{ level: 0.9, share: 0.5, width: 4 }]);
  });

  test("say nothing of percents where a value is 0, and of scaled errors where no value has a scale", () => {
    const scores = scoresOf([judged(0, 3, 0), judged(1, 2)], []);
    expect([scores.mape, scores.mase, scores.mae]).toEqual([null, 0.5, 2]);
    expect(scoresOf([judged(0, 3, 0), judged(1, 2, 0)], []).mase).toBeNull();
    expect(scoresOf([judged(0, 0), judged(1, 2)], []).smape).toBe(1 / 3);
  });
});

describe("backtest", () => {
  const sample = quarters(sampleValues(60));

  test("asks after each origin whether that is enough, and gives no scores to what was ended", async () => {
    const seen: string[] = [];
    const forecasters = { drift: naiveDrift(), average: movingAverage() };
    const whole = await backtest(sample, { forecasters, horizon: 4, origins: 3 });
    const report = await backtest(sample, {
      ...{ forecasters, horizon: 4, origins: 3 },
      shouldStop: ({ name, origin, scores }) => {
        seen.push(`${name} ${origin} ${scores?.values}`);
        return name === "drift" && origin === 1;
      },
    });
    expect(seen.filter((text) => text.startsWith("drift"))).toEqual(["drift 0 4", "drift 1 4"]);
    expect(seen.filter((text) => text.startsWith("average"))).toHaveLength(3);
    expect(entryOf(report, "drift")).toMatchObject({
      scores: null,
      failure: "it was ended after 2 origins of 3",
    });
    expect(entryOf(report, "average")).toEqual(entryOf(whole, "average"));
  });

  test("tells that it was the caller's question that failed", async () => {
    const shouldStop = (): never => {
      throw new RangeError("no such shop");
    };
    const forecasters = { drift: naiveDrift() };
    const asked = backtest(sample, { forecasters, horizon: 4, origins: 3, shouldStop });
    await expect(asked).rejects.toMatchObject({
      code: "user/failed",
      message: "backtest: shouldStop failed: no such shop",
    });
  });

  test("compares with the naive forecasts, from origins that come before the last values", async () => {
    const report = await backtest(sample, {
      forecasters: { hw: holtWinters() },
      horizon: 4,
      origins: 3,
    });
    expect(report.origins.map((time) => time.toISOString().slice(0, 10))).toEqual([
      "2011-10-01",
      "2012-10-01",
      "2013-10-01",
    ]);
    expect(report.entries.map(({ name }) => name).sort()).toEqual([
      "hw",
      "naive",
      "seasonal-naive",
    ]);
    const hw = entryOf(report, "hw");
    expect(hw?.scores?.values).toBe(12);
    expect(hw?.bySteps.map((scores) => scores?.values)).toEqual([3, 3, 3, 3]);
    expect(hw?.skill).toBeLessThan(1);
    const seasonal = entryOf(report, "seasonal-naive");
    expect(seasonal?.judged[0]?.forecast).toBe(sample.values[44]);
    expect(seasonal?.judged.map(({ actual }) => actual)).toEqual([...sample.values.slice(48)]);
  });

  test("learns from a window of the last values where it is told to", async () => {
    const options = {
      forecasters: { ma: movingAverage({ window: 8 }) },
      horizon: 1,
      origins: 2,
      window: 8,
      initial: 9,
    };
    const report = await backtest(sample, options);
    expect(entryOf(report, "ma")?.failure).toMatch(/expected at least 9 values/);
    expect(entryOf(report, "ma")?.scores).toBeNull();
    const wider = await backtest(sample, { ...options, window: 9 });
    const mean = sample.values.slice(51, 59).reduce((sum, value) => sum + value, 0) / 8;
    expect(entryOf(wider, "ma")?.judged.at(-1)?.forecast).toBeClose(mean);
  });

  test("steps from origin to origin as it is told to", async () => {
    const report = await backtest(sample, { forecasters: {}, horizon: 3, origins: 4, step: 1 });
    expect(entryOf(report, "naive")?.judged.map(({ step }) => step)).toEqual([
      1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3,
    ]);
  });

  test("law: values after an origin change no forecast from it", async () => {
    const forecasters = {
      drift: naiveDrift(),
      average: movingAverage(),
      smoothing: autoSmoothing(),
      arima: arima({ order: [1, 0, 1], seasonal: [0, 1, 1] }),
    };
    const forecasts = async (values: Float64Array) => {
      const { entries } = await backtest(
        { ...sample, values },
        { forecasters, horizon: 4, origins: 1 },
      );
      return Object.fromEntries(
        entries.map(({ name, judged }) => [name, judged.map(({ forecast }) => forecast)]),
      );
    };
    const known = await forecasts(sample.values);
    const future = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
      minLength: 4,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(future, async (last) => {
        const values = Float64Array.from(sample.values);
        values.set(last, 56);
        expect(await forecasts(values)).toEqual(known);
      }),
      { numRuns: 10 },
    );
  });

  test("nothing leaks through holes that were filled, and they are not judged", async () => {
    const at = (jump: number) => {
      const days = Array.from({ length: 40 }, (_, i) => i).filter((i) => i < 34 || i > 36);
      const times = days.map((i) => new Date(Date.UTC(2026, 0, 1 + i)));
      const values = days.map((i) => (i > 36 ? jump : i % 7));
      return series({ times, values, missing: "interpolate" });
    };
    const run = async (jump: number) => {
      const report = await backtest(at(jump), { forecasters: {}, horizon: 4, origins: 1 });
      return entryOf(report, "naive")?.judged;
    };
    const [low, high] = [await run(0), await run(1000)];
    expect(low?.map(({ forecast }) => forecast)).toEqual([5, 5, 5]);
    expect(high?.map(({ forecast, step }) => [forecast, step])).toEqual([
      [5, 2],
      [5, 3],
      [5, 4],
    ]);
  });

  test("intervals hold about the share that they should, of a walk", async () => {
    const { random } = await import("../../core/index.ts");
    const draws = random(8);
    let at = 0;
    const walk = quarters(Array.from({ length: 400 }, () => (at += draws.normal())));
    const report = await backtest(walk, {
      forecasters: { smooth: smoothing() },
      horizon: 4,
      origins: 80,
      initial: 50,
    });
    const [eighty, most] = entryOf(report, "smooth")?.scores?.coverage ?? [];
    expect(eighty?.share).toBeClose(0.8, { atol: 0.07 });
    expect(most?.share).toBeClose(0.95, { atol: 0.04 });
  });

  test("refuses what is too short, and options that there are not", async () => {
    const options = { forecasters: {}, horizon: 4 };
    const refused = async (change: object, code: string, length = 60) =>
      expect(backtest(quarters(sampleValues(length)), { ...options, ...change })).rejects.toThrow(
        coded(code),
      );
    await refused({}, "forecast/missing-history", 12);
    await refused({ horizon: 0 }, "option/out-of-range");
    await refused({ levels: [2] }, "option/out-of-range");
    await refused({ folds: 3 }, "option/unknown-name");
  });

  test("tells how far it is, and stops when it is told to", async () => {
    const stop = new AbortController();
    const told: unknown[] = [];
    const progress = (step: { readonly done: number; readonly total?: number }) => {
      told.push(step);
      if (step.done === 3) stop.abort(new Error("enough"));
    };
    const run = backtest(sample, { forecasters: {}, horizon: 1, progress, signal: stop.signal });
    await expect(run).rejects.toThrow("enough");
    expect(told.at(-1)).toEqual({ done: 3, total: 10 });
  });
});
