/** @file Pixels as a PNG file, by fast-png. */
import { encode } from "fast-png";

/** Encodes bytes [h, w, c] of grey (1) or of red, green and blue (3). */
export function encodePng(
  data: Uint8Array,
  size: { readonly width: number; readonly height: number; readonly channels: 1 | 3 },
): Uint8Array {
  return encode({ data, ...size, depth: 8 });
}
