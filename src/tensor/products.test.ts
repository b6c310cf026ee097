/** @file Tests of products of matrices and vectors. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matrix } from "./matrix.ts";
import { dot, gram, times, transposeTimes } from "./products.ts";

const numbers = fc.double({ min: -100, max: 100, noNaN: true });
const tables = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
  .chain(([n, d]) =>
    fc.record({
      x: fc
        .array(fc.array(numbers, { minLength: d, maxLength: d }), { minLength: n, maxLength: n })
        .map((rows) => matrix(rows)),
      v: fc.array(numbers, { minLength: n, maxLength: n }).map((v) => Float64Array.from(v)),
      w: fc.array(numbers, { minLength: d, maxLength: d }).map((v) => Float64Array.from(v)),
    }),
  );
const close = { rtol: 1e-9, atol: 1e-6 };

describe("dot, times and transposeTimes", () => {
  test("give what a hand gives", () => {
    const x = matrix([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: a matrix
    expect(dot(Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6))).toBeClose(32);
    expect(times(x, Float64Array.of(1, 0, -1))).toBeClose([-2, -2]);
    expect(transposeTimes(x, Float64Array.of(1, -1))).toBeClose([-3, -3, -3]);
  });

  test("law: v·(X·w) = (Xᵀ·v)·w", () => {
    fc.assert(
      fc.property(tables, ({ x, v, w }) => {
        expect(dot(v, times(x, w))).toBeClose(dot(transposeTimes(x, v), w), close);
      }),
    );
  });

  test("refuse lengths that do not fit", () => {
    const refused = expect.objectContaining({ code: "tensor/mismatch-shape" });
    const [x, two] = [matrix([[1, 2, 3]]), Float64Array.of(1, 2)];
    for (const product of [
      () => dot(two, Float64Array.of(1)),
      () => times(x, two),
      () => transposeTimes(x, two),
      () => gram(x, two),
    ])
      expect(product).toThrow(refused);
  });
});

describe("gram", () => {
  test("law: wᵀ·(Xᵀ·diag(v)·X)·w = Σ vᵢ·(X·w)ᵢ², and it is symmetric", () => {
    fc.assert(
      fc.property(tables, ({ x, v, w }) => {
        const product = gram(x, v);
        const squares = times(x, w).map((z) => z * z);
        expect(dot(w, times(product, w))).toBeClose(dot(v, squares), { rtol: 1e-9, atol: 1 });
        const turned = product.data.map((_, k) => {
          const [i, j] = [Math.floor(k / product.cols), k % product.cols];
          return product.data[j * product.cols + i]!;
        });
        expect(turned).toEqual(product.data);
      }),
    );
  });
});
