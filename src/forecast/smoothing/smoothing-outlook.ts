/** @file What an exponential smoothing expects of the steps ahead, and how far it may be off. */
import { random } from "../../core/index.ts";
import { normalOutlook, type Outlook, sampledOutlook } from "../outlook.ts";
import type { SmoothingFit } from "./estimate.ts";
import type { SmoothingForm } from "./form.ts";

/** Paths that are drawn where no formula is known. */
const paths = 5000;

/** What is needed to look ahead. */
export type SmoothingEnd = Pick<
  SmoothingFit,
  "parameters" | "level" | "slope" | "season" | "deviation"
>;

/**
 * The steps ahead. The deviations have a formula where the season is not multiplied: Hyndman's class
 * 1 for additive errors, class 2 for multiplicative ones; else 5000 paths are drawn.
 *
 * @see Hyndman, Koehler, Ord & Snyder, Forecasting with Exponential Smoothing, 2008, section 6.2
 *   and table 6.1.
 */
export function smoothingOutlook(
  form: SmoothingForm,
  end: SmoothingEnd,
  { horizon, seed }: { readonly horizon: number; readonly seed: number },
): Outlook {
  const mean = meansOf(form, end, horizon);
  if (form.season === "multiplicative")
    return sampledOutlook(mean, () => drawn(form, end, { horizon, seed }));
  const weights = weightsOf(form, end, horizon); // c₁ … c₍t₋₁₎
  return normalOutlook(mean, deviationsOf(form, end, { mean, weights }));
}

function meansOf({ season: kind, period: m }: SmoothingForm, end: SmoothingEnd, horizon: number) {
  const { parameters, level, slope, season } = end;
  const phi = parameters[3] ?? 1;
  let [along, power] = [0, 1];
  return Float64Array.from({ length: horizon }, (_, i) => {
    power *= phi;
    along += power;
    const s = season[i % m] ?? 0;
    const base = level + along * slope;
    if (kind === "none") return base;
    return kind === "additive" ? base + s : base * s;
  });
}

/** cⱼ = α + β·(φ + … + φʲ) + γ where j is a whole number of seasons. */
function weightsOf(form: SmoothingForm, { parameters }: SmoothingEnd, horizon: number) {
  const [alpha = 0, beta = 0, gamma = 0, phi = 1] = parameters;
  let [along, power] = [0, 1];
  return Float64Array.from({ length: horizon - 1 }, (_, i) => {
    power *= phi;
    along += power;
    const isSeason = form.season !== "none" && (i + 1) % form.period === 0;
    return alpha + beta * along + (isSeason ? gamma : 0);
  });
}

function deviationsOf(
  { error }: SmoothingForm,
  { deviation }: SmoothingEnd,
  { mean, weights }: { readonly mean: Float64Array; readonly weights: Float64Array },
): Float64Array {
  const variance = deviation * deviation;
  if (error === "additive") {
    let sum = 1;
    return mean.map((_, i) => {
      if (i > 0) sum += (weights[i - 1] ?? 0) ** 2;
      return deviation * Math.sqrt(sum);
    });
  }
  const theta = new Float64Array(mean.length); // θₕ = μₕ² + σ²·Σ cⱼ²·θ₍ₕ₋ⱼ₎
  return mean.map((mu, i) => {
    let sum = 0;
    for (let j = 1; j <= i; j++) sum += (weights[j - 1] ?? 0) ** 2 * (theta[i - j] ?? 0);
    theta[i] = mu * mu + variance * sum;
    return Math.sqrt(Math.max(0, (1 + variance) * (theta[i] ?? 0) - mu * mu));
  });
}

/** Values of each step on paths with normal errors, [t] of [paths]. */
function drawn(
  form: SmoothingForm,
  end: SmoothingEnd,
  { horizon, seed }: { readonly horizon: number; readonly seed: number },
): readonly Float64Array[] {
  const draws = random(seed).stream("smoothing");
  const steps = Array.from({ length: horizon }, () => new Float64Array(paths));
  for (let path = 0; path < paths; path++) onePath(form, end, { steps, path, draw: draws.normal });
  return steps;
}

interface Path {
  readonly steps: readonly Float64Array[];
  readonly path: number;
  readonly draw: () => number;
}

/** Of a multiplied season. */
function onePath(form: SmoothingForm, end: SmoothingEnd, { steps, path, draw }: Path): void {
  const [alpha = 0, beta = 0, gamma = 0, phi = 1] = end.parameters;
  const isRelative = form.error === "multiplicative";
  const season = Float64Array.from(end.season);
  let { level, slope } = end;
  for (const [i, values] of steps.entries()) {
    const k = i % form.period;
    const s = season[k] ?? 1;
    const q = level + phi * slope;
    const error = end.deviation * draw() * (isRelative ? q * s : 1);
    values[path] = q * s + error;
    level = q + (alpha * error) / s;
    slope = phi * slope + (beta * error) / s;
    season[k] = s + (gamma * error) / q;
  }
}
