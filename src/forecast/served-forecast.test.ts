/** @file Tests of forecast models as models among others. */
import { describe, expect, test } from "vitest";
import { formatJson } from "../core/index.ts";
import type { ModelFiles } from "../flow.ts";
import {
  arima,
  boostedForecast,
  calendarRegression,
  type Forecaster,
  holtWinters,
  loadForecast,
  movingAverage,
  naive,
  naiveDrift,
  seasonalNaive,
  series,
  servedForecast,
} from "./index.ts";

const day = (i: number): Date => new Date(Date.UTC(2026, 0, 1 + i));
const sales = series({
  id: "a",
  times: Array.from({ length: 60 }, (_, i) => day(i)),
  values: Array.from(
    { length: 60 },
    (_, i) => 30 + i / 3 + ([9, 0, 1, 0, 2, 5, 8][i % 7] ?? 0) + ((i * 7) % 5),
  ),
});
const code = (expected: string) => expect.objectContaining({ code: expected });
const forecasters: readonly Forecaster[] = [
  ...[naive(), naiveDrift(), seasonalNaive(), movingAverage(), holtWinters()],
  ...[holtWinters({ season: "multiplicative" }), arima({ order: [1, 1, 1] }), calendarRegression()],
  boostedForecast({ trees: 20 }),
];

describe("servedForecast", () => {
  test("law: of every kind, loaded ≡ fitted, and one by one ≡ batch ≡ the forecast", async () => {
    for (const forecaster of forecasters) {
      const learned = await forecaster.fit(sales);
      const { mean } = learned.forecast({ horizon: 20, levels: [] });
      const model = servedForecast(learned, { time: "day", value: "sold" });
      const rows = Array.from({ length: 20 }, (_, i) => ({ day: day(60 + i) }));
      const oneByOne = rows.map((row) => model.predict(row).value);
      expect([forecaster.name, ...oneByOne]).toEqual([forecaster.name, ...mean]);
      const loaded = loadForecast(model.files());
      expect(loaded.predictAll(rows).map(({ value }) => value)).toEqual([...mean]);
      expect([loaded.hash, loaded.kind, loaded.signature]).toEqual([
        model.hash,
        model.kind,
        model.signature,
      ]);
    }
  });

  test("says what it takes and tells, and hashes what decides its answers", async () => {
    const learned = await naive().fit(sales);
    const model = servedForecast(learned, { time: "day", value: "sold" });
    expect(model.signature).toEqual({
      inputs: { day: { kind: "timestamp", nullable: false } },
      output: { name: "sold", kind: "float" },
    });
    expect(servedForecast(learned).hash).not.toBe(model.hash);
    expect(
      servedForecast(await naiveDrift().fit(sales), { time: "day", value: "sold" }).hash,
    ).not.toBe(model.hash);
    expect(() => servedForecast(learned, { horizon: 3 } as object)).toThrow(
      code("option/unknown-name"),
    );
  });

  test("refuses times that are no step after the end, with the end", async () => {
    const model = servedForecast(await naive().fit(sales), { time: "day" });
    const odd = [
      day(59),
      day(-1),
      new Date(day(61).getTime() + 1),
      day(60 + 10_000),
      new Date(Number.NaN),
      null,
      "2027-01-01",
    ];
    for (const asked of odd)
      expect(() => model.predict({ day: asked })).toThrow(code("forecast/out-of-range-step"));
    expect(() => model.predict({})).toThrow(/ends on 2026-03-01.*of a day, got nothing/);
    expect(model.predict({ day: day(60 + 9_999) }).value).toBe(sales.values.at(-1));
    expect(model.predictAll([])).toEqual([]);
  });
});

describe("loadForecast", () => {
  test("refuses what it cannot read", async () => {
    const model = servedForecast(await naive().fit(sales));
    const [bytes] = Object.values(model.files());
    const whole = JSON.parse(new TextDecoder().decode(bytes)) as object;
    const file = (change: object) => ({
      "forecast.json": new TextEncoder().encode(formatJson({ ...whole, ...change })),
    });
    expect(loadForecast(file({})).hash).toBe(model.hash);
    expect(() => loadForecast(file({ format: 2 }))).toThrow(code("forecast/unsupported-format"));
    expect(() => loadForecast(file({ forecast: { format: 1, kind: "oracle" } }))).toThrow(
      code("forecast/unknown-kind"),
    );
    const damaged: ModelFiles[] = [
      ...[{}, { "model.json": new Uint8Array() }, { "forecast.json": new Uint8Array([123]) }],
      ...[{ "forecast.json": new TextEncoder().encode("3") }, file({ format: "one" })],
      ...[file({ signature: 3 }), file({ signature: { inputs: {}, output: {} } })],
    ];
    const { forecast } = JSON.parse(new TextDecoder().decode(bytes)) as {
      forecast: { series: object };
    };
    const inSeries = (change: object) =>
      file({ forecast: { ...forecast, series: { ...forecast.series, ...change } } });
    expect(loadForecast(inSeries({})).hash).toBe(model.hash);
    damaged.push(
      ...[
        file({ format: -3 }),
        file({ format: 0.5 }),
        file({ forecast: { ...forecast, format: -3 } }),
      ],
      ...[file({ forecast: 3 }), file({ forecast: { ...forecast, params: null } })],
      ...[
        inSeries({ frequency: "fortnight" }),
        inSeries({ length: -5.5 }),
        inSeries({ length: 0 }),
      ],
      ...[inSeries({ startMs: 0.5 }), inSeries({ monthDay: 32 }), inSeries({ monthDay: "1" })],
    );
    for (const files of damaged)
      expect(() => loadForecast(files)).toThrow(code("forecast/corrupt-files"));
  });
});
