/** @file Digits that are drawn: seeded twins of handwriting, 28 × 28 grey. */
import { checkChoice, checkNames, checkNumber, type Random, random } from "../../core/index.ts";
import { digitStrokes, type Stroke } from "./digit-strokes.ts";
import type { Images } from "./images.ts";
import { draw, grainOf, smooth } from "./pen.ts";

/** Options of {@link digits}. */
export interface DigitsOptions {
  /** How many, ≥ 1. Default 12,000. */
  readonly rows?: number;
  /** Whole. Default 0. */
  readonly seed?: number;
  /** As many of each digit, or in the shares of MNIST's training images. Default "balanced". */
  readonly counts?: "balanced" | "mnist";
}

const side = 28;
/** How many images of each digit MNIST has to train with. */
const mnistCounts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];

/**
 * Handwritten digits that a pen of chance draws: skeletons of strokes, each point moved, then turned, slanted, stretched and shifted,
 * with a pen of some width, blur, and noise; some 20 µs an image. Linear models get about 0.93 of 2,000 right after 12,000, boosted
 * trees 0.95, small convolutional networks 0.98. The same seed gives the same bytes; another seed gives other rows to test with.
 *
 * @param options - See {@link DigitsOptions}.
 * @returns Images [n, 1, 28, 28] in random order, white on black, with classes "0" to "9".
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const { shape, labels } = digits({ rows: 100, seed: 1 });
 * [shape, labels.filter((label) => label === 7).length] // => [[1, 28, 28], 10]
 * ```
 */
export function digits(options: DigitsOptions = {}): Images {
  checkNames("digits", options, ["rows", "seed", "counts"]);
  const { rows = 12_000, seed = 0, counts = "balanced" } = options;
  checkNumber("digits", { rows }, { min: 1, max: 1_000_000, integer: true });
  checkNumber("digits", { seed }, { integer: true });
  checkChoice("digits", { counts }, ["balanced", "mnist"]);
  const shares = counts === "mnist" ? mnistCounts : mnistCounts.map(() => 1);
  const chance = random(seed).stream("digits");
  const labels = dealt(rows, shares, chance.stream("labels"));
  const pixels = new Uint8Array(rows * side * side);
  const pen = { hand: chance.stream("hand"), grain: grainOf(chance.stream("grain"), noise) };
  const size = side * side;
  for (let i = 0; i < rows; i++)
    write(pixels.subarray(i * size, (i + 1) * size), labels[i] ?? 0, pen);
  return {
    rows,
    shape: [1, side, side],
    pixels,
    labels,
    classes: digitStrokes.map((_, i) => `${i}`),
  };
}

/** Labels in these shares, to the nearest whole number, in random order. */
export function dealt(rows: number, shares: readonly number[], chance: Random): Int32Array {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const labels = new Int32Array(rows);
  const order = chance.shuffled(rows);
  let [passed, from] = [0, 0];
  for (const [label, share] of shares.entries()) {
    passed += share;
    const to = Math.round((rows * passed) / total);
    for (; from < to; from++) labels[order[from] ?? 0] = label;
  }
  return labels;
}

interface Pen {
  readonly hand: Random;
  readonly grain: Float32Array;
}

const near = new Float32Array(side * side);
const steps = 4;

/** Writes one digit into its bytes. */
function write(into: Uint8Array, digit: number, { hand, grain }: Pen): void {
  const ways = digitStrokes[digit] ?? [];
  const strokes = hand.pick(ways);
  const place = placed(hand);
  const radius = 0.7 + 0.9 * hand.next();
  const blur = 0.5 + 0.5 * hand.next();
  const reach = radius + blur;
  near.fill(reach * reach);
  for (const stroke of strokes)
    draw({ width: side, height: side, near }, pathOf(stroke, place, hand), reach);
  const ink = 190 + 65 * hand.next();
  const from = hand.below(grain.length - into.length);
  for (let i = 0; i < into.length; i++) {
    const inside = (reach - Math.sqrt(near[i] ?? 0)) / (2 * blur);
    const grey = ink * Math.min(1, Math.max(0, inside)) + (grain[from + i] ?? 0);
    into[i] = Math.max(0, Math.min(255, Math.round(grey)));
  }
}

/** How far noise moves a byte at most. */
const noise = 30;
/** How far a hand misses a point, in the size of the digit (deviation). */
const tremble = 0.053;

/** The affine map of a digit into the image: x′ = a·x + b·y + e, y′ = c·x + d·y + f. */
interface Place {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

function placed(hand: Random): Place {
  const turn = 0.16 * hand.normal();
  const slant = 0.24 * hand.normal();
  const wide = 13 + 2 * hand.normal();
  const high = 19 + 1.3 * hand.normal();
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [a, b] = [wide * cos, -high * (sin + slant * cos)];
  const [c, d] = [wide * sin, high * (cos - slant * sin)];
  const middle = (side - 1) / 2;
  const [e, f] = [middle + hand.normal() - (a + b) / 2, middle + hand.normal() - (c + d) / 2];
  return { a, b, c, d, e, f };
}

/** Where a stroke goes in the image, by a hand that trembles. */
function pathOf({ points, curved }: Stroke, { a, b, c, d, e, f }: Place, hand: Random) {
  const path = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const x = (points[i] ?? 0) + tremble * hand.normal();
    const y = (points[i + 1] ?? 0) + tremble * hand.normal();
    path[i] = a * x + b * y + e;
    path[i + 1] = c * x + d * y + f;
  }
  return curved ? smooth(path, steps) : path;
}
