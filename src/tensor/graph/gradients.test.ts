/** @file Every operation against a plain formula or central differences, and what gradients of a graph are. */
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { loadRuntime, type Values } from "../adapter/onnx-runtime.ts";
import { formatOnnx } from "../onnx/index.ts";
import { emitOnnx } from "./emit.ts";
import { gradients } from "./gradients.ts";
import { Graph, type Tensor } from "./graph.ts";
import * as ops from "./ops/index.ts";
import { batch, type Shape } from "./shape.ts";

const runtime = await loadRuntime();
const code = (what: string) => expect.objectContaining({ code: what });

/** Rows of the batch in these tests. */
const rows = 3;
const known = (shape: Shape): number[] => shape.map((dim) => (dim < 0 ? -dim * rows : dim));

/** An operation, the shapes of the inputs whose gradients are checked, and where their numbers are drawn from. */
interface Case {
  readonly shapes: readonly Shape[];
  readonly of: (...inputs: [Tensor, Tensor, Tensor, Tensor]) => Tensor;
  readonly draw?: (normal: number) => number;
  /** Whether all numbers are far from each other. */
  readonly distinct?: boolean;
}

const images: Shape = [batch, 2, 5, 6];
const table: Shape = [batch, 4];
const positive = (normal: number): number => 0.5 + Math.abs(normal);
/** Away from 0, where some have a corner, and from each other. */
const apart = (normal: number): number => Math.round(normal * 8) / 4 + 0.11;
const codes = ({ graph }: Tensor, values: readonly number[]): Tensor =>
  graph.constant(values, [values.length], "int64");

const cases: Readonly<Record<string, Case>> = {
  add: { shapes: [table, [4]], of: (a, b) => ops.add(a, b) },
  "add to a larger shape": {
    shapes: [
      [1, 4],
      [batch, 2, 1],
    ],
    of: (a, b) => ops.add(a, b),
  },
  subtract: { shapes: [[4], table], of: (a, b) => ops.subtract(a, b) },
  multiply: { shapes: [table, [1]], of: (a, b) => ops.multiply(a, b) },
  divide: { shapes: [table, [4]], of: (a, b) => ops.divide(a, b), draw: positive },
  "scale and shift": { shapes: [table], of: (a) => ops.shift(ops.scale(a, -2), 3) },
  square: { shapes: [table], of: ops.square },
  sqrt: { shapes: [table], of: ops.sqrt, draw: positive },
  exp: { shapes: [table], of: ops.exp },
  log: { shapes: [table], of: ops.log, draw: positive },
  abs: { shapes: [table], of: ops.abs, draw: apart },
  erf: { shapes: [table], of: ops.erf },
  where: {
    shapes: [table, [4]],
    of: (a, b) => ops.where(ops.above(a, a.graph.scalar(0)), a, b),
    draw: apart,
  },
  sum: { shapes: [images], of: (a) => ops.sum(a, { axes: [1, 3] }) },
  mean: { shapes: [images], of: (a) => ops.mean(a, { axes: [0, 2], keep: true }) },
  reshape: { shapes: [images], of: (a) => ops.reshape(a, [2 * batch, 30]) },
  transpose: { shapes: [images], of: (a) => ops.transpose(a, [3, 0, 2, 1]) },
  slice: { shapes: [images], of: (a) => ops.slice(a, 2, [1, 4]) },
  "split, a part of which is not used": {
    shapes: [images],
    of: (a) => ops.square(ops.split(a, 3, [2, 1, 3])[2]!),
  },
  concat: { shapes: [table, [batch, 2]], of: (a, b) => ops.concat([a, b, a], 1) },
  pad: { shapes: [images], of: (a) => ops.square(ops.pad(a, 3, [1, 2])) },
  matmul: {
    shapes: [
      [batch, 2, 3, 4],
      [batch, 2, 4, 5],
    ],
    of: (a, b) => ops.matmul(a, b),
  },
  "matmul by one matrix": {
    shapes: [
      [batch, 3, 4],
      [4, 5],
    ],
    of: (a, b) => ops.matmul(a, b),
  },
  linear: { shapes: [[batch, 3, 4], [4, 5], [5]], of: (x, w, b) => ops.linear(x, w, b) },
  relu: { shapes: [table], of: ops.relu, draw: apart },
  leakyRelu: { shapes: [table], of: (a) => ops.leakyRelu(a, 0.2), draw: apart },
  sigmoid: { shapes: [table], of: ops.sigmoid },
  tanh: { shapes: [table], of: ops.tanh },
  softplus: { shapes: [table], of: ops.softplus },
  gelu: { shapes: [table], of: ops.gelu },
  silu: { shapes: [table], of: ops.silu },
  softmax: { shapes: [[batch, 2, 4]], of: (a) => ops.softmax(a) },
  "softmax over another axis": { shapes: [[batch, 2, 4]], of: (a) => ops.softmax(a, 1) },
  logSoftmax: { shapes: [table], of: (a) => ops.logSoftmax(a) },
  conv2d: { shapes: [images, [3, 2, 3, 2], [3]], of: (x, w, b) => ops.conv2d([x, w, b]) },
  "conv2d with steps and zeros around": {
    shapes: [images, [3, 2, 3, 3], [3]],
    of: (x, w, b) => ops.conv2d([x, w, b], { stride: [2, 3], padding: [1, 1, 0, 2] }),
  },
  convTranspose2d: {
    shapes: [images, [2, 3, 3, 2], [3]],
    of: (x, w, b) => ops.convTranspose2d([x, w, b]),
  },
  "convTranspose2d with steps": {
    shapes: [images, [2, 3, 3, 3], [3]],
    of: (x, w, b) => ops.convTranspose2d([x, w, b], { stride: [2, 2], padding: [1, 0, 1, 1] }),
  },
  "convTranspose2d with rows and columns that no kernel reaches": {
    shapes: [images, [2, 3, 1, 2], [3]],
    of: (x, w, b) => ops.convTranspose2d([x, w, b], { stride: [2, 3], outputPadding: [1, 1] }),
  },
  maxPool: { shapes: [images], of: (x) => ops.maxPool(x, { size: [2, 2] }), distinct: true },
  "maxPool of windows that overlap": {
    shapes: [images],
    of: (x) => ops.maxPool(x, { size: [3, 2], stride: [1, 1] }),
    distinct: true,
  },
  averagePool: { shapes: [images], of: (x) => ops.averagePool(x, { size: [2, 3] }) },
  "averagePool of windows that overlap": {
    shapes: [images],
    of: (x) => ops.averagePool(x, { size: [3, 3], stride: [2, 1] }),
  },
  globalAveragePool: { shapes: [images], of: ops.globalAveragePool },
  upsample: { shapes: [images], of: (x) => ops.upsample(x, 2) },
  layerNorm: { shapes: [[batch, 2, 5], [5], [5]], of: (x, g, b) => ops.layerNorm([x, g, b]) },
  "normalisation of channels": {
    shapes: [images, [2], [2]],
    of: (x, gamma, beta) => ops.normaliseChannels(x, { ...ops.channelMoments(x), gamma, beta }),
  },
  embedding: { shapes: [[5, 3]], of: (a) => ops.embedding(a, codes(a, [4, 0, 4, 1])) },
  softmaxCrossEntropy: {
    shapes: [[rows, 4]],
    of: (z) => ops.softmaxCrossEntropy(z, codes(z, [2, 0, 3])),
  },
  binaryCrossEntropy: { shapes: [table, table], of: (z, y) => ops.binaryCrossEntropy(z, y) },
  squaredError: { shapes: [table, table], of: (z, y) => ops.squaredError(z, y) },
  absoluteError: {
    shapes: [table, table],
    of: (z, y) => ops.absoluteError(ops.shift(z, 0.06), y),
    draw: apart,
  },
  huber: { shapes: [table, table], of: (z, y) => ops.huber(ops.scale(z, 2), y, 0.7) },
  hinge: { shapes: [table, table], of: (z, y) => ops.hinge(z, y) },
};

/** Runs a graph. */
async function evaluate(
  graph: Graph,
  outputs: Readonly<Record<string, Tensor>>,
  given: readonly Readonly<Record<string, Values>>[],
): Promise<readonly Readonly<Record<string, Values>>[]> {
  if (runtime === undefined) throw new Error("there is no ONNX Runtime");
  const session = await runtime.open(formatOnnx(emitOnnx(graph, outputs)));
  const found: Readonly<Record<string, Values>>[] = [];
  for (const feeds of given) found.push(copied(await session.run(feeds)));
  await session.close();
  return found;
}

/** What a session gave is its memory; it is gone when the session is closed. */
const copied = (told: Readonly<Record<string, Values>>): Readonly<Record<string, Values>> =>
  Object.fromEntries(
    Object.entries(told).map(([name, one]) => [name, { ...one, data: one.data.slice() }]),
  );

const numbersIn = (values: Values | undefined): number[] => Array.from(values?.data ?? [], Number);

describe("gradients", () => {
  test.each(Object.entries(cases))("law: of %s are what differences say", async (name, one) => {
    const graph = new Graph();
    const inputs = one.shapes.map((shape, i) => graph.input(`x${i}`, shape));
    const y = one.of(...(inputs as [Tensor, Tensor, Tensor, Tensor]));
    const draws = random(1).stream(name);
    const weigh = Array.from({ length: known(y.shape).reduce((a, b) => a * b, 1) }, () =>
      draws.normal(),
    );
    // the weights are given as an input, since the rows of the batch are not known before
    const weights = graph.input("weights", y.shape);
    const loss = ops.sum(ops.multiply(y, weights));
    const found = gradients(loss, inputs);
    expect(found.map(({ shape }) => shape)).toEqual(one.shapes);
    const start = one.shapes.map((shape) => {
      const length = known(shape).reduce((a, b) => a * b, 1);
      if (one.distinct === true)
        return Float32Array.from(draws.shuffled(length), (rank) => rank / 8);
      const draw = one.draw ?? ((normal: number) => normal);
      return Float32Array.from({ length }, () => draw(draws.normal()));
    });
    const feeds = (values: readonly Float32Array[]): Record<string, Values> => ({
      ...Object.fromEntries(
        values.map((data, i): [string, Values] => [
          `x${i}`,
          { type: "float", shape: known(one.shapes[i] ?? []), data },
        ]),
      ),
      weights: { type: "float", shape: known(y.shape), data: Float32Array.from(weigh) },
    });
    const outputs = Object.fromEntries(found.map((g, i) => [`g${i}`, g]));
    const [exact] = await evaluate(graph, outputs, [feeds(start)]);
    const step = 1 / 64; // a power of two, so that what is added is what is taken away
    const moves = start.flatMap((values, i) => Array.from(values.keys(), (j) => ({ i, j })));
    const moved = (way: number) =>
      moves.map(({ i, j }) =>
        feeds(
          start.map((values, k) =>
            k === i ? values.map((v, l) => (l === j ? v + way * step : v)) : values,
          ),
        ),
      );
    const sums = async (way: number): Promise<number[]> =>
      (await evaluate(graph, { y }, moved(way))).map((told) =>
        numbersIn(told["y"]).reduce((sum, v, k) => sum + v * (weigh[k] ?? 0), 0),
      );
    const [above, below] = [await sums(1), await sums(-1)];
    const expected = moves.map((_, k) => ((above[k] ?? 0) - (below[k] ?? 0)) / (2 * step));
    const told = start.flatMap((_, i) => numbersIn(exact?.[`g${i}`]));
    expect(told).toBeClose(expected, { rtol: 0.01, atol: 0.01 });
  });

  test("add up where a tensor is used twice, and are zeros where it is not used", async () => {
    const graph = new Graph();
    const [a, b] = [graph.input("a", [2]), graph.input("b", [3])];
    const [ga, gb] = gradients(ops.sum(ops.add(ops.square(a), ops.scale(a, 3))), [a, b]);
    const values: Values = { type: "float", shape: [2], data: Float32Array.of(1, -2) };
    const [found] = await evaluate(graph, { ga: ga ?? a, gb: gb ?? b }, [{ a: values }]);
    expect(numbersIn(found?.["ga"])).toEqual([5, -1]);
    expect(numbersIn(found?.["gb"])).toEqual([0, 0, 0]);
  });

  test("of cross-entropy are finite at logits of a thousand", async () => {
    const graph = new Graph();
    const z = graph.input("z", [2, 3]);
    const loss = ops.mean(ops.softmaxCrossEntropy(z, codes(z, [0, 2])));
    const [g = z] = gradients(loss, [z]);
    const data = Float32Array.of(1000, -1000, 0, -1000, 1000, 1000);
    const [found] = await evaluate(graph, { loss, g }, [
      { z: { type: "float", shape: [2, 3], data } },
    ]);
    expect(numbersIn(found?.["loss"])).toBeClose([Math.LN2 / 2], { rtol: 1e-6 });
    expect(numbersIn(found?.["g"])).toBeClose([0, 0, 0, 0, 0.25, -0.25], { rtol: 1e-6 });
  });

  test("are also of what relu gave, where pooling otherwise goes past it", async () => {
    const graph = new Graph();
    const x = graph.input("x", [1, 1, 2, 2]);
    const cut = ops.relu(x);
    const pooled = ops.maxPool(cut, { size: [2, 2] });
    const of = gradients(ops.sum(ops.scale(pooled, 3)), [x, cut]);
    const [alone = x] = gradients(ops.sum(ops.scale(pooled, 3)), [cut]);
    const asked = { gx: of[0] ?? x, gcut: of[1] ?? x, alone };
    const data = Float32Array.of(1, -2, 4, 0);
    const values: Values = { type: "float", shape: [1, 1, 2, 2], data };
    const [found] = await evaluate(graph, asked, [{ x: values }]);
    for (const name of Object.keys(asked)) expect(numbersIn(found?.[name])).toEqual([0, 0, 3, 0]);
  });

  test("refuses what is no scalar", () => {
    const a = new Graph().input("a", table);
    expect(() => gradients(a, [a])).toThrow(code("tensor/mismatch-input"));
  });
});
