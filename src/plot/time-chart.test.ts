import { describe, expect, test } from "vitest";
import { renderSvg } from "./render.ts";
import { timeChart } from "./time-chart.ts";

const coded = (code: string) => expect.objectContaining({ code });

const hour = 3_600_000;
const start = Date.UTC(2026, 2, 28, 12);
const day = Array.from({ length: 24 }, (_, i) => ({
  atMs: start + i * hour,
  value: 0.8 + i / 1000,
}));

describe("timeChart", () => {
  test("shows the metric with its unit, the hours in UTC and the marked moment", async () => {
    const moment = { atMs: start + 12 * hour, label: "price change" };
    const svg = await renderSvg(timeChart(day, { metric: "latency", unit: "ms", moment }));
    for (const text of ["Latency over time", "latency (ms)", "price change", "29 Mar", "18:00"])
      expect(svg).toContain(`>${text}</text>`);
    expect(svg).toContain(">time (UTC, 2026)</text>");
  });

  test("gives the same picture in every time zone and for points in any order", async () => {
    const zone = process.env["TZ"];
    const here = await renderSvg(timeChart(day, { metric: "accuracy" }));
    process.env["TZ"] = "Asia/Kathmandu";
    try {
      const there = await renderSvg(timeChart([...day].reverse(), { metric: "accuracy" }));
      expect(there).toBe(here);
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
  });

  test("breaks the line where nothing was measured", async () => {
    const gap = day.map((point, i) => (i === 12 ? { ...point, value: null } : point));
    const pieces = async (points: typeof gap): Promise<number> => {
      const svg = await renderSvg(timeChart(points, { metric: "accuracy" }));
      const line = /role-mark layer_0_marks.*?d="([^"]+)"/.exec(svg)?.[1] ?? "";
      return line.split("M").length - 1;
    };
    expect(await pieces(day)).toBe(1);
    expect(await pieces(gap)).toBe(2);
  });

  test("draws one point, equal values, and years", async () => {
    const one = await renderSvg(timeChart(day.slice(0, 1), { metric: "x" }));
    const equal = await renderSvg(
      timeChart(
        day.map((p) => ({ ...p, value: 0 })),
        { metric: "x" },
      ),
    );
    for (const svg of [one, equal]) expect(svg).not.toMatch(/NaN|Infinity/);
    const years = [
      { atMs: start, value: 1 },
      { atMs: start + 9000 * hour, value: 2 },
    ];
    const svg = await renderSvg(timeChart(years, { metric: "x" }));
    expect(svg).toContain(">time (UTC, 2026–2027)</text>");
    expect(svg).toContain(">Jan 2027</text>");
  });

  test("refuses points without values, NaN, times that are none and unknown options", () => {
    const code = (atMs: number, value: number | null) => () =>
      timeChart([{ atMs, value }], { metric: "x" });
    expect(() => timeChart([], { metric: "x" })).toThrow(coded("plot/missing-data"));
    expect(code(0, null)).toThrow(coded("plot/missing-data"));
    expect(code(0, Number.NaN)).toThrow(coded("plot/out-of-range-value"));
    expect(code(Infinity, 1)).toThrow(coded("plot/out-of-range-value"));
    expect(code(9e15, 1)).toThrow(coded("plot/out-of-range-value"));
    const moment = { atMs: Number.NaN, label: "now" };
    expect(() => timeChart(day, { metric: "x", moment })).toThrow(coded("plot/out-of-range-value"));
    const wrong = { metric: "x", units: "ms" } as { metric: string };
    expect(() => timeChart(day, wrong)).toThrow(coded("option/unknown-name"));
  });
});
