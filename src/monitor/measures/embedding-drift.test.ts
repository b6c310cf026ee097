import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matrix } from "../../tensor/index.ts";
import { embeddingDrift } from "./embedding-drift.ts";

const vectors = fc.integer({ min: 1, max: 4 }).chain((d) =>
  fc.array(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: d, maxLength: d }), {
    minLength: 1,
    maxLength: 20,
  }),
);

describe("embeddingDrift", () => {
  test("law: vectors have not moved from themselves, whatever their order, but for zero centroids", () => {
    fc.assert(
      fc.property(vectors, (rows) => {
        const found = embeddingDrift({
          reference: matrix(rows),
          current: matrix([...rows].reverse()),
        });
        expect(found.centroidDistance).toBeClose(0, { atol: 1e-12 });
        const d = rows[0]?.length ?? 0;
        const sums = Array.from({ length: d }, (_, j) =>
          rows.reduce((sum, row) => sum + (row[j] ?? 0), 0),
        );
        if (sums.some((sum) => sum !== 0))
          expect(found.cosineDistance).toBeClose(0, { atol: 1e-12 });
        expect(found.norms).toEqual({ statistic: 0, p: 1 });
      }),
    );
  });

  test("tells a turn from a stretch: the cosine sees the first, norms the second", () => {
    const reference = matrix(Array.from({ length: 50 }, (_, i) => [3, 4 + (i % 5) / 10]));
    const turned = matrix(Array.from({ length: 50 }, (_, i) => [4 + (i % 5) / 10, -3]));
    const longer = matrix(Array.from({ length: 50 }, (_, i) => [6, 8 + (i % 5) / 5]));
    const turn = embeddingDrift({ reference, current: turned });
    expect([turn.level, turn.norms.p]).toEqual(["severe", 1]);
    const stretch = embeddingDrift({ reference, current: longer });
    expect(stretch.level).toBe("none");
    expect(stretch.norms.p).toBeLessThan(1e-6);
    expect(stretch.current.norm.mean).toBeClose(2 * stretch.reference.norm.mean);
  });

  test("leaves out and counts vectors with a missing number", () => {
    const reference = matrix([
      [1, 0],
      [Number.NaN, 1],
      [1, 0],
    ]);
    const { reference: side } = embeddingDrift({ reference, current: matrix([[1, 0]]) });
    expect([side.rows, side.missing, side.norm.mean]).toEqual([2, 1, 1]);
  });

  test("refuses other widths, and no vectors", () => {
    const one = matrix([[1, 0]]);
    const code = (expected: string) => expect.objectContaining({ code: expected });
    expect(() => embeddingDrift({ reference: one, current: matrix([[1]]) })).toThrow(
      code("monitor/mismatch-width"),
    );
    const none = matrix([[Number.NaN, 0]]);
    expect(() => embeddingDrift({ reference: none, current: one })).toThrow(
      code("monitor/missing-rows"),
    );
    expect(() => embeddingDrift({ reference: one, current: one, severe: 0.01 })).toThrow(
      code("option/out-of-range"),
    );
  });
});
