import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { wasserstein, wassersteinOf } from "../measures/wasserstein.ts";
import { weighted } from "../measures/weighted.ts";
import { mostValues } from "./bucket-table.ts";
import { inCommon, mergeNumbers, type NumberSketch, numberSketcher } from "./number-sketch.ts";

function sketchOf(numbers: readonly number[]): NumberSketch {
  const sketcher = numberSketcher();
  sketcher.add(Float64Array.from(numbers));
  return sketcher.end();
}
/** What does not depend on the order, to the last bit. */
const exactPart = ({ mean, squares, ...rest }: NumberSketch) => rest;
const any = fc.array(
  fc.oneof(
    fc.double(),
    fc.integer({ min: -5, max: 5 }),
    fc.constantFrom(NaN, Infinity, -Infinity, -0),
  ),
  { maxLength: 60 },
);
/** More distinct values than a sketch keeps, of many sizes. */
const many = (seed: number, rows: number): number[] => {
  const draws = random(seed);
  return Array.from({ length: rows }, () => draws.normal() * 10 ** Math.floor(6 * draws.next()));
};

describe("numberSketcher", () => {
  test("law: few values are kept to the last bit", () => {
    fc.assert(
      fc.property(any, (numbers) => {
        const sketch = sketchOf(numbers);
        const finite = numbers.filter(Number.isFinite);
        const plain = weighted(finite.map((value) => value + 0));
        expect(sketch.bits).toBe(52);
        expect([...sketch.values]).toEqual([...plain.values]);
        expect([...sketch.counts]).toEqual([...plain.counts]);
        expect(sketch.missing).toBe(numbers.filter(Number.isNaN).length);
        expect(sketch.infinite[0] + sketch.infinite[1] + sketch.missing + finite.length).toBe(
          sketch.rows,
        );
      }),
    );
  });

  test("keeps at most 4096 values, each known to the share that it states", () => {
    const numbers = many(1, 50_000);
    const sketch = sketchOf(numbers);
    expect(sketch.values.length).toBeLessThanOrEqual(mostValues);
    expect(sketch.bits).toBeGreaterThanOrEqual(6);
    const share = 2 ** -sketch.bits;
    const sorted = numbers.toSorted((a, b) => a - b);
    let at = 0;
    for (const [i, value] of sketch.values.entries())
      for (let n = sketch.counts[i] ?? 0; n > 0; n--, at++) {
        const off = Math.abs((sorted[at] ?? 0) - value);
        expect(off).toBeLessThanOrEqual(share * Math.abs(value) + Number.MIN_VALUE);
      }
    expect(at).toBe(numbers.length);
  });

  test("keeps values that are close together far from zero apart", () => {
    const years = Array.from({ length: 20_000 }, (_, i) => 2020 + i / 1e4);
    expect(sketchOf(years).bits).toBeGreaterThanOrEqual(20);
  });

  test("stays within the stated error of the exact distance", () => {
    const [a, b] = [many(2, 20_000), many(3, 30_000).map((value) => value * 1.1)];
    const common = inCommon(sketchOf(a), sketchOf(b));
    const size = (numbers: readonly number[]): number =>
      numbers.reduce((sum, value) => sum + Math.abs(value), 0) / numbers.length;
    const bound = 2 ** -(common.bits + 1) * (size(a) + size(b)) * (1 + 2 ** -common.bits);
    expect(Math.abs(wassersteinOf(common.a, common.b) - wasserstein(a, b))).toBeLessThanOrEqual(
      bound,
    );
  });
});

describe("mergeNumbers", () => {
  test("law: the sketches of parts give the sketch of the whole, in any order and grouping", () => {
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        const [x, y, z] = [sketchOf(a), sketchOf(b), sketchOf(c)];
        const whole = sketchOf([...a, ...b, ...c]);
        const left = mergeNumbers(mergeNumbers(x, y), z);
        const right = mergeNumbers(x, mergeNumbers(z, y));
        for (const merged of [left, right]) expect(exactPart(merged)).toEqual(exactPart(whole));
      }),
    );
  });

  test("gives the sketch of the whole when there are more values than it keeps", () => {
    const parts = [many(4, 9000), many(5, 300), many(6, 20_000)];
    const [x, y, z] = parts.map(sketchOf);
    if (x === undefined || y === undefined || z === undefined) throw new Error("three parts");
    const whole = sketchOf(parts.flat());
    const left = mergeNumbers(mergeNumbers(x, y), z);
    const right = mergeNumbers(z, mergeNumbers(y, x));
    expect(exactPart(left)).toEqual(exactPart(whole));
    expect(exactPart(right)).toEqual(exactPart(whole));
    expect(left.mean).toBeClose(whole.mean);
    expect(left.squares).toBeClose(whole.squares);
  });
});
