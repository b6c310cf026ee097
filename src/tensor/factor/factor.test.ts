/** @file Laws of the triangle and of singular values. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { gram } from "../products.ts";
import { multiply } from "./multiply.ts";
import { singularValues, transpose } from "./singular-values.ts";
import { type TriangleBlock, triangle } from "./triangle.ts";

const shape = fc.tuple(
  fc.integer({ min: 1, max: 700 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer(),
);

function normals(rows: number, cols: number, seed = 0): Matrix {
  const draws = random(seed);
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, () => draws.normal()) };
}

const identity = (d: number): Float64Array =>
  Float64Array.from({ length: d * d }, (_, k) => (k % (d + 1) === 0 ? 1 : 0));

function write(x: Matrix): (block: TriangleBlock) => void {
  return ({ to, first, count, stride }) => {
    for (let i = 0; i < count; i++)
      to.set(x.data.subarray((first + i) * x.cols, (first + i + 1) * x.cols), i * stride);
  };
}

describe("triangle", () => {
  test("law: RᵀR is XᵀX and R is a triangle, for any number of rows and columns", async () => {
    await fc.assert(
      fc.asyncProperty(shape, async ([n, d, seed]) => {
        const x = normals(n, d, seed);
        const r = await triangle({ rows: n, cols: d, write: write(x) });
        for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) expect(r.data[i * d + j]).toBe(0);
        const back = multiply(transpose(r), r).data;
        expect(back).toBeClose(gram(x, new Float64Array(n).fill(1)).data, { atol: 1e-10 });
      }),
      { numRuns: 40 },
    );
  });

  test("keeps what the Gram matrix loses: a difference in the tenth digit", async () => {
    const x = { rows: 3, cols: 2, data: Float64Array.of(1, 1, 1, 1, 0, 1e-10) };
    const r = await triangle({ rows: 3, cols: 2, write: write(x) });
    expect(Math.abs(r.data[3] ?? 0)).toBeClose(1e-10, { rtol: 1e-5 });
  });

  test("squares no size away", async () => {
    const x = { rows: 2, cols: 1, data: Float64Array.of(3e200, 4e200) };
    expect(
      Math.abs((await triangle({ rows: 2, cols: 1, write: write(x) })).data[0] ?? 0),
    ).toBeClose(5e200);
  });
});

describe("singularValues", () => {
  test("law: U·diag(s)·Vᵀ is A, U and V are orthonormal, s falls", () => {
    const small = fc.tuple(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer(),
    );
    fc.assert(
      fc.property(small, ([n, d, seed]) => {
        const a = normals(n, d, seed);
        const { u, s, v } = singularValues(a);
        const p = Math.min(n, d);
        expect([u.rows, u.cols, s.length, v.rows, v.cols]).toEqual([n, p, p, d, p]);
        const scaled = { ...u, data: u.data.map((value, k) => value * (s[k % p] ?? 0)) };
        expect(multiply(scaled, transpose(v)).data).toBeClose(a.data, { atol: 1e-12 });
        expect(multiply(transpose(u), u).data).toBeClose(identity(p), { atol: 1e-12 });
        expect(multiply(transpose(v), v).data).toBeClose(identity(p), { atol: 1e-12 });
        expect(Array.from(s)).toEqual(Array.from(s).sort((a, b) => b - a));
      }),
    );
  });

  test("finds the rank of columns that repeat, and zeros", () => {
    const { s } = singularValues({
      rows: 3,
      cols: 3,
      data: Float64Array.of(1, 2, 0, 2, 4, 0, 3, 6, 0),
    });
    expect(s[0]).toBeClose(Math.sqrt(70));
    expect(s.subarray(1)).toBeClose([0, 0], { atol: 1e-14 });
    expect(singularValues({ rows: 2, cols: 1, data: new Float64Array(2) }).s).toEqual(
      Float64Array.of(0),
    );
  });

  test("gives small values with all their digits", () => {
    const { s } = singularValues({ rows: 2, cols: 2, data: Float64Array.of(1, 0, 1e-3, 1e-17) });
    expect((s[0] ?? 0) * (s[1] ?? 0)).toBeClose(1e-17, { rtol: 1e-12, atol: 0 }); // the determinant
  });
});

describe("multiply", () => {
  test("refuses matrices that do not fit", () => {
    const mismatch = expect.objectContaining({ code: "tensor/mismatch-shape" });
    expect(() => multiply(normals(2, 3), normals(2, 3))).toThrow(mismatch);
  });
});
