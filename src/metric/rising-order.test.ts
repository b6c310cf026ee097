/** @file Tests of the order of numbers. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../core/index.ts";
import { risingOrder } from "./rising-order.ts";

describe("risingOrder", () => {
  test("law: few numbers and many are ordered alike, equal ones as they came", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 40 }), (some) => {
        const many = Float64Array.from(
          { length: 5000 },
          (_, i) => some[i % some.length] ?? i - 2500,
        );
        const expected = Array.from(many, (_, i) => i).sort((a, b) => {
          const [x, y] = [many[a] ?? 0, many[b] ?? 0];
          return x < y ? -1 : x > y ? 1 : a - b;
        });
        expect([...risingOrder(many)]).toEqual(expected);
        const short = many.slice(0, 50);
        expect([...risingOrder(short)]).toEqual(expected.filter((i) => i < 50));
      }),
      { numRuns: 30 },
    );
  });

  test("sorts what a native sort sorts, infinities and both zeros included", () => {
    const chance = random(3).stream("order");
    const values = Float64Array.from(
      { length: 20_000 },
      () => chance.normal() * 10 ** (chance.below(600) - 300),
    );
    values.set([Infinity, -Infinity, 0, -0, Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE]);
    const sorted = Float64Array.from(risingOrder(values), (i) => (values[i] ?? 0) + 0);
    expect(sorted).toEqual(values.map((v) => v + 0).sort());
  });
});
