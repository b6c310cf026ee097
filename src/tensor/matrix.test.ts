/** @file Tests of making and reading matrices. */
import { describe, expect, test } from "vitest";
import { findNotFinite, matrix, withOnes } from "./matrix.ts";

describe("matrix", () => {
  test("lays its rows one after another", () => {
    expect(matrix([[1, 2, 3], [4, 5, 6]])).toEqual({ rows: 2, cols: 3, data: Float64Array.of(1, 2, 3, 4, 5, 6) }); // biome-ignore format: a matrix
    expect(matrix([])).toEqual({ rows: 0, cols: 0, data: new Float64Array(0) });
  });

  test("refuses rows of unequal length, and says which", () => {
    expect(() => matrix([[1, 2], [3]])).toThrow("expected 2 numbers in row 1, as in row 0, got 1");
  });
});

describe("findNotFinite", () => {
  test("finds the first in row order, and lets missing values pass when asked", () => {
    const x = matrix([[1, 2], [Number.NaN, -Infinity]]); // biome-ignore format: a matrix
    expect(findNotFinite(x)).toEqual({ row: 1, column: 0, value: Number.NaN });
    expect(findNotFinite(x, true)).toEqual({ row: 1, column: 1, value: -Infinity });
    expect(findNotFinite(matrix([[0, 1e308]]))).toBeUndefined();
  });
});

describe("withOnes", () => {
  test("adds a column of ones at the right, to no rows too", () => {
    expect(withOnes(matrix([[5, 6], [7, 8]]))).toEqual(matrix([[5, 6, 1], [7, 8, 1]])); // biome-ignore format: a matrix
    expect(withOnes(matrix([]))).toMatchObject({ rows: 0, cols: 1 });
  });
});
