import { describe, expect, test } from "vitest";
import { forecastFigure } from "./forecast-figure.ts";
import { renderSvg } from "./render.ts";

const coded = (code: string) => expect.objectContaining({ code });
const dayMs = 86_400_000;
const at = (i: number): number => Date.UTC(2026, 0, 1) + i * dayMs;
const history = Array.from({ length: 30 }, (_, i) => ({ atMs: at(i), value: 10 + (i % 7) }));
const expected = Array.from({ length: 7 }, (_, i) => ({ atMs: at(30 + i), value: 11 + (i % 7) }));
const band = (level: number, width: number) => ({
  level,
  lower: expected.map(({ value }) => value - width),
  upper: expected.map(({ value }) => value + width),
});

describe("forecastFigure", () => {
  test("shows the history, what is expected, the bands and what came", async () => {
    const bands = [band(0.8, 1), band(0.95, 2)];
    const came = [{ atMs: at(30), value: 12 }];
    const spec = forecastFigure(
      { history, expected, bands, came },
      { measure: "rentals", unit: "bikes" },
    );
    const svg = await renderSvg(spec);
    for (const text of [
      "Forecast of rentals",
      "rentals (bikes)",
      "bounds of 80 % and 95 %",
      "time (UTC)",
      "18 Jan",
    ])
      expect(svg).toContain(`>${text}</text>`);
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect([svg.match(/mark-area/g)?.length, svg.match(/mark-line/g)?.length]).toEqual([2, 2]);
  });

  test("draws one value of each, and equal ones", async () => {
    const one = { history: history.slice(0, 1), expected: [{ atMs: at(0), value: 10 }] };
    expect(await renderSvg(forecastFigure(one))).not.toMatch(/NaN|Infinity/);
  });

  test("refuses nothing, bounds of another length, and what is no number", () => {
    const refused = (change: object, code: string) =>
      expect(() => forecastFigure({ history, expected, ...change })).toThrow(coded(code));
    refused({ history: [] }, "plot/missing-data");
    refused({ expected: [] }, "plot/missing-data");
    refused({ bands: [{ level: 0.8, lower: [1], upper: [2] }] }, "plot/mismatch-lengths");
    refused({ bands: [band(1.2, 1)] }, "plot/out-of-range-value");
    refused({ came: [{ atMs: Number.NaN, value: 1 }] }, "plot/out-of-range-value");
    expect(() => forecastFigure({ history, expected }, { colour: "red" } as object)).toThrow(
      coded("option/unknown-name"),
    );
  });
});
