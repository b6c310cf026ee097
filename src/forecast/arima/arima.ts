/** @file ARIMA and seasonal ARIMA with orders that are given. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import type { Grid } from "../calendar/grid.ts";
import { fail } from "../errors.ts";
import { damaged, type Fields } from "../fields.ts";
import { type Family, type Forecaster, forecaster, seasonOf } from "../forecaster.ts";
import { arimaOutlook } from "./arima-outlook.ts";
import { type ArimaFit, type ArimaOrder, estimateArima } from "./estimate-arima.ts";

/** Three orders: of the autoregression, of the differences, of the moving average. */
export type Orders = readonly [number, number, number];

/** Options of {@link arima}. */
export interface ArimaOptions {
  /** p, d, q: p and q 0 to 12, d 0 to 2. Default [1, 1, 1]. */
  readonly order?: Orders;
  /** P, D, Q: each 0 to 2. Default [0, 0, 0]. */
  readonly seasonal?: Orders;
  /** Steps of a season, ≥ 2. Default: 24 hours, 7 days, 52 weeks, 12 months, 4 quarters. */
  readonly period?: number;
  /** A mean, or with one difference a drift; there is none of two. Default: where nothing is differenced. */
  readonly constant?: boolean;
}

export interface ArimaParams {
  readonly form: ArimaOrder;
  readonly fit: ArimaFit;
}

export const arimaFamily: Family<ArimaParams> = {
  kind: "arima",
  read: (fields) => {
    const [form, fit] = [fields.fields("form"), fields.fields("fit")];
    return {
      form: {
        order: ordersOf(form, "order"),
        seasonal: ordersOf(form, "seasonal"),
        period: form.number("period"),
        constant: form.boolean("constant"),
      },
      fit: {
        coefficients: fit.array("coefficients", Float64Array),
        mean: fit.number("mean"),
        state: fit.array("state", Float64Array),
        tail: fit.array("tail", Float64Array),
        deviation: fit.number("deviation"),
        logLikelihood: fit.number("logLikelihood"),
        aicc: fit.number("aicc"),
      },
    };
  },
  outlook: ({ form, fit }, horizon) => arimaOutlook(form, fit, horizon),
  summary: ({ form, fit }) => {
    const { coefficients, mean, deviation, logLikelihood, aicc } = fit;
    const names = coefficientNames(form);
    const told = Object.fromEntries(
      names.map((name, i): [string, Json] => [name, coefficients[i] ?? 0]),
    );
    const constant = form.constant ? { mean } : {};
    return { model: arimaName(form), ...told, ...constant, deviation, logLikelihood, aicc };
  },
};

function ordersOf(fields: Fields, name: string): Orders {
  const got = fields.value[name];
  const isOrders = Array.isArray(got) && got.length === 3 && got.every(Number.isInteger);
  if (!isOrders) return damaged(name, "three whole numbers", typeof got);
  const [a = 0, b = 0, c = 0]: readonly number[] = got;
  return [a, b, c];
}

/** The name that books give it: "ARIMA(1,1,1)(0,1,1)[12]". */
function arimaName({ order, seasonal, period }: ArimaOrder): string {
  const season = seasonal.some((o) => o > 0) ? `(${seasonal.join()})[${period}]` : "";
  return `ARIMA(${order.join()})${season}`;
}

function coefficientNames({ order: [p, , q], seasonal: [P, , Q] }: ArimaOrder): readonly string[] {
  const list = (name: string, length: number) =>
    Array.from({ length }, (_, i) => `${name}${i + 1}`);
  return [...list("ar", p), ...list("seasonalAr", P), ...list("ma", q), ...list("seasonalMa", Q)];
}

/** Values that are needed: differences, the lags of each coefficient, and two to spare. */
export function leastOf(form: ArimaOrder): number {
  const {
    order: [p, d, q],
    seasonal: [P, D, Q],
    period,
    constant,
  } = form;
  return d + D * period + Math.max(p + P * period, q + Q * period) + (constant ? 1 : 0) + 2;
}

/**
 * ARIMA(p,d,q)(P,D,Q)m: what is left of the series after d differences and D seasonal ones is an
 * ARMA process, with an optional mean. Coefficients have the greatest exact likelihood (a Kalman
 * filter from the stationary distribution), begun from the conditional sum of squares. Bounds are
 * normal, with σ² estimated and the coefficients taken as known. O(n·(p + q + (P + Q)·m)) an evaluation.
 *
 * @param options - See {@link ArimaOptions}.
 * @returns A forecaster; how many values it needs depends on its orders.
 * @throws `option/out-of-range`, `option/unknown-name`, `forecast/conflict-constant`
 * @example
 * ```ts
 * const times = Array.from({ length: 30 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
 * const values = times.map((_, i) => 2 * i + (i % 2));
 * const walk = await arima({ order: [0, 1, 0], constant: true }).fit(series({ times, values }));
 * walk.forecast({ horizon: 1 }).mean // => Float64Array.of(59 + 59 / 29)
 * ```
 * @see Box, Jenkins, Reinsel & Ljung, Time Series Analysis, 5th edition. Peer: statsmodels `SARIMAX`.
 */
export function arima(options: ArimaOptions = {}): Forecaster {
  const at = "arima";
  checkNames(at, options, ["order", "seasonal", "period", "constant"]);
  const { order = [1, 1, 1], seasonal = [0, 0, 0], period } = options;
  checkOrders("order", order, [12, 2, 12]);
  checkOrders("seasonal", seasonal, [2, 2, 2]);
  if (period !== undefined) checkNumber(at, { period }, { min: 2, max: 400, integer: true });
  const differences = order[1] + seasonal[1];
  const { constant = differences === 0 } = options;
  if (constant && differences > 1) fail("forecast/conflict-constant", { differences });
  const formOf = (series: Grid): ArimaOrder => {
    const m = seasonal.every((o) => o === 0) ? 1 : seasonOf(series, period);
    return { order, seasonal: m === 1 ? [0, 0, 0] : seasonal, period: m, constant };
  };
  return forecaster({
    name: at,
    options: { order, seasonal, ...(period === undefined ? {} : { period }), constant },
    family: arimaFamily,
    least: (series) => [Math.max(4, leastOf(formOf(series))), arimaName(formOf(series))],
    learn: ({ series, values }) => {
      const form = formOf(series);
      return { form, fit: estimateArima(values, form) };
    },
  });
}

function checkOrders(name: string, orders: Orders, most: Orders): void {
  for (const [i, letter] of ["first", "second", "third"].entries())
    checkNumber(
      "arima",
      { [`the ${letter} number of ${name}`]: orders[i] ?? Number.NaN },
      { min: 0, max: most[i] ?? 0, integer: true },
    );
}
