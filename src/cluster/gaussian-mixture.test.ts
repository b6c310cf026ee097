/** @file Tests of the Gaussian mixture. */
import { describe, expect, test } from "vitest";
import { checkClusterer } from "../../tests/conform/clusterer.ts";
import { random } from "../core/index.ts";
import { matrix } from "../tensor/index.ts";
import { gaussianMixture } from "./gaussian-mixture.ts";

const code = (what: string) => expect.objectContaining({ code: what });

for (const covariance of ["full", "diagonal", "spherical"] as const)
  describe(`gaussianMixture, ${covariance}`, () => {
    checkClusterer((options) => gaussianMixture({ clusters: 3, covariance, ...options }), {
      counted: true,
    });
  });

/** A stretched group and a round one, which cross. */
function crossing(n: number) {
  const draws = random(9);
  const row = (i: number): number[] => {
    const [a, b] = [draws.normal(), draws.normal()];
    return i % 2 === 0 ? [6 * a, 6 * a + 0.3 * b] : [a - 6, b + 6];
  };
  return { x: matrix(Array.from({ length: n }, (_, i) => row(i))), names: ["a", "b"] };
}

describe("gaussianMixture", () => {
  test("finds a stretched group beside a round one", async () => {
    const data = crossing(600);
    const found = await gaussianMixture({ clusters: 2, tolerance: 1e-6 }).learn(data);
    const labels = found.assign(data.x);
    const right = labels.filter((label, i) => (label === labels[0]) === (i % 2 === 0)).length;
    expect(right).toBeGreaterThan(590);
    expect(found.converged).toBe(true);
  });

  test("one distribution has the mean and the covariance of the rows, and their likelihood", async () => {
    const data = { x: matrix([[0, 0], [2, 0], [0, 4], [2, 4]]), names: ["a", "b"] }; // biome-ignore format: a table
    const found = await gaussianMixture({ clusters: 1, regularisation: 0 }).learn(data);
    expect(found.mixture.means.data).toBeClose([1, 2]);
    expect(found.mixture.covariances.data).toBeClose([1, 0, 0, 4], { atol: 1e-12 });
    const expected = -Math.log(2 * Math.PI) - Math.log(2) - 1; // ln of 1/(2π·√4) and half of 2 squares
    expect(found.logLikelihood).toBeClose(expected);
    expect(found.bic).toBeClose(-2 * 4 * expected + 5 * Math.log(4));
    expect(found.aic).toBeClose(-2 * 4 * expected + 10);
    expect(found.logDensity(matrix([[1, 2]]))).toBeClose([-Math.log(2 * Math.PI) - Math.log(2)]);
  });

  test("probabilities sum to 1, and are of the cluster that is assigned", async () => {
    const data = crossing(200);
    const found = await gaussianMixture({ clusters: 3, covariance: "diagonal" }).learn(data);
    const { data: shares } = found.probabilities(data.x);
    for (const [i, label] of found.assign(data.x).entries()) {
      const row = shares.slice(3 * i, 3 * i + 3);
      expect(row.reduce((sum, share) => sum + share, 0)).toBeClose(1);
      expect(row[label]).toBe(Math.max(...row));
    }
  });

  test("steps never make the rows less likely", async () => {
    const data = crossing(300);
    let last = -Infinity;
    for (const maxIterations of [1, 2, 4, 8, 16]) {
      const found = await gaussianMixture({
        clusters: 4,
        maxIterations,
        tolerance: 1e-12,
        regularisation: 0,
      }).learn(data);
      expect(found.logLikelihood).toBeGreaterThanOrEqual(last - 1e-9);
      last = found.logLikelihood;
    }
  });

  test("bic prefers the two groups that there are, and starts are tried", async () => {
    const data = crossing(600);
    const bic = async (clusters: number): Promise<number> =>
      (await gaussianMixture({ clusters, starts: 2, maxIterations: 300 }).learn(data)).bic;
    expect(await bic(2)).toBeLessThan(await bic(1));
    expect(await bic(2)).toBeLessThan(await bic(5));
  });

  test("a covariance that cannot be inverted is said, with what helps", async () => {
    const x = matrix(Array.from({ length: 9 }, (_, i) => [i, i]));
    const learned = gaussianMixture({ clusters: 1, regularisation: 0 }).learn({
      x,
      names: ["a", "b"],
    });
    await expect(learned).rejects.toThrow(code("cluster/failed-fit"));
  });

  test("refuses options that are none", () => {
    const refused = (options: object) =>
      expect(() => gaussianMixture({ clusters: 2, ...options })).toThrow(
        code("option/out-of-range"),
      );
    for (const options of [
      { clusters: 0 },
      { covariance: "tied" },
      { tolerance: 0 },
      { regularisation: -1 },
      { starts: 0 },
    ])
      refused(options);
  });
});
