/** @file Skewed numbers made more like a bell: logarithms and powers. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import { type NumberExpr, when } from "../../table/index.ts";
import { fail } from "../errors.ts";
import { type Feature, learnsNothing } from "../feature.ts";
import { meanAndStd, range } from "../fit/measure.ts";
import { minimise } from "../fit/minimise.ts";
import { checkInput } from "./made.ts";

/** Options of {@link logScale}. */
export interface LogScaleOptions {
  /** What is added first, so that 0 has a logarithm. Default 1. */
  readonly plus?: number;
  /** What stands where there is no logarithm: missing values, and sums at and below 0. Default NaN. */
  readonly missing?: number;
}

/**
 * ln(x + plus).
 *
 * @param of - The number.
 * @returns One column.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const people = schema("people", { income: float() });
 * features(people, (c) => ({ income: logScale(c.income) })).reads // => ["income"]
 * ```
 * @see NumPy `log1p`.
 */
export function logScale<R extends string>(
  of: NumberExpr<R>,
  options: LogScaleOptions = {},
): Feature<R> {
  checkNames("logScale", options, ["plus", "missing"]);
  checkInput("logScale", of, ["number"]);
  const { plus = 1, missing = Number.NaN } = options;
  checkNumber("logScale", { plus });
  const log = (plus === 0 ? of : of.plus(plus)).log();
  const { node } = Number.isNaN(missing) ? log : log.orElse(missing);
  return {
    transform: "logScale",
    options: { plus, ...(Number.isNaN(missing) ? {} : { missing }) },
    reads: of.reads,
    ...learnsNothing((name) => [{ name, node }]),
  };
}

/** Options of {@link powerScale}. */
export interface PowerScaleOptions {
  /** `yeoJohnson` takes any number; `boxCox` only numbers above 0. Default `yeoJohnson`. */
  readonly method?: "yeoJohnson" | "boxCox";
}

/**
 * A power of the number, with the exponent λ by which the training rows are likeliest normal, brought
 * to mean 0 and standard deviation 1. A constant column becomes 0; a missing value becomes 0, which is
 * the mean, and with Box–Cox so does what is not above 0.
 *
 * Yeo–Johnson: ((x + 1)^λ − 1) / λ for x ≥ 0, −((1 − x)^(2 − λ) − 1) / (2 − λ) below; Box–Cox:
 * (x^λ − 1) / λ; each with its limit where the divisor is 0.
 *
 * @param of - The number.
 * @returns One column.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`; when fitted, `feature/out-of-range-sign`,
 * `feature/missing-values`
 * @example
 * ```ts
 * const people = schema("people", { income: float() });
 * features(people, (c) => ({ income: powerScale(c.income) })).reads // => ["income"]
 * ```
 * @see Yeo & Johnson, Biometrika 87(4), 2000. Peer: scikit-learn `PowerTransformer`.
 */
export function powerScale<R extends string>(
  of: NumberExpr<R>,
  options: PowerScaleOptions = {},
): Feature<R> {
  checkNames("powerScale", options, ["method"]);
  checkInput("powerScale", of, ["number"]);
  const { method = "yeoJohnson" } = options;
  checkChoice("powerScale", { method }, ["yeoJohnson", "boxCox"]);
  return {
    transform: "powerScale",
    options: { method },
    reads: of.reads,
    requests: [{ measure: "numbers", of: of.node }],
    learn: (name, measured) => {
      const values = measured.numbers(0);
      const { min, max } = range(values);
      measured.finite({ min, max });
      if (method === "boxCox" && min <= 0)
        fail("feature/out-of-range-sign", { feature: name, got: min });
      const lambda = min === max ? 1 : likeliest(values, method);
      const powered = values.map((x) => curves[method](x, lambda));
      const { mean, std } = meanAndStd(powered);
      const stats = measured.finite({ lambda, mean: mean + 0, std });
      const power = method === "boxCox" ? boxCox(of, lambda) : yeoJohnson(of, lambda);
      return { stats, outputs: [{ name, node: power.minus(mean).over(std).orElse(0).node }] };
    },
  };
}

/** Below this an exponent counts as 0: the limit is nearer than the quotient. */
const nearly0 = 2.220446049250313e-16;

const curves = {
  boxCox: (x: number, lambda: number): number =>
    Math.abs(lambda) < nearly0 ? Math.log(x) : (x ** lambda - 1) / lambda,
  yeoJohnson: (x: number, lambda: number): number => {
    if (x >= 0)
      return Math.abs(lambda) < nearly0 ? Math.log1p(x) : ((x + 1) ** lambda - 1) / lambda;
    return Math.abs(2 - lambda) < nearly0
      ? -Math.log1p(-x)
      : -((1 - x) ** (2 - lambda) - 1) / (2 - lambda);
  },
};

/** The exponent with the largest likelihood: −n/2 · ln(variance) plus the Jacobian's logarithm. */
function likeliest(values: Float64Array, method: "yeoJohnson" | "boxCox"): number {
  let logs = 0;
  for (const x of values)
    logs += method === "boxCox" ? Math.log(x) : Math.sign(x) * Math.log1p(Math.abs(x));
  const curve = curves[method];
  const powered = new Float64Array(values.length);
  return minimise((lambda) => {
    for (let i = 0; i < values.length; i++) powered[i] = curve(values[i] ?? 0, lambda);
    const { std } = meanAndStd(powered);
    const cost = values.length * Math.log(std) - (lambda - 1) * logs;
    return Number.isFinite(cost) ? cost : Number.MAX_VALUE;
  });
}

function boxCox(of: NumberExpr, lambda: number): NumberExpr {
  const logs = of.log(); // missing at and below 0
  return Math.abs(lambda) < nearly0 ? logs : logs.times(lambda).exp().minus(1).over(lambda);
}

function yeoJohnson(of: NumberExpr, lambda: number): NumberExpr {
  const above = of.atLeast(0).plus(1);
  const below = of.atMost(0).times(-1).plus(1);
  const raised = (base: NumberExpr, power: number): NumberExpr =>
    Math.abs(power) < nearly0 ? base.log() : base.power(power).minus(1).over(power);
  return when(of.isAtLeast(0), raised(above, lambda), raised(below, 2 - lambda).times(-1));
}
