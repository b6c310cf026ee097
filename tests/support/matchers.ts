/** @file One matcher for numbers: `toBeClose`. */
import { expect } from "vitest";

interface Tolerance {
  /** Relative tolerance. Default 1e-9. */
  readonly rtol?: number;
  /** Absolute tolerance, in the unit of the values. Default 1e-12. */
  readonly atol?: number;
}

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** Every number is within atol + rtol·|expected|; shapes must agree. */
    toBeClose(expected: number | ArrayLike<number>, tolerance?: Tolerance): R;
  }
}

expect.extend({
  toBeClose(
    actual: number | ArrayLike<number>,
    expected: number | ArrayLike<number>,
    { rtol = 1e-9, atol = 1e-12 }: Tolerance = {},
  ) {
    const [a, e] = [actual, expected].map((v) => (typeof v === "number" ? [v] : Array.from(v))) as [
      number[],
      number[],
    ];
    const off = e.findIndex(
      (v, i) => !(Math.abs((a[i] ?? Number.NaN) - v) <= atol + rtol * Math.abs(v)),
    );
    const pass = a.length === e.length && off === -1;
    return {
      pass,
      message: () =>
        `element ${off}: got ${a[off]}, expected ${e[off]} (lengths ${a.length} and ${e.length})`,
      actual: a,
      expected: e,
    };
  },
});
