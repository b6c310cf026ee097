/** @file Means and largest numbers over axes. */
import type { Tensor } from "../graph.ts";
import { axisOf, sizeOf } from "../shape.ts";
import { sizesOf } from "./arrange.ts";
import { divide, multiply, scale, toFloat } from "./elementwise.ts";
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
  const picked = graph.apply({ operator: "Gather", inputs: [sizesOf(a), graph.whole(axes)], shape: [axes.length], type: "int64" }); // biome-ignore format: one line
  const product = graph.apply({ operator: "ReduceProd", inputs: [picked], attributes: { keepdims: 0 }, shape: [], type: "int64" }); // biome-ignore format: one line
  return toFloat(product);
}

/** The largest over one axis, which stays as a size of 1; nothing flows back. */
export const largest = (a: Tensor, axis: number): Tensor => {
  const at = axisOf("largest", axis, a.shape);
  const shape = a.shape.map((dim, i) => (i === at ? 1 : dim));
  return a.graph.apply({ operator: "ReduceMax", inputs: [a, a.graph.whole([at])], attributes: { keepdims: 1 }, shape }); // biome-ignore format: one line
};

/** Σ a·b over all axes: a scalar. */
export const innerProduct = (a: Tensor, b: Tensor): Tensor => sum(multiply(a, b));
