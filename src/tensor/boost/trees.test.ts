/** @file Tests of what trees predict. */
import { describe, expect, test } from "vitest";
import { matrix } from "../matrix.ts";
import { sigmoid } from "../sigmoid.ts";
import { treeMargins, treeProbabilities } from "./trees.ts";

/** Two trees of depth 2; the second splits at its root only, and sends all values right. */
const trees = {
  depth: 2,
  features: Int32Array.of(0, 1, 1, 1, 0, 0),
  thresholds: Float64Array.of(0, 5, 10, -Infinity, Infinity, Infinity),
  missingRight: Uint8Array.of(1, 0, 1, 0, 0, 0),
  leaves: Float32Array.of(1, 2, 3, 4, 10, 10, 20, 20),
};
const rows = [[-1, 4], [-1, 5], [0, 9], [0, 10], [Number.NaN, Number.NaN], [-1, Number.NaN]]; // biome-ignore format: a matrix

describe("treeMargins", () => {
  test("goes left below a threshold, right at it, and where it was told with a missing value", () => {
    expect(treeMargins(trees, matrix(rows), 0.5)).toBeClose([21.5, 22.5, 23.5, 24.5, 14.5, 11.5]);
  });

  test("gives one row the same as many", () => {
    const together = treeMargins(trees, matrix(rows), 0);
    for (const [i, row] of rows.entries())
      expect(treeMargins(trees, matrix([row]), 0)[0]).toBe(together[i]);
  });
});

describe("treeProbabilities", () => {
  test("is the sigmoid of the margins", () => {
    const margins = treeMargins(trees, matrix(rows), -20);
    expect(treeProbabilities(trees, matrix(rows), -20)).toBeClose(margins.map(sigmoid));
  });
});
