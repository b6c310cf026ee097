/** @file A test that drawn digits are as hard as they should be: a linear model, boosted trees and a convolutional network in this order. */
import { expect, test } from "vitest";
import { digits, imagesDataset } from "../../dataset/index.ts";
import { f1, likeliest } from "../../metric/index.ts";
import { boost, logistic } from "../../model/index.ts";
import { train } from "../train/train.ts";
import { imageNetwork, networkRows } from "./index.ts";

/** `bench/digits.ts` measures 0.916, 0.955 and 0.987 of 2,000 after 12,000. */
const [learned, held] = [digits({ rows: 6000, seed: 1 }), digits({ rows: 1000, seed: 2 })];

test("a linear model, boosted trees and a convolutional network find drawn digits in this order, all with 0.9", async () => {
  const [data, other] = [imagesDataset(learned), imagesDataset(held)];
  const judged = (told: Float64Array): number =>
    f1(other.y, likeliest(told, 10), { average: "weighted" });
  const linear = judged((await logistic({ maxIterations: 60 }).learn(data)).predict(other.x));
  const how = { trees: 60, depth: 6, learningRate: 0.3 };
  const trees = judged((await boost(how).learn(data)).predict(other.x));
  const cnn = await train(imageNetwork("cnn"), networkRows(learned), {
    ...{ loss: "crossEntropy", epochs: 3, batchRows: 32, seed: 1 },
    optimiser: { kind: "adam", learningRate: 0.003 },
  });
  const network = judged(Float64Array.from(await cnn.predict(held.pixels)));
  expect(linear).toBeGreaterThan(0.9);
  expect(trees).toBeGreaterThan(linear);
  expect(network).toBeGreaterThan(trees);
});
