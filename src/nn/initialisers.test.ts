/** @file Tests of first weights: their variances are those of the formulas. */
import { describe, expect, test } from "vitest";
import { random } from "../core/index.ts";
import { draw, fansOf, type Initialiser } from "./initialisers.ts";

const shape = [64, 32, 3, 3];
const fans = fansOf(shape);

function moments(how: Initialiser) {
  const weights = new Float32Array(64 * 32 * 9);
  draw(weights, how, { fans, chance: random(2).stream(how.kind) });
  const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
  const variance = weights.reduce((sum, w) => sum + (w - mean) ** 2, 0) / weights.length;
  return { mean, variance, most: weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0) };
}

describe("draw", () => {
  test("has fans of 288 in and 576 out for 64 kernels of 32 × 3 × 3, and d and k for dense ones", () => {
    expect(fans).toEqual({ fanIn: 288, fanOut: 576 });
    expect(fansOf([784, 128])).toEqual({ fanIn: 784, fanOut: 128 });
  });

  test("gives Xavier a variance of 2/(in + out), and He one of 2/in, around 0", () => {
    for (const kind of ["xavierUniform", "xavierNormal"] as const) {
      const { mean, variance } = moments({ kind });
      expect(variance).toBeClose(2 / 864, { rtol: 0.05 });
      expect(Math.abs(mean)).toBeLessThan(0.002);
    }
    for (const kind of ["heUniform", "heNormal"] as const)
      expect(moments({ kind }).variance).toBeClose(2 / 288, { rtol: 0.05 });
    expect(moments({ kind: "heUniform" }).most).toBeLessThanOrEqual(Math.sqrt(6 / 288) * 1.000001);
  });

  test("draws by a deviation, a limit, or one number", () => {
    expect(moments({ kind: "normal", deviation: 0.3 }).variance).toBeClose(0.09, { rtol: 0.05 });
    expect(moments({ kind: "uniform", limit: 0.5 }).most).toBeLessThanOrEqual(0.5);
    expect(moments({ kind: "constant", value: 1 })).toMatchObject({ mean: 1, variance: 0 });
  });
});
