import { describe, expect, test } from "vitest";
import type { Drift } from "../flow.ts";
import { driftChart } from "./drift-chart.ts";
import { renderSvg } from "./render.ts";

const coded = (code: string) => expect.objectContaining({ code });

const drifts: readonly Drift[] = [
  { column: "tenure", psi: 0.021, level: "none" },
  { column: "charges", psi: 0.31, level: "severe" },
  { column: "contract", psi: 0.134, level: "moderate" },
];

describe("driftChart", () => {
  test("shows each column with its index and level, and the two lines", async () => {
    const svg = await renderSvg(driftChart(drifts));
    for (const text of ["0.310 severe", "0.134 moderate", "0.021", "0.1 moderate", "0.2 severe"])
      expect(svg).toContain(`>${text}</text>`);
    expect(svg).toContain(">population stability index (nats)</text>");
  });

  test("sorts the columns by index and colours them by level", async () => {
    const svg = await renderSvg(driftChart(drifts), { theme: "light" });
    const at = ["charges", "contract", "tenure"].map((name) => svg.indexOf(`>${name}</text>`));
    expect(at).toEqual([...at].sort((a, b) => a - b));
    for (const colour of ["#93a0ad", "#d99000", "#c63d08"])
      expect(svg).toContain(`fill="${colour}"`);
  });

  test("draws the first 30 of 40 columns, and one column alone", async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({
      column: `c${i}`,
      psi: 40 - i,
      level: "severe" as const,
    }));
    const svg = await renderSvg(driftChart(many));
    expect(svg).toContain(">the first 30 of 40 columns</text>");
    expect(svg).not.toContain(">c30</text>");
    expect(await renderSvg(driftChart(drifts.slice(0, 1)))).toContain(">tenure</text>");
  });

  test("refuses no columns, indices that are none, other levels and equal names", () => {
    const code = (change: object) => () => driftChart([{ ...drifts[0], ...change } as Drift]);
    expect(() => driftChart([])).toThrow(coded("plot/missing-data"));
    for (const psi of [Number.NaN, -1, Infinity])
      expect(code({ psi })).toThrow(coded("plot/out-of-range-value"));
    expect(code({ level: "high" })).toThrow(coded("option/out-of-range"));
    expect(() => driftChart([...drifts, ...drifts])).toThrow(coded("plot/duplicate-name"));
  });
});
