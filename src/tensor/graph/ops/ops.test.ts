/** @file Tests of shapes: what operations give, and what they refuse. */
import { describe, expect, test } from "vitest";
import { formatOnnx } from "../../onnx/index.ts";
import { emitOnnx } from "../emit.ts";
import { Graph } from "../graph.ts";
import { batch, formatShape } from "../shape.ts";
import * as ops from "./index.ts";

const code = (what: string) => expect.objectContaining({ code: what });

describe("shapes", () => {
  const graph = new Graph();
  const table = graph.input("table", [batch, 4]);
  const images = graph.input("images", [batch, 3, 8, 9]);

  test("hold the rows of the batch, once or several times", () => {
    expect(formatShape(ops.reshape(images, [8 * batch, 27]).shape)).toBe("[8n, 27]");
    expect(ops.matmul(table, graph.input("w", [4, 2])).shape).toEqual([batch, 2]);
    expect(ops.mean(images, { axes: [2, 3] }).shape).toEqual([batch, 3]);
    expect(ops.transpose(images, [1, 0, 2, 3]).shape).toEqual([3, batch, 8, 9]);
  });

  test("are refused where they do not fit, both of them named", () => {
    const three = graph.input("three", [3]);
    expect(() => ops.add(table, three)).toThrow(code("tensor/mismatch-operands"));
    expect(() => ops.add(table, three)).toThrow("got [n, 4] and [3]");
    expect(() => ops.matmul(table, three)).toThrow(code("tensor/mismatch-operands"));
    expect(() => ops.linear(table, graph.input("w3", [3, 2]), three)).toThrow(
      code("tensor/mismatch-operands"),
    );
    expect(() => ops.reshape(table, [batch, 5])).toThrow(code("tensor/mismatch-shape"));
    expect(() => ops.sum(table, { axes: [2] })).toThrow(code("tensor/out-of-range-axis"));
    expect(() => ops.maxPool(table, { size: [2, 2] })).toThrow(code("tensor/mismatch-input"));
    expect(() => ops.squaredError(table, three)).toThrow(code("tensor/mismatch-operands"));
    expect(() => ops.concat([], 0)).toThrow(code("tensor/mismatch-input"));
    const kernels = graph.input("kernels", [2, 4, 3, 3]);
    expect(() => ops.conv2d([images, kernels, three])).toThrow("takes images of 4 channels");
    expect(() => ops.convTranspose2d([images, kernels, three])).toThrow(
      code("tensor/mismatch-input"),
    );
  });
});

describe("emitOnnx", () => {
  test("writes what its outputs need, and inputs as weights where they are given", () => {
    const graph = new Graph();
    const [x, w] = [graph.input("x", [batch, 2]), graph.input("w", [2, 2])];
    ops.exp(x); // nobody reads it
    const y = ops.matmul(x, w);
    const open = emitOnnx(graph, { y });
    expect(open.graph.nodes.map(({ operator }) => operator)).toEqual(["MatMul", "Identity"]);
    expect(open.graph.inputs.map(({ name }) => name)).toEqual(["x", "w"]);
    const weights = new Map([["w", Float32Array.of(1, 2, 3, 4)]]);
    const closed = emitOnnx(graph, { y }, { weights });
    expect(closed.graph.inputs).toEqual([{ name: "x", type: "float", shape: ["n", 2] }]);
    expect(Object.keys(closed.graph.initializers ?? {})).toEqual(["w"]);
    expect(formatOnnx(closed)).toEqual(formatOnnx(closed));
  });

  test("keeps the same few numbers once", () => {
    const graph = new Graph();
    expect(graph.scalar(0.5)).toBe(graph.scalar(0.5));
    expect(graph.scalar(0)).not.toBe(graph.scalar(-0));
  });
});
