/** @file Augmentation: images moved, turned, mirrored and cut anew for each epoch, so that a network does not learn their places by heart. */
import { checkChoice, checkNames, checkNumber, type Random, random } from "../../core/index.ts";
import { formatShape, sizeOf } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import type { Image } from "../layers/convolution.ts";

/** How training images are changed: each by chance, anew for every epoch. */
export interface AugmentOptions {
  /** Pixels that an image moves by at most, in each direction; zeros come in. Whole, ≥ 0. Default 0. */
  readonly shift?: number;
  /** Degrees that it turns by at most about its centre, either way; between pixels it is bilinear. 0 to 180. Default 0. */
  readonly rotate?: number;
  /** Whether half of the images are mirrored: left and right, top and bottom, or each of both. Default none. */
  readonly flip?: "horizontal" | "vertical" | "both";
  /** Pixels by which the edge is repeated around it, before its size is cut out at a random place. Whole, ≥ 0. Default 0. */
  readonly crop?: number;
}

/** Which of the many changes of an image is meant: those of a row differ from epoch to epoch. */
export interface AugmentedAt {
  readonly shape: Image;
  /** Default 0. */
  readonly seed?: number;
  /** Default 1. */
  readonly epoch?: number;
  /** The row's number among the rows to learn from. Default 0. */
  readonly row?: number;
}

type Pixels = Float32Array | Uint8Array;

/** Changes one image: reads [c, h, w] numbers of `source`, writes as many from `to` on. */
export type Augment = (source: Pixels, target: Float32Array, at: PixelsAt) => void;

/** Where an image lies, and which change is meant. */
export interface PixelsAt {
  readonly from: number;
  readonly to: number;
  readonly epoch: number;
  readonly row: number;
}

/** What happens to one image. */
interface Move {
  readonly down: number;
  readonly right: number;
  readonly cutDown: number;
  readonly cutRight: number;
  readonly cos: number;
  readonly sin: number;
  readonly isMirrored: boolean;
  readonly isUpsideDown: boolean;
}

/** The options, with their defaults. @throws `option/out-of-range`, `option/unknown-name` */
export function checkAugment(options: AugmentOptions): AugmentOptions {
  checkNames("augment", options, ["shift", "rotate", "flip", "crop"]);
  const { shift = 0, rotate = 0, crop = 0, flip } = options;
  checkNumber("augment", { shift }, { min: 0, integer: true });
  checkNumber("augment", { rotate }, { min: 0, max: 180 });
  checkNumber("augment", { crop }, { min: 0, integer: true });
  if (flip !== undefined) checkChoice("augment", { flip }, ["horizontal", "vertical", "both"]);
  return options;
}

/** The change of images of a shape by some options. @throws `nn/mismatch-rows` where rows are no images [c, h, w] */
export function augmentation(
  options: AugmentOptions,
  { shape, seed }: { readonly shape: readonly number[]; readonly seed: number },
): Augment {
  checkAugment(options);
  const [channels = 0, rows = 0, cols = 0] = shape;
  if (shape.length !== 3)
    fail("nn/mismatch-rows", {
      at: "augment",
      what: "the shape of a row",
      expected: "an image [channels, rows, columns]",
      got: formatShape(shape),
    });
  const chance = random(seed).stream("augment");
  return (source, target, { from, to, epoch, row }) => {
    const move = drawn(options, chance.stream(`${epoch}/${row}`));
    for (let c = 0; c < channels; c++) {
      const skip = c * rows * cols;
      moved(
        { pixels: source, from: from + skip, rows, cols },
        target.subarray(to + skip, to + skip + rows * cols),
        move,
      );
    }
  };
}

/**
 * An image as a training sees it: cut, turned, moved and mirrored, in this order, by chance that depends on the seed, the epoch and
 * the row only.
 *
 * @param image - Numbers of [c, h, w]; they keep their unit.
 * @param options - See {@link AugmentOptions}.
 * @param at - The shape, and which change is meant.
 * @returns The image's numbers, [c, h, w].
 * @throws `nn/mismatch-rows`, `option/out-of-range`, `option/unknown-name`
 */
export function augmented(image: Pixels, options: AugmentOptions, at: AugmentedAt): Float32Array {
  const { shape, seed = 0, epoch = 1, row = 0 } = at;
  const change = augmentation(options, { shape, seed });
  if (image.length !== sizeOf(shape))
    fail("nn/mismatch-rows", {
      at: "augment",
      what: "the length of the image",
      expected: `${sizeOf(shape)}`,
      got: `${image.length}`,
    });
  const target = new Float32Array(image.length);
  change(image, target, { from: 0, to: 0, epoch, row });
  return target;
}

/** Draws what happens to an image; every option has a stream of its own. */
function drawn({ shift = 0, rotate = 0, crop = 0, flip }: AugmentOptions, chance: Random): Move {
  const whole = (name: string, most: number): number =>
    most === 0 ? 0 : chance.stream(name).below(2 * most + 1) - most;
  const coin = (name: string): boolean => chance.stream(name).below(2) === 1;
  const angle =
    rotate === 0 ? 0 : (chance.stream("angle").next() * 2 - 1) * rotate * (Math.PI / 180);
  return {
    ...{ down: whole("down", shift), right: whole("right", shift) },
    ...{ cutDown: whole("cut down", crop), cutRight: whole("cut right", crop) },
    ...{ cos: Math.cos(angle), sin: Math.sin(angle) },
    isMirrored: flip !== undefined && flip !== "vertical" && coin("mirror"),
    isUpsideDown: flip !== undefined && flip !== "horizontal" && coin("upside down"),
  };
}

/** One channel of an image. */
interface Plane {
  readonly pixels: Pixels;
  readonly from: number;
  readonly rows: number;
  readonly cols: number;
}

/** Asks of each pixel that comes out where it was. */
function moved(plane: Plane, target: Float32Array, move: Move): void {
  const { rows, cols } = plane;
  const [midRow, midCol] = [(rows - 1) / 2, (cols - 1) / 2];
  const at = move.sin === 0 ? nearest(plane, move) : bilinear(nearest(plane, move));
  for (let i = 0; i < rows; i++) {
    const y = (move.isUpsideDown ? rows - 1 - i : i) - move.down - midRow;
    for (let j = 0; j < cols; j++) {
      const x = (move.isMirrored ? cols - 1 - j : j) - move.right - midCol;
      const row = move.cos * y - move.sin * x + midRow;
      const col = move.sin * y + move.cos * x + midCol;
      target[i * cols + j] = at(row, col);
    }
  }
}

type At = (row: number, col: number) => number;

/** The number of a whole place; 0 outside. The cut is a move over an image whose edge is repeated. */
function nearest({ pixels, from, rows, cols }: Plane, { cutDown, cutRight }: Move): At {
  return (row, col) => {
    if (row < 0 || row >= rows || col < 0 || col >= cols) return 0;
    const y = Math.min(rows - 1, Math.max(0, row + cutDown));
    const x = Math.min(cols - 1, Math.max(0, col + cutRight));
    return pixels[from + y * cols + x] ?? 0;
  };
}

/** The mean of the four pixels around a place, by how near they are. */
const bilinear =
  (at: At): At =>
  (row, col) => {
    const [y, x] = [Math.floor(row), Math.floor(col)];
    const [down, right] = [row - y, col - x];
    const above = at(y, x) * (1 - right) + at(y, x + 1) * right;
    const below = at(y + 1, x) * (1 - right) + at(y + 1, x + 1) * right;
    return above * (1 - down) + below * down;
  };
