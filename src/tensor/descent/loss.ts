/** @file Losses of predictions, with their gradients. */

import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import { fail } from "../errors.ts";
import { softmaxInto } from "../softmax.ts";

/** Options of {@link loss}. */
export type LossOptions =
  | {
      readonly kind: "squared" | "absolute" | "binary" | "categorical" | "sparse";
    }
  | {
      readonly kind: "huber";
      /** Where it turns from squared to absolute, above 0, in the unit of y. Default 1. */
      readonly delta?: number;
    };

/** A loss of some rows, and how it changes with each output. */
export interface LossOf {
  /** Mean over rows (and outputs), by weight. */
  readonly loss: number;
  /** Shape [b, k]: the derivative of the mean by each output. */
  readonly gradient: Matrix;
}

/** How wrong outputs are. */
export interface Loss {
  readonly kind: LossOptions["kind"];
  /**
   * Outputs of shape [b, k] against targets: of shape [b·k], or [b] for `sparse`, the class's number.
   *
   * @param weights - One per row, [b], ≥ 0. Default 1.
   * @throws `tensor/mismatch-shape`
   */
  of(outputs: Matrix, targets: Float64Array, weights?: Float64Array): LossOf;
}

/** The loss of one output z with target y, and its derivative; for a whole row of classes, of all at once. */
type Row = (z: Float64Array, y: Float64Array, gradient: Float64Array) => number;

/**
 * One of six losses; the gradient is that of the mean. Cross-entropies take log-odds, not probabilities, which
 * keeps their digits however sure the model is.
 *
 * - `squared` (z − y)², `absolute` |z − y|, `huber` ½(z − y)² up to δ and δ(|z − y| − δ/2) past it;
 * - `binary` log(1 + eᶻ) − y·z, with y from 0 to 1;
 * - `categorical` log Σₖ e^zₖ − Σₖ yₖ·zₖ, with y the shares of the classes;
 * - `sparse` the same with y the number of the class.
 *
 * @param options - The kind; for huber also its delta.
 * @returns The loss.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const { of } = loss({ kind: "squared" });
 * of(matrix([[1], [3]]), Float64Array.of(0, 1)).loss // => 2.5
 * of(matrix([[1], [3]]), Float64Array.of(0, 1)).gradient.data // => Float64Array.of(1, 2)
 * ```
 * @see Peers: Keras's losses of the same names, with `from_logits=True`.
 */
export function loss(options: LossOptions): Loss {
  checkNames("loss", options, options.kind === "huber" ? ["kind", "delta"] : ["kind"]);
  const kind = checkChoice("loss", { kind: options.kind }, kinds);
  const delta = "delta" in options ? (options.delta ?? 1) : 1;
  checkNumber("loss", { delta }, { above: 0 });
  const row = kind === "huber" ? huberRow(delta) : rows[kind];
  return {
    kind,
    of: (outputs, targets, weights) => meanOf({ kind, row }, outputs, { targets, weights }),
  };
}

const kinds = ["squared", "absolute", "huber", "binary", "categorical", "sparse"] as const;

function meanOf(
  { kind, row }: { readonly kind: LossOptions["kind"]; readonly row: Row },
  outputs: Matrix,
  {
    targets,
    weights,
  }: { readonly targets: Float64Array; readonly weights: Float64Array | undefined },
): LossOf {
  const { rows: b, cols: k, data } = outputs;
  const each = kind === "sparse" ? 1 : k; // targets of a row
  checkLength(`loss ${kind}`, targets, b * each);
  if (weights !== undefined) checkLength(`loss ${kind}`, weights, b);
  const gradient = new Float64Array(b * k);
  let total = 0;
  if (weights === undefined) total = b;
  else for (let i = 0; i < b; i++) total += weights[i]!;
  const share = kind === "categorical" || kind === "sparse" ? total : total * k;
  let sum = 0;
  for (let i = 0; i < b; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    const part = gradient.subarray(i * k, (i + 1) * k);
    const y = targets.subarray(i * each, (i + 1) * each);
    sum += weight * row(data.subarray(i * k, (i + 1) * k), y, part);
    for (let j = 0; j < k; j++) part[j] = (part[j]! * weight) / share;
  }
  return { loss: sum / share, gradient: { rows: b, cols: k, data: gradient } };
}

function checkLength(at: string, vector: Float64Array, length: number): void {
  if (vector.length !== length)
    fail("tensor/mismatch-shape", {
      at,
      expected: `a vector [${length}]`,
      got: `[${vector.length}]`,
    });
}

/** A loss of each output alone. */
function single(of: (z: number, y: number) => readonly [number, number]): Row {
  return (z, y, gradient) => {
    let sum = 0;
    for (let j = 0; j < z.length; j++) {
      const [value, slope] = of(z[j]!, y[j]!);
      sum += value;
      gradient[j] = slope;
    }
    return sum;
  };
}

function huberRow(delta: number): Row {
  return single((z, y) => {
    const r = z - y;
    if (Math.abs(r) <= delta) return [(r * r) / 2, r];
    return [delta * (Math.abs(r) - delta / 2), delta * Math.sign(r)];
  });
}

const rows: Readonly<Record<Exclude<LossOptions["kind"], "huber">, Row>> = {
  squared: single((z, y) => [(z - y) ** 2, 2 * (z - y)]),
  absolute: single((z, y) => [Math.abs(z - y), Math.sign(z - y)]),
  binary: single((z, y) => [
    Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y * z,
    1 / (1 + Math.exp(-z)) - y,
  ]),
  categorical: (z, y, gradient) => {
    let total = softmaxInto(z, gradient);
    let mass = 0;
    for (let j = 0; j < z.length; j++) mass += y[j]!;
    total *= mass;
    for (let j = 0; j < z.length; j++) {
      total -= y[j]! * z[j]!;
      gradient[j] = mass * gradient[j]! - y[j]!;
    }
    return total;
  },
  sparse: (z, y, gradient) => {
    const label = y[0]!;
    if (!(label >= 0 && label < z.length && Number.isInteger(label)))
      fail("tensor/mismatch-shape", {
        at: "loss sparse",
        expected: `the number of a class from 0 to ${z.length - 1}`,
        got: `${label}`,
      });
    const total = softmaxInto(z, gradient) - z[label]!;
    gradient[label] = gradient[label]! - 1;
    return total;
  },
};
