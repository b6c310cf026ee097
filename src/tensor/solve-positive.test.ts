/** @file Tests of Cholesky's method. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matrix } from "./matrix.ts";
import { gram, times } from "./products.ts";
import { solvePositive } from "./solve-positive.ts";

describe("solvePositive", () => {
  test("solves a system done by hand", () => {
    const a = matrix([[4, 12, -16], [12, 37, -43], [-16, -43, 98]]); // biome-ignore format: a matrix
    expect(solvePositive(a, Float64Array.of(-20, -43, 192))).toBeClose([1, 2, 3]);
  });

  test("law: A·x = b for A = Xᵀ·X + I", () => {
    const row = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
      minLength: 4,
      maxLength: 4,
    });
    const rows = fc.array(row, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, row, (x, b) => {
        const a = gram(matrix(x), new Float64Array(x.length).fill(1));
        for (let i = 0; i < 4; i++) a.data[i * 5] = a.data[i * 5]! + 1;
        const solution = solvePositive(a, Float64Array.from(b));
        expect(times(a, solution)).toBeClose(b, { rtol: 1e-8, atol: 1e-8 });
      }),
    );
  });

  test("refuses a matrix that is not positive definite, and names the pivot", () => {
    const refused = expect.objectContaining({ code: "tensor/failed-factorisation" });
    for (const rows of [[[1, 2], [2, 1]], [[1, 1], [1, 1]], [[0, 0], [0, 0]], [[1, 0], [0, Number.NaN]]]) // biome-ignore format: matrices
      expect(() => solvePositive(matrix(rows), Float64Array.of(1, 1))).toThrow(refused);
    expect(() =>
      solvePositive(
        matrix([
          [1, 2],
          [2, 1],
        ]),
        Float64Array.of(1, 1),
      ),
    ).toThrow("expected pivot 1 above 0, got -3");
  });

  test("refuses shapes that do not fit", () => {
    expect(() => solvePositive(matrix([[1, 0]]), Float64Array.of(1))).toThrow(
      expect.objectContaining({ code: "tensor/mismatch-shape" }),
    );
  });
});
