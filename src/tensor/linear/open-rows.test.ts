/** @file Tests of the passes of linear models against plain loops. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { withOnes } from "../matrix.ts";
import { gram, times, transposeTimes } from "../products.ts";
import { openRows, type RowBlock } from "./open-rows.ts";

const code = (what: string) => expect.objectContaining({ code: what });

function normals(rows: number, cols: number, { seed = 0, mean = 0 } = {}): Matrix {
  const draws = random(seed);
  return {
    rows,
    cols,
    data: Float64Array.from({ length: rows * cols }, () => mean + draws.normal()),
  };
}

describe("openRows", () => {
  test("law: margins, gradient and Hessian are those of plain loops, for any width and number of rows", async () => {
    const shape = fc.tuple(
      fc.integer({ min: 1, max: 1300 }),
      fc.integer({ min: 1, max: 13 }),
      fc.integer(),
    );
    await fc.assert(
      fc.asyncProperty(shape, async ([n, d, seed]) => {
        const x = normals(n, d, { seed });
        const [theta, r, v] = [
          normals(d + 1, 1, { seed: 1 }).data,
          normals(n, 1).data,
          normals(n, 1, { seed: 2 }).data,
        ];
        const margins = new Float64Array(n);
        const rows = await openRows(x);
        const sums = rows.pass({
          theta,
          hessian: true,
          visit: (block) => {
            const end = block.first + block.rows;
            margins.set(block.margins[0] ?? [], block.first);
            block.residuals[0]?.set(r.subarray(block.first, end));
            block.curvatures[0]?.set(v.subarray(block.first, end));
          },
        });
        const x1 = withOnes(moved(x, rows.centre));
        expect(margins).toBeClose(times(x1, theta), { atol: 1e-11 });
        expect(sums.gradient).toBeClose(transposeTimes(x1, r), { atol: 1e-10 });
        expect(sums.hessian?.data ?? []).toBeClose(gram(x1, v).data, { atol: 1e-10 });
      }),
      { numRuns: 40 },
    );
  });

  test("law: the log loss and its derivatives are those of Math.exp, for any margin and number of rows", async () => {
    const wide = fc.oneof(
      fc.double({ min: -40, max: 40, noNaN: true }),
      fc.constantFrom(0, -0, 800, -800, 1e-300),
    );
    const rows = fc.array(fc.tuple(wide, fc.boolean()), { minLength: 1, maxLength: 700 });
    await fc.assert(
      fc.asyncProperty(rows, async (drawn) => {
        const x = { rows: drawn.length, cols: 1, data: Float64Array.from(drawn, ([z]) => z) };
        const y = Float64Array.from(drawn, ([, label]) => Number(label));
        const told = { r: new Float64Array(y.length), v: new Float64Array(y.length), loss: 0 };
        const visit = ({
          first,
          rows: count,
          residuals: [r],
          curvatures: [v],
          logLoss,
        }: RowBlock): void => {
          told.loss += logLoss(y.subarray(first, first + count));
          told.r.set(r ?? [], first);
          told.v.set(v ?? [], first);
        };
        const opened = await openRows(x);
        opened.pass({ theta: Float64Array.of(1, opened.centre[0] ?? 0), hessian: true, visit });
        const p = x.data.map((z) => 1 / (1 + Math.exp(-z)));
        const losses = x.data.map(
          (z, i) => Math.max(z, 0) - z * (y[i] ?? 0) + Math.log1p(Math.exp(-Math.abs(z))),
        );
        expect(told.r).toBeClose(
          p.map((value, i) => value - (y[i] ?? 0)),
          { rtol: 1e-13, atol: 1e-15 },
        );
        expect(told.v).toBeClose(
          x.data.map((z) => Math.exp(-Math.abs(z)) / (1 + Math.exp(-Math.abs(z))) ** 2),
          { rtol: 1e-13, atol: 1e-300 },
        );
        expect(told.loss).toBeClose(
          losses.reduce((sum, v) => sum + v, 0),
          { rtol: 1e-12, atol: 1e-12 },
        );
      }),
      { numRuns: 60 },
    );
  });

  test("gives every pair of outputs its block of the Hessian", async () => {
    const [x, v] = [normals(40, 3), normals(40, 3, { seed: 3 })];
    const rows = await openRows(x, { outputs: 2 });
    const { hessian } = rows.pass({
      hessian: true,
      visit: ({ first, rows: b, curvatures, residuals }) => {
        for (const r of residuals) r.fill(0);
        for (const [p, values] of curvatures.entries())
          for (let i = 0; i < b; i++) values[i] = v.data[(first + i) * 3 + p] ?? 0;
      },
    });
    const x1 = withOnes(x);
    for (const [pair, [k, l]] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ].entries() as ArrayIterator<[number, [number, number]]>) {
      // biome-ignore format: a table
      const one = gram(x1, Float64Array.from({ length: 40 }, (_, i) => v.data[i * 3 + pair] ?? 0));
      for (let a = 0; a < 4; a++)
        for (let b = 0; b < 4; b++) {
          expect(hessian?.data[(k * 4 + a) * 8 + l * 4 + b]).toBeClose(one.data[a * 4 + b] ?? 0, {
            atol: 1e-11,
          });
          expect(hessian?.data[(l * 4 + b) * 8 + k * 4 + a]).toBeClose(one.data[a * 4 + b] ?? 0, {
            atol: 1e-11,
          });
        }
    }
  });

  test("keeps the digits of features far from 0", async () => {
    const near = normals(300, 2);
    const far = { ...near, data: near.data.map((value, k) => value + (k % 2 === 0 ? 2 ** 30 : 0)) };
    const rows = await openRows(far);
    expect(rows.centre[0]).toBeClose(2 ** 30, { rtol: 1e-8 });
    expect(rows.centre[1]).toBe(0);
    const sums = rows.pass({
      hessian: true,
      visit: ({ residuals: [r], curvatures: [v] }) => {
        r?.fill(1);
        v?.fill(1);
      },
    });
    const exact = gram(withOnes(moved(far, rows.centre)), new Float64Array(300).fill(1));
    expect(sums.hessian?.data ?? []).toBeClose(exact.data, { rtol: 1e-12, atol: 1e-9 });
  });

  test("says so where the memory would not be reached", async () => {
    const wide = { rows: 1, cols: 30_000, data: new Float64Array(30_000) };
    await expect(openRows(wide)).rejects.toThrow(code("tensor/out-of-range-memory"));
  });
});

function moved(x: Matrix, centre: Float64Array): Matrix {
  return { ...x, data: x.data.map((value, k) => value - (centre[k % x.cols] ?? 0)) };
}
