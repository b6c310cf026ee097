/** @file Means over axes. */
import type { Tensor } from "../graph.ts";
import { sizeOf } from "../shape.ts";
import { sizesOf } from "./arrange.ts";
import { divide, scale, toFloat } from "./elementwise.ts";
import { axesOf, type ReduceOptions, sum } from "./sum.ts";

/** The mean over axes; one of them may be the batch. */
export function mean(a: Tensor, options: ReduceOptions = {}): Tensor {
  const over = axesOf("mean", a.shape, options.axes);
  const count = sizeOf(over.map((i) => a.shape[i] ?? 1));
  const total = sum(a, options);
  return count > 0 ? scale(total, 1 / count) : divide(total, countOf(a, over));
}

/** How many numbers the axes have together, where one of them is the batch: a scalar. */
export function countOf(a: Tensor, axes: readonly number[]): Tensor {
  const { graph } = a;
  const picked = graph.apply({
    operator: "Gather",
    inputs: [sizesOf(a), graph.whole(axes)],
    shape: [axes.length],
    type: "int64",
  });
  const product = graph.apply({
    operator: "ReduceProd",
    inputs: [picked],
    attributes: { keepdims: 0 },
    shape: [],
    type: "int64",
  });
  return toFloat(product);
}
