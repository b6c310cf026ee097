/** @file Trained networks in Python's ONNX Runtime: the file is valid, and says what we say. */
import { describe, expect, test } from "vitest";
import { random } from "../../src/core/index.ts";
import { bytePairTokeniser, trainDecoder } from "../../src/nn/language/index.ts";
import { activation } from "../../src/nn/layers/activation.ts";
import { flatten } from "../../src/nn/layers/arrangement.ts";
import { attention, residual } from "../../src/nn/layers/attention.ts";
import { conv2d, convTranspose2d } from "../../src/nn/layers/convolution.ts";
import { dense } from "../../src/nn/layers/dense.ts";
import { averagePool2d, maxPool2d, upsample2d } from "../../src/nn/layers/pooling.ts";
import { batchNorm, dropout, layerNorm } from "../../src/nn/layers/regularisation.ts";
import { embedding, gru, lstm, placeEmbedding, stepDense } from "../../src/nn/layers/sequence.ts";
import { input, type Network } from "../../src/nn/network.ts";
import type { NetworkRows } from "../../src/nn/train/feed.ts";
import type { LossName } from "../../src/nn/train/loss.ts";
import { train } from "../../src/nn/train/train.ts";
import { openPeer } from "./peer.ts";
import { pythonWith } from "./python.ts";

const script = `
import base64, numpy as np, onnx, onnxruntime as ort
def predict(model, x, shape, output="y"):
  data = base64.b64decode(model)
  onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
  session = ort.InferenceSession(data, providers=["CPUExecutionProvider"])
  y, = session.run([output], {"x": np.array(x, np.float32).reshape([-1] + shape)})
  return [float(v) for v in y.reshape(-1)]
`;

interface Case {
  readonly network: Network;
  readonly loss: LossName;
  /** Codes below this, instead of reals. */
  readonly codes?: number;
}

const relu = { activation: "relu" } as const;
const same = { padding: "same" } as const;
const cases: Readonly<Record<string, Case>> = {
  "convolutions, pooling and normalisation": {
    network: input([2, 9, 8])
      .add(conv2d(4, { ...same, ...relu }))
      .add(batchNorm())
      .add(maxPool2d())
      .add(conv2d(3, { size: 2, stride: 2 }))
      .add(activation("gelu"))
      .add(flatten())
      .add(dropout(0.3))
      .add(dense(3)),
    loss: "crossEntropy",
  },
  "images from images": {
    network: input([1, 8, 8])
      .add(averagePool2d())
      .add(convTranspose2d(3, { ...same, stride: 2 }))
      .add(activation("leakyRelu"))
      .add(maxPool2d())
      .add(upsample2d())
      .add(conv2d(1, same)),
    loss: "binaryCrossEntropy",
  },
  "recurrent layers": {
    network: input([5, 3])
      .add(lstm(6, { sequences: true }))
      .add(layerNorm())
      .add(gru(4))
      .add(dense(2)),
    loss: "squared",
  },
  "a decoder": {
    network: input([6])
      .add(embedding(9, 8))
      .add(placeEmbedding())
      .add(residual([layerNorm(), attention({ heads: 2, causal: true })]))
      .add(layerNorm())
      .add(stepDense(9)),
    loss: "crossEntropy",
    codes: 9,
  },
};

/** Rows that a network takes, with labels that mean nothing. */
function rowsFor({ network, loss, codes }: Case, rows: number): NetworkRows {
  const draws = random(9).stream(loss);
  const product = (shape: readonly number[]): number => shape.reduce((all, dim) => all * dim, 1);
  const { inputShape: shape, outputShape } = network;
  const length = rows * product(shape);
  const x = Float32Array.from({ length }, () =>
    codes === undefined ? draws.normal() : draws.below(codes),
  );
  if (loss !== "crossEntropy") {
    const y = Float32Array.from({ length: rows * product(outputShape) }, () => draws.next());
    return { rows, x, y, shape, labelShape: outputShape };
  }
  const labelShape = outputShape.slice(0, -1);
  const classes = outputShape.at(-1) ?? 2;
  const y = Int32Array.from({ length: rows * product(labelShape) }, () => draws.below(classes));
  return { rows, x, y, shape, labelShape };
}

function softmax(logits: readonly number[]): readonly number[] {
  const most = Math.max(...logits);
  const weights = logits.map((z) => Math.exp(z - most));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

describe("a trained network in Python's ONNX Runtime", async () => {
  const peer = openPeer(pythonWith("onnx"), script);

  test.each(Object.entries(cases))("says the same: %s", async (_, one) => {
    const data = rowsFor(one, 40);
    const trained = await train(one.network, data, { loss: one.loss, epochs: 2 });
    const ours = await trained.predict(data.x);
    const model = Buffer.from(trained.onnx()).toString("base64");
    const theirs = (await peer.ask("predict", {
      model,
      x: Array.from(data.x),
      shape: data.shape,
    })) as number[];
    expect(Array.from(ours)).toBeClose(theirs, { rtol: 1e-5, atol: 1e-6 });
  });

  test("says the same: the logits of a language model", async () => {
    const text = "the miller grinds grain. the baker bakes bread. ".repeat(20);
    const model = await trainDecoder(text, {
      context: 12,
      width: 16,
      heads: 2,
      layers: 2,
      epochs: 2,
      tokeniser: bytePairTokeniser({ vocabulary: 280 }),
    });
    const tokens = Array.from(model.tokeniser.encode("the miller bakes bread")).slice(0, 9);
    const pads = Array.from({ length: 12 - tokens.length }, () => 0);
    const x = [...pads, ...tokens, ...tokens, ...pads];
    const onnx = Buffer.from(model.onnx()).toString("base64");
    const logits = (await peer.ask("predict", {
      model: onnx,
      x,
      shape: [12],
      output: "logits",
    })) as number[];
    const told = await model.network.predict(Float32Array.from(x));
    const v = model.tokeniser.vocabulary;
    const chances = Array.from({ length: 24 }, (_, i) =>
      softmax(logits.slice(i * v, i * v + v)),
    ).flat();
    expect(chances).toBeClose(Array.from(told), { rtol: 1e-5, atol: 1e-7 });
  });

  test("ends", async () => {
    await peer[Symbol.asyncDispose]();
  });
});
