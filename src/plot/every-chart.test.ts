/** @file What holds for every chart: it draws in both themes and narrow, to the same bytes, and is JSON. */
import { describe, expect, test } from "vitest";
import { chartSamples } from "../../tests/support/chart-samples.ts";
import { hashOf, hashOfJson } from "../core/index.ts";
import { renderPng, renderSvg } from "./render.ts";

const samples = Object.entries(chartSamples);
const widthOf = (svg: string): number => Number(/<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1]);
const here = process.platform === "linux" && process.arch === "x64";

describe("every chart", () => {
  test.each(samples)(
    "%s draws in both themes, to the same text again and through JSON",
    async (_, spec) => {
      const light = await renderSvg(spec);
      expect(light.startsWith("<svg")).toBe(true);
      expect(light).not.toMatch(/NaN|undefined|Infinity/);
      expect(await renderSvg(JSON.parse(JSON.stringify(spec)))).toBe(light);
      const dark = await renderSvg(spec, { theme: "dark" });
      expect(dark).not.toBe(light);
      expect(dark).not.toMatch(/NaN|undefined|Infinity/);
    },
  );

  test.each(samples)(
    "%s fits a screen of 390 units with text as large as before",
    async (_, spec) => {
      const narrow = await renderSvg(spec, { widthPx: 390 });
      expect(widthOf(narrow)).toBeLessThanOrEqual(390);
      const sizes = [...narrow.matchAll(/font-size="(\d+)px"/g)].map(([, px]) => Number(px));
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(10);
    },
  );

  test.each(samples)("%s holds no more than a hundred kilobytes", (_, spec) => {
    expect(JSON.stringify(spec).length).toBeLessThan(100_000);
  });

  // As in render.test.ts: other processors may round a pixel's last bit otherwise.
  test.runIf(here)("gives the bytes that other machines of this kind gave", async () => {
    const hashes: Record<string, string> = {};
    for (const [name, spec] of samples) hashes[name] = hashOf(await renderSvg(spec));
    hashes["swarm.png"] = hashOf(
      await renderPng(chartSamples["swarm"] ?? samples[0]?.[1] ?? never()),
    );
    expect(hashOfJson(hashes)).toBe(
      "sha256:92284dfde87017c81d0fc65384de3fafe4211349869d436b4038be08df776d3f",
    );
  });

  test("refuses widths that leave no room", async () => {
    const [, spec] = samples[0] ?? never();
    for (const widthPx of [0, 100, Number.NaN])
      await expect(renderSvg(spec, { widthPx })).rejects.toMatchObject({
        code: "option/out-of-range",
      });
  });
});

function never(): never {
  throw new Error("there are samples");
}
