import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitColumns, leverageOf } from "./fit-columns.ts";

const number = fc.double({ min: -10, max: 10, noNaN: true });

describe("fitColumns", () => {
  test("law: what is left is orthogonal to every column, kept or not", () => {
    const shape = fc.array(fc.array(number, { minLength: 6, maxLength: 6 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(shape, fc.array(number, { minLength: 6, maxLength: 6 }), (list, y) => {
        const columns = list.map((column) => Float64Array.from(column));
        const { weights, squares } = fitColumns(columns, Float64Array.from(y));
        const rest = y.map(
          (value, i) =>
            value -
            columns.reduce((sum, column, j) => sum + (column[i] ?? 0) * (weights[j] ?? 0), 0),
        );
        const size = Math.max(...columns.flatMap((column) => Array.from(column, Math.abs)), 1);
        if (weights.every((weight) => Math.abs(weight) < 1e4)) {
          for (const column of columns)
            expect(column.reduce((sum, value, i) => sum + value * (rest[i] ?? 0), 0)).toBeClose(0, {
              atol: 1e-6 * size,
            });
          expect(rest.reduce((sum, value) => sum + value * value, 0)).toBeClose(squares, {
            rtol: 1e-6,
            atol: 1e-6,
          });
        }
      }),
    );
  });

  test("leaves out columns of zeros and sums of others", () => {
    const [a, b] = [Float64Array.of(1, 1, 1, 1), Float64Array.of(0, 1, 0, 1)];
    const sum = a.map((value, i) => 2 * value - (b[i] ?? 0));
    const fit = fitColumns([new Float64Array(4), a, sum, b], Float64Array.of(1, 2, 3, 4));
    expect([...fit.kept]).toEqual([1, 2]);
  });

  test("leverages sum to the number of kept columns", () => {
    const [a, b] = [Float64Array.of(1, 1, 1, 1), Float64Array.of(0, 1, 2, 7)];
    const { triangle } = fitColumns([a, b], Float64Array.of(1, 2, 3, 4));
    const all = Array.from(a, (value, i) =>
      leverageOf(triangle, Float64Array.of(value, b[i] ?? 0)),
    );
    expect(all.reduce((sum, leverage) => sum + leverage, 0)).toBeClose(2);
  });
});
