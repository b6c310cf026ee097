import { describe, expect, test } from "vitest";
import { quarters, sampleValues } from "../../tests/conform/forecaster.ts";
import { formatJson } from "../core/index.ts";
import {
  boostedForecast,
  defaultForecasters,
  forecastAll,
  forecastRows,
  forecastSchema,
  holtWinters,
  naive,
} from "./index.ts";

const coded = (code: string) => expect.objectContaining({ code });
const named = (id: string, values: readonly number[]) => ({ ...quarters(values), id });

describe("forecastAll", () => {
  const all = [
    named("season", sampleValues(48)),
    named("short", sampleValues(6)),
    named("one", [5]),
    named(
      "line",
      Array.from({ length: 40 }, (_, i) => 3 * i),
    ),
  ];

  test("chooses for each series what was best on its past, and tells of those it cannot take", async () => {
    const results = await forecastAll(all, { horizon: 4 });
    const chosen = Object.fromEntries(results.map(({ id, chosen }) => [id, chosen]));
    expect(["smoothing", "arima"]).toContain(chosen["season"]);
    expect([chosen["short"], chosen["one"]]).toEqual(["naive", null]);
    expect(results[1]?.note).toMatch(/is too short/);
    expect(results[2]?.note).toMatch(/series "one" is too short/);
    expect(results[3]?.forecast?.mean).toBeClose([120, 123, 126, 129], { rtol: 1e-3 });
  });

  test("gives the same in any order of the series", async () => {
    const states = async (list: typeof all) => {
      const results = await forecastAll(list, {
        horizon: 4,
        forecasters: { naive: naive(), hw: holtWinters() },
      });
      return results.map(({ id, model }) => [id, formatJson(model?.state ?? null)]).sort();
    };
    expect(await states([...all].reverse())).toEqual(await states(all));
  });

  test("chooses by the error that is asked for", async () => {
    const [result] = await forecastAll([named("a", sampleValues(48))], {
      horizon: 2,
      metric: "mase",
    });
    const scores = result?.report?.entries.map(({ scores }) => scores?.mase ?? Infinity) ?? [];
    const best = result?.report?.entries.find(({ name }) => name === result.chosen);
    expect(best?.scores?.mase).toBe(Math.min(...scores));
  });

  test("tells how far it is, and refuses no series, two of one id and unknown options", async () => {
    const told: unknown[] = [];
    const forecasters = { naive: naive() };
    await forecastAll(all, { horizon: 1, forecasters, progress: (step) => told.push(step) });
    expect(told.at(-1)).toEqual({ done: 4, total: 4 });
    const refused = (list: typeof all, options: object, code: string) =>
      expect(forecastAll(list, { horizon: 1, ...options })).rejects.toThrow(coded(code));
    await refused([], {}, "forecast/missing-series");
    await refused([named("a", [1]), named("a", [2])], {}, "forecast/duplicate-name");
    await refused(all, { metric: "luck" }, "option/out-of-range");
    await refused(all, { luck: 1 }, "option/unknown-name");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(forecastAll(all, { horizon: 1, signal })).rejects.toThrow("enough");
  });

  test("goes on without a forecaster whose model does not reach the horizon", async () => {
    const far = {
      direct: boostedForecast({ strategy: "direct", horizon: 3, trees: 3 }),
      naive: naive(),
    };
    const [long, short] = await forecastAll(
      [named("long", sampleValues(48)), named("short", sampleValues(16))],
      { horizon: 4, forecasters: far, initial: 14 },
    );
    expect([long?.chosen, long?.forecast?.mean.length]).toEqual(["naive", 4]);
    const failed = long?.report?.entries.find(({ name }) => name === "direct");
    expect(failed?.failure).toContain("expected a horizon of at most 3, got 4");
    expect([short?.chosen, short?.report]).toEqual(["naive", null]);
    const alone = await forecastAll([named("long", sampleValues(48))], {
      horizon: 4,
      forecasters: { direct: far.direct },
      initial: 46,
    });
    expect([alone[0]?.chosen, alone[0]?.note]).toEqual([
      null,
      expect.stringMatching(/too short|at most 3/),
    ]);
  });

  test("its default forecasters leave a season of one step out", () => {
    expect(Object.keys(defaultForecasters(1))).toEqual(["naive", "drift", "smoothing", "arima"]);
  });
});

describe("forecastRows", () => {
  test("fit their schema, and a table of it", async () => {
    const levels = [0.5, 0.975];
    const model = await naive().fit(named("a", [1, 2, 4]));
    const rows = forecastRows([model.forecast({ horizon: 2, levels })]);
    const { columns } = forecastSchema("forecasts", levels);
    expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(columns));
    expect(Object.keys(columns).slice(5)).toEqual(["lower50", "upper50", "lower97_5", "upper97_5"]);
    expect(rows.map(({ series, step, forecast }) => [series, step, forecast])).toEqual([
      ["a", 1, 4],
      ["a", 2, 4],
    ]);
  });
});
