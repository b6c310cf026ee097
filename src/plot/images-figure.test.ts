/** @file Tests of figures of images. */
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { type ImagesPanel, imagesFigure, imagesFigurePng } from "./images-figure.ts";

const panels: readonly ImagesPanel[] = [
  {
    kind: "picture",
    title: "a <b> & c",
    shape: [3, 2, 2],
    values: Uint8Array.of(255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0),
  },
  { kind: "picture", title: "grey", shape: [1, 2, 2], values: Float32Array.of(0, 1, 0.5, 2) },
  { kind: "heat", title: "heat", shape: [2, 2], values: Float32Array.of(-1, 0, 1, 3) },
  { kind: "bars", title: "bars", names: ["cat", "dog"], values: [0.25, 0.75], marked: 1 },
];

/** The pixels of the pictures in an SVG. */
const picturesOf = (svg: string) =>
  [...svg.matchAll(/base64,([^"]+)"/g)].map(([, text = ""]) => decode(Buffer.from(text, "base64")));

describe("imagesFigure", () => {
  test("carries pictures pixel by pixel, escapes titles, and marks the true bar", async () => {
    const svg = await imagesFigure(panels, { title: "Four", subtitle: "panels", columns: 2 });
    expect(svg).toContain("a &lt;b> &amp; c");
    const [colour, grey, heat] = picturesOf(svg);
    expect([colour?.channels, Array.from(colour?.data.subarray(0, 3) ?? [])]).toEqual([
      3,
      [255, 0, 0],
    ]);
    expect([grey?.width, Array.from(grey?.data ?? [])]).toEqual([2, [0, 255, 128, 255]]);
    expect(svg.match(/<image [^>]*style="image-rendering:pixelated"/g)).toHaveLength(3);
    expect(Array.from(heat?.data.subarray(0, 3) ?? [])).toEqual([0xef, 0xf5, 0xfa]);
    expect(
      svg.match(/<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="[\d.]+" fill="#d55e00"/)?.[1],
    ).toBeDefined();
    expect(await imagesFigure(panels, { theme: "dark" })).toContain("#12161b");
  });

  test("is drawn as PNG", async () => {
    const { width, height } = decode(await imagesFigurePng(panels, { side: 40 }, 1));
    expect([width, height]).toEqual([32 + 4 * 56 - 16, 16 + 78 + 8]);
  });

  test("keeps the pixels of a small picture sharp in the PNG, too", async () => {
    const { data, width, channels } = decode(await imagesFigurePng(panels.slice(1, 2), {}, 1));
    const row = 16 + 17 + 20;
    const greys = Array.from({ length: 112 }, (_, x) => data[(row * width + 16 + x) * channels]);
    expect(new Set(greys.slice(0, 55))).toEqual(new Set([0]));
    expect(new Set(greys.slice(57))).toEqual(new Set([255]));
  });

  test("smooths a picture that has more pixels than its panel", async () => {
    const large = { kind: "picture", title: "", shape: [1, 64, 64] } as const;
    const svg = await imagesFigure([{ ...large, values: new Uint8Array(4096) }], { side: 40 });
    expect(svg).not.toContain("image-rendering");
  });

  test("writes small and large ends of a heat map shortly, and its bar clear of them", async () => {
    const heat = (...values: readonly number[]): ImagesPanel => ({
      kind: "heat",
      title: "",
      shape: [1, 2],
      values: Float32Array.from(values),
    });
    const barOf = (svg: string) =>
      svg.match(/<rect x="([\d.]+)" y="\d+" width="[\d.]+" height="5"/);
    const small = await imagesFigure([heat(-0.0000571, 123_456)], { side: 112 });
    expect(small).toContain(">-5.7e-5</text>");
    expect(small).toContain(">1.2e+5</text>");
    expect(Number(barOf(small)?.[1])).toBeGreaterThanOrEqual(4 + 6 * "-5.7e-5".length);
    const plain = await imagesFigure([heat(0, 0.123)], { side: 112 });
    expect(plain).toContain(">0.12</text>");
    expect(Number(barOf(plain)?.[1])).toBe(32);
    expect(barOf(await imagesFigure([heat(-0.0000571, 0)], { side: 96 }))).toBeNull();
  });

  test.each<[string, readonly ImagesPanel[], string]>([
    ["none", [], "plot/missing-data"],
    [
      "a map of another size",
      [{ kind: "heat", title: "x", shape: [2, 3], values: new Float32Array(5) }],
      "plot/mismatch-lengths",
    ],
    [
      "a bar without its number",
      [{ kind: "bars", title: "x", names: ["a"], values: [] }],
      "plot/mismatch-lengths",
    ],
    [
      "401 panels",
      Array.from({ length: 401 }, () => panels.slice(0, 1)).flat(),
      "plot/out-of-range-count",
    ],
  ])("refuses %s", async (_, wrong, code) => {
    await expect(imagesFigure(wrong)).rejects.toMatchObject({ code });
  });

  test("refuses panels that are too small", async () => {
    const small = imagesFigure(panels, { side: 8 });
    await expect(small).rejects.toMatchObject({ code: "option/out-of-range" });
  });
});
