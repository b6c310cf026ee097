/** @file The triangle R of a QR factorisation of many rows, a block of them at a time. */
import type { Matrix } from "../../flow.ts";
import { fail } from "../errors.ts";
import { sharedMemory } from "../kernel-file.ts";
import { openLinearKernel } from "../linear/kernel.ts";

/** Where some rows are to be written. */
export interface TriangleBlock {
  readonly to: Float64Array;
  readonly first: number;
  readonly count: number;
  readonly stride: number;
}

/** Rows that are made when they are needed. */
export interface TriangleSource {
  readonly rows: number;
  readonly cols: number;
  /** Writes `count` rows from row `first` on into `to`, each `stride` numbers after the one before. */
  readonly write: (block: TriangleBlock) => void;
}

/**
 * The upper triangle R with RᵀR = XᵀX, by Householder reflections of a block of rows after another, in
 * WebAssembly. It keeps the digits that XᵀX loses: the error of each column is some ε of its length.
 * Time O(n·c²), memory O(c²).
 *
 * @param source - The rows of X, shape [n, c], finite.
 * @returns R, shape [c, c]; with fewer rows than columns the last rows are 0 but for rounding.
 * @throws `tensor/missing-kernel`, `tensor/out-of-range-memory`
 * @example
 * ```ts
 * const x = matrix([[3, 1], [4, 2]]);
 * const { data } = await triangle({ rows: 2, cols: 2, write: ({ to }) => to.set(x.data) });
 * data.map(Math.abs).map((v) => Math.round(v * 1e9) / 1e9) // => Float64Array.of(5, 2.2, 0, 0.4)
 * ```
 * @see Golub & Van Loan, Matrix Computations, 4th edition, sections 5.2 and 5.3 (updating by blocks of rows).
 */
export async function triangle({ rows, cols, write }: TriangleSource): Promise<Matrix> {
  const stride = Math.ceil(cols / 2) * 2;
  const block = Math.max(16, Math.min(256, Math.floor(2 ** 14 / stride)));
  const start = 65_536; // the compiler's static data is below
  const [r, s] = [start, start + 8 * stride * cols];
  const x = s + 8 * stride;
  const needBytes = x + 8 * stride * block;
  const maxBytes = 65_536 * 65_536;
  if (needBytes > maxBytes)
    fail("tensor/out-of-range-memory", {
      at: "triangle",
      needBytes,
      maxBytes,
      rows,
      features: cols,
    });
  const memory = sharedMemory(needBytes);
  const code = await openLinearKernel(memory);
  const staged = new Float64Array(memory.buffer, x, stride * block);
  for (let first = 0; first < rows; first += block) {
    const count = Math.min(block, rows - first);
    staged.fill(0);
    write({ to: staged, first, count, stride });
    code.addTriangle(r, x, count, cols, stride, s);
  }
  const found = new Float64Array(memory.buffer, r, stride * cols);
  const data = new Float64Array(cols * cols);
  for (let i = 0; i < cols; i++) data.set(found.subarray(i * stride, i * stride + cols), i * cols);
  return { rows: cols, cols, data };
}
