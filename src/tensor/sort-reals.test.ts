/** @file Tests of sorting numbers: as the language sorts them, whatever they are. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { openRealSorter } from "./sort-reals.ts";

const bitsOf = (values: Float64Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex");

/** Many numbers from a few, so that the list is long enough for counting digits, and has equal ones. */
function spread(some: readonly number[], noise: number): Float64Array {
  const draws = random(7).stream("spread");
  return Float64Array.from({ length: 3000 }, () => {
    const value = some[draws.below(some.length)]!;
    return draws.next() < 0.5 ? value : value + noise * draws.normal();
  });
}

test("law: sorts as Float64Array.sort does, bit for bit, without touching what it is given", () => {
  const sort = openRealSorter(3000);
  const numbers = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(numbers, fc.constantFrom(0, 1e-12, 1, 1e30), (some, noise) => {
      const values = spread(some, noise).map((value) => (Number.isNaN(value) ? 0 : value));
      const before = bitsOf(values);
      expect(bitsOf(sort(values))).toBe(bitsOf(values.slice().sort()));
      expect(bitsOf(values)).toBe(before);
    }),
  );
});

test("sorts zeros of both signs, infinities, the smallest numbers, and many that differ in their last bits only", () => {
  const sort = openRealSorter(5000);
  const edges = spread([0, -0, Infinity, -Infinity, 5e-324, -5e-324, 1e308, -1e308], 0);
  expect(bitsOf(sort(edges))).toBe(bitsOf(edges.slice().sort()));
  const close = Float64Array.from({ length: 5000 }, (_, i) => 1 + ((i * 7919) % 5000) * 2 ** -52);
  expect(bitsOf(sort(close))).toBe(bitsOf(close.slice().sort()));
});

test("sorts few numbers, and none", () => {
  const sort = openRealSorter(10);
  expect(sort(Float64Array.of(3, -1, 2))).toEqual(Float64Array.of(-1, 2, 3));
  expect(sort(new Float64Array(0))).toEqual(new Float64Array(0));
});
