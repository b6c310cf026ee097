/** @file Tests of least squares, against statsmodels and scikit-learn too. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../../tests/conform/estimator.ts";
import {
  type LinearCase,
  linearData,
  readLinearPeers,
  weighed,
} from "../../../tests/peer/linear.ts";
import { formatJson, parseJson, random } from "../../core/index.ts";
import type { Dataset, Matrix } from "../../flow.ts";
import { matrix } from "../../tensor/index.ts";
import { predictorFromState, predictorState } from "../predictor-state.ts";
import { leastSquares } from "./least-squares.ts";

const peers = await readLinearPeers();
const code = (what: string) => expect.objectContaining({ code: what });
const near = { rtol: 1e-8, atol: 1e-10 };

/** Bias first, as statsmodels has it. */
function biasFirst<T>(values: readonly T[]): readonly T[] {
  return [...values.slice(-1), ...values.slice(0, -1)];
}

function firstRows(x: Matrix, rows: number): Matrix {
  return { ...x, rows, data: x.data.slice(0, rows * x.cols) };
}

/** The dataset of a deficient case: the sum of the first two columns as one more. */
function deficientData(peer: LinearCase): Dataset {
  const { regression } = linearData(peer);
  const { x } = regression;
  const rows = Array.from({ length: x.rows }, (_, i) => {
    const row = Array.from(x.data.subarray(i * x.cols, (i + 1) * x.cols));
    return [...row, (row[0] ?? 0) + (row[1] ?? 0)];
  });
  return { ...regression, x: matrix(rows), names: [...regression.names, "sum"] };
}

describe("leastSquares", () => {
  checkEstimator((options) => leastSquares(options as Record<string, never> | undefined), {
    missing: false,
    oneClass: true,
    weights: 1e-8,
  });

  test("gives statsmodels' coefficients, standard errors, t, p and intervals, weighted and not", async () => {
    for (const peer of peers.leastSquares) {
      const { regression, weights } = linearData(peer);
      const found = await leastSquares().learn(weighed(regression, weights, peer.weighted));
      const table = biasFirst(found.coefficients());
      for (const field of ["estimate", "standardError", "t", "low", "high"] as const)
        expect(table.map((row) => row[field])).toBeClose(peer[field], near);
      expect(table.map(({ p }) => p)).toBeClose(peer.p, { rtol: 1e-7, atol: 1e-15 });
      expect([found.r2, found.sigma]).toBeClose([peer.r2, peer.sigma], near);
      expect([found.test().f, found.test().p]).toBeClose([peer.f, peer.fp], {
        rtol: 1e-7,
        atol: 0,
      });
      const five = firstRows(regression.x, 5);
      const mean = found.intervals(five, { level: 0.9, of: "mean" });
      expect(mean.value).toBeClose(peer.mean[0], near);
      expect(mean.low).toBeClose(peer.mean[1], near);
      expect(mean.high).toBeClose(peer.mean[2], near);
      const row = found.intervals(five, { level: 0.9 });
      expect(row.low).toBeClose(peer.row[0], near);
      expect(row.high).toBeClose(peer.row[1], near);
    }
  });

  test("gives scikit-learn's shortest solution, in units of equal length, where columns add up, and more columns than rows; says the rank", async () => {
    for (const peer of peers.deficient) {
      const found = await leastSquares().learn(deficientData(peer));
      expect(found.weights).toBeClose(peer.weights, { rtol: 1e-7, atol: 1e-9 });
      expect(found.bias).toBeClose(peer.bias, { rtol: 1e-7 });
      expect(found.rank).toBe(peer.rank);
    }
  });

  test("law: residuals are orthogonal to every feature, in any units, and columns that repeat share", async () => {
    const shape = fc.tuple(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer(),
    );
    await fc.assert(
      fc.asyncProperty(shape, fc.constantFrom(1e-7, 1, 1e8), async ([n, d, seed], unit) => {
        const draws = random(seed);
        const x = matrix(
          Array.from({ length: n }, () => {
            const row = Array.from(
              { length: d },
              (_, j) => draws.normal() * (j % 2 === 0 ? unit : 1),
            );
            return [...row, row[0] ?? 0];
          }),
        );
        const y = Float64Array.from({ length: n }, () => draws.normal());
        const names = Array.from({ length: d + 1 }, (_, j) => `f${j}`);
        const task = { kind: "regression" } as const;
        const found = await leastSquares().learn({ x, y, names, task, source: "sha256:00" });
        expect(found.rank).toBe(Math.min(n - 1, d));
        expect(found.weights[0]).toBeClose(found.weights[d] ?? 0, {
          rtol: 1e-6,
          atol: 1e-9 / unit,
        });
        const residuals = found.predict(x).map((value, i) => value - (y[i] ?? 0));
        for (let j = 0; j <= d; j++) {
          const size = j % 2 === 0 || j === d ? unit : 1;
          const slope = residuals.reduce(
            (sum, r, i) => sum + (r * (x.data[i * (d + 1) + j] ?? 0)) / size,
            0,
          );
          expect(slope).toBeClose(0, { atol: 1e-6 });
        }
      }),
      { numRuns: 50 },
    );
  });

  test("has at most the rank of one row less than there are, also where rounding looks like another", async () => {
    const draws = random(703_528_918); // two rows that centring leaves with digits of noise
    const rows = Array.from({ length: 2 }, () => [draws.normal() * 1e-7, draws.normal()]);
    const x = matrix(rows.map(([a = 0, b = 0]) => [a, b, a]));
    const y = Float64Array.of(draws.normal(), draws.normal());
    const { rank } = await leastSquares().learn({
      x,
      y,
      names: ["a", "b", "c"],
      task: { kind: "regression" },
      source: "sha256:00",
    });
    expect(rank).toBe(1);
  });

  test("keeps the digits of features far from 0 and of polynomials, which normal equations lose", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [
      i + 1e7,
      (i / 40) ** 7,
      (i / 40) ** 8,
      (i / 40) ** 9,
    ]);
    const y = Float64Array.from(rows, ([, b = 0, c = 0, e = 0], i) => i + 2 * b - c + 3 * e);
    const task = { kind: "regression" } as const;
    const names = ["a", "b", "c", "e"];
    const { weights } = await leastSquares().learn({
      x: matrix(rows),
      y,
      names,
      task,
      source: "sha256:00",
    });
    expect(weights).toBeClose([1, 2, -1, 3], { rtol: 1e-6 });
  });

  test("says what is unknown without degrees of freedom", async () => {
    const data = linearData({ rows: 4, features: 6, salt: 1 }).regression;
    const found = await leastSquares().learn(data);
    expect([found.rank, found.degrees]).toEqual([3, 0]);
    expect(
      found
        .coefficients()
        .every(({ standardError, p }) => Number.isNaN(standardError) && Number.isNaN(p)),
    ).toBe(true);
    expect(() => found.intervals(data.x)).toThrow(code("model/missing-degrees"));
    const level = await leastSquares().learn({ ...data, y: data.y.map(() => 2) });
    for (const one of [found, level]) {
      const text = formatJson(predictorState(one));
      const read = predictorFromState(parseJson(text));
      expect(read).toMatchObject({ sigma: one.sigma, r2: one.r2 });
      expect(formatJson(predictorState(read))).toBe(text);
    }
  });

  test("checks levels and options", async () => {
    const found = await leastSquares().learn(
      linearData({ rows: 20, features: 2, salt: 1 }).regression,
    );
    expect(() => found.coefficients(1)).toThrow(code("option/out-of-range"));
    expect(() => found.intervals(matrix([[1, 2]]), { level: 0 })).toThrow(
      code("option/out-of-range"),
    );
    expect(() => found.intervals(matrix([[1]]))).toThrow(code("model/mismatch-width"));
    // @ts-expect-error: it has no options
    expect(() => leastSquares({ alpha: 1 })).toThrow(code("option/unknown-name"));
  });
});
