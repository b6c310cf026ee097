/** @file Shares as the numbers below which such a share of the normal distribution lies. */
import { isRecord } from "../../../core/index.ts";
import { quoteText } from "../../sql-text.ts";
import { type OperationFamily, one } from "./operation.ts";

/** Shares below the bound count as the bound, those above 1 − bound as that; above 0, below 0.5. */
export interface QuantileBound {
  readonly bound: number;
}

/** `normalQuantile`: a share as the number below which such a share of N(0, 1) lies. */
export const normalQuantile: OperationFamily = {
  of: (params) => {
    if (!isBound(params)) return null;
    return {
      kind: (args) => (one(args, "number") ? "number" : null),
      sql: (a = "") => `millrace_normal_quantile(${a}, ${quoteText(JSON.stringify(params))})`,
      row: (a = null) => (typeof a === "number" ? quantileAt(params, a) : null),
    };
  },
};

/** Whether these are the parameters of `normalQuantile`. */
export function isBound(params: unknown): params is QuantileBound {
  if (!isRecord(params)) return false;
  const { bound } = params;
  return typeof bound === "number" && bound > 0 && bound < 0.5;
}

/** The quantile of N(0, 1) at a share that is brought within the bounds. */
export function quantileAt({ bound }: QuantileBound, share: number): number {
  const p = Math.min(Math.max(share, bound), 1 - bound);
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(centre.above, r)) / polynomial(centre.below, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const { above, below } = r <= 5 ? near : far;
  const x = r - (r <= 5 ? 1.6 : 5);
  const z = polynomial(above, x) / polynomial(below, x);
  return q < 0 ? -z : z;
}

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

/**
 * The coefficients of PPND16, relative error about 1e-16.
 *
 * @see Wichura, Algorithm AS 241, Applied Statistics 37(3), 1988.
 */
const centre = {
  above: [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
    45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  below: [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597,
    39307.89580009271, 28729.085735721943, 5226.495278852545,
  ],
};
const near = {
  above: [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
    1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  below: [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
    0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
  ],
};
const far = {
  above: [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
    0.026532189526576124, 0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
  ],
  below: [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
};

/** The polynomials above and below the bar in the three ranges, the highest power last. */
export const normalQuantileTables = { centre, near, far } as const;
