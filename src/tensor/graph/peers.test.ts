/** @file Every operation beside PyTorch's numbers: what it gives, and its gradients. Float32 against float64: 1e-5 of the number or of 1. */
import { describe, expect, test } from "vitest";
import { judged, readNetworkPeers } from "../../../tests/peer/networks.ts";
import { Graph, type Tensor } from "./graph.ts";
import * as ops from "./ops/index.ts";

const { operations } = await readNetworkPeers();
type Four = [Tensor, Tensor, Tensor, Tensor];
const moments = ({ graph }: Tensor) => ({
  mean: graph.constant([0.3, 0.3], [2]),
  variance: graph.constant([1.7, 1.7], [2]),
});

const ours: Readonly<Record<string, (...inputs: Four) => Tensor>> = {
  add: ops.add,
  subtract: ops.subtract,
  multiply: ops.multiply,
  divide: ops.divide,
  scaleAndShift: (a) => ops.shift(ops.scale(a, -2), 3),
  square: ops.square,
  sqrt: ops.sqrt,
  exp: ops.exp,
  log: ops.log,
  abs: ops.abs,
  erf: ops.erf,
  where: (a, b) => ops.where(ops.above(a, a.graph.scalar(0)), a, b),
  sum: (a) => ops.sum(a, { axes: [1, 3] }),
  mean: (a) => ops.mean(a, { axes: [0, 2], keep: true }),
  reshape: (a) => ops.reshape(a, [4, 30]),
  transpose: (a) => ops.transpose(a, [3, 0, 2, 1]),
  slice: (a) => ops.slice(a, 2, [1, 4]),
  split: (a) => ops.square(ops.split(a, 3, [2, 1, 3])[2] as Tensor),
  concat: (a, b) => ops.concat([a, b, a], 1),
  pad: (a) => ops.square(ops.pad(a, 3, [1, 2])),
  matmul: ops.matmul,
  linear: ops.linear,
  relu: ops.relu,
  leakyRelu: (a) => ops.leakyRelu(a),
  sigmoid: ops.sigmoid,
  tanh: ops.tanh,
  softplus: ops.softplus,
  gelu: ops.gelu,
  silu: ops.silu,
  softmax: (a) => ops.softmax(a),
  logSoftmax: (a) => ops.logSoftmax(a),
  conv2d: (x, w, b) => ops.conv2d([x, w, b]),
  conv2dPaddedStrided: (x, w, b) =>
    ops.conv2d([x, w, b], { stride: [2, 3], padding: [1, 2, 1, 2] }),
  convTranspose2d: (x, w, b) => ops.convTranspose2d([x, w, b]),
  convTranspose2dPaddedStrided: (x, w, b) =>
    ops.convTranspose2d([x, w, b], { stride: [2, 2], padding: [1, 1, 1, 1] }),
  maxPool: (x) => ops.maxPool(x, { size: [2, 2] }),
  maxPoolOverlap: (x) => ops.maxPool(x, { size: [3, 2], stride: [1, 1] }),
  averagePool: (x) => ops.averagePool(x, { size: [2, 3] }),
  averagePoolOverlap: (x) => ops.averagePool(x, { size: [3, 3], stride: [2, 1] }),
  globalAveragePool: ops.globalAveragePool,
  upsample: (x) => ops.upsample(x, 2),
  layerNorm: (x, g, b) => ops.layerNorm([x, g, b]),
  batchNormTraining: (x, gamma, beta) =>
    ops.normaliseChannels(x, { ...ops.channelMoments(x), gamma, beta }),
  batchNorm: (x, gamma, beta) => ops.normaliseChannels(x, { ...moments(x), gamma, beta }),
  embedding: ops.embedding,
  crossEntropy: ops.softmaxCrossEntropy,
  binaryCrossEntropy: ops.binaryCrossEntropy,
  squaredError: ops.squaredError,
  absoluteError: ops.absoluteError,
  huber: (z, y) => ops.huber(z, y, 0.7),
  hinge: ops.hinge,
};

describe("operations", () => {
  test.each(Object.entries(operations))(
    "give PyTorch's numbers and gradients: %s",
    async (name, one) => {
      const graph = new Graph();
      const inputs = one.inputs.map(({ shape }, i) => graph.input(`x${i}`, shape));
      const codes =
        one.codes === undefined ? [] : [graph.constant(one.codes.values, one.codes.shape, "int64")];
      const y = ours[name]?.(...([...inputs, ...codes] as Four)) as Tensor;
      const told = await judged(graph, { inputs, y }, one);
      expect(y.shape).toEqual(one.y.shape);
      expect(told.y).toBeClose(one.y.values, { rtol: 1e-5, atol: 1e-5 });
      for (const [i, { values }] of one.gradients.entries())
        expect(told.gradients[i], `gradient ${i}`).toBeClose(values, { rtol: 1e-5, atol: 2e-5 });
    },
  );

  test("are all there", () => {
    expect(Object.keys(ours)).toEqual(Object.keys(operations));
  });
});
