/** @file What an ARIMA expects of the steps ahead. */
import { shockWeights } from "../../tensor/index.ts";
import { normalOutlook, type Outlook } from "../outlook.ts";
import { type ArimaFit, type ArimaOrder, polynomialsOf } from "./estimate-arima.ts";
import { differencing, multiplied } from "./polynomials.ts";

/**
 * The steps ahead: the filter's state goes on without shocks, and is summed up again. The deviation of
 * step h is σ·√(Σ ψⱼ², j < h), of the process with its differences multiplied in. O(t·(r + lags)).
 */
export function arimaOutlook(form: ArimaOrder, fit: ArimaFit, horizon: number): Outlook {
  const { ar, ma } = polynomialsOf(form, fit.coefficients);
  const { order, seasonal, period } = form;
  const lags = differencing(order[1], seasonal[1], period);
  const steps = ahead(fit, ar, horizon);
  const path = [...fit.tail];
  for (const step of steps) {
    let value = step;
    for (const [j, delta] of lags.entries()) value += delta * (path.at(-1 - j) ?? 0);
    path.push(value);
  }
  const whole = multiplied(ar, lags, 1); // φ(B)·(1 − B)ᵈ(1 − Bᵐ)ᴰ
  let sum = 0;
  const deviations = shockWeights(whole, ma, horizon).map((psi) => {
    sum += psi * psi;
    return fit.deviation * Math.sqrt(sum);
  });
  return normalOutlook(Float64Array.from(path.slice(lags.length)), deviations);
}

/** What is differenced, step by step: the first number of the state, which the companion matrix moves. */
function ahead({ state, mean }: ArimaFit, ar: Float64Array, horizon: number): Float64Array {
  const moving = Float64Array.from(state);
  return Float64Array.from({ length: horizon }, () => {
    const head = moving[0] ?? 0;
    for (let i = 0; i < moving.length; i++) moving[i] = (ar[i] ?? 0) * head + (moving[i + 1] ?? 0);
    return mean + head;
  });
}
