/** @file A pen on a grid of grey: how near each pixel is to what was drawn. */

import type { Random } from "../../core/index.ts";

/** Noise from −most to most, drawn once: images take theirs from somewhere in it. [65,536] */
export const grainOf = (chance: Random, most: number): Float32Array =>
  Float32Array.from({ length: 65_536 }, () => most * (chance.next() + chance.next() - 1));

/** A path as x, y, x, y, …, in pixels. */
export type Path = ArrayLike<number>;

/** A curve through points as a path of short lines (Catmull–Rom). @param steps - Lines between two points. */
export function smooth(points: Path, steps: number): Float64Array {
  const count = points.length / 2;
  const path = new Float64Array(2 * ((count - 1) * steps + 1));
  const at = (i: number, axis: number): number =>
    points[2 * Math.max(0, Math.min(count - 1, i)) + axis] ?? 0;
  for (let k = 0; k * 2 < path.length; k++) {
    const i = Math.min(count - 2, Math.floor(k / steps));
    const u = k / steps - i;
    for (let axis = 0; axis < 2; axis++) {
      const a = at(i - 1, axis);
      const b = at(i, axis);
      const c = at(i + 1, axis);
      const d = at(i + 2, axis);
      path[2 * k + axis] =
        b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)));
    }
  }
  return path;
}

/** A canvas of squared distances to what was drawn. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** [height · width]. */
  readonly near: Float32Array;
}

/** Brings the squared distances up to date with a path; pixels farther than `reach` are not looked at. O(length · reach). */
export function draw(canvas: Canvas, path: Path, reach: number): void {
  for (let i = 0; i + 3 < path.length; i += 2) drawLine(canvas, path, { from: i, reach });
}

// No tuples in here: they would be most of the time.
function drawLine(
  { width, height, near }: Canvas,
  path: Path,
  { from, reach }: { readonly from: number; readonly reach: number },
): void {
  const x0 = path[from] ?? 0;
  const y0 = path[from + 1] ?? 0;
  const dx = (path[from + 2] ?? 0) - x0;
  const dy = (path[from + 3] ?? 0) - y0;
  const length = dx * dx + dy * dy || 1;
  const left = Math.max(0, Math.ceil(x0 + Math.min(0, dx) - reach));
  const right = Math.min(width - 1, x0 + Math.max(0, dx) + reach);
  const top = Math.max(0, Math.ceil(y0 + Math.min(0, dy) - reach));
  const bottom = Math.min(height - 1, y0 + Math.max(0, dy) + reach);
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const t = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length));
      const ex = x0 + t * dx - x;
      const ey = y0 + t * dy - y;
      const square = ex * ex + ey * ey;
      const place = y * width + x;
      if (square < (near[place] ?? 0)) near[place] = square;
    }
}
