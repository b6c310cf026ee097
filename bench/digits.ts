/**
 * @file How well a linear model, boosted trees and a small convolutional network tell the drawn digits apart: each must beat the one
 * before. `node bench/digits.ts [TRAINING_ROWS] [TEST_ROWS]`, 12,000 and 2,000 if not given.
 */
import { digits, imagesDataset } from "../src/dataset/index.ts";
import { f1, likeliest } from "../src/metric/index.ts";
import { boost, logistic } from "../src/model/index.ts";
import { conv2d, dense, flatten, input, maxPool2d, train } from "../src/nn/index.ts";

const [rows = 12_000, testRows = 2_000] = process.argv.slice(2).map(Number);
const [learned, held] = [digits({ rows, seed: 1 }), digits({ rows: testRows, seed: 2 })];
const [data, test] = [imagesDataset(learned), imagesDataset(held)];
const figures: Record<string, number> = {};

async function measure(name: string, learn: () => Promise<Float64Array>): Promise<void> {
  const started = performance.now();
  const predictions = await learn();
  const weightedF1 = f1(test.y, likeliest(predictions, 10), { average: "weighted" });
  figures[name] = weightedF1;
  console.log(
    `${name.padEnd(20)} weighted F1 ${weightedF1.toFixed(4)} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
}

const relu = { activation: "relu" } as const;
const cnn = input([1, 28, 28])
  .add(conv2d(8, relu))
  .add(maxPool2d())
  .add(conv2d(16, relu))
  .add(maxPool2d())
  .add(flatten())
  .add(dense(32, relu))
  .add(dense(10));
await measure("CNN", async () => {
  const { pixels, labels, shape } = learned;
  const networkRows = { rows, x: pixels, shape, y: labels, labelShape: [] };
  const trained = await train(cnn, networkRows, {
    loss: "crossEntropy",
    epochs: 10,
    batchRows: 32,
    validation: 0.1,
    stopping: { patience: 3 },
    seed: 1,
  });
  return Float64Array.from(await trained.predict(held.pixels));
});
await measure("logistic regression", async () =>
  (await logistic({ l2: 1, maxIterations: 20 }).learn(data)).predict(test.x),
);
await measure("boosting", async () =>
  (await boost({ trees: 50, depth: 6, learningRate: 0.3 }).learn(data)).predict(test.x),
);
