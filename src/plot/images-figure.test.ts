/** @file Tests of figures of images. */
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { type ImagesPanel, imagesFigure, imagesFigurePng } from "./images-figure.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const panels: readonly ImagesPanel[] = [
  { kind: "picture", title: "a <b> & c", shape: [3, 2, 2], values: Uint8Array.of(255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0) }, // biome-ignore format: one line
  { kind: "picture", title: "grey", shape: [1, 2, 2], values: Float32Array.of(0, 1, 0.5, 2) },
  { kind: "heat", title: "heat", shape: [2, 2], values: Float32Array.of(-1, 0, 1, 3) },
  { kind: "bars", title: "bars", names: ["cat", "dog"], values: [0.25, 0.75], marked: 1 },
];

/** The pixels of the pictures in an SVG. */
const picturesOf = (svg: string) => [...svg.matchAll(/base64,([^"]+)"/g)].map(([, text = ""]) => decode(Buffer.from(text, "base64"))); // biome-ignore format: one line

describe("imagesFigure", () => {
  test("carries pictures pixel by pixel, escapes titles, and marks the true bar", () => {
    const svg = imagesFigure(panels, { title: "Four", subtitle: "panels", columns: 2 });
    expect(svg).toContain("a &lt;b> &amp; c");
    const [colour, grey, heat] = picturesOf(svg);
    expect([colour?.channels, Array.from(colour?.data.subarray(0, 3) ?? [])]).toEqual([3, [255, 0, 0]]); // biome-ignore format: one line
    const width = grey?.width ?? 0;
    expect([grey?.data[0], grey?.data[width - 1], grey?.data[width * (width - 1)], grey?.data[width * width - 1]]).toEqual([0, 255, 128, 255]); // biome-ignore format: one line
    expect(Array.from(heat?.data.subarray(0, 3) ?? [])).toEqual([0xef, 0xf5, 0xfa]);
    expect(svg.match(/<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="[\d.]+" fill="#d55e00"/)?.[1]).toBeDefined(); // biome-ignore format: one line
    expect(imagesFigure(panels, { theme: "dark" })).toContain("#12161b");
  });

  test("is drawn as PNG", async () => {
    const { width, height } = decode(await imagesFigurePng(panels, { side: 40 }, 1));
    expect([width, height]).toEqual([32 + 4 * 56 - 16, 16 + 78 + 8]);
  });

  test("refuses panels that are not whole, none, and too many", () => {
    const [first] = panels;
    expect(() => imagesFigure([])).toThrow(code("plot/missing-data"));
    expect(() => imagesFigure([{ kind: "heat", title: "x", shape: [2, 3], values: new Float32Array(5) }])).toThrow(code("plot/mismatch-lengths")); // biome-ignore format: one line
    expect(() => imagesFigure([{ kind: "bars", title: "x", names: ["a"], values: [] }])).toThrow(code("plot/mismatch-lengths")); // biome-ignore format: one line
    expect(() => imagesFigure(Array.from({ length: 401 }, () => first as ImagesPanel))).toThrow(code("plot/out-of-range-count")); // biome-ignore format: one line
    expect(() => imagesFigure(panels, { side: 8 })).toThrow(code("option/out-of-range"));
  });
});
