/** @file Figures of commands over images: files in a folder. */
import { join, resolve } from "node:path";
import { type Images, imageBytes, takeImages } from "../../dataset/index.ts";
import type { ImagesPanel, PicturePanel } from "../../plot/index.ts";
import { folderBytes } from "../../store/index.ts";

/** Writes SVG texts into a folder, and tells where; without a folder none. */
export async function writeFigures(
  out: string | undefined,
  figures: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  if (out === undefined) return [];
  const folder = folderBytes(resolve(out));
  for (const [name, svg] of Object.entries(figures))
    await folder.put(`${name}.svg`, Buffer.from(svg));
  return Object.keys(figures).map((name) => resolve(join(out, `${name}.svg`)));
}

/** An image as a panel; grey or colour, of more channels the first. */
export function picture(images: Images, row: number, title: string): PicturePanel {
  const [channels, height, width] = images.shape;
  const shown = channels === 3 ? 3 : 1;
  const values = takeImages(images, [row]).pixels.subarray(0, shown * height * width);
  return { kind: "picture", title, shape: [shown, height, width], values };
}

/** Numbers from 0 to 1 as a panel like an image's. */
export function drawn(images: Images, values: Float32Array, title: string): ImagesPanel {
  const [channels, height, width] = images.shape;
  const shown = channels === 3 ? 3 : 1;
  return {
    kind: "picture",
    title,
    shape: [shown, height, width],
    values: values.subarray(0, shown * height * width),
  };
}

/** The bytes of one image. */
export const bytesOf = (images: Images, row: number): Uint8Array =>
  images.pixels.subarray(row * imageBytes(images), (row + 1) * imageBytes(images));

/** A share as people read it. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
