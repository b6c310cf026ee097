import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gradientOf } from "../optimise.ts";
import { type SmoothForm, smoothLoss, smoothRun, smoothWidth } from "./smooth.ts";

const forms: readonly SmoothForm[] = [true, false].flatMap((relative) =>
  [true, false].flatMap((trend) =>
    (["none", "additive", "multiplicative"] as const).map((season) => ({
      relative,
      trend,
      season,
      period: season === "none" ? 1 : 3,
    })),
  ),
);

const unit = fc.double({ min: 0.05, max: 0.95, noNaN: true });

describe("smoothLoss", () => {
  test("law: the gradient is the finite difference, of every form", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...forms),
        fc.array(unit, { minLength: 5, maxLength: 20 }),
        fc.array(unit, { minLength: 9, maxLength: 9 }),
        (form, draws, [a = 0, b = 0, c = 0, d = 0, l = 0, s = 0, ...season]) => {
          const y = Float64Array.from(draws, (draw) => 10 + 3 * draw);
          const isFlat = form.season === "none";
          const states = season.slice(0, form.period).map((v) => (isFlat ? 0 : 0.7 + 0.5 * v));
          const trend = form.trend ? [b * a, 0.1 * s] : [0, 0];
          const p = Float64Array.of(
            a,
            trend[0] ?? 0,
            isFlat ? 0 : c * (1 - a),
            0.8 + 0.2 * d,
            10 + l,
            trend[1] ?? 0,
            ...states,
          );
          const loss = (at: Float64Array) => smoothLoss(y, form, at, { least: 0 });
          const [gradient, expected] = [new Float64Array(p.length), new Float64Array(p.length)];
          smoothLoss(y, form, p, { least: 0, gradient });
          gradientOf(loss)(p, expected);
          // Numbers that the form does not use have no gradient that anybody asks for.
          const used = [true, true, !isFlat, true, true, true, ...states.map(() => !isFlat)];
          const of = (all: Float64Array) => all.map((v, i) => (used[i] === true ? v : 0));
          const size = Math.max(...of(expected).map(Math.abs));
          expect(of(gradient)).toBeClose(of(expected), { rtol: 1e-4, atol: 1e-5 * (1 + size) });
        },
      ),
    );
  });

  test("is infinite where relative errors are of a value at or below 0", () => {
    const form = { relative: true, trend: false, season: "none", period: 1 } as const;
    const p = Float64Array.of(0.5, 0, 0, 1, -1, 0, 0);
    expect(smoothLoss(Float64Array.of(1, 2), form, p, { least: 0 })).toBe(Infinity);
  });
});

describe("smoothRun", () => {
  test("ends with the season of the next steps", () => {
    const form = { relative: false, trend: true, season: "additive", period: 2 } as const;
    const p = new Float64Array(smoothWidth(2));
    p.set([0.5, 0.1, 0.2, 1, 10, 1, -1, 1]);
    const run = smoothRun(Float64Array.of(10, 13, 12), form, p);
    expect(run.errors).toBeClose([0, 0, 0]);
    expect([run.level, run.slope, ...run.season]).toBeClose([13, 1, 1, -1]);
  });
});
