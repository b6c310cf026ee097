/** @file Tests of what is looked at in a series before anything is learned of it. */
import { describe, expect, test } from "vitest";
import { series } from "../../forecast/index.ts";
import { checkHistory } from "./check-history.ts";

describe("checkHistory", () => {
  test("looks at three years of hours with the season of a year, which sorting each window would take minutes for", () => {
    const hours = 26_280;
    const times = Array.from({ length: hours }, (_, i) => new Date(Date.UTC(2023, 0, 1, i)));
    const value = (i: number): number =>
      20 + 9 * Math.sin((2 * Math.PI * i) / 8760) + ((i * 37) % 11) / 10;
    const values = times.map((_, i) => (i === 9000 ? 900 : value(i)));
    const found = checkHistory(series({ times, values }), {
      season: 8760,
      horizon: 24,
      origins: 5,
    });
    expect(found.map(({ check }) => check)).toEqual(["outliers"]);
  });
});
