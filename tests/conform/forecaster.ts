/** @file What every forecaster must do; called by each forecaster's test. */
import { expect, test } from "vitest";
import { formatJson, parseJson, random } from "../../src/core/index.ts";
import {
  type Forecaster,
  type ForecastModel,
  forecastModelFromState,
  type Series,
  type SeriesInput,
  series,
  timeOf,
} from "../../src/forecast/index.ts";

/** What a forecaster declares about itself. */
export interface ForecasterTraits {
  /** Whether it refuses values at or below 0. */
  readonly positive?: boolean;
  /** Whether it needs two whole seasons of 4 steps. */
  readonly twoSeasons?: boolean;
  /** How near it comes to a constant series. Default 1e-6, relative. */
  readonly constant?: number;
  /** How near forecasts of a series in another unit come to the same. Default 1e-3, relative. */
  readonly scale?: number;
}

/**
 * Registers the conformance tests of a forecaster. Series are of quarters: a season has 4 steps.
 *
 * @param make - Makes it afresh, from options too: what was logged makes the same forecaster again.
 * @param traits - What it takes, and how exact it is.
 */
export function checkForecaster(
  make: (options?: Readonly<Record<string, unknown>>) => Forecaster,
  traits: ForecasterTraits = {},
): void {
  const sample = quarters(sampleValues(48));
  const state = (model: ForecastModel): string => formatJson(model.state);
  const ahead = { horizon: 6, levels: [0.5, 0.9] };

  test("conforms: fitting changes neither the forecaster nor the series", async () => {
    const [forecaster, before] = [make(), formatJson(sample)];
    const options = formatJson(forecaster.options);
    await forecaster.fit(sample);
    expect(formatJson(sample)).toBe(before);
    expect(formatJson(forecaster.options)).toBe(options);
  });

  test("conforms: the same series and options give the same bytes, and options survive JSON", async () => {
    const forecaster = make();
    const first = state(await forecaster.fit(sample));
    expect(state(await forecaster.fit(sample))).toBe(first);
    const read = parseJson(formatJson(forecaster.options)) as Readonly<Record<string, unknown>>;
    expect(state(await make(read).fit(sample))).toBe(first);
    expect([make(read).name, make(read).options]).toEqual([forecaster.name, forecaster.options]);
  });

  test("conforms: state through JSON forecasts the same bits", async () => {
    const model = await make().fit(sample);
    const read = forecastModelFromState(parseJson(state(model)));
    expect(read.kind).toBe(model.kind);
    expect(read.forecast(ahead)).toEqual(model.forecast(ahead));
    expect(read.summary).toEqual(model.summary);
    expect(state(read)).toBe(state(model));
  });

  test("conforms: a state of a newer format, or one that is damaged, is refused", async () => {
    const { state: good } = await make().fit(sample);
    const refused = (change: object, code: string) =>
      expect(() => forecastModelFromState({ ...good, ...change })).toThrow(coded(code));
    refused({ format: 99 }, "forecast/unsupported-format");
    refused({ kind: "oracle" }, "forecast/unknown-kind");
    refused({ params: {} }, "forecast/corrupt-state");
    refused({ series: null }, "forecast/corrupt-state");
  });

  test("conforms: every step has its time, a number, and bounds that hold each other", async () => {
    const { times, mean, intervals, frequency } = (await make().fit(sample)).forecast(ahead);
    expect(times.map((time) => time.getTime())).toEqual(
      [48, 49, 50, 51, 52, 53].map((i) => timeOf(sample, i)),
    );
    expect([frequency, mean.length, mean.every(Number.isFinite)]).toEqual(["quarter", 6, true]);
    const [half, most] = intervals;
    for (const [i, value] of mean.entries()) {
      const row = [most?.lower[i], half?.lower[i], value, half?.upper[i], most?.upper[i]];
      expect(row.every((v) => Number.isFinite(v))).toBe(true);
      expect([...row].sort((a = 0, b = 0) => a - b)).toEqual(row);
      expect(most?.lower[i]).toBeLessThan(most?.upper[i] ?? 0);
    }
  });

  test("conforms: a longer horizon has the shorter one in it", async () => {
    const model = await make().fit(sample);
    const long = model.forecast({ horizon: 9 }).mean;
    expect(long.slice(0, 6)).toBeClose(model.forecast({ horizon: 6 }).mean);
  });

  test("conforms: a constant series goes on", async () => {
    const model = await make().fit(quarters(new Array(24).fill(5)));
    const { mean, intervals } = model.forecast(ahead);
    expect(mean).toBeClose(new Float64Array(6).fill(5), { rtol: traits.constant ?? 1e-6 });
    for (const { lower, upper } of intervals)
      expect([...lower, ...upper].every((bound) => Math.abs(bound - 5) < 1)).toBe(true);
  });

  test("conforms: a series of zeros goes on, or is refused where something multiplies", async () => {
    const fitted = make().fit(quarters(new Array(24).fill(0)));
    if (traits.positive === true)
      return expect(fitted).rejects.toThrow(coded("forecast/out-of-range-value"));
    const { mean } = (await fitted).forecast(ahead);
    expect(mean).toBeClose(new Float64Array(6), { atol: 1e-9 });
  });

  test("conforms: values below 0 are taken, or refused where something multiplies", async () => {
    const fitted = make().fit(quarters(sampleValues(24).map((value) => value - 100)));
    if (traits.positive === true)
      return expect(fitted).rejects.toThrow(coded("forecast/out-of-range-value"));
    expect((await fitted).forecast(ahead).mean.every((value) => value < 0)).toBe(true);
  });

  test("conforms: one value is refused", async () => {
    const one = make().fit(quarters([5]));
    await expect(one).rejects.toThrow(coded("forecast/missing-history"));
  });

  test("conforms: two seasons less a value are forecast, or refused, as declared", async () => {
    const fitted = make().fit(quarters(sampleValues(7)));
    if (traits.twoSeasons === true)
      return expect(fitted).rejects.toThrow(coded("forecast/missing-history"));
    expect((await fitted).forecast(ahead).mean.every(Number.isFinite)).toBe(true);
  });

  test("conforms: a series with NaN, infinity or nothing in it is refused", async () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      const values = sample.values.with(7, value);
      await expect(make().fit({ ...sample, values })).rejects.toThrow(
        coded("forecast/out-of-range-value"),
      );
    }
    const empty = { ...sample, values: new Float64Array(0) };
    await expect(make().fit(empty)).rejects.toThrow(coded("forecast/missing-values"));
  });

  test("conforms: what is no series is refused", async () => {
    for (const wrong of [[1, 2, 3], 5, undefined, [sample]])
      await expect(make().fit(wrong as unknown as Series)).rejects.toThrow(
        coded("forecast/mismatch-argument"),
      );
  });

  test("conforms: another unit gives the same forecast in that unit", async () => {
    const { mean } = (await make().fit(sample)).forecast(ahead);
    for (const unit of [1e-6, 1e6]) {
      const turned = { ...sample, values: sample.values.map((value) => value * unit) };
      const other = (await make().fit(turned)).forecast(ahead);
      expect(other.mean).toBeClose(
        mean.map((value) => value * unit),
        { rtol: traits.scale ?? 1e-3 },
      );
    }
  });

  test("conforms: steps and levels that there are not are refused", async () => {
    const model = await make().fit(sample);
    for (const options of [
      { horizon: 0 },
      { horizon: 1.5 },
      { horizon: 1, levels: [1] },
      { horizon: 1, levels: [0] },
    ])
      expect(() => model.forecast(options)).toThrow(coded("option/out-of-range"));
    expect(() => make({ wisdom: 1 })).toThrow(coded("option/unknown-name"));
  });

  test("conforms: a signal that was given stops it with its reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(make().fit(sample, { signal })).rejects.toThrow("enough");
  });
}

const coded = (code: string) => expect.objectContaining({ code });

/** Quarters from 2000 on. */
export function quarters(values: SeriesInput["values"]): Series {
  const times = Array.from(values, (_, i) => new Date(Date.UTC(2000, 3 * i, 1)));
  return series({ times, values, frequency: "quarter" });
}

/** A slope, a season of 4 steps and noise, all well above 0. */
export function sampleValues(n: number): readonly number[] {
  const draws = random(5).stream("conform");
  return Array.from(
    { length: n },
    (_, i) => 40 + 0.2 * i + ([3, -2, 1, -2][i % 4] ?? 0) + draws.normal(),
  );
}
