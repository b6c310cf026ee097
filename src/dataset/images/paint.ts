/** @file Painting by formula: outlines as distances, textures as −1 to 1, colours by hue. */

/** Where a point lies to an outline of radius about 1 around (0, 0): below 0 inside, above 0 outside. */
export type Outline = (u: number, v: number) => number;
/** What a texture is at a point: −1 to 1. */
export type Texture = (u: number, v: number) => number;

/** Outlines by name. */
export const outlines = {
  disc: (u, v) => Math.hypot(u, v) - 0.9,
  ring: (u, v) => Math.abs(Math.hypot(u, v) - 0.7) - 0.25,
  square: (u, v) => Math.max(Math.abs(u), Math.abs(v)) - 0.78,
  triangle: (u, v) => Math.max(Math.abs(u) * 0.87 + v * 0.5, -v) - 0.52,
  cross: (u, v) =>
    Math.max(Math.min(Math.abs(u), Math.abs(v)) - 0.3, Math.max(Math.abs(u), Math.abs(v)) - 0.95),
  moon: (u, v) => Math.max(Math.hypot(u, v) - 0.95, 0.75 - Math.hypot(u - 0.45, v)),
  bar: (u, v) => Math.max(Math.abs(u) - 0.95, Math.abs(v) - 0.28),
  corner: (u, v) => Math.max(Math.max(Math.abs(u), Math.abs(v)) - 0.85, Math.min(u + 0.3, 0.3 - v)),
  hexagon: (u, v) => Math.max(Math.abs(u) * 0.87 + Math.abs(v) * 0.5, Math.abs(v)) - 0.8,
  star: (u, v) => Math.hypot(u, v) - 0.65 - 0.3 * Math.cos(5 * Math.atan2(v, u)),
  arch: (u, v) => Math.max(Math.abs(Math.hypot(u, Math.min(v, 0)) - 0.65) - 0.25, v - 0.9),
  wedge: (u, v) => Math.max(Math.hypot(u, v) - 0.95, Math.abs(u) - v),
} as const satisfies Readonly<Record<string, Outline>>;

/** Textures by name; a wave is about 0.6 long. */
export const textures = {
  plain: () => 1,
  striped: (u) => Math.sign(Math.sin(11 * u)),
  checked: (u, v) => Math.sign(Math.sin(9 * u) * Math.sin(9 * v)),
  dotted: (u, v) => Math.sign(Math.cos(10 * u) + Math.cos(10 * v) - 0.9),
  waved: (u, v) => Math.sin(10 * u + 2.2 * Math.sin(5 * v)),
} as const satisfies Readonly<Record<string, Texture>>;

/** A colour as red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** The colour of a hue (a share of the circle), a saturation and a value, 0 to 1 each. */
export function rgb(hue: number, saturation: number, value: number): Rgb {
  const at = (n: number): number => {
    const k = (n + 6 * (hue - Math.floor(hue))) % 6;
    return 255 * value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [at(5), at(3), at(1)];
}

/** A thing in an image: an outline with a texture of two colours, turned, at a place, `size` pixels in radius. */
export interface Thing {
  readonly outline: Outline;
  readonly texture: Texture;
  readonly colours: readonly [Rgb, Rgb];
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly turn: number;
}

/** Paints a thing over what is there: floats [3, side, side]. */
export function paint(canvas: Float32Array, side: number, thing: Thing): void {
  const { outline, texture, x, y, size, turn } = thing;
  const cos = Math.cos(turn) / size;
  const sin = Math.sin(turn) / size;
  const plane = side * side;
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const u = (column - x) * cos + (row - y) * sin;
      const v = (row - y) * cos - (column - x) * sin;
      const cover = Math.max(0, Math.min(1, 0.5 - outline(u, v) * size));
      if (cover === 0) continue;
      const share = 0.5 + 0.5 * texture(u, v);
      const place = row * side + column;
      for (let c = 0; c < 3; c++) {
        const one = thing.colours[0][c] ?? 0;
        const colour = one + share * ((thing.colours[1][c] ?? 0) - one);
        const under = canvas[c * plane + place] ?? 0;
        canvas[c * plane + place] = under + cover * (colour - under);
      }
    }
}

/** Rounds a canvas into bytes, with noise. */
export function develop(canvas: Float32Array, into: Uint8Array, grain: Float32Array): void {
  for (let i = 0; i < into.length; i++)
    into[i] = Math.max(0, Math.min(255, Math.round((canvas[i] ?? 0) + (grain[i] ?? 0))));
}
