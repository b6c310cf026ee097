/** @file Rows of a table by their numbers, and their gradient. */
import { ofOne, type Tensor } from "../graph.ts";
import { sizeOf } from "../shape.ts";
import { reshape, zeros } from "./arrange.ts";

/** Rows of a table [v, d] by whole numbers of any shape: [.., d]. Rows that are asked for twice get the sum of what flows back. */
export function embedding(table: Tensor, codes: Tensor): Tensor {
  const { graph } = table;
  const [, d = 1] = table.shape;
  const count = sizeOf(codes.shape);
  return graph.apply({
    ...{ operator: "Gather", inputs: [table, codes], attributes: { axis: 0 } },
    shape: [...codes.shape, d],
    gradient: ofOne((g) => {
      // not ScatterND: its threads lose sums where a code is there twice
      const places = graph.apply({
        operator: "Expand",
        inputs: [reshape(codes, [count, 1]), graph.constant([1, d], [2], "int64")],
        shape: [count, d],
        type: "int64",
      });
      const inputs = [zeros(table), places, reshape(g, [count, d])];
      return [
        graph.apply({
          operator: "ScatterElements",
          inputs,
          attributes: { axis: 0, reduction: "add" },
          shape: table.shape,
        }),
      ];
    }),
  });
}

/** 1 where the largest number of a row of [n, k] is at a whole number of it, else 0: [n]; nothing flows back. */
export function isLargest(a: Tensor, codes: Tensor): Tensor {
  const { graph } = a;
  const [rows = 0] = a.shape;
  const best = graph.apply({
    operator: "ArgMax",
    inputs: [a],
    attributes: { axis: 1, keepdims: 0 },
    shape: [rows],
    type: "int64",
  });
  const same = graph.apply({
    operator: "Equal",
    inputs: [best, codes],
    shape: [rows],
    type: "bool",
  });
  return graph.apply({ operator: "Cast", inputs: [same], attributes: { to: 1 }, shape: [rows] });
}
