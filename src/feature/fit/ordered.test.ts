import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { ordered } from "./ordered.ts";

const ranksOf = (numbers: Float64Array): readonly (number | undefined)[] => {
  const found = ordered(numbers);
  return Array.from({ length: found.length }, (_, i) => found.at(i));
};
const chance = random(1).stream("ordered");

describe("ordered", () => {
  test("has the numbers as sort has them, whichever ranks are read first", () => {
    const number = fc.oneof(
      fc.double({ noNaN: true }),
      fc.constantFrom(0, -0, 1e308, -1e308, Infinity),
    );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 400 }), fc.nat(), (some, first) => {
        const numbers = Float64Array.from(some);
        const found = ordered(numbers);
        found.at(first % (some.length + 1));
        const ranks = some.map((_, i) => found.at(i));
        expect(ranks).toEqual([...numbers.slice().sort()]);
        expect(found.at(some.length)).toBeUndefined();
      }),
    );
  });

  const draws: readonly (readonly [string, () => number])[] = [
    ["spread", () => chance.next()],
    ["few", () => Math.floor(chance.next() * 5)],
    ["with one far away", () => (chance.next() < 0.001 ? 1e300 : chance.next())],
    ["equal", () => 3],
    ["below zero", () => -chance.next() * 1e-300],
  ];
  test.each(draws)("orders thousands of numbers, %s", (_, draw) => {
    const numbers = Float64Array.from({ length: 20_000 }, draw);
    const before = numbers.slice();
    expect(ranksOf(numbers)).toEqual([...numbers.slice().sort()]);
    expect(numbers).toEqual(before);
  });
});
