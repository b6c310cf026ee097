/** @file Tests of lasso and elastic net, against scikit-learn too. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../../tests/conform/estimator.ts";
import { linearData, readLinearPeers, weighed } from "../../../tests/peer/linear.ts";
import { random } from "../../core/index.ts";
import type { Dataset } from "../../flow.ts";
import {
  coordinateDescent,
  type Quadratic,
  quadraticOf,
  rowQuadratic,
} from "./coordinate-descent.ts";
import { type ElasticNetOptions, elasticNet, lasso } from "./elastic-net.ts";
import { covariancesOf, momentsOf } from "./moments.ts";

const peers = await readLinearPeers();
const code = (what: string) => expect.objectContaining({ code: what });
const task = { kind: "regression" } as const;

function normals(n: number, d: number, seed: number): Dataset {
  const draws = random(seed);
  const x = {
    rows: n,
    cols: d,
    data: Float64Array.from({ length: n * d }, () => 5 + draws.normal()),
  };
  const y = Float64Array.from({ length: n }, (_, i) => (x.data[i * d] ?? 0) + draws.normal());
  const weights = Float64Array.from({ length: n }, () => draws.next());
  return {
    x,
    y,
    weights,
    names: Array.from({ length: d }, (_, j) => `f${j}`),
    task,
    source: "sha256:00",
  };
}

describe("elasticNet", () => {
  checkEstimator((options) => elasticNet({ alpha: 0.01, ...options }), {
    missing: false,
    oneClass: true,
    weights: 1e-6,
    columns: 1e-4,
  });

  test("gives scikit-learn's weights, for tall and wide data, weighted and not", async () => {
    for (const peer of peers.elastic) {
      const { regression, weights } = linearData(peer);
      const { alpha, l1Ratio } = peer;
      const net = elasticNet({ alpha, l1Ratio, tolerance: 1e-13 });
      const found = await net.learn(weighed(regression, weights, peer.weighted));
      expect(found.converged).toBe(true);
      expect(found.weights).toBeClose(peer.weights, { rtol: 1e-5, atol: 1e-6 });
      expect(found.weights.map((w) => Number(w !== 0))).toEqual(
        Float64Array.from(peer.weights, (w) => Number(w !== 0)),
      );
      expect(found.bias).toBeClose(peer.bias, { rtol: 1e-6 });
    }
  });

  test("walks scikit-learn's path", async () => {
    for (const peer of peers.path) {
      const net = lasso({ alpha: peer.alphas, tolerance: 1e-13, folds: 3 });
      const { alphas, path } = await net.learn(linearData(peer).regression);
      expect(alphas).toBeClose(peer.alphas);
      expect(path).toBeClose(peer.weights.flat(), { rtol: 1e-5, atol: 1e-6 });
    }
  });

  test("chooses the penalty that scikit-learn's cross-validation chooses, by the same errors", async () => {
    for (const peer of peers.elasticCv) {
      const options = { l1Ratio: peer.l1Ratio, folds: 4, shuffle: false };
      const found = await elasticNet({ ...options, alpha: peer.alphas, tolerance: 1e-10 }).learn(
        linearData(peer).regression,
      );
      expect(found.errors).toBeClose(peer.errors, { rtol: 1e-4 });
      expect(found.alpha).toBeClose(peer.alpha);
      expect(found.weights).toBeClose(peer.weights, { rtol: 1e-3, atol: 1e-4 });
      const own = await elasticNet({ ...options, alpha: "cv", tolerance: 1e-5 }).learn(
        linearData(peer).regression,
      );
      expect([own.alphas[0], own.alphas.at(-1)]).toBeClose([
        peer.alphas[0] ?? 0,
        peer.alphas.at(-1) ?? 0,
      ]);
    }
  });

  test("law: no step away from the answer is lower, and the gap bounds what is missing", async () => {
    const data = normals(40, 5, 1);
    const covariances = covariancesOf((await momentsOf(data))[0] ?? expect.fail());
    const value = (w: Float64Array, l1: number, l2: number): number => {
      const { squares } = quadraticOf(covariances, w).residual();
      return squares / 2 + w.reduce((sum, v) => sum + l1 * Math.abs(v) + (l2 / 2) * v * v, 0);
    };
    const strength = fc.double({ min: 1e-3, max: 1, noNaN: true });
    fc.assert(
      fc.property(strength, strength, fc.integer(), (l1, l2, seed) => {
        const problem = quadraticOf(covariances);
        const { gap } = coordinateDescent(
          problem,
          { l1, l2 },
          { least: 1e-12, maxIterations: 1000 },
        );
        const draws = random(seed);
        const least = value(problem.w, l1, l2);
        for (const size of [1e-4, 1e-2, 1]) {
          const other = problem.w.map((v) => v + size * draws.normal());
          expect(value(other, l1, l2)).toBeGreaterThanOrEqual(least - gap - 1e-12);
        }
        const early = quadraticOf(covariances);
        const stopped = coordinateDescent(early, { l1, l2 }, { least: 0, maxIterations: 1 });
        expect(value(early.w, l1, l2) - least).toBeLessThanOrEqual(stopped.gap + 1e-12);
      }),
    );
  });

  test("law: the rows and the covariances are the same quadratic", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer(),
        async (n, d, seed) => {
          const data = normals(n, d, seed);
          const covariances = covariancesOf((await momentsOf(data))[0] ?? expect.fail());
          const both: readonly Quadratic[] = [quadraticOf(covariances), rowQuadratic(data)];
          for (const problem of both) problem.move(0, 0.7);
          const [a, b] = both.map((problem) => [
            ...problem.diagonal,
            ...Array.from({ length: d }, (_, j) => problem.slope(j)),
            problem.residual().squares,
            problem.residual().withY,
          ]);
          expect(a ?? []).toBeClose(b ?? [], { rtol: 1e-9, atol: 1e-10 });
        },
      ),
      { numRuns: 30 },
    );
  });

  test("learns from more than 2,000 features on the rows, and chooses there too", async () => {
    const data = normals(30, 2001, 3);
    const found = await elasticNet({ alpha: [0.5, 0.2], l1Ratio: 0.9, folds: 3 }).learn(data);
    expect(found.converged).toBe(true);
    expect(found.weights[0]).toBeGreaterThan(0.1);
    expect(found.errors.every((error) => error > 0)).toBe(true);
  });

  test("says so when the sweeps do not suffice", async () => {
    const { regression } = linearData({ rows: 50, features: 6, salt: 1 });
    const { converged, gap } = await elasticNet({
      alpha: 1e-4,
      maxIterations: 1,
      tolerance: 1e-15,
    }).learn(regression);
    expect([converged, gap > 0]).toEqual([false, true]);
  });

  test("leaves every feature out with a large penalty, which has no importances then", async () => {
    const { regression } = linearData({ rows: 50, features: 6, salt: 1 });
    const found = await lasso({ alpha: 100 }).learn(regression);
    expect([...found.weights]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(found.importances).toBeUndefined();
  });

  test("stops between folds when it is told to, and tells progress", async () => {
    const { regression } = linearData({ rows: 50, features: 6, salt: 1 });
    const seen: number[] = [];
    const stop = new AbortController();
    const progress = ({ done }: { readonly done: number }): void => {
      seen.push(done);
      if (done === 2) stop.abort(new Error("two are enough"));
    };
    const learning = elasticNet({ alpha: "cv" }).learn(regression, {
      signal: stop.signal,
      progress,
    });
    await expect(learning).rejects.toThrow("two are enough");
    expect(seen).toEqual([1, 2]);
  });

  test("needs two rows to choose a penalty, and says so", async () => {
    const { regression } = linearData({ rows: 1, features: 2, salt: 1 });
    for (const alpha of ["cv", [1, 2]] as const)
      await expect(elasticNet({ alpha }).learn(regression)).rejects.toThrow(
        code("model/missing-choice"),
      );
  });

  test("is what its ratio says, and the lasso has none but 1", () => {
    const unset: ElasticNetOptions = JSON.parse("{}");
    expect(elasticNet(Object.assign(unset, { l1Ratio: undefined })).options["l1Ratio"]).toBe(0.5);
    expect(lasso({ l1Ratio: 1 }).options["l1Ratio"]).toBe(1);
    expect(() => lasso({ l1Ratio: 0.3 })).toThrow(code("option/out-of-range"));
  });

  test("checks its options", () => {
    expect(() => elasticNet({ alpha: 0 })).toThrow(code("option/out-of-range"));
    expect(() => elasticNet({ alpha: [] })).toThrow(code("option/out-of-range"));
    expect(() => elasticNet({ l1Ratio: 0 })).toThrow(code("option/out-of-range"));
    expect(() => elasticNet({ folds: 1 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: the option is called l1Ratio
    expect(() => elasticNet({ l1_ratio: 1 })).toThrow(code("option/unknown-name"));
  });
});
