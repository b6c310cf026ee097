/** @file Tests of layers over steps: shapes, counts, what they remember, and that nothing is seen before its time. */
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import type { ShapelessLayer } from "../layer.ts";
import type { LayerSummary } from "../network.ts";
import { input } from "../network.ts";
import type { NetworkRows } from "../train/feed.ts";
import { train } from "../train/train.ts";
import { attention, residual } from "./attention.ts";
import { dense } from "./dense.ts";
import { batchNorm, layerNorm } from "./regularisation.ts";
import {
  embedding,
  gru,
  lstm,
  placeEmbedding,
  type Steps,
  simpleRnn,
  stepDense,
} from "./sequence.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const parametersOf = (layers: readonly LayerSummary[]): number => layers.at(-1)?.parameters ?? 0;

/** Rows of 6 codes; the label is the first of them, which has to be remembered. */
function memories(rows: number): NetworkRows {
  const draws = random(6).stream("memories");
  const x = Float32Array.from({ length: 6 * rows }, () => draws.below(4));
  const y = Int32Array.from({ length: rows }, (_, i) => x[6 * i] ?? 0);
  return { rows, x, y, shape: [6], labelShape: [] };
}

/** Rows of codes, each to be told the code before it; the first is told itself. */
function echoes(rows: number): NetworkRows {
  const draws = random(7).stream("echoes");
  const x = Float32Array.from({ length: 5 * rows }, () => draws.below(4));
  const y = Int32Array.from(x, (value, i) => (i % 5 === 0 ? value : (x[i - 1] ?? 0)));
  return { rows, x, y, shape: [5], labelShape: [5] };
}

describe("layers over steps", () => {
  const steps = input([6]).add(embedding(4, 8));

  test("give the last step or all, and have the weights of their gates", () => {
    expect(steps.outputShape).toEqual([6, 8]);
    expect(steps.add(lstm(5)).outputShape).toEqual([5]);
    expect(steps.add(lstm(5, { sequences: true })).outputShape).toEqual([6, 5]);
    expect(parametersOf(steps.add(simpleRnn(5)).layers)).toBe(8 * 5 + 5 * 5 + 2 * 5);
    expect(parametersOf(steps.add(lstm(5)).layers)).toBe(4 * (8 * 5 + 5 * 5 + 2 * 5));
    expect(parametersOf(steps.add(gru(5)).layers)).toBe(3 * (8 * 5 + 5 * 5 + 2 * 5));
    // @ts-expect-error: dense takes rows of numbers
    expect(() => steps.add(dense(3))).toThrow(code("nn/mismatch-layer"));
    expect(() => steps.add(attention({ heads: 3 }))).toThrow("features that 3 heads divide");
    expect(() => steps.add(residual([lstm(8)]))).toThrow(code("nn/mismatch-layer"));
  });

  test("remember what came first", async () => {
    for (const layer of [simpleRnn(12), lstm(12), gru(12)]) {
      const network = steps.add(layer).add(dense(4));
      const trained = await train(network, memories(400), {
        loss: "crossEntropy",
        optimiser: { kind: "adam", learningRate: 0.02 },
        epochs: 25,
        clipNorm: 1,
      });
      expect((await trained.evaluate(memories(200))).accuracy, layer.kind).toBeGreaterThan(0.95);
    }
  });
});

describe("attention", () => {
  /** What a decoder repeats: attention and two layers for each step, each around what goes by. */
  const block = (d: number, heads: number, wide: number): readonly ShapelessLayer[] => [
    residual([layerNorm(), attention({ heads, causal: true })]),
    residual<Steps>([layerNorm(), stepDense(wide, "gelu"), stepDense(d)]),
  ];

  test("has the parameters of the workshop's decoder", () => {
    let decoder = input([64]).add(embedding(2411, 160)).add(placeEmbedding());
    for (let i = 0; i < 4; i++) for (const part of block(160, 4, 320)) decoder = decoder.add(part);
    expect(decoder.add(layerNorm()).add(stepDense(2411)).parameters).toBe(1_610_731);
  });

  test("looks back, and never ahead", async () => {
    let decoder = input([5]).add(embedding(4, 16)).add(placeEmbedding());
    for (const part of block(16, 2, 32)) decoder = decoder.add(part);
    const network = decoder.add(layerNorm()).add(stepDense(4));
    const trained = await train(network, echoes(600), {
      loss: "crossEntropy",
      optimiser: { kind: "adam", learningRate: 0.01 },
      epochs: 30,
    });
    expect((await trained.evaluate(echoes(200))).accuracy).toBeGreaterThan(0.95);
    const told = await trained.predict(Float32Array.of(0, 1, 2, 3, 0));
    const other = await trained.predict(Float32Array.of(0, 1, 2, 1, 2)); // the fourth code differs
    expect(told.subarray(0, 12)).toEqual(other.subarray(0, 12));
    expect(told.subarray(12)).not.toEqual(other.subarray(12));
  });
});

test("batch normalisation of steps is of each feature, over all rows and steps", async () => {
  const network = input([3, 2]).add(batchNorm()).add(stepDense(1));
  expect(network.layers[0]).toMatchObject({ parameters: 4, kept: 4, shape: [3, 2] });
  const x = Float32Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? i : 100 + 3 * i));
  const rows = { rows: 4, x, shape: [3, 2], y: new Float32Array(12), labelShape: [3, 1] };
  const { state } = await train(network, rows, { loss: "squared", epochs: 1, batchRows: 4 });
  const mean = (from: number): number =>
    x.filter((_, i) => i % 2 === from).reduce((sum, v) => sum + v, 0) / 12;
  expect([...state.kept.subarray(0, 2)]).toBeClose([0.1 * mean(0), 0.1 * mean(1)], { rtol: 1e-5 });
});
