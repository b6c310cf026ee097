/** @file Tests of shorter graphs: fewer operations, and the same numbers to the last bit. */
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { loadRuntime, type Values } from "../adapter/onnx-runtime.ts";
import { formatOnnx, type OnnxModel } from "../onnx/index.ts";
import { type EmitOptions, emitOnnx } from "./emit.ts";
import { gradients } from "./gradients.ts";
import { Graph, type Tensor } from "./graph.ts";
import * as ops from "./ops/index.ts";
import { batch, sizeOf } from "./shape.ts";

const runtime = await loadRuntime();
const operators = ({ graph }: OnnxModel): readonly string[] =>
  graph.nodes.map(({ operator }) => operator);

const draws = random(4).stream("simplify");
const normals = (length: number): Float32Array =>
  Float32Array.from({ length }, () => draws.normal());

/** Numbers for every input of a model, three rows of each. */
function feedsOf({ graph }: OnnxModel): Readonly<Record<string, Values>> {
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }): [string, Values] => {
      const known = shape.map((dim) => (typeof dim === "number" ? dim : 3));
      return [name, { type: "float", shape: known, data: normals(sizeOf(known)) }];
    }),
  );
}

async function told(model: OnnxModel, feeds: Readonly<Record<string, Values>>) {
  const session = await runtime?.open(formatOnnx(model));
  const found = Object.entries((await session?.run(feeds)) ?? {}).map(([name, { data }]) => [
    name,
    new Uint8Array(data.slice().buffer),
  ]);
  await session?.close();
  return Object.fromEntries(found) as Readonly<Record<string, Uint8Array>>;
}

/** Both ways of a graph, run with the same numbers. */
async function bothWays(
  graph: Graph,
  outputs: Readonly<Record<string, Tensor>>,
  options: EmitOptions = {},
) {
  const [short, long] = [
    emitOnnx(graph, outputs, options),
    emitOnnx(graph, outputs, { ...options, simplify: false }),
  ];
  const feeds = feedsOf(long);
  expect(await told(short, feeds)).toEqual(await told(long, feeds));
  return { short: operators(short), long: operators(long) };
}

describe("simplify", () => {
  test("computes what depends on constants only", async () => {
    const graph = new Graph();
    const x = graph.input("x", [batch, 3]);
    const c = graph.constant([1, 4, 0.1], [3]);
    const made = ops.divide(ops.sqrt(ops.shift(c, 0.3)), ops.negate(ops.abs(ops.scale(c, 7))));
    const turned = ops.transpose(
      ops.reshape(ops.add(made, graph.constant([1, 2], [2, 1])), [3, 2]),
      [1, 0],
    );
    const zeros = ops.zeros(turned);
    const whole = ops.toFloat(graph.whole([5]));
    const y = ops.matmul(x, ops.reshape(ops.multiply(ops.add(turned, zeros), whole), [3, 2]));
    const { short, long } = await bothWays(graph, { y });
    expect(short).toEqual(["MatMul", "Identity"]);
    expect(long.length).toBeGreaterThan(10);
  });

  test("leaves to the runtime what it rounds in its own way, and what would grow", async () => {
    const graph = new Graph();
    const x = graph.input("x", [batch, 100]);
    const exp = ops.exp(graph.scalar(0.3));
    const ones = ops.expandTo(graph.scalar(2), graph.input("like", [100]));
    const large = graph.apply({
      operator: "Expand",
      inputs: [exp, graph.whole([100])],
      shape: [100],
    });
    const { short } = await bothWays(graph, { y: ops.add(ops.multiply(x, ones), large) });
    expect(short).toContain("Exp");
    expect(short.filter((one) => one === "Expand")).toHaveLength(2);
  });

  test("leaves out what changes nothing, and what is there twice", async () => {
    const graph = new Graph();
    const x = graph.input("x", [batch, 2, 6]);
    const again = ops.reshape(ops.reshape(ops.reshape(x, [batch, 12]), [batch, 3, 4]), [
      batch,
      2,
      6,
    ]);
    const there = ops.transpose(ops.transpose(again, [2, 0, 1]), [1, 2, 0]);
    const one = ops.divide(ops.multiply(graph.scalar(1), there), graph.scalar(1));
    const turned = ops.transpose(ops.transpose(one, [0, 2, 1]), [1, 0, 2]);
    const y = ops.multiply(ops.exp(turned), ops.exp(turned));
    const { short } = await bothWays(graph, { y });
    expect(short).toEqual(["Transpose", "Exp", "Mul", "Identity"]);
  });

  test("keeps a factor of one that repeats", async () => {
    const graph = new Graph();
    const x = graph.input("x", [1, 3]);
    const y = ops.multiply(x, graph.constant(Float32Array.of(1), [1, 1]));
    const wide = ops.multiply(x, graph.constant([1, 1], [2, 1]));
    const { short } = await bothWays(graph, { y, wide });
    expect(short).toEqual(["Mul", "Identity", "Identity"]);
  });

  test("gives the gradients of a network as they were, with fewer operations", async () => {
    const graph = new Graph();
    const x = graph.input("x", [batch, 1, 6, 6]);
    const [w, b] = [graph.input("w", [2, 1, 3, 3]), graph.input("b", [2])];
    const [v, c] = [graph.input("v", [8, 3]), graph.input("c", [3])];
    const hidden = ops.maxPool(ops.relu(ops.conv2d([x, w, b])), { size: [2, 2] });
    const normal = ops.normaliseChannels(hidden, {
      ...ops.channelMoments(hidden),
      gamma: b,
      beta: b,
    });
    const out = ops.linear(ops.reshape(normal, [batch, 8]), v, c);
    const loss = ops.mean(ops.square(out));
    const [gw = w, gb = b, gv = v, gc = c] = gradients(loss, [w, b, v, c]);
    const { short, long } = await bothWays(graph, { loss, gw, gb, gv, gc });
    expect(short.length).toBeLessThan(long.length - 10);
    const weights = new Map([
      ["w", normals(18)],
      ["b", normals(2)],
      ["v", normals(24)],
      ["c", normals(3)],
    ]);
    const moments = {
      mean: graph.constant([0.1, 0.2], [2]),
      variance: graph.constant([1, 2], [2]),
    };
    const trained = ops.normaliseChannels(hidden, { ...moments, gamma: b, beta: b });
    const exported = await bothWays(graph, { y: trained }, { weights });
    expect(exported.short).toEqual(["Conv", "Relu", "MaxPool", "Mul", "Add", "Identity"]);
  });
});
