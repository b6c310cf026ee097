import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { armaRun, armaShocks, shockWeights } from "./arma.ts";

/** The same by multiplying out: −2·ln L from the whole covariance matrix, by Cholesky. */
function slowRun(w: readonly number[], ar: Float64Array, ma: Float64Array) {
  const n = w.length;
  const psi = shockWeights(ar, ma, 6000);
  const gamma = Array.from({ length: n }, (_, k) => {
    let sum = 0;
    for (let j = 0; j + k < psi.length; j++) sum += (psi[j] ?? 0) * (psi[j + k] ?? 0);
    return sum;
  });
  const lower = Array.from({ length: n }, () => new Float64Array(n));
  let [squares, logs] = [0, 0];
  const z = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let value = gamma[i - j] ?? 0;
      for (let k = 0; k < j; k++) value -= (lower[i]?.[k] ?? 0) * (lower[j]?.[k] ?? 0);
      lower[i]?.fill(i === j ? Math.sqrt(value) : value / (lower[j]?.[j] ?? 1), j, j + 1);
    }
    let off = w[i] ?? 0;
    for (let k = 0; k < i; k++) off -= (lower[i]?.[k] ?? 0) * (z[k] ?? 0);
    const pivot = lower[i]?.[i] ?? 1;
    z[i] = off / pivot;
    squares += (z[i] ?? 0) ** 2;
    logs += 2 * Math.log(pivot);
  }
  return { squares, logs };
}

const share = fc.double({ min: -0.9, max: 0.9, noNaN: true });
const values = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), {
  minLength: 1,
  maxLength: 30,
});

describe("armaRun", () => {
  test("law: is the likelihood of the whole covariance matrix", () => {
    fc.assert(
      fc.property(values, share, share, share, (w, a, b, c) => {
        // (1 − aB)(1 − 0.8bB⁴) and (1 + cB)(1 + 0.5B⁴), written out
        const ar = Float64Array.of(a, 0, 0, 0.8 * b, -0.8 * a * b);
        const ma = Float64Array.of(c, 0, 0, 0.5, 0.5 * c);
        const run = armaRun(Float64Array.from(w), { ar, ma, mean: false });
        const slow = slowRun(w, ar, ma);
        expect(run.squares).toBeClose(slow.squares, { rtol: 1e-6, atol: 1e-8 });
        expect(run.logs).toBeClose(slow.logs, { rtol: 1e-6, atol: 1e-8 });
      }),
    );
  });

  test("law: the mean is the one that leaves the fewest squares", () => {
    fc.assert(
      fc.property(values, share, share, (w, a, c) => {
        const process = { ar: Float64Array.of(a), ma: Float64Array.of(c), mean: false };
        const { mean, squares, state } = armaRun(Float64Array.from(w), { ...process, mean: true });
        const less = (m: number) =>
          armaRun(
            Float64Array.from(w, (v) => v - m),
            process,
          );
        expect(squares).toBeClose(less(mean).squares, { rtol: 1e-7, atol: 1e-9 });
        expect(state).toBeClose(less(mean).state, { rtol: 1e-7, atol: 1e-9 });
        for (const step of [-0.1, 0.1])
          expect(less(mean + step).squares).toBeGreaterThan(squares - 1e-9);
      }),
    );
  });

  test("has no squares where the process is not stationary", () => {
    const process = { ar: Float64Array.of(1.5), ma: new Float64Array(0), mean: false };
    expect(armaRun(Float64Array.of(1, 2, 3), process).squares).toBeNaN();
  });

  test("white noise has its squares, and expects its mean", () => {
    const none = new Float64Array(0);
    const run = armaRun(Float64Array.of(1, 2, 6), { ar: none, ma: none, mean: true });
    expect([run.squares, run.logs, run.mean, ...run.state]).toBeClose([14, 0, 3, 0]);
  });
});

describe("armaShocks", () => {
  test("counts the shocks after the first p values", () => {
    const process = { ar: Float64Array.of(0.5), ma: Float64Array.of(0.4), mean: false };
    const [first, second] = [3 - 0.5 * 2, 1 - 0.5 * 3];
    const sum = first ** 2 + (second - 0.4 * first) ** 2;
    expect(armaShocks(Float64Array.of(2, 3, 1), process, 0)).toBeClose(sum);
    expect(armaShocks(Float64Array.of(3, 4, 2), process, 1)).toBeClose(sum);
  });
});
