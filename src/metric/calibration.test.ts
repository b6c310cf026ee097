/** @file Tests of reliability, calibration error, and the curves over thresholds. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calibrationError, reliability } from "./calibration.ts";
import { gainCurve, prCurve } from "./curves.ts";
import { prAuc, rocAuc } from "./ranking.ts";

const f = (...numbers: number[]) => Float64Array.from(numbers);
const code = (expected: string) => expect.objectContaining({ code: expected });
const rows = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 20 })), {
    minLength: 2,
    maxLength: 60,
  })
  .map((list) => ({
    y: Float64Array.from(list, ([v]) => v),
    p: Float64Array.from(list, ([, v]) => v / 20),
  }));

describe("reliability", () => {
  test("law: bins hold every row once, by rising probability, and the error is within 0 and 1", () => {
    fc.assert(
      fc.property(rows, fc.constantFrom("width", "rows"), ({ y, p }, equal) => {
        const bins = reliability(y, p, { equal, bins: 4 });
        expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(y.length);
        const given = bins.map((bin) => bin.given);
        expect(given).toEqual(given.toSorted((a, b) => a - b));
        const error = calibrationError(y, p, { equal, bins: 4 });
        expect(error >= 0 && error <= 1).toBe(true);
      }),
    );
  });

  test("judges classes by the likeliest one", () => {
    const p = f(0.8, 0.1, 0.1, 0.2, 0.2, 0.6);
    expect(reliability(f(0, 1), p, { classes: 3, bins: 2 })).toEqual([
      { given: 0.7, observed: 0.5, rows: 2 },
    ]);
    expect(calibrationError(f(0, 1), p, { classes: 3, bins: 2 })).toBeClose(0.2);
  });

  test("counts weights", () => {
    const [bin] = reliability(f(0, 1), f(0.4, 0.4), { weights: f(1, 3), bins: 1 });
    expect(bin).toEqual({ given: 0.4, observed: 0.75, rows: 4 });
  });

  test("refuses what is no probability, and no bins", () => {
    expect(() => reliability(f(1), f(2))).toThrow(code("metric/out-of-range-probability"));
    expect(() => reliability(f(1), f(1), { bins: 0 })).toThrow(code("option/out-of-range"));
    expect(() => calibrationError(f(), f())).toThrow(code("metric/missing-rows"));
  });
});

describe("prCurve and gainCurve", () => {
  test("law: the steps under the precision-recall curve are the average precision", () => {
    fc.assert(
      fc.property(rows, ({ y, p }) => {
        fc.pre(y.includes(1));
        const { precision, recall } = prCurve(y, p);
        let area = 0;
        for (let i = 1; i < recall.length; i++)
          area += ((recall[i] ?? 0) - (recall[i - 1] ?? 0)) * (precision[i] ?? 0);
        expect(area).toBeClose(prAuc(y, p));
      }),
    );
  });

  test("law: gains rise from 0 to 1, lift ends at 1, and their area tells the ROC AUC", () => {
    fc.assert(
      fc.property(rows, ({ y, p }) => {
        const share = y.reduce((a, b) => a + b, 0) / y.length;
        fc.pre(share > 0 && share < 1);
        const { rows: asked, gain, lift } = gainCurve(y, p);
        expect([asked[0], gain[0], asked.at(-1), gain.at(-1), lift.at(-1)]).toEqual([
          0, 0, 1, 1, 1,
        ]);
        let area = 0;
        for (let i = 1; i < gain.length; i++)
          area +=
            (((gain[i] ?? 0) + (gain[i - 1] ?? 0)) / 2) * ((asked[i] ?? 0) - (asked[i - 1] ?? 0));
        expect((area - share / 2) / (1 - share)).toBeClose(rocAuc(y, p));
      }),
    );
  });

  test("have no recall and no gain where there is no label 1, as their comments say", () => {
    expect([...prCurve(f(0, 0), f(0.1, 0.2)).recall]).toEqual([1, 1, 1]);
    expect(gainCurve(f(0, 0), f(0.1, 0.2)).gain.every(Number.isNaN)).toBe(true);
  });

  test("law: weight 2 is a row twice", () => {
    fc.assert(
      fc.property(rows, ({ y, p }) => {
        const weights = y.map((_, i) => (i % 3) + 1);
        const again = [...y].flatMap((_, i) => Array.from({ length: (i % 3) + 1 }, () => i));
        const [z, q] = [
          Float64Array.from(again, (i) => y[i] ?? 0),
          Float64Array.from(again, (i) => p[i] ?? 0),
        ];
        fc.pre(new Set(y).size === 2);
        expect(rocAuc(y, p, { weights })).toBeClose(rocAuc(z, q));
        expect(prAuc(y, p, { weights })).toBeClose(prAuc(z, q));
        expect(gainCurve(y, p, { weights }).lift).toBeClose(gainCurve(z, q).lift);
      }),
    );
  });
});
