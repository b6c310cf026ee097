/** @file Whether the assumptions of least squares hold: collinearity, residuals, influence. */
import { chiSquareTail, fisherTail } from "../../core/index.ts";
import type { Dataset } from "../../flow.ts";
import { withoutZeros } from "../dataset-rows.ts";
import { decompose } from "./decompose.ts";
import { type LeastSquaresPredictor, leastSquares } from "./least-squares.ts";
import { shapiroWilk, type TestResult } from "./shapiro-wilk.ts";

/** How much each row decides the fit, [n] each. */
export interface Influence {
  /** hᵢ, 0 to 1: how much a row's own y decides its prediction. */
  readonly leverage: Float64Array;
  /** rᵢ/(σ·√(1 − hᵢ)). */
  readonly standardised: Float64Array;
  /** The same with σ of the other rows: a t with one degree of freedom less. */
  readonly deleted: Float64Array;
  /** Cook's distance: how far all predictions move without the row. */
  readonly cooks: Float64Array;
}

/** What {@link linearDiagnostics} found. */
export interface LinearDiagnostics {
  /** 1/(1 − R²) of each feature by the others: 1 is alone, infinite is their sum. In the order of the features. */
  readonly vif: readonly { readonly name: string; readonly vif: number }[];
  /** Whether residuals are normal, by their skew and kurtosis. */
  readonly jarqueBera: TestResult & { readonly skew: number; readonly kurtosis: number };
  /** Whether they are, by their order; null for fewer than 3 or more than 5,000 rows. */
  readonly shapiroWilk: TestResult | null;
  /** Whether their variance hangs on the features: Breusch and Pagan's test in Koenker's form, n·R², and its F form. */
  readonly breuschPagan: TestResult & { readonly f: number; readonly fp: number };
  /** Σ (rᵢ − rᵢ₋₁)²/Σ rᵢ², 0 to 4: near 2 where rows that follow each other have nothing in common. */
  readonly durbinWatson: number;
  readonly influence: Influence;
  /** A sentence for each assumption that seems broken: a VIF above 10, a p below 0.01, and so on. */
  readonly warnings: readonly string[];
}

/**
 * Fits {@link leastSquares}, and judges whether what its standard errors rest on holds. Weighted rows count with
 * √w·r as residual. O(n·d·min(n, d)).
 *
 * @param data - A dataset of the task regression with more rows than features and bias.
 * @returns Numbers, and warnings in words.
 * @throws What learning least squares throws: `model/missing-value`, `model/mismatch-task` and others;
 *   `model/missing-degrees`
 * @example
 * ```ts
 * const source = "sha256:00" as const;
 * const task = { kind: "regression" } as const;
 * const x = matrix([[1, 2], [2, 4.1], [3, 5.9], [4, 8], [5, 10.1]]);
 * const data = { x, y: Float64Array.of(1, 2, 2, 4, 5), names: ["a", "b"], source, task };
 * const { vif, warnings } = await linearDiagnostics(data);
 * vif.map((one) => one.vif > 100) // => [true, true]
 * warnings.length // => 3
 * ```
 * @see Belsley, Kuh & Welsch, Regression Diagnostics, 1980. Peer: statsmodels `OLSInfluence`, `het_breuschpagan`,
 *   `jarque_bera`, `durbin_watson`, `variance_inflation_factor`; SciPy `shapiro`.
 */
export async function linearDiagnostics(data: Dataset): Promise<LinearDiagnostics> {
  const model = await leastSquares().learn(data);
  model.intervals({ ...data.x, rows: 0, data: new Float64Array(0) }); // refuses what has no degrees of freedom
  const kept = withoutZeros(data);
  const residuals = residualsOf(model, kept); // [n], times √w
  const vif = await inflation(kept);
  const found = {
    vif,
    jarqueBera: jarqueBera(residuals),
    shapiroWilk: shapiroWilk(residuals) ?? null,
    breuschPagan: await breuschPagan(kept, residuals),
    durbinWatson: durbinWatson(residuals),
    influence: influenceOf(model, kept, residuals),
  };
  return { ...found, warnings: warningsOf(found, model) };
}

function residualsOf(model: LeastSquaresPredictor, { x, y, weights }: Dataset): Float64Array {
  return model.predict(x).map((value, i) => Math.sqrt(weights?.[i] ?? 1) * ((y[i] ?? 0) - value));
}

/** Σₖ (Vⱼₖ/sₖ)² of columns of length 1 is the variance inflation of column j. */
async function inflation(data: Dataset): Promise<LinearDiagnostics["vif"]> {
  const { v, s } = await decompose(data, true);
  return data.names.map((name, j) => {
    let [within, sum] = [0, 0];
    for (const [k, value] of s.entries()) {
      const share = v.data[j * v.cols + k] ?? 0;
      within += share * share;
      sum += (share / value) ** 2;
    }
    if (within === 0) return { name, vif: Number.NaN }; // a constant column
    return { name, vif: within < 1 - 1e-8 ? Number.POSITIVE_INFINITY : sum };
  });
}

function jarqueBera(residuals: Float64Array): LinearDiagnostics["jarqueBera"] {
  const n = residuals.length;
  const mean = residuals.reduce((sum, r) => sum + r, 0) / n;
  const moment = (power: number): number =>
    residuals.reduce((sum, r) => sum + (r - mean) ** power, 0) / n;
  const variance = moment(2);
  const [skew, kurtosis] = [moment(3) / variance ** 1.5, moment(4) / variance ** 2];
  const statistic = (n / 6) * (skew ** 2 + (kurtosis - 3) ** 2 / 4);
  return { statistic, p: chiSquareTail(statistic, 2), skew, kurtosis };
}

async function breuschPagan(
  data: Dataset,
  residuals: Float64Array,
): Promise<LinearDiagnostics["breuschPagan"]> {
  const { weights: _, ...plain } = data;
  const { total, rest, s } = await decompose({ ...plain, y: residuals.map((r) => r * r) }, true);
  const [n, rank] = [residuals.length, s.length];
  const r2 = total > 0 ? 1 - rest / total : 0;
  const f = r2 / rank / ((1 - r2) / (n - rank - 1));
  return {
    statistic: n * r2,
    p: chiSquareTail(n * r2, rank),
    f,
    fp: fisherTail(f, rank, n - rank - 1),
  };
}

function durbinWatson(residuals: Float64Array): number {
  let [steps, squares] = [0, 0];
  for (const [i, r] of residuals.entries()) {
    if (i > 0) steps += (r - (residuals[i - 1] ?? 0)) ** 2;
    squares += r * r;
  }
  return steps / squares;
}

function influenceOf(
  model: LeastSquaresPredictor,
  { x, weights }: Dataset,
  residuals: Float64Array,
): Influence {
  const { means, root, rank, weight, degrees, sigma } = model;
  const leverage = residuals.map((_, i) => {
    let sum = 1 / weight;
    for (let k = 0; k < rank; k++) {
      let along = 0;
      for (const [j, mean] of means.entries())
        along += (root[j * rank + k] ?? 0) * ((x.data[i * x.cols + j] ?? 0) - mean);
      sum += along * along;
    }
    return (weights?.[i] ?? 1) * sum;
  });
  const standardised = residuals.map((r, i) => r / (sigma * Math.sqrt(1 - (leverage[i] ?? 0))));
  return {
    leverage,
    standardised,
    deleted: standardised.map((r) => r * Math.sqrt((degrees - 1) / (degrees - r * r))),
    cooks: standardised.map((r, i) => {
      const h = leverage[i] ?? 0;
      return (r * r * h) / (1 - h) / (rank + 1);
    }),
  };
}

function warningsOf(
  found: Omit<LinearDiagnostics, "warnings">,
  model: LeastSquaresPredictor,
): readonly string[] {
  const { jarqueBera: normal, breuschPagan: even, durbinWatson: watson, influence } = found;
  const said = found.vif
    .filter(({ vif }) => vif > 10)
    .map(
      ({ name, vif }) =>
        `${name} is nearly made of the other features (VIF ${rounded(vif)}): its weight is uncertain, predictions are not`,
    );
  const constant = found.vif
    .filter(({ vif }) => Number.isNaN(vif))
    .map(({ name }) => `${name} is constant`);
  const tests = [
    normal.p < 0.01 &&
      `residuals are not normal (Jarque-Bera p ${rounded(normal.p)}): intervals of few rows are off`,
    even.p < 0.01 &&
      `the spread of residuals hangs on the features (Breusch-Pagan p ${rounded(even.p)}): standard errors are off`,
    Math.abs(watson - 2) > 0.7 &&
      `residuals of rows that follow each other are alike or opposed (Durbin-Watson ${rounded(watson)}): standard errors are off where the order means something`,
  ].filter((text) => text !== false);
  const heavy = influence.cooks.reduce((count, value) => count + Number(value > 1), 0);
  const rows =
    heavy > 0 ? [`${heavy} of ${model.rows} rows decide the fit (Cook's distance above 1)`] : [];
  return [...said, ...constant, ...tests, ...rows];
}

const rounded = (value: number): string => String(Number(value.toPrecision(3)));
