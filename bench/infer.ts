/**
 * @file One image through the CNN of 14,410 parameters, beside PyTorch in inference mode on one thread: the middle and the 99th
 * percentile; and how long the event loop stood still at most while 10,000 images were asked about. `node bench/infer.ts [rounds]`
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { taskOf } from "../src/nn/train/task.ts";
import { trainedNetwork } from "../src/nn/train/trained-network.ts";
import { cnn, torch } from "./networks.ts";
import { runPeer } from "./peers.ts";
import { median, printResult } from "./turns.ts";

const rounds = Number(process.argv[2] ?? 3);
const asked = 3000;
for (const name of ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]) delete process.env[name]; // they slow the peer

const script = `
import json, time, numpy as np, torch
from torch import nn
torch.set_num_threads(1); torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 32), nn.ReLU(), nn.Linear(32, 10), nn.Softmax(1)).eval()
x, took = torch.rand(1, 1, 28, 28), []
with torch.inference_mode():
    for _ in range(${asked}):
        begun = time.perf_counter(); model(x); took.append(time.perf_counter() - begun)
print(json.dumps([float(np.quantile(took, q)) for q in (0.5, 0.99)]))
`;

const network = cnn();
const rows = {
  rows: 1,
  x: new Float32Array(784),
  y: new Int32Array(1),
  shape: [1, 28, 28],
  labelShape: [],
};
await using trained = trainedNetwork({
  network,
  loss: "crossEntropy",
  state: (await taskOf(network, rows, { loss: "crossEntropy" })).state,
});
const image = Float32Array.from({ length: 784 }, (_, i) => (i % 13) / 13);

/** The middle and the 99th percentile of one image, in seconds. */
async function ours(): Promise<readonly [number, number]> {
  const took: number[] = [];
  for (let i = 0; i < asked; i++) {
    const begun = performance.now();
    await trained.predict(image);
    took.push((performance.now() - begun) / 1000);
  }
  took.sort((a, b) => a - b);
  return [took[asked / 2] ?? 0, took[Math.floor(asked * 0.99)] ?? 0];
}

await ours(); // the first ones find nothing compiled
const pairs: { readonly ours: number; readonly peer: number }[] = [];
const said = (seconds: number): string => `${(seconds * 1e6).toFixed(0)} µs`;
for (let round = 1; round <= rounds; round++) {
  const [p50, p99] = await ours();
  const [peer50, peer99] = JSON.parse(runPeer(torch, script, [])) as [number, number];
  console.log(
    `round ${round}: ours ${said(p50)} (p99 ${said(p99)}), PyTorch ${said(peer50)} (p99 ${said(peer99)}), ratio ${(p50 / peer50).toFixed(3)}`,
  );
  pairs.push({ ours: p50, peer: peer50 });
}
const many = Float32Array.from({ length: 784 * 10_000 }, (_, i) => (i % 13) / 13);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
await trained.predict(many);
delay.disable();
console.log(
  `the event loop stood still for ${(delay.max / 1e6).toFixed(1)} ms at most while 10,000 images were asked about`,
);
printResult({
  bench: "infer",
  ours: median(pairs.map((pair) => pair.ours)),
  peer: median(pairs.map((pair) => pair.peer)),
});
