import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketAt, bucketIn, gridOf } from "./edge-search.ts";

const number = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer({ min: -9, max: 9 }),
  fc.constantFrom(-0, 1e308, -1e308),
);

describe("bucketIn", () => {
  test("finds over a grid what the search finds, also between edges that lie far apart", () => {
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 1, maxLength: 60 }),
        fc.array(number),
        (some, asked) => {
          const edges = [...new Set(some)].sort((a, b) => a - b);
          const grid = gridOf(edges);
          const counted = (x: number) => edges.filter((edge) => edge <= x).length;
          for (const x of [...asked, ...edges, Infinity, -Infinity]) {
            expect(bucketIn(grid, x)).toBe(counted(x));
            expect(bucketAt(edges, x)).toBe(counted(x));
          }
        },
      ),
    );
  });
});
