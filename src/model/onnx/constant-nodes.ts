/** @file The same numbers for every row. */
import type { Nodes, TensorName } from "./nodes.ts";

/** Numbers, [k], for each row of x, [n, k]. */
export function constantNodes(nodes: Nodes, x: TensorName, told: Float64Array): TensorName {
  const rows = nodes.add("Shape", [x], { start: 0, end: 1 });
  const shape = nodes.add("Concat", [rows, nodes.whole([told.length])], { axis: 0 });
  return nodes.add("Expand", [nodes.numbers(told), shape]);
}
