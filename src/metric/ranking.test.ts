/** @file Tests of ROC curve, ROC AUC and average precision. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prAuc, rocAuc, rocCurve } from "./ranking.ts";

const y = Float64Array.of(0, 0, 1, 1, 1, 0);
const score = Float64Array.of(0.1, 0.4, 0.4, 0.8, 0.9, 0.9);

/** Few distinct scores, so that there are many ties; both labels present. */
const ranked = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: -3, max: 3 })), {
    minLength: 1,
  })
  .map((pairs) => [[0, 0] as const, [1, 0] as const, ...pairs])
  .map((pairs) => ({
    labels: Float64Array.from(pairs, ([label]) => label),
    scores: Float64Array.from(pairs, ([, value]) => value),
  }));

describe("rocCurve", () => {
  test("has a point for each distinct score, and ties move along both axes at once", () => {
    const { falsePositiveRate, truePositiveRate, thresholds } = rocCurve(y, score);
    expect(falsePositiveRate).toBeClose([0, 1 / 3, 1 / 3, 2 / 3, 1]);
    expect(truePositiveRate).toBeClose([0, 1 / 3, 2 / 3, 1, 1]);
    expect(thresholds).toEqual(Float64Array.of(Infinity, 0.9, 0.8, 0.4, 0.1));
  });

  test("leaves out points in the middle between their neighbours", () => {
    const { thresholds } = rocCurve(Float64Array.of(1, 1, 1, 0), Float64Array.of(4, 3, 2, 1));
    expect(thresholds).toEqual(Float64Array.of(Infinity, 4, 2, 1));
  });

  test("has no rate for a label that is absent", () => {
    const { truePositiveRate } = rocCurve(Float64Array.of(0, 0), Float64Array.of(0.1, 0.2));
    expect(truePositiveRate.every(Number.isNaN)).toBe(true);
  });

  test("refuses a score that cannot be ranked", () => {
    expect(() => rocCurve(Float64Array.of(0, 1), Float64Array.of(Number.NaN, 1))).toThrow(
      expect.objectContaining({ code: "metric/out-of-range-score" }),
    );
  });
});

describe("rocAuc", () => {
  test("is the share of pairs in the right order, ties counting half", () => {
    // (0.4 against 0.1, 0.4, 0.9) + (0.8 …) + (0.9 …) = 1.5 + 2 + 2.5 of 9 pairs
    expect(rocAuc(y, score)).toBeClose(6 / 9);
  });

  test("is NaN when there is only one label", () => {
    expect(rocAuc(Float64Array.of(1, 1), Float64Array.of(0.1, 0.2))).toBeNaN();
    expect(rocAuc(Float64Array.of(0), Float64Array.of(0.1))).toBeNaN();
  });

  test("law: it is the share of ordered pairs, and the area under rocCurve", () => {
    fc.assert(
      fc.property(ranked, ({ labels, scores }) => {
        const of = (label: number) => scores.filter((_, i) => labels[i] === label);
        const won = Array.from(of(1), (a) => Array.from(of(0), (b) => (Math.sign(a - b) + 1) / 2));
        const shares = won.flat();
        const auc = rocAuc(labels, scores);
        expect(auc).toBeClose(shares.reduce((sum, w) => sum + w, 0) / shares.length);
        const { falsePositiveRate: x, truePositiveRate: t } = rocCurve(labels, scores);
        const area = x.reduce((sum, at, k) => {
          const [from, low, high] = [x[k - 1] ?? 0, t[k - 1] ?? 0, t[k] ?? 0];
          return sum + ((at - from) * (low + high)) / 2;
        }, 0);
        expect(auc).toBeClose(area);
      }),
    );
  });

  test("law: a monotone transform of the scores changes neither AUC, and turning them mirrors it", () => {
    fc.assert(
      fc.property(ranked, ({ labels, scores }) => {
        const stretched = scores.map((s) => Math.exp(3 * s) - 7);
        expect(rocAuc(labels, stretched)).toBe(rocAuc(labels, scores));
        expect(prAuc(labels, stretched)).toBe(prAuc(labels, scores));
        expect(
          rocAuc(
            labels,
            scores.map((s) => -s),
          ),
        ).toBeClose(1 - rocAuc(labels, scores));
      }),
    );
  });
});

describe("prAuc", () => {
  test("sums precision over the steps of recall", () => {
    // at 0.9: R 1/3, P 1/2; at 0.8: R 2/3, P 2/3; at 0.4: R 1, P 3/5
    expect(prAuc(y, score)).toBeClose((1 / 2 + 2 / 3 + 3 / 5) / 3);
  });

  test("is 0 without a label 1, and 1 without a label 0, as in scikit-learn", () => {
    expect(prAuc(Float64Array.of(0, 0), Float64Array.of(0.1, 0.2))).toBe(0);
    expect(prAuc(Float64Array.of(1, 1), Float64Array.of(0.1, 0.2))).toBe(1);
  });

  test("law: it lies between 0 and 1, and is 1 exactly when the labels are apart", () => {
    fc.assert(
      fc.property(ranked, ({ labels, scores }) => {
        const area = prAuc(labels, scores);
        expect(area).toBeGreaterThan(0);
        expect(area).toBeLessThanOrEqual(1);
        const apart = labels.map((label, i) => label * 10 + (scores[i] ?? 0));
        expect(prAuc(labels, apart)).toBeClose(1);
      }),
    );
  });
});
