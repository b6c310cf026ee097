import { describe, expect, test } from "vitest";
import { importancesChart } from "./importances-chart.ts";
import { renderSvg } from "./render.ts";

const coded = (code: string) => expect.objectContaining({ code });

describe("importancesChart", () => {
  test("sorts the bars, largest first, and labels them", async () => {
    const shares = { city: 0.1, tenure: 0.6, contract: 0.3 };
    const list = Object.entries(shares).map(([name, share]) => ({ name, share }));
    const svg = await renderSvg(importancesChart(list));
    const at = ["tenure", "contract", "city"].map((name) => svg.indexOf(`>${name}</text>`));
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(svg).toContain(">60.0 %</text>");
    expect(svg).toContain(">share of all importance (%)</text>");
  });

  test("draws the first 20 of 45 and says what the others share", async () => {
    const list = Array.from({ length: 45 }, (_, i) => ({ name: `f${i}`, share: 1 / 45 }));
    const svg = await renderSvg(importancesChart(list));
    expect(svg).toContain(">the first 20 of 45 features; the others share 55.6 %</text>");
    expect(svg).toContain(">f19</text>");
    expect(svg).not.toContain(">f20</text>");
  });

  test("cuts a name that is too long, and leaves it whole for readers of the SVG", async () => {
    const name = "very_long_".repeat(30);
    const svg = await renderSvg(importancesChart([{ name, share: 1 }]));
    expect(svg).toMatch(/>very_long_[a-z_]*…<\/text>/);
    expect(svg).toContain(name);
    expect(Number(/width="(\d+)"/.exec(svg)?.[1])).toBeLessThan(800);
  });

  test("shows names with line breaks, control characters and markup as text", async () => {
    const svg = await renderSvg(importancesChart([{ name: "a\u0000b\n<c>&\uD800", share: 1 }]));
    expect(svg).toContain(">a b &lt;c&gt;&amp;\uFFFD</text>");
  });

  test("draws features that all have no importance", async () => {
    const svg = await renderSvg(importancesChart([{ name: "a", share: 0 }]));
    expect(svg).toContain(">0.0 %</text>");
    expect(svg).not.toContain("NaN");
  });

  test("refuses an empty list, shares that are none, equal names and unknown options", () => {
    const code = (share: number) => () => importancesChart([{ name: "a", share }]);
    expect(() => importancesChart([])).toThrow(coded("plot/missing-data"));
    for (const share of [Number.NaN, -0.1, 1.1, Infinity])
      expect(code(share)).toThrow(coded("plot/out-of-range-value"));
    const twice = [
      { name: "a", share: 0.5 },
      { name: "a\n", share: 0.5 },
    ];
    expect(() => importancesChart(twice)).toThrow(coded("plot/duplicate-name"));
    expect(() => importancesChart([{ name: "a", share: 1 }], { tilte: "x" } as object)).toThrow(
      coded("option/unknown-name"),
    );
  });
});
