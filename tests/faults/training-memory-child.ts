/** @file A process that trains a small CNN for 100 epochs in itself, and prints its memory after epochs 20 and 100, in bytes. */
import { conv2d, dense, flatten, input, maxPool2d } from "../../src/nn/index.ts";
import { requireRuntime } from "../../src/nn/runtime.ts";
import { runTraining } from "../../src/nn/train/run-training.ts";
import { taskOf } from "../../src/nn/train/task.ts";

const [rows, side] = [200, 40];
const data = {
  rows,
  x: Float32Array.from({ length: rows * side * side }, (_, i) => (i % 251) / 251),
  y: Int32Array.from({ length: rows }, (_, i) => i % 2),
  ...{ shape: [1, side, side], labelShape: [] },
};
const network = input([1, side, side])
  .add(conv2d(2, { activation: "relu" }))
  .add(maxPool2d(4))
  .add(flatten())
  .add(dense(2));
const stopping = { patience: 1000 };
const how = { loss: "crossEntropy", epochs: 100, batchRows: 8, validation: 0.2, stopping } as const;

const found: Record<number, number> = {};
await runTraining(await taskOf(network, data, how), await requireRuntime(), {
  batch: () => undefined,
  epoch: async ({ epoch }) => {
    if (epoch !== 20 && epoch !== 100) return true;
    globalThis.gc?.();
    await new Promise(setImmediate);
    globalThis.gc?.();
    found[epoch] = process.memoryUsage().rss;
    return true;
  },
});
process.stdout.write(JSON.stringify(found));
