import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkForecaster, quarters, sampleValues } from "../../../tests/conform/forecaster.ts";
import { random } from "../../core/index.ts";
import { arima } from "./arima.ts";
import { autoArima } from "./auto-arima.ts";
import {
  differenced,
  differencing,
  hasRootsBeyond,
  multiplied,
  stationary,
} from "./polynomials.ts";
import { differencesNeeded, kpss, seasonalStrength } from "./unit-roots.ts";

const coded = (code: string) => expect.objectContaining({ code });

describe("arima", () => {
  checkForecaster((options) => arima({ order: [1, 1, 1], ...options }));

  test("finds the coefficients that a process was made with", async () => {
    const draws = random(3);
    const values = [0];
    for (let t = 1; t < 600; t++) values.push(0.7 * (values[t - 1] ?? 0) + draws.normal());
    const { summary } = await arima({ order: [1, 0, 0] }).fit(quarters(values.map((v) => v + 20)));
    expect(summary["ar1"]).toBeClose(0.7, { atol: 0.08 });
    expect(summary["mean"]).toBeClose(20, { rtol: 0.03 });
    expect(summary["deviation"]).toBeClose(1, { rtol: 0.08 });
  });

  test("a random walk with drift is the drift forecast", async () => {
    const values = sampleValues(40);
    const walk = arima({ order: [0, 1, 0], constant: true });
    const { mean } = (await walk.fit(quarters(values))).forecast({ horizon: 3 });
    const [first = 0, last = 0] = [values[0], values.at(-1)];
    const slope = (last - first) / 39;
    expect(mean).toBeClose([1, 2, 3].map((h) => last + h * slope));
  });

  test("a seasonal difference alone is the seasonal naive forecast", async () => {
    const values = sampleValues(40);
    const again = arima({ order: [0, 0, 0], seasonal: [0, 1, 0] });
    const { mean } = (await again.fit(quarters(values))).forecast({ horizon: 4 });
    expect(mean).toBeClose(values.slice(-4));
  });

  test("refuses orders that there are not, a constant of a curve, and what is too short", async () => {
    expect(() => arima({ order: [1, 3, 1] })).toThrow(coded("option/out-of-range"));
    expect(() => arima({ order: [1, 2, 1], constant: true })).toThrow(
      coded("forecast/conflict-constant"),
    );
    const short = arima({ order: [1, 1, 1], seasonal: [1, 1, 1] }).fit(quarters(sampleValues(10)));
    await expect(short).rejects.toThrow(/ARIMA\(1,1,1\)\(1,1,1\)\[4\]/);
  });
});

describe("seasonal arima", () => {
  checkForecaster((options) => arima({ order: [1, 0, 1], seasonal: [0, 1, 1], ...options }), {
    twoSeasons: true,
  });
});

describe("autoArima", () => {
  checkForecaster((options) => autoArima(options));

  test("takes seasonal differences of a season, none of noise, and one of a random walk", async () => {
    const orders = async (values: readonly number[]) =>
      (await autoArima().fit(quarters(values))).summary["model"];
    expect(await orders(sampleValues(60))).toMatch(/\(\d,1,\d\)\[4\]$/);
    const draws = random(2);
    const noise = Array.from({ length: 80 }, () => 10 + draws.normal());
    expect(await orders(noise)).toMatch(/^ARIMA\(\d,0,\d\)/);
    let at = 0;
    expect(await orders(noise.map((v) => (at += v - 10)))).toMatch(/^ARIMA\(\d,1,\d\)/);
  });

  test("tells how far it is, and stops when it is told to", async () => {
    const stop = new AbortController();
    const progress = ({ done }: { readonly done: number }) => {
      if (done === 4) stop.abort(new Error("enough"));
    };
    const fitted = autoArima().fit(quarters(sampleValues(30)), { progress, signal: stop.signal });
    await expect(fitted).rejects.toThrow("enough");
  });
});

describe("polynomials", () => {
  const free = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { maxLength: 5 });

  test("law: what is made stationary is", () => {
    fc.assert(
      fc.property(free, (numbers) => {
        expect(hasRootsBeyond(stationary(Float64Array.from(numbers)), 1)).toBe(true);
      }),
    );
  });

  test("knows roots inside a circle", () => {
    expect(hasRootsBeyond(Float64Array.of(0.5), 1.9)).toBe(true);
    expect(hasRootsBeyond(Float64Array.of(0.5), 2.1)).toBe(false);
    expect(hasRootsBeyond(Float64Array.of(0, 0.25), 1.9)).toBe(true);
    expect(hasRootsBeyond(Float64Array.of(1.5), 1)).toBe(false);
  });

  test("multiplies, and differences by the product", () => {
    expect(multiplied(Float64Array.of(0.5), Float64Array.of(0.2), 3)).toBeClose([
      0.5, 0, 0.2, -0.1,
    ]);
    expect(differencing(1, 1, 2)).toBeClose([1, 1, -1]);
    const cubes = Float64Array.of(0, 1, 8, 27, 64);
    expect(differenced(cubes, differencing(2, 0, 1))).toBeClose([6, 12, 18]);
  });
});

describe("kpss", () => {
  test("is small for a level, large for a slope, and 0 for a constant", () => {
    const draws = random(4);
    const noise = Float64Array.from({ length: 100 }, () => draws.normal());
    expect(kpss(noise)).toBeLessThan(0.463);
    expect(kpss(noise.map((v, i) => v + i))).toBeGreaterThan(0.463);
    expect(kpss(new Float64Array(9).fill(2))).toBe(0);
    expect(differencesNeeded(noise.map((v, i) => v + i))).toBe(1);
  });

  test("sees how strong a season is", () => {
    const draws = random(4);
    const at = (share: number) =>
      Float64Array.from(
        { length: 80 },
        (_, i) => share * ([3, -3, 2, -2][i % 4] ?? 0) + draws.normal(),
      );
    expect(seasonalStrength(at(1), 4)).toBeGreaterThan(0.8);
    expect(seasonalStrength(at(0), 4)).toBeLessThan(0.3);
    expect(seasonalStrength(at(0).subarray(0, 6), 4)).toBe(0);
  });

  test("sees no strong season in noise of three seasons, and one that is there", () => {
    for (const m of [7, 12]) {
      const strong = (share: number): number => {
        const found = Array.from({ length: 100 }, (_, seed) => {
          const draws = random(seed).stream("noise");
          const season = (i: number): number => share * Math.sin((2 * Math.PI * i) / m);
          return seasonalStrength(
            Float64Array.from({ length: 3 * m }, (_, i) => season(i) + draws.normal()),
            m,
          );
        });
        return found.filter((strength) => strength > 0.64).length;
      };
      expect(strong(0)).toBeLessThanOrEqual(5);
      expect(strong(4)).toBeGreaterThanOrEqual(90);
    }
  });
});
