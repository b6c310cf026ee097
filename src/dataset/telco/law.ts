/** @file The law by which customers leave: a logistic score of what they have and pay. */
import type { Customer } from "./customer.ts";

/**
 * The log-odds of leaving. `drift` from 0 to 1 changes the law itself: prices above 70 USD begin to
 * hurt, contracts and long stays protect less, and how a bill is paid stops to matter.
 */
export function churnScore(customer: Customer, drift: number): number {
  const { internet, contract, tenure, monthly } = customer;
  const bound = { "Month-to-month": 0.55, "One year": -0.6, "Two year": -1.45 }[contract];
  const stay = Math.log1p(tenure) * (0.55 - 0.15 * drift);
  const dear = drift * 0.02 * Math.max(0, monthly - 70);
  return (
    intercept +
    { none: -0.8, dsl: 0, fiber: 0.9 * (1 - 0.5 * drift) }[internet] +
    bound * (1 - 0.5 * drift) +
    (customer.payment === "Electronic check" ? 0.6 * (1 - drift) : 0) +
    (customer.paperless ? 0.4 : 0) +
    (customer.senior ? 0.4 : 0) +
    (customer.partner ? -0.1 : 0) +
    (customer.dependents ? -0.4 : 0) +
    (customer.online_security === "Yes" ? -0.4 : 0) +
    (customer.tech_support === "Yes" ? -0.4 : 0) +
    (customer.streaming_tv === "Yes" ? 0.2 : 0) +
    (customer.streaming_movies === "Yes" ? 0.2 : 0) +
    (customer.multiple_lines === "Yes" ? 0.15 : 0) -
    stay +
    dear
  );
}

/** Chosen so that 26.5 % leave when nothing has drifted. */
const intercept = -0.43;
