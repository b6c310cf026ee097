/** @file Scenes in colour that are painted by chance, 32 × 32, and patterns to learn the first features from. */
import { checkNames, checkNumber, type Random, random } from "../../core/index.ts";
import { dealt } from "./digits.ts";
import type { Images } from "./images.ts";
import {
  develop,
  type Outline,
  outlines,
  paint,
  type Rgb,
  rgb,
  type Texture,
  textures,
} from "./paint.ts";
import { grainOf } from "./pen.ts";

/** Options of {@link scenes} and {@link patterns}. */
export interface ScenesOptions {
  /** How many, ≥ 1. Default 4,000. */
  readonly rows?: number;
  /** Whole. Default 0. */
  readonly seed?: number;
}

/** A kind of image: what is painted, in which hue on average. */
interface Kind {
  readonly outline: Outline;
  readonly texture: Texture;
  readonly hue: number;
}

const side = 32;
const shapes = ["disc", "ring", "square", "triangle", "cross"] as const;
const cloths = ["striped", "dotted"] as const;

/** How far the hue of a thing is from that of its class (deviation, as a share of the circle). */
const spread = 0.13;
/** How far noise moves a byte at most. */
const noise = 30;

/**
 * Scenes [n, 3, 32, 32] with one thing each, of ten classes: a disc, ring, square, triangle or cross, striped or dotted. It lies anywhere,
 * large or small, turned, before a sky and a ground of any colour, with something else in the way; hues of classes overlap. What looks
 * at pixels one by one gets 30 to 45 % of 1,000 right after 4,000, what finds features wherever they are 60 % and more.
 *
 * @param options - See {@link ScenesOptions}.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * scenes({ rows: 20 }).classes.slice(0, 3) // => ["striped disc", "dotted disc", "striped ring"]
 * ```
 */
export function scenes(options: ScenesOptions = {}): Images {
  const kinds = shapes.flatMap((shape, i) =>
    cloths.map((cloth, j) => ({
      name: `${cloth} ${shape}`,
      kind: { outline: outlines[shape], texture: textures[cloth], hue: (2 * i + j) / 10 },
    })),
  );
  return painted("scenes", options, kinds, (canvas, kind, hand) => {
    backdrop(canvas, hand);
    const size = 8 + 4 * hand.next();
    thing(canvas, kind, { hand, size });
    const other = {
      outline: hand.pick([outlines.bar, outlines.wedge]),
      texture: textures.plain,
      hue: hand.next(),
    };
    thing(canvas, other, { hand, size: 3 + 2 * hand.next() });
  });
}

const sources = ["moon", "bar", "corner", "hexagon", "star", "arch"] as const;
const fills = ["striped", "dotted", "checked", "waved"] as const;

/**
 * Patterns [n, 3, 32, 32] of 24 classes, other than those of scenes: a moon, bar, corner, hexagon, star or arch, striped, dotted, checked
 * or waved, in any colour. What a network learns from them serves scenes too: `pretrainedBackbone` of the room nn did.
 *
 * @param options - See {@link ScenesOptions}.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * patterns({ rows: 24 }).classes.length // => 24
 * ```
 */
export function patterns(options: ScenesOptions = {}): Images {
  const kinds = sources.flatMap((shape) =>
    fills.map((fill) => ({
      name: `${fill} ${shape}`,
      kind: { outline: outlines[shape], texture: textures[fill], hue: 0 },
    })),
  );
  return painted("patterns", options, kinds, (canvas, kind, hand) => {
    backdrop(canvas, hand);
    thing(canvas, { ...kind, hue: hand.next() }, { hand, size: 8 + 5 * hand.next() });
  });
}

type Painter = (canvas: Float32Array, kind: Kind, hand: Random) => void;

function painted(
  at: "scenes" | "patterns",
  options: ScenesOptions,
  ...[kinds, painter]: readonly [readonly { readonly name: string; readonly kind: Kind }[], Painter]
): Images {
  checkNames(at, options, ["rows", "seed"]);
  const { rows = 4_000, seed = 0 } = options;
  checkNumber(at, { rows }, { min: 1, max: 300_000, integer: true });
  checkNumber(at, { seed }, { integer: true });
  const chance = random(seed).stream(at);
  const labels = dealt(
    rows,
    kinds.map(() => 1),
    chance.stream("labels"),
  );
  const [hand, grain] = [chance.stream("hand"), grainOf(chance.stream("grain"), noise)];
  const size = 3 * side * side;
  const [pixels, canvas] = [new Uint8Array(rows * size), new Float32Array(size)];
  for (let i = 0; i < rows; i++) {
    const kind = kinds[labels[i] ?? 0]?.kind;
    if (kind !== undefined) painter(canvas, kind, hand);
    develop(
      canvas,
      pixels.subarray(i * size, (i + 1) * size),
      grain.subarray(hand.below(grain.length - size)),
    );
  }
  return { rows, shape: [3, side, side], pixels, labels, classes: kinds.map(({ name }) => name) };
}

/** A sky that turns into a ground, in any two colours. */
function backdrop(canvas: Float32Array, hand: Random): void {
  const some = (): Rgb => rgb(hand.next(), 0.15 + 0.4 * hand.next(), 0.25 + 0.6 * hand.next());
  const [sky, ground] = [some(), some()];
  const [horizon, blur] = [side * hand.next(), 2 + 10 * hand.next()];
  for (let row = 0; row < side; row++) {
    const share = Math.max(0, Math.min(1, 0.5 + (row - horizon) / blur));
    for (let c = 0; c < 3; c++) {
      const from = (c * side + row) * side;
      canvas.fill((sky[c] ?? 0) + share * ((ground[c] ?? 0) - (sky[c] ?? 0)), from, from + side);
    }
  }
}

/** Paints a thing somewhere. */
function thing(
  canvas: Float32Array,
  { outline, texture, hue }: Kind,
  { hand, size }: { readonly hand: Random; readonly size: number },
): void {
  const own = hue + spread * hand.normal();
  const light = rgb(own, 0.5 + 0.5 * hand.next(), 0.75 + 0.25 * hand.next());
  const dark = rgb(own + 0.08 * hand.normal(), 0.4 + 0.5 * hand.next(), 0.1 + 0.35 * hand.next());
  const at = (): number => (side - 1) / 2 + (side / 2 - 5) * (2 * hand.next() - 1) * 0.8;
  const turn = hand.next() * 2 * Math.PI;
  paint(canvas, side, { outline, texture, colours: [dark, light], x: at(), y: at(), size, turn });
}
