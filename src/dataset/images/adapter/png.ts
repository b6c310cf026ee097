/** @file PNG files, by fast-png. */
import { convertIndexedToRgb, decode } from "fast-png";

/** What a PNG file has: 8 bits a channel; grey, or red, green and blue; transparency left out. */
export interface Png {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Pixel by pixel, [h, w, c]. */
  readonly data: Uint8Array;
}

/** Reads a PNG. Throws whatever fast-png throws at what is none. */
export function decodePng(bytes: Uint8Array): Png {
  const png = decode(bytes, { checkCrc: true });
  const { width, height, depth, channels, data } = png;
  if (png.palette !== undefined) {
    const wide = convertIndexedToRgb(png);
    return { width, height, channels: 3, data: withoutAlpha(wide, wide.length / (width * height)) };
  }
  return {
    width,
    height,
    channels: channels >= 3 ? 3 : 1,
    data: withoutAlpha(toBytes(data, { depth, width, channels }), channels),
  };
}

/** Samples of 16 bits lose their lower half, those of fewer than 8 are spread to 255. */
function toBytes(
  data: ArrayLike<number>,
  {
    depth,
    width,
    channels,
  }: { readonly depth: number; readonly width: number; readonly channels: number },
): Uint8Array {
  if (depth === 16) return Uint8Array.from(data, (value) => value >> 8);
  if (depth === 8) return Uint8Array.from(data);
  const [most, perByte] = [2 ** depth - 1, 8 / depth];
  const line = Math.ceil((width * channels) / perByte);
  const rows = data.length / line;
  return Uint8Array.from({ length: rows * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const byte = data[y * line + Math.floor(x / perByte)] ?? 0;
    const shift = 8 - depth * ((x % perByte) + 1);
    return Math.round((255 * ((byte >> shift) & most)) / most);
  });
}

/** The first channel of one or two, the first three of three or four. */
function withoutAlpha(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 1 || channels === 3) return data;
  const kept = channels - 1;
  return Uint8Array.from(
    { length: (data.length / channels) * kept },
    (_, i) => data[Math.floor(i / kept) * channels + (i % kept)] ?? 0,
  );
}
