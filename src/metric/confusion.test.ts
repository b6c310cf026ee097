/** @file Tests of the four counts and their shares. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { f1, precision, recall } from "./class-shares.ts";
import { accuracy, classesAt, confusion } from "./confusion.ts";

const labels = Float64Array.of(1, 1, 1, 0, 0, 0, 0, 0);
const answers = Float64Array.of(1, 1, 0, 1, 0, 0, 0, 0);

describe("confusion", () => {
  test("counts by label and answer", () => {
    expect(confusion(labels, answers)).toEqual({
      ...{ trueNegatives: 4, falsePositives: 1 },
      ...{ falseNegatives: 1, truePositives: 2 },
    });
  });

  test("law: the counts sum to the rows, and accuracy is their diagonal", () => {
    const rows = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 })),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(rows, (pairs) => {
        const y = Float64Array.from(pairs, ([label]) => label);
        const predicted = Float64Array.from(pairs, ([, answer]) => answer);
        const c = confusion(y, predicted);
        const sum = c.trueNegatives + c.falsePositives + c.falseNegatives + c.truePositives;
        expect(sum).toBe(y.length);
        expect(accuracy(y, predicted)).toBeClose((c.trueNegatives + c.truePositives) / sum);
        for (const metric of [precision, recall, f1]) {
          expect(metric(y, predicted)).toBeGreaterThanOrEqual(0);
          expect(metric(y, predicted)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("refuses no rows, unequal lengths, and what is not a class on either side", () => {
    const none = new Float64Array(0);
    const code = (c: string) => expect.objectContaining({ code: c });
    expect(() => confusion(none, none)).toThrow(code("metric/missing-rows"));
    expect(() => f1(labels, none)).toThrow(code("metric/mismatch-length"));
    expect(() => recall(Float64Array.of(2), Float64Array.of(1))).toThrow(
      code("metric/out-of-range-label"),
    );
    expect(() => precision(Float64Array.of(1), Float64Array.of(0.5))).toThrow(
      code("metric/out-of-range-label"),
    );
  });
});

describe("precision, recall and f1", () => {
  test("give the shares of a case counted by hand", () => {
    expect(accuracy(labels, answers)).toBeClose(6 / 8);
    expect(precision(labels, answers)).toBeClose(2 / 3);
    expect(recall(labels, answers)).toBeClose(2 / 3);
    expect(f1(Float64Array.of(1, 1, 1, 0), Float64Array.of(1, 0, 0, 0))).toBeClose(0.5);
  });

  test("are 0 where there is nothing to share, as in scikit-learn", () => {
    const [zeros, ones] = [Float64Array.of(0, 0), Float64Array.of(1, 1)];
    expect(precision(ones, zeros)).toBe(0);
    expect(recall(zeros, ones)).toBe(0);
    expect(f1(zeros, zeros)).toBe(0);
  });
});

describe("classesAt", () => {
  test("counts a probability at the threshold as 1", () => {
    expect(classesAt(Float64Array.of(0.3, 0.7), 0.7)).toEqual(Float64Array.of(0, 1));
  });
});
