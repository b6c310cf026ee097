/** @file Every layer with weights and every optimiser beside PyTorch's numbers. Float32 against float64: 1e-5 of the number or of 1. */
import { describe, expect, test } from "vitest";
import { judged, type PeerCase, readNetworkPeers, runOnce } from "../../tests/peer/networks.ts";
import { Graph, type OptimiserOptions, optimiser, type Tensor } from "../tensor/index.ts";
import type { Layer, ShapelessLayer } from "./layer.ts";
import { attention } from "./layers/attention.ts";
import { conv2d, convTranspose2d } from "./layers/convolution.ts";
import { dense } from "./layers/dense.ts";
import { batchNorm, layerNorm } from "./layers/regularisation.ts";
import { embedding, gru, lstm, simpleRnn } from "./layers/sequence.ts";
import { scopeOf } from "./scope.ts";
import { scalarInputs, scalarsAt, stepOf } from "./train/optimise.ts";

const { layers, optimisers } = await readNetworkPeers();
const all = { sequences: true } as const;

/** A layer, and the names of its weights in the order in which PyTorch's numbers have them. */
interface Ours {
  readonly layer: Layer | ShapelessLayer;
  readonly weights: readonly string[];
}
const kernels = ["kernel", "bias"];
const gates = ["kernel", "recurrent kernel", "bias", "recurrent bias"];
const heads = ["query", "key", "value", "output"].flatMap((name) => [
  `${name} kernel`,
  `${name} bias`,
]);
const layerOf = (layer: unknown, weights: readonly string[]): Ours => ({
  layer: layer as Layer,
  weights,
});
const ours: Readonly<Record<string, Ours>> = {
  dense: layerOf(dense(5, { activation: "relu" }), kernels),
  conv2d: layerOf(conv2d(3, { padding: "same" }), kernels),
  conv2dStrided: layerOf(conv2d(3, { size: 5, stride: 2, padding: "same" }), kernels),
  convTranspose2d: layerOf(convTranspose2d(3, { stride: 2 }), kernels),
  convTranspose2dSame: layerOf(
    convTranspose2d(3, { size: [2, 5], stride: 3, padding: "same" }),
    kernels,
  ),
  batchNorm: layerOf(batchNorm(), ["gamma", "beta"]),
  layerNorm: layerOf(layerNorm(), ["gamma", "beta"]),
  embedding: layerOf(embedding(5, 3), ["table"]),
  simpleRnn: layerOf(simpleRnn(5), gates),
  lstm: layerOf(lstm(5), gates),
  lstmSequences: layerOf(lstm(5, all), gates),
  gru: layerOf(gru(5), gates),
  gruSequences: layerOf(gru(5, all), gates),
  attention: layerOf(attention({ heads: 2 }), heads),
  attentionCausal: layerOf(attention({ heads: 2, causal: true }), heads),
};

/** A layer in a graph of its own, as training has it; inputs are in the order of the case. */
function built({ layer, weights }: Ours, one: PeerCase) {
  const graph = new Graph();
  const x =
    one.codes === undefined
      ? graph.input("x", one.inputs[0]?.shape ?? [])
      : graph.constant(one.codes.values, one.codes.shape, "int64");
  const asked = new Map<string, Tensor>();
  const scope = scopeOf({
    training: true,
    weight: (name, shape) => {
      const tensor = graph.input(name, shape);
      asked.set(name, tensor);
      return tensor;
    },
    kept: (name, shape) =>
      graph.constant(new Float32Array(shape[0] ?? 1), shape, name === "" ? "int64" : "float"),
    mask: (like) => like,
  });
  const y = layer.build(x, scope);
  const given = weights.map((name) => asked.get(name) as Tensor);
  return { graph, y, inputs: one.codes === undefined ? [x, ...given] : given };
}

describe("layers", () => {
  test.each(Object.entries(layers))(
    "give PyTorch's numbers and gradients: %s",
    async (name, one) => {
      const { graph, y, inputs } = built(ours[name] as Ours, one);
      expect(inputs.map(({ shape }) => shape)).toEqual(one.inputs.map(({ shape }) => shape));
      const told = await judged(graph, { inputs, y }, one);
      expect(told.y).toBeClose(one.y.values, { rtol: 1e-5, atol: 1e-5 });
      for (const [i, { values }] of one.gradients.entries())
        expect(told.gradients[i], `gradient ${i}`).toBeClose(values, { rtol: 1e-5, atol: 2e-5 });
    },
  );
});

const rules: Readonly<Record<string, OptimiserOptions>> = {
  sgd: { kind: "sgd", learningRate: 0.1 },
  momentum: { kind: "momentum", learningRate: 0.1, momentum: 0.9 },
  nesterov: { kind: "momentum", learningRate: 0.1, momentum: 0.9, nesterov: true },
  rmsprop: { kind: "rmsprop", learningRate: 0.1, decay: 0.9, epsilon: 1e-6 },
  adagrad: { kind: "adagrad", learningRate: 0.1, epsilon: 1e-6 },
  adam: { kind: "adam", learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-6 },
  adamw: {
    kind: "adamw",
    learningRate: 0.1,
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-6,
    weightDecay: 0.05,
  },
};

describe("optimisers", () => {
  test.each(Object.entries(optimisers))("go PyTorch's five steps: %s", async (name, one) => {
    const { kind, options } = optimiser(rules[name] as OptimiserOptions);
    const graph = new Graph();
    const scalars = scalarInputs(graph);
    const [weights, gradient] = [graph.input("weights", [4]), graph.input("gradient", [4])];
    const slots = [graph.input("slot 0", [4]), graph.input("slot 1", [4])];
    const next = stepOf(kind, options)({ weights, gradient, slots }, scalars);
    const outputs = {
      next: next.weights,
      ...Object.fromEntries(next.slots.map((slot, i) => [`next ${i}`, slot])),
    };
    let state: Readonly<Record<string, readonly number[]>> = {
      next: one.start,
      "next 0": [0, 0, 0, 0],
      "next 1": [0, 0, 0, 0],
    };
    for (const [t, values] of one.gradients.entries()) {
      const at = scalarsAt(options, Number(options["learningRate"]), t + 1);
      const vector = (from: readonly number[] | undefined) => ({ shape: [4], values: from ?? [] });
      state = {
        ...state,
        ...(await runOnce(graph, outputs, {
          ...Object.fromEntries(
            Object.entries(at).map(([key, value]) => [key, { shape: [], values: [value] }]),
          ),
          ...{ weights: vector(state["next"]), gradient: vector(values) },
          ...{ "slot 0": vector(state["next 0"]), "slot 1": vector(state["next 1"]) },
        })),
      };
      expect(state["next"]).toBeClose(one.weights[t] ?? [], { rtol: 1e-5, atol: 1e-5 });
    }
  });
});
