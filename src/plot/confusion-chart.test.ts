import { describe, expect, test } from "vitest";
import { confusionChart } from "./confusion-chart.ts";
import { renderSvg } from "./render.ts";

const coded = (code: string) => expect.objectContaining({ code });

describe("confusionChart", () => {
  test("shows counts, row shares, classes and how many rows there are", async () => {
    const svg = await renderSvg(confusionChart([[9320, 1030], [178, 196]], ["stays", "leaves"])); // biome-ignore format: a matrix
    for (const text of ["9,320", "90.0 %", "1,030", "10.0 %", "47.6 %", "52.4 %", "10,724 rows"])
      expect(svg).toContain(`>${text}</text>`);
    for (const text of ["stays", "leaves", "true class", "predicted class"])
      expect(svg).toContain(`>${text}</text>`);
  });

  test("writes light text on dark cells and dark text on light ones", async () => {
    const spec = confusionChart([[9, 1], [0, 10]], ["a", "b"]); // biome-ignore format: a matrix
    const fills = (svg: string, text: string): string =>
      new RegExp(`fill="([^"]+)"[^>]*>${text}</text>`).exec(svg)?.[1] ?? "";
    const light = await renderSvg(spec, { theme: "light" });
    expect([fills(light, "90.0 %"), fills(light, "10.0 %")]).toEqual(["#ffffff", "#000000"]);
    const dark = await renderSvg(spec, { theme: "dark" });
    expect([fills(dark, "90.0 %"), fills(dark, "10.0 %")]).toEqual(["#000000", "#ffffff"]);
  });

  test("shows a dash for a class without rows", async () => {
    const svg = await renderSvg(confusionChart([[3, 0], [0, 0]], ["a", "b"])); // biome-ignore format: a matrix
    expect(svg.split(">–</text>")).toHaveLength(3);
  });

  test("draws one class, and leaves the text out of cells too small for it", async () => {
    expect(await renderSvg(confusionChart([[5]], ["only"]))).toContain(">100.0 %</text>");
    const names = Array.from({ length: 30 }, (_, i) => `class ${i}`);
    const identity = names.map((_, i) => names.map((_, j) => (i === j ? 77 : 0)));
    const svg = await renderSvg(confusionChart(identity, names));
    expect(svg).toContain(">share of true class</text>");
    expect(svg).not.toContain(">77</text>");
  });

  test("refuses matrices that are not square, labels that do not fit, and bad counts", () => {
    const code = (matrix: number[][], labels: string[]) => () => confusionChart(matrix, labels);
    expect(code([], [])).toThrow(coded("plot/missing-data"));
    expect(code([[0]], ["a"])).toThrow(coded("plot/missing-data"));
    expect(code([[1, 2]], ["a"])).toThrow(coded("plot/mismatch-lengths"));
    expect(code([[1]], ["a", "b"])).toThrow(coded("plot/mismatch-lengths"));
    expect(code([[-1]], ["a"])).toThrow(coded("plot/out-of-range-value"));
    expect(code([[Number.NaN]], ["a"])).toThrow(coded("plot/out-of-range-value"));
    expect(code([[1, 2], [3, 4]], ["a", "a"])).toThrow(coded("plot/duplicate-name")); // biome-ignore format: a matrix
    const many = Array.from({ length: 101 }, (_, i) => `${i}`);
    expect(
      code(
        many.map(() => []),
        many,
      ),
    ).toThrow(coded("plot/out-of-range-count"));
  });
});
