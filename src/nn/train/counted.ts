/** @file How much rows count in a mean. */
import type { NetworkRows } from "./feed.ts";

/** How much rows count in a mean: each row once, or, of labels of steps, each step that has one. */
export function countedOf({ y, rows, labelShape }: NetworkRows, places: Uint32Array): number {
  if (!(y instanceof Int32Array) || labelShape.length === 0) return places.length;
  const steps = y.length / rows;
  let counted = 0;
  for (const place of places)
    for (let i = place * steps; i < (place + 1) * steps; i++) counted += Number((y[i] ?? -1) >= 0);
  return counted;
}
