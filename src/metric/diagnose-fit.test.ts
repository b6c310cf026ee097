/** @file Tests of the diagnosis of learning curves. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../core/index.ts";
import { diagnoseFit } from "./diagnose-fit.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });

/**
 * Squared errors over steps of gradient descent on least squares of d numbers, of which 3 matter: with more numbers than rows it
 * fits the noise.
 */
function descent({
  rows,
  d,
  steps,
  rate,
}: {
  rows: number;
  d: number;
  steps: number;
  rate: number;
}) {
  const chance = random(1).stream("descent");
  const draw = (n: number) =>
    Array.from({ length: n }, () => {
      const x = Float64Array.from({ length: d }, () => chance.normal());
      return { x, y: (x[0] ?? 0) + (x[1] ?? 0) - (x[2] ?? 0) + 0.5 * chance.normal() };
    });
  const [known, kept] = [draw(rows), draw(400)];
  const w = new Float64Array(d);
  const predict = (x: Float64Array) => x.reduce((sum, v, j) => sum + v * (w[j] ?? 0), 0);
  const loss = (of: typeof known) =>
    of.reduce((sum, { x, y }) => sum + (predict(x) - y) ** 2, 0) / of.length;
  const curves = { train: [loss(known)], validation: [loss(kept)] };
  for (let step = 0; step < steps; step++) {
    const errors = known.map(({ x, y }) => predict(x) - y);
    for (let j = 0; j < d; j++)
      w[j] =
        (w[j] ?? 0) -
        (rate / rows) * known.reduce((sum, { x }, i) => sum + (errors[i] ?? 0) * (x[j] ?? 0), 0);
    curves.train.push(loss(known));
    curves.validation.push(loss(kept));
  }
  return curves;
}

describe("diagnoseFit", () => {
  test("tells the three kinds of fit of gradient descent apart", () => {
    const good = diagnoseFit(descent({ rows: 400, d: 5, steps: 60, rate: 0.2 }));
    const short = diagnoseFit(descent({ rows: 400, d: 5, steps: 5, rate: 0.05 }));
    const wide = diagnoseFit(descent({ rows: 30, d: 60, steps: 200, rate: 0.1 }));
    const blind = diagnoseFit(descent({ rows: 400, d: 1, steps: 60, rate: 0.002 }));
    expect([good.fit, short.fit, wide.fit, blind.fit]).toEqual(["good", "under", "over", "under"]);
    expect(wide.gap).toBeGreaterThan(good.gap);
  });

  test("names the step to stop at", () => {
    const { best, reason, rise } = diagnoseFit({
      train: [10, 4, 2, 1, 0],
      validation: [10, 5, 4, 5, 6],
    });
    expect([best, reason.includes("after step 2"), rise]).toEqual([2, true, 2 / 6]);
  });

  test("law: units do not matter, nor whether a loss is given as what is lost or what is gained", () => {
    const values = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 })),
      { minLength: 2, maxLength: 20 },
    );
    fc.assert(
      fc.property(values, (list) => {
        const [train, validation] = [list.map(([v]) => v), list.map(([, v]) => v)];
        const found = diagnoseFit({ train, validation });
        const scaled = diagnoseFit({
          train: train.map((v) => 8 * v),
          validation: validation.map((v) => 8 * v),
        });
        expect(scaled).toEqual(found);
        const gained = diagnoseFit(
          { train: train.map((v) => -v), validation: validation.map((v) => -v) },
          { direction: "maximise", learned: 0 },
        );
        const lost = diagnoseFit({ train, validation }, { learned: 0 });
        expect([gained.fit, gained.best, gained.gap, gained.rise]).toEqual([
          lost.fit,
          lost.best,
          lost.gap,
          lost.rise,
        ]);
      }),
    );
  });

  test("a model that is no better than the baseline is underfit, whichever way is better", () => {
    expect(diagnoseFit({ train: [0.5, 0.5], validation: [0.5, 0.5] }).fit).toBe("under");
    expect(
      diagnoseFit(
        { train: [0.5, 0.6], validation: [0.5, 0.5], baseline: 0.5 },
        { direction: "maximise" },
      ).fit,
    ).toBe("under");
  });

  test("refuses curves of one step, of different lengths, and with values that are none", () => {
    expect(() => diagnoseFit({ train: [1], validation: [1] })).toThrow(
      code("metric/missing-steps"),
    );
    expect(() => diagnoseFit({ train: [1, 2], validation: [1] })).toThrow(
      code("metric/mismatch-length"),
    );
    expect(() => diagnoseFit({ train: [1, Number.NaN], validation: [1, 2] })).toThrow(
      code("metric/out-of-range-number"),
    );
    expect(() => diagnoseFit({ train: [1, 2], validation: [1, 2] }, { gap: -1 })).toThrow(
      code("option/out-of-range"),
    );
  });
});
