import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { hashOf } from "../core/index.ts";
import { importancesChart } from "./importances-chart.ts";
import { renderPng, renderSvg } from "./render.ts";
import { rocChart } from "./roc-chart.ts";
import type { ChartSpec } from "./spec.ts";

const bars = importancesChart([
  { name: "tenure", share: 0.75 },
  { name: "contract", share: 0.25 },
]);
const curve = { falsePositiveRate: [0, 0, 1], truePositiveRate: [0, 1, 1], auc: 1 };
const roc = rocChart([{ name: "boost", ...curve }]);

describe("renderSvg", () => {
  test("gives the same text again, also when many are drawn at once", async () => {
    const [first, ...others] = await Promise.all(
      [roc, bars, roc, bars, roc].map((s) => renderSvg(s)),
    );
    expect(others[1]).toBe(first);
    expect(others[3]).toBe(first);
    expect(others[2]).toBe(others[0]);
  });

  test("leaves the spec as it was", async () => {
    const before = structuredClone(roc);
    await renderSvg(roc, { theme: "dark" });
    expect(roc).toEqual(before); // also no symbols, which JSON would not show
  });

  test("draws a spec that went through JSON as it draws the spec itself", async () => {
    const sent = JSON.parse(JSON.stringify(roc)) as ChartSpec;
    expect(sent).toEqual(roc);
    expect(await renderSvg(sent)).toBe(await renderSvg(roc));
  });

  test("paints the theme's background", async () => {
    expect(await renderSvg(bars)).toContain('fill="#ffffff"');
    expect(await renderSvg(bars, { theme: "dark" })).toContain('fill="#12161b"');
  });

  test("refuses what is not a chart", async () => {
    const refused = (spec: unknown) => renderSvg(spec as ChartSpec);
    for (const spec of [null, "bar", {}, { mark: "nonsense", data: { values: [] } }])
      await expect(refused(spec)).rejects.toMatchObject({ code: "plot/unsupported-spec" });
  });

  test("reads no file and no address that a spec names", async () => {
    for (const url of ["/etc/hostname", "file:///etc/hostname", "http://127.0.0.1:9/a.json"]) {
      const spec = { ...bars, layer: [{ mark: "point", data: { url } }] };
      await expect(renderSvg(spec)).rejects.toMatchObject({ code: "plot/unsupported-spec" });
    }
  });

  test("refuses another theme and an unknown option", async () => {
    const refused = (options: object) => renderSvg(bars, options);
    await expect(refused({ theme: "blue" })).rejects.toMatchObject({ code: "option/out-of-range" });
    await expect(refused({ them: "dark" })).rejects.toMatchObject({ code: "option/unknown-name" });
  });

  test("draws on after a chart that could not be drawn", async () => {
    const broken = renderSvg({ ...bars, layer: [{ mark: "nonsense" }] });
    await expect(broken).rejects.toMatchObject({ code: "plot/unsupported-spec" });
    expect(await renderSvg(bars)).toContain(">tenure</text>");
  });
});

describe("renderPng", () => {
  // Drawn on Linux x64 with vega 6.4.0, vega-lite 6.5.0 and resvg-js 2.6.2. Other processors may
  // round a pixel's last bit otherwise.
  const here = process.platform === "linux" && process.arch === "x64";

  test.runIf(here)("gives the bytes that other machines of this kind gave", async () => {
    const svg = hashOf(await renderSvg(bars));
    const png = hashOf(await renderPng(bars));
    expect({ svg, png }).toEqual({
      svg: "sha256:5c3fcf2c714f9dc5e158d0acdeb7629bb7aa7916d4e8af5fb2179beb440dddd1",
      png: "sha256:2aa184745c87de6f76a29369d56a68fe2aad456eecdc88fa314c3a5035b88a72",
    });
  });

  test("scales the picture: width and height are in the PNG's header", async () => {
    const size = async (scale: number): Promise<readonly [number, number]> => {
      const bytes = await renderPng(roc, { scale, theme: "dark" });
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      return [view.getUint32(16), view.getUint32(20)];
    };
    const [width, height] = await size(1);
    expect(await size(3)).toEqual([3 * width, 3 * height]);
  });

  test("sets text in the bundled font, so that text changes pixels", async () => {
    const other = importancesChart([{ name: "tenurf", share: 1 }]);
    const same = importancesChart([{ name: "tenure", share: 1 }]);
    expect(hashOf(await renderPng(other))).not.toBe(hashOf(await renderPng(same)));
  });

  test("refuses scales that are none", async () => {
    for (const scale of [0, -1, 9, Number.NaN])
      await expect(renderPng(bars, { scale })).rejects.toMatchObject({
        code: "option/out-of-range",
      });
  });
});

test("importing the door loads neither Vega nor resvg", () => {
  const door = new URL("index.ts", import.meta.url).href;
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    await import(${JSON.stringify(door)});
    console.log(JSON.stringify(loaded.filter((url) => url.includes("node_modules"))));`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", script]).toString();
  expect(JSON.parse(out)).toEqual([]);
});
