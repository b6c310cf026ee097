/** @file Trees and rows drawn at random, for laws about trees. */
import type { Random } from "../../src/core/index.ts";
import type { Matrix } from "../../src/flow.ts";
import type { TreeNode } from "../../src/tensor/index.ts";

/** What random trees may be. */
export interface RandomTreeOptions {
  readonly width: number;
  readonly depth: number;
  /** Whether there are category splits; of the last feature only. */
  readonly categories?: boolean;
  /** Whether zero may count as missing. */
  readonly zeroMissing?: boolean;
  /** Numbers in a leaf. Default 1. */
  readonly leafWidth?: number;
}

/** A tree with covers that add up. Thresholds are quarters, so that 32 bits hold them. */
export function randomTree(draws: Random, options: RandomTreeOptions): TreeNode {
  const { width, depth, categories = false, zeroMissing = false, leafWidth = 1 } = options;
  const value = (): number | readonly number[] =>
    leafWidth === 1
      ? Math.fround(draws.normal())
      : Array.from({ length: leafWidth }, () => Math.fround(draws.normal()));
  if (depth === 0 || draws.next() < 0.15) return { value: value(), cover: 1 + draws.below(9) };
  const below = { ...options, depth: depth - 1 };
  const [left, right] = [randomTree(draws, below), randomTree(draws, below)];
  const cover = (left.cover ?? 0) + (right.cover ?? 0);
  const some = {
    missingLeft: draws.next() < 0.5,
    left,
    right,
    cover,
    value: value(),
    gain: draws.next(),
  };
  if (categories && draws.next() < 0.4) {
    const drawn = Array.from({ length: draws.below(5) }, () => draws.below(70));
    return { ...some, feature: width - 1, codes: [...new Set(drawn)].sort((a, b) => a - b) };
  }
  const threshold = draws.below(16) / 4 - 2;
  const zero = zeroMissing && draws.next() < 0.3 ? { zeroMissing: true } : {};
  return { ...some, ...zero, feature: draws.below(categories ? width - 1 : width), threshold };
}

/** Rows of 32-bit numbers at, beside and between thresholds; codes in the last column; some missing. */
export function randomRows(draws: Random, rows: number, width: number): Matrix {
  const cell = (_: unknown, i: number): number => {
    if (draws.next() < 0.1) return Number.NaN;
    if (i % width === width - 1) return draws.below(80);
    const near = draws.below(16) / 4 - 2;
    return draws.next() < 0.5 ? near : Math.fround(near + draws.normal() / 8);
  };
  return { rows, cols: width, data: Float64Array.from({ length: rows * width }, cell) };
}
