/** @file Images as data: bytes by channel, labels, and the names of classes. */
import { checkNumber, hashOf, hashOfJson } from "../../core/index.ts";
import type { Dataset } from "../../flow.ts";
import { fail } from "../errors.ts";

/** Images of one size with the class of each. */
export interface Images {
  readonly rows: number;
  /** Channels, rows and columns of an image: [1, 28, 28] is grey, [3, 32, 32] has red, green and blue. */
  readonly shape: readonly [number, number, number];
  /** A byte for each pixel, image by image, channel by channel, row by row: [n, c, h, w]. */
  readonly pixels: Uint8Array;
  /** The place of each image's class in `classes`, [n]. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
}

/** How many bytes one image has. */
export const imageBytes = ({ shape: [channels, height, width] }: Pick<Images, "shape">): number =>
  channels * height * width;

/**
 * Some of the images, by their numbers, in that order; one may be taken twice. O(bytes that are taken).
 *
 * @throws `option/out-of-range` for a number that no image has
 * @example
 * ```ts
 * takeImages(digits({ rows: 20 }), [3, 5]).rows // => 2
 * ```
 */
export function takeImages(images: Images, places: ArrayLike<number>): Images {
  const size = imageBytes(images);
  const pixels = new Uint8Array(places.length * size);
  const labels = new Int32Array(places.length);
  for (let i = 0; i < places.length; i++) {
    const place = checkNumber(
      "takeImages",
      { image: places[i] ?? -1 },
      { min: 0, max: images.rows - 1, integer: true },
    );
    pixels.set(images.pixels.subarray(place * size, (place + 1) * size), i * size);
    labels[i] = images.labels[place] ?? 0;
  }
  return { ...images, rows: places.length, pixels, labels };
}

/**
 * The images of some classes, in their order; labels and names stay as they are.
 *
 * @throws `dataset/unknown-class`
 * @example
 * ```ts
 * imagesOfClasses(digits({ rows: 20 }), ["0", "1"]).rows // => 4
 * ```
 */
export function imagesOfClasses(images: Images, names: readonly string[]): Images {
  const wanted = new Set(names.map((name) => classNumber("imagesOfClasses", images.classes, name)));
  const places = Array.from(images.labels.keys()).filter((i) => wanted.has(images.labels[i] ?? -1));
  return takeImages(images, places);
}

/** The place of a class's name. @throws `dataset/unknown-class` */
export function classNumber(at: string, classes: readonly string[], name: string): number {
  const place = classes.indexOf(name);
  return place < 0 ? fail("dataset/unknown-class", { at, name, classes }) : place;
}

/**
 * Images as rows of numbers for classic models: a feature for each pixel, 0 to 1. Takes 8 bytes a pixel.
 *
 * @returns x of shape [n, c·h·w], y of shape [n], and the task "multiclass".
 * @example
 * ```ts
 * imagesDataset(digits({ rows: 20 })).x.cols // => 784
 * ```
 */
export function imagesDataset(images: Images): Dataset {
  const { rows, pixels, labels, classes, shape } = images;
  const cols = imageBytes(images);
  const data = Float64Array.from(pixels, (byte) => byte / 255);
  const names = Array.from({ length: cols }, (_, i) => `pixel ${i}`);
  const source = hashOfJson([hashOf(pixels), Array.from(labels), [...classes], [...shape]]);
  const task = { kind: "multiclass", classes } as const;
  return { x: { rows, cols, data }, y: Float64Array.from(labels), names, source, task };
}
