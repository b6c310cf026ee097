/** @file Tests of forecasters by name. */
import { describe, expect, test } from "vitest";
import { forecasterNames, namedForecaster } from "./index.ts";

const codesOf = (season?: number) =>
  forecasterNames.map(
    (name) => namedForecaster(name, { season, holidays: "us", boosted: { trees: 20 } }).code,
  );

describe("namedForecaster", () => {
  test("tells each forecaster of the season and the holidays that it can use", () => {
    expect(codesOf(7)).toEqual([
      ...[
        "naive()",
        "seasonalNaive({ season: 7 })",
        "naiveDrift()",
        "movingAverage({ window: 7 })",
      ],
      ...["autoSmoothing({ period: 7 })", "autoArima({ period: 7 })"],
      ...[
        'calendarRegression({ holidays: "us" })',
        expect.stringMatching(/^boostedForecast\(.*season: 7.*trees: 20|trees: 20.*season: 7/),
      ],
    ]);
    expect(codesOf(1)[4]).toBe("autoSmoothing({ seasonal: false })");
    expect(codesOf().slice(0, 6)).toEqual([
      "naive()",
      "seasonalNaive()",
      "naiveDrift()",
      "movingAverage()",
      "autoSmoothing()",
      "autoArima()",
    ]);
  });

  test("refuses names and facts that mean nothing", () => {
    const [odd, odds] = [JSON.parse('"oracle"'), JSON.parse('{ "weather": 3 }')];
    expect(() => namedForecaster(odd)).toThrow(
      expect.objectContaining({ code: "option/out-of-range" }),
    );
    expect(() => namedForecaster("naive", odds)).toThrow(
      expect.objectContaining({ code: "option/unknown-name" }),
    );
  });
});
