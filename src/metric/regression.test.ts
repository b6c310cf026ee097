/** @file Tests of metrics of numbers: cases counted by hand, laws, and what is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gammaDeviance, pinball, poissonDeviance, tweedieDeviance } from "./deviance.ts";
import { d2, explainedVariance, r2 } from "./explained.ts";
import { mae, mape, maxError, medianAe, mse, rmse, smape } from "./regression.ts";

const f = (...numbers: number[]) => Float64Array.from(numbers);
const code = (expected: string) => expect.objectContaining({ code: expected });
const all = { mse, rmse, mae, medianAe, mape, smape, maxError, r2, explainedVariance, pinball, d2 };
const rows = fc
  .array(
    fc.tuple(
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: 0, max: 3 }),
    ),
    { minLength: 2, maxLength: 30 },
  )
  .filter((list) => list.some(([, , weight]) => weight > 0));

describe("metrics of numbers", () => {
  test("law: weight 2 is a row twice, and weight 0 is no row", () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...Object.keys(all)), (list, name) => {
        const metric = Object.entries(all).find(([key]) => key === name)?.[1] ?? mse;
        const again = list.flatMap((row) => Array.from({ length: row[2] }, () => row));
        fc.pre(again.length >= 2);
        const weights = Float64Array.from(list, ([, , weight]) => weight);
        const once = metric(
          Float64Array.from(list, ([y]) => y),
          Float64Array.from(list, ([, p]) => p),
          { weights },
        );
        const twice = metric(
          Float64Array.from(again, ([y]) => y),
          Float64Array.from(again, ([, p]) => p),
        );
        expect(once).toBeClose(twice, { rtol: 1e-8, atol: 1e-9 });
      }),
    );
  });

  test("law: right predictions cost nothing and explain everything", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const y = Float64Array.from(list, ([value]) => value);
        for (const metric of [mse, rmse, mae, medianAe, mape, smape, maxError, pinball])
          expect(metric(y, y)).toBe(0);
        for (const metric of [r2, explainedVariance, d2]) expect(metric(y, y)).toBe(1);
        const positive = y.map((value) => Math.abs(value) + 1);
        for (const deviance of [poissonDeviance, gammaDeviance, tweedieDeviance])
          expect(deviance(positive, positive)).toBeClose(0, { atol: 1e-9 });
      }),
    );
  });

  test("law: the order of the rows does not matter, and r2 is at most the explained variance", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const back = list.toReversed();
        const [y, p] = [Float64Array.from(list, ([v]) => v), Float64Array.from(list, ([, v]) => v)];
        const [z, q] = [Float64Array.from(back, ([v]) => v), Float64Array.from(back, ([, v]) => v)];
        for (const metric of Object.values(all))
          expect(metric(z, q)).toBeClose(metric(y, p), { rtol: 1e-9, atol: 1e-9 });
        expect(r2(y, p)).toBeLessThanOrEqual(explainedVariance(y, p) + 1e-9);
      }),
    );
  });

  test("law: equal weights change nothing, whatever they are", () => {
    const [six, none] = [f(1, 2, 3, 4, 5, 6), f(0, 0, 0, 0, 0, 0)];
    for (const weight of [0.1, 0.7, 1 / 3, 100.3, 1e-18, 1e18])
      expect(medianAe(six, none, { weights: six.map(() => weight) })).toBe(3.5);
    const equal = fc.constantFrom(0.1, 0.7, 1 / 3, 100.3, 1e-18, 1e18);
    fc.assert(
      fc.property(rows, equal, fc.constantFrom(...Object.keys(all)), (list, weight, name) => {
        const metric = Object.entries(all).find(([key]) => key === name)?.[1] ?? mse;
        const [y, p] = [Float64Array.from(list, ([v]) => v), Float64Array.from(list, ([, v]) => v)];
        const weighted = metric(y, p, { weights: y.map(() => weight) });
        expect(weighted).toBeClose(metric(y, p), { rtol: 1e-9, atol: 1e-9 });
      }),
    );
  });

  test("smape counts a row where both are 0 as right", () => {
    expect(smape(f(0, 2), f(0, 6))).toBeClose(0.5);
    expect(smape(f(0), f(1))).toBe(2);
  });

  test("maxError leaves rows of weight 0 out", () => {
    expect(maxError(f(0, 0), f(1, 9), { weights: f(1, 0) })).toBe(1);
  });

  test("d2 of labels that are all 0 is 1 for a right model and 0 for another", () => {
    expect(d2(f(0, 0), f(1, 1), { loss: "tweedie" })).toBe(0);
  });

  test("refuse lengths that differ, no rows, and numbers that are none", () => {
    for (const metric of Object.values(all)) {
      expect(() => metric(f(), f())).toThrow(code("metric/missing-rows"));
      expect(() => metric(f(1, 2), f(1))).toThrow(code("metric/mismatch-length"));
      expect(() => metric(f(1, Number.NaN), f(1, 2))).toThrow(code("metric/out-of-range-number"));
      expect(() => metric(f(1, 2), f(1, Infinity))).toThrow(code("metric/out-of-range-number"));
    }
    expect(() => mse(f(1, 2), f(1, Number.NaN))).toThrow(
      "mse: the prediction of row 1 cannot be scored; expected a finite number, got NaN",
    );
  });

  test("refuse weights that are negative, not finite, too few, or all 0", () => {
    const [y, p] = [f(1, 2), f(2, 1)];
    for (const odd of [f(1, -1), f(Number.NaN, 1), f(Infinity, 1)])
      expect(() => mae(y, p, { weights: odd })).toThrow(code("metric/out-of-range-weight"));
    expect(() => mae(y, p, { weights: f(1) })).toThrow(code("metric/mismatch-length"));
    expect(() => mae(y, p, { weights: f(0, 0) })).toThrow(code("metric/missing-weight"));
    const misspelt = { weigths: f(1, 1) } as object;
    expect(() => mae(y, p, misspelt)).toThrow(code("option/unknown-name"));
  });
});

describe("deviances", () => {
  test("refuse numbers that their distribution cannot give", () => {
    const refused = (work: () => number, sentence: string) => expect(work).toThrow(sentence);
    refused(
      () => poissonDeviance(f(1, -1), f(1, 1)),
      "the label of row 1 cannot be scored; expected a number ≥ 0, got -1",
    );
    refused(
      () => poissonDeviance(f(1, 1), f(1, 0)),
      "the prediction of row 1 cannot be scored; expected a number above 0, got 0",
    );
    refused(
      () => gammaDeviance(f(0), f(1)),
      "the label of row 0 cannot be scored; expected a number above 0, got 0",
    );
    expect(tweedieDeviance(f(-1), f(-2), { power: 0 })).toBe(1);
    for (const power of [0.5, Number.NaN])
      expect(() => tweedieDeviance(f(1), f(1), { power })).toThrow(code("option/out-of-range"));
    expect(() => pinball(f(1), f(1), { quantile: 2 })).toThrow(code("option/out-of-range"));
  });

  test("law: poisson and gamma are what powers near theirs approach", () => {
    const positive = fc.array(
      fc.tuple(
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
      ),
      { minLength: 1, maxLength: 9 },
    );
    fc.assert(
      fc.property(positive, (list) => {
        const [y, p] = [Float64Array.from(list, ([v]) => v), Float64Array.from(list, ([, v]) => v)];
        const near = { rtol: 1e-3, atol: 1e-3 };
        expect(tweedieDeviance(y, p, { power: 1 + 1e-6 })).toBeClose(poissonDeviance(y, p), near);
        expect(tweedieDeviance(y, p, { power: 2 + 1e-6 })).toBeClose(gammaDeviance(y, p), near);
      }),
    );
  });
});
