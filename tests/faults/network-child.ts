/** @file A process that trains a network with a checkpoint: `node network-child.ts FILE EPOCHS`. It says each epoch, and "end". */
import { random } from "../../src/core/index.ts";
import { batchNorm, dense, dropout, input, type NetworkRows, train } from "../../src/nn/index.ts";

const draws = random(1).stream("points");

/** Points, and whether their signs are the same. */
export const points: NetworkRows = {
  rows: 200,
  x: Float32Array.from({ length: 400 }, () => 2 * draws.next() - 1),
  y: Int32Array.from({ length: 200 }, (_, i) => i % 2),
  ...{ shape: [2], labelShape: [] },
};

export const network = input([2])
  .add(dense(16, { activation: "relu" }))
  .add(batchNorm())
  .add(dropout(0.2))
  .add(dense(2));
export const options = {
  loss: "crossEntropy",
  batchRows: 8,
  seed: 3,
  validation: 0.2,
  stopping: { patience: 1000 },
} as const;

if (process.argv[1] === import.meta.filename) {
  const [, , checkpoint = "", epochs = ""] = process.argv;
  const onEpoch = ({ epoch }: { readonly epoch: number }) => process.stdout.write(`${epoch}\n`);
  await train(network, points, { ...options, epochs: Number(epochs), checkpoint, onEpoch });
  process.stdout.write("end\n");
  await new Promise((wait) => setTimeout(wait, 600_000)); // until it is killed
}
