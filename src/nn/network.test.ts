/** @file Tests of networks: shapes, counts of parameters, and what does not fit. */
import { describe, expect, test } from "vitest";
import { activation } from "./layers/activation.ts";
import { flatten, reshape } from "./layers/arrangement.ts";
import { conv2d, convTranspose2d } from "./layers/convolution.ts";
import { dense } from "./layers/dense.ts";
import { averagePool2d, globalAveragePool, maxPool2d, upsample2d } from "./layers/pooling.ts";
import { batchNorm, dropout, layerNorm } from "./layers/regularisation.ts";
import { input } from "./network.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const relu = { activation: "relu" } as const;
const kept = (network: { readonly layers: readonly { readonly kept: number }[] }): number =>
  network.layers.reduce((sum, layer) => sum + layer.kept, 0);

describe("networks", () => {
  test("of the workshop have the numbers of parameters that it says", () => {
    const mlp = input([1, 28, 28]).add(flatten()).add(dense(128, relu)).add(dense(10));
    expect(mlp.parameters).toBe(101_770);
    const cnn = input([1, 28, 28])
      .add(conv2d(8, relu))
      .add(maxPool2d())
      .add(conv2d(16, relu))
      .add(maxPool2d())
      .add(flatten())
      .add(dense(32, relu))
      .add(dense(10));
    expect(cnn.parameters).toBe(14_410);
    expect(cnn.layers.map(({ shape }) => shape)).toEqual([
      [8, 26, 26],
      [8, 13, 13],
      [16, 11, 11],
      [16, 5, 5],
      [400],
      [32],
      [10],
    ]);
    const flat = input([3, 32, 32]).add(flatten()).add(dense(128, relu)).add(dense(10));
    expect(flat.parameters).toBe(394_634);
    const same = { padding: "same" } as const;
    const autoencoder = input([1, 28, 28])
      .add(conv2d(16, { ...same, ...relu }))
      .add(maxPool2d())
      .add(conv2d(8, { ...same, ...relu }))
      .add(maxPool2d())
      .add(flatten())
      .add(dense(10, relu))
      .add(dense(392, relu))
      .add(reshape([8, 7, 7]))
      .add(convTranspose2d(8, { ...same, ...relu }))
      .add(batchNorm())
      .add(upsample2d())
      .add(convTranspose2d(16, { ...same, ...relu }))
      .add(batchNorm())
      .add(upsample2d())
      .add(conv2d(1, same));
    expect(autoencoder.parameters + kept(autoencoder)).toBe(11_555);
    expect(kept(autoencoder)).toBe(48);
    expect(autoencoder.outputShape).toEqual([1, 28, 28]);
  });

  test("know the shape after each layer", () => {
    const image = input([3, 9, 10]);
    expect(image.add(conv2d(4, { size: [3, 2], stride: 2 })).outputShape).toEqual([4, 4, 5]);
    expect(image.add(conv2d(4, { size: 5, stride: 2, padding: "same" })).outputShape).toEqual([
      4, 5, 5,
    ]);
    expect(image.add(convTranspose2d(4, { stride: 2 })).outputShape).toEqual([4, 19, 21]);
    expect(image.add(convTranspose2d(4, { stride: 2, padding: "same" })).outputShape).toEqual([
      4, 18, 20,
    ]);
    const wide = { size: [2, 5], stride: 3, padding: "same" } as const;
    expect(image.add(convTranspose2d(4, wide)).outputShape).toEqual([4, 27, 30]);
    expect(image.add(averagePool2d(3, 1)).outputShape).toEqual([3, 7, 8]);
    expect(image.add(globalAveragePool()).outputShape).toEqual([3]);
    expect(image.add(dropout(0.5)).add(layerNorm()).add(activation("gelu")).outputShape).toEqual([
      3, 9, 10,
    ]);
  });

  test("refuse layers that do not fit, with both shapes", () => {
    const image = input([1, 8, 8]);
    // @ts-expect-error: dense takes rows of numbers
    expect(() => image.add(dense(3))).toThrow(
      /dense: takes rows of shape \[features\]; got \[1, 8, 8\]\. Put flatten/,
    );
    // @ts-expect-error: conv2d takes images
    expect(() => image.add(flatten()).add(conv2d(3))).toThrow(code("nn/mismatch-layer"));
    expect(() => image.add(conv2d(3, { size: 9 }))).toThrow(code("tensor/mismatch-input"));
    expect(() => image.add(reshape([3, 3]))).toThrow(code("nn/mismatch-layer"));
  });

  test("refuse options out of range, when the layer is made", () => {
    expect(() => dense(0)).toThrow(code("option/out-of-range"));
    expect(() => dropout(1)).toThrow(code("option/out-of-range"));
    expect(() => conv2d(8, { stride: 0 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such activation
    expect(() => dense(3, { activation: "Relu" })).toThrow(code("option/out-of-range"));
    expect(() => input([1.5])).toThrow(code("option/out-of-range"));
    expect(() => batchNorm({ momentum: 1 })).toThrow(code("option/out-of-range"));
    expect(() => maxPool2d(0)).toThrow(code("option/out-of-range"));
  });
});
