/** @file SVG text to PNG bytes, with the bundled fonts only. */
import { renderAsync } from "@resvg/resvg-js";

/** Draws an SVG as a PNG, off the event loop; `scale` is device pixels per unit. */
export async function drawPng(
  svg: string,
  options: { readonly scale: number; readonly fontFiles: readonly string[] },
): Promise<Uint8Array> {
  const image = await renderAsync(svg, {
    fitTo: { mode: "zoom", value: options.scale },
    font: {
      loadSystemFonts: false,
      fontFiles: [...options.fontFiles],
      defaultFontFamily: "DejaVu Sans",
    },
  });
  return new Uint8Array(image.asPng());
}
