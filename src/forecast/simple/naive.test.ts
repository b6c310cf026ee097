import { describe, expect, test } from "vitest";
import { checkForecaster, quarters } from "../../../tests/conform/forecaster.ts";
import { naive, naiveDrift, seasonalNaive } from "./naive.ts";

const untyped = (options?: Readonly<Record<string, unknown>>) => options as Record<never, never>;

describe("naive", () => {
  checkForecaster((options) => naive(untyped(options)));

  test("bounds grow with the root of the steps", async () => {
    const model = await naive().fit(quarters([1, 3, 1, 3, 1]));
    const [interval] = model.forecast({ horizon: 4, levels: [0.95] }).intervals;
    const width = interval?.upper.map((bound, i) => bound - (interval.lower[i] ?? 0));
    const one = 2 * 1.959963984540054 * 2;
    expect(width).toBeClose([1, Math.SQRT2, Math.sqrt(3), 2].map((root) => root * one));
  });
});

describe("naiveDrift", () => {
  checkForecaster((options) => naiveDrift(untyped(options)));
});

describe("seasonalNaive", () => {
  checkForecaster((options) => seasonalNaive(options));

  test("takes a season that is declared", async () => {
    const model = await seasonalNaive({ season: 3 }).fit(quarters([1, 2, 3, 4]));
    expect(model.forecast({ horizon: 4 }).mean).toEqual(Float64Array.of(2, 3, 4, 2));
    await expect(seasonalNaive({ season: 4 }).fit(quarters([1, 2, 3, 4]))).rejects.toThrow(
      /expected at least 5 values \(a season and one value\), got 4/,
    );
  });
});
