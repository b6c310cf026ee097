/** @file The operations under one name, so that `ops.split` and `split` of a frame stay apart. */
import * as all from "./ops/index.ts";

/**
 * Operations on tensors of a graph: `ops.add(a, b)`. Each gives a tensor of the same graph, and knows the gradient of its inputs.
 *
 * @example
 * ```ts
 * const x = new Graph().input("x", [batch, 4]);
 * ops.mean(ops.relu(x), { axes: [1] }).shape // => [-1]
 * ```
 */
export const ops: typeof all = all;
