/** @file Losses: a number for each row, [n]. */

import { fail } from "../../errors.ts";
import { ofOne, type Tensor } from "../graph.ts";
import { formatShape, sameShape } from "../shape.ts";
import { relu, softplus } from "./activations.ts";
import { reshape } from "./arrange.ts";
import {
  above,
  abs,
  exp,
  multiply,
  negate,
  scale,
  shift,
  square,
  subtract,
  where,
} from "./elementwise.ts";
import { mean } from "./reduce.ts";

/**
 * −log softmax(z)[y] of logits z [n, k] and classes y [n], fused: stable at any logits, and its gradient is softmax(z) less 1 at the class.
 */
export function softmaxCrossEntropy(z: Tensor, y: Tensor): Tensor {
  const { graph } = z;
  const [rows = 0] = z.shape;
  const plain = { inputs: [z], attributes: { axis: 1 }, shape: z.shape };
  const log = graph.apply({ operator: "LogSoftmax", ...plain });
  const places = reshape(y, [rows, 1]);
  const at = graph.apply({
    operator: "GatherElements",
    inputs: [log, places],
    attributes: { axis: 1 },
    shape: [rows, 1],
  });
  return graph.apply({
    ...{ operator: "Neg", inputs: [reshape(at, [rows])], shape: [rows], sources: [z] },
    gradient: ofOne((g) => {
      const each = reshape(g, [rows, 1]);
      const inputs = [multiply(exp(log), each), places, negate(each)];
      return [
        graph.apply({
          operator: "ScatterElements",
          inputs,
          attributes: { axis: 1, reduction: "add" },
          shape: z.shape,
        }),
      ];
    }),
  });
}

/** log(1 + eᶻ) − y·z of logits z and truths y from 0 to 1, each [n, …]: the mean over all but the rows. */
export function binaryCrossEntropy(z: Tensor, y: Tensor): Tensor {
  checkSame("binaryCrossEntropy", z, y);
  return overRows(subtract(softplus(z), multiply(y, z)));
}

/** (z − y)², the mean over all but the rows. */
export function squaredError(z: Tensor, y: Tensor): Tensor {
  checkSame("squaredError", z, y);
  return overRows(square(subtract(z, y)));
}

/** |z − y|, the mean over all but the rows. */
export function absoluteError(z: Tensor, y: Tensor): Tensor {
  checkSame("absoluteError", z, y);
  return overRows(abs(subtract(z, y)));
}

/** Half the square up to δ, and linear beyond: δ·(|e| − δ/2); the mean over all but the rows. */
export function huber(z: Tensor, y: Tensor, delta = 1): Tensor {
  checkSame("huber", z, y);
  const e = abs(subtract(z, y));
  const far = scale(shift(e, -delta / 2), delta);
  return overRows(where(above(e, z.graph.scalar(delta)), far, scale(square(e), 0.5)));
}

/** max(0, 1 − (2y − 1)·z) for truths 0 and 1; the mean over all but the rows. */
export function hinge(z: Tensor, y: Tensor): Tensor {
  checkSame("hinge", z, y);
  return overRows(relu(shift(negate(multiply(shift(scale(y, 2), -1), z)), 1)));
}

function overRows(each: Tensor): Tensor {
  const axes = each.shape.flatMap((_, i) => (i === 0 ? [] : [i]));
  return axes.length === 0 ? each : mean(each, { axes });
}

function checkSame(at: string, z: Tensor, y: Tensor): void {
  if (!sameShape(z.shape, y.shape))
    fail("tensor/mismatch-operands", { at, a: formatShape(z.shape), b: formatShape(y.shape) });
}
