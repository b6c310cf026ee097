/** @file Tests of log loss and Brier score. */
import { describe, expect, test } from "vitest";
import { brier, logLoss } from "./probability.ts";

describe("logLoss", () => {
  test("is the mean of minus the logarithms", () => {
    const loss = -(Math.log(0.8) + Math.log(0.9) + Math.log(0.4)) / 3;
    expect(logLoss(Float64Array.of(1, 0, 1), Float64Array.of(0.8, 0.1, 0.4))).toBeClose(loss);
  });

  test("charges a sure mistake a finite price, and a sure hit next to nothing", () => {
    expect(logLoss(Float64Array.of(1), Float64Array.of(0))).toBeClose(36.04365338911715);
    expect(logLoss(Float64Array.of(1), Float64Array.of(1))).toBeLessThan(1e-15);
  });

  test("refuses what is not a probability", () => {
    for (const p of [-0.1, 1.1, Number.NaN])
      expect(() => logLoss(Float64Array.of(1), Float64Array.of(p))).toThrow(
        expect.objectContaining({ code: "metric/out-of-range-probability" }),
      );
  });
});

describe("brier", () => {
  test("is the mean squared error of the probability", () => {
    expect(brier(Float64Array.of(1, 0), Float64Array.of(0.7, 0.4))).toBeClose((0.09 + 0.16) / 2);
  });
});
