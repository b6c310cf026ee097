/** @file A test that drawn digits are as hard as they should be: a linear model, boosted trees and a convolutional network in this order. */
import { describe, expect, test } from "vitest";
import { digits, imagesDataset } from "../../dataset/index.ts";
import { f1, likeliest } from "../../metric/index.ts";
import { boost, logistic } from "../../model/index.ts";
import { train } from "../train/train.ts";
import { imageNetwork, networkRows } from "./index.ts";

/** Trees pass the linear model with more rows: `bench/digits.ts` measures 0.916, 0.955 and 0.987 of 2,000 after 12,000. */
const [learned, held] = [digits({ rows: 2000, seed: 1 }), digits({ rows: 500, seed: 2 })];

describe("digits", () => {
  test("are told worse by a linear model than by a convolutional network, with boosted trees far from chance", async () => {
    const [data, other] = [imagesDataset(learned), imagesDataset(held)];
    const judged = (told: Float64Array): number =>
      f1(other.y, likeliest(told, 10), { average: "weighted" });
    const linear = judged((await logistic({ maxIterations: 20 }).learn(data)).predict(other.x));
    const trees = judged(
      (await boost({ trees: 12, depth: 5, learningRate: 0.3 }).learn(data)).predict(other.x),
    );
    const cnn = await train(imageNetwork("cnn"), networkRows(learned), {
      loss: "crossEntropy",
      epochs: 5,
      batchRows: 16,
      optimiser: { kind: "adam", learningRate: 0.003 },
      seed: 1,
    });
    const network = judged(Float64Array.from(await cnn.predict(held.pixels)));
    expect(linear).toBeGreaterThan(0.8);
    expect(trees).toBeGreaterThan(0.7);
    expect(network).toBeGreaterThan(Math.max(linear, trees));
    expect(network).toBeGreaterThan(0.92);
  });
});
