/** @file Tests of the limits of a graph. */
import { describe, expect, test } from "vitest";
import { Graph } from "./graph.ts";
import * as ops from "./ops/index.ts";
import { batch } from "./shape.ts";

const code = (what: string) => expect.objectContaining({ code: what });

describe("Graph", () => {
  test("adds nothing past its limits, and makes no numbers that it does not add", () => {
    const graph = new Graph({ operations: 3, numbers: 100 });
    const x = graph.input("x", [batch, 50]);
    expect(() => graph.filled([1e6, 1e6], () => 0)).toThrow(code("tensor/out-of-range-graph"));
    expect(() => ops.expandTo(x, graph.input("wide", [batch, 3, 50]))).toThrow(
      "graph: there would be 150 numbers in a tensor; expected at most 100",
    );
    ops.relu(ops.relu(x));
    expect(() => ops.relu(x)).toThrow("graph: there would be 4 operations; expected at most 3");
    expect(graph.filled([2], (i) => i).shape).toEqual([2]);
  });
});
