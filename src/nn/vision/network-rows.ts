/** @file Images as rows of a network. */
import type { Images } from "../../dataset/index.ts";
import type { NetworkRows } from "../train/feed.ts";

/**
 * Images as rows to train and judge a network with: bytes stay bytes, and count as 0 to 1; labels are numbers of classes. Nothing is copied.
 *
 * @example
 * ```ts
 * networkRows(digits({ rows: 20 })).shape // => [1, 28, 28]
 * ```
 */
export function networkRows({ rows, shape, pixels, labels }: Images): NetworkRows {
  return { rows, x: pixels, shape, y: labels, labelShape: [] };
}
