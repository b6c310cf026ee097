/**
 * @file Networks of the benches, ours and PyTorch's: the same layers, data and batches. As a program it trains ours and prints what an
 * epoch took: `node bench/networks.ts KIND BATCH THREADS EPOCHS`.
 */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { random } from "../src/core/index.ts";
import { mnist } from "../src/dataset/index.ts";
import {
  attention,
  conv2d,
  dense,
  embedding,
  flatten,
  input,
  layerNorm,
  maxPool2d,
  type Network,
  type NetworkRows,
  placeEmbedding,
  residual,
  type Steps,
  stepDense,
} from "../src/nn/index.ts";
import { requireRuntime } from "../src/nn/runtime.ts";
import { runTraining } from "../src/nn/train/run-training.ts";
import { taskOf } from "../src/nn/train/task.ts";
import { benchFolder, type PeerSetup } from "./peers.ts";
import { median, type Taken } from "./turns.ts";

/** The networks of the benches. */
export type NetworkName = "cnn" | "decoder";

/** PyTorch, current as of October 2026. */
export const torch: PeerSetup = { folder: "torch", packages: ["torch==2.15.0", "numpy"] };

/** The CNN of 14,410 parameters. */
export const cnn = (): Network =>
  input([1, 28, 28])
    .add(conv2d(8, { activation: "relu" }))
    .add(maxPool2d())
    .add(conv2d(16, { activation: "relu" }))
    .add(maxPool2d())
    .add(flatten())
    .add(dense(32, { activation: "relu" }))
    .add(dense(10));

/** Two layers, 64 wide, 4 heads, 64 steps, 1000 words. */
export function decoder(): Network {
  const [width, words] = [64, 1000];
  const looks = residual([layerNorm(), attention({ heads: 4, causal: true })]);
  const thinks = residual<Steps>([layerNorm(), stepDense(4 * width, "gelu"), stepDense(width)]);
  const steps = input([64]).add(embedding(words, width)).add(placeEmbedding());
  return steps.add(looks).add(thinks).add(looks).add(thinks).add(layerNorm()).add(stepDense(words));
}

/** 10,000 digits of MNIST as reals from 0 to 1. */
async function digits(): Promise<NetworkRows> {
  const { pixels: bytes, labels } = await mnist({ part: "train" });
  const rows = 10_000;
  const pixels = Float32Array.from({ length: rows * 784 }, (_, i) => (bytes[i] ?? 0) / 255);
  return { rows, x: pixels, y: labels.slice(0, rows), shape: [1, 28, 28], labelShape: [] };
}

/** 640 windows of words, each with the word that follows: 20 steps of 32. */
function windows(): NetworkRows {
  const [rows, steps] = [640, 64];
  const draws = random(5).stream("words");
  const words = Int32Array.from({ length: rows * steps + 1 }, () =>
    Math.floor(1000 * draws.next() ** 3),
  );
  const [x, y] = [Float32Array.from(words.subarray(0, -1)), words.slice(1)];
  return { rows, x, y, shape: [steps], labelShape: [steps] };
}

const networks = {
  cnn: { network: cnn, data: digits },
  decoder: { network: decoder, data: windows },
} as const;

/** How long an epoch takes. */
export interface NetworkCase {
  readonly name: NetworkName;
  readonly batchRows: number;
  readonly threads: number;
  readonly epochs: number;
}

/** Trains, and gives the middle of the epochs after the first. */
export async function timeEpochs(at: NetworkCase): Promise<Taken & { readonly loss: number }> {
  const { network, data } = networks[at.name];
  const { batchRows, threads, epochs } = at;
  const task = await taskOf(network(), await data(), {
    loss: "crossEntropy",
    batchRows,
    threads,
    epochs: epochs + 1,
  });
  const processor: number[] = [];
  let before = process.cpuUsage();
  const state = await runTraining(task, await requireRuntime("native"), {
    batch: () => undefined,
    epoch: async () => {
      const { user, system } = process.cpuUsage(before);
      before = process.cpuUsage();
      processor.push((user + system) / 1e6);
      return true;
    },
  });
  const seconds = median(state.history.slice(1).map((epoch) => epoch.seconds));
  return { seconds, cpuSeconds: median(processor.slice(1)), loss: state.history.at(-1)?.loss ?? 0 };
}

/** Where the peer reads the same rows. */
export async function writtenData(name: NetworkName): Promise<string> {
  const folder = join(benchFolder, `${name}-data`);
  if (existsSync(join(folder, "y"))) return folder;
  const { x, y } = await networks[name].data();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "x"), x);
  await writeFile(join(folder, "y"), y);
  return folder;
}

/** PyTorch's side: the same layers as modules, its default Adam. */
export const torchScript = `
import sys, json, time, numpy as np, torch
from torch import nn
import torch.nn.functional as F
folder, name, batch, threads, epochs = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
torch.set_num_threads(threads); torch.manual_seed(0)
x = np.fromfile(folder + "/x", np.float32); y = torch.from_numpy(np.fromfile(folder + "/y", np.int32).astype(np.int64))
def cnn():
    return nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 32), nn.ReLU(), nn.Linear(32, 10))
class Attention(nn.Module):
    def __init__(self, d, h):
        super().__init__(); self.h = h; self.qkv = nn.Linear(d, 3 * d); self.out = nn.Linear(d, d)
    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, self.h, d // self.h).permute(2, 0, 3, 1, 4)
        return self.out(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(n, t, d))
class Block(nn.Module):
    def __init__(self, d, h):
        super().__init__(); self.a = nn.LayerNorm(d); self.at = Attention(d, h); self.b = nn.LayerNorm(d)
        self.f = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))
    def forward(self, x):
        x = x + self.at(self.a(x)); return x + self.f(self.b(x))
class Decoder(nn.Module):
    def __init__(self, d=64, v=1000, t=64):
        super().__init__(); self.e = nn.Embedding(v, d); self.p = nn.Parameter(torch.zeros(t, d))
        self.blocks = nn.Sequential(Block(d, 4), Block(d, 4)); self.n = nn.LayerNorm(d); self.head = nn.Linear(d, v)
    def forward(self, x): return self.head(self.n(self.blocks(self.e(x) + self.p)))
if name == "cnn": model, x = cnn(), torch.from_numpy(x).view(-1, 1, 28, 28)
else: model, x, y = Decoder(), torch.from_numpy(x.astype(np.int64)).view(-1, 64), y.view(-1, 64)
optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
walls, cpus = [], []
for epoch in range(epochs + 1):
    wall, cpu, total = time.perf_counter(), time.process_time(), 0.0
    for rows in torch.randperm(len(x)).split(batch):
        optimiser.zero_grad(); out = model(x[rows])
        loss = F.cross_entropy(out.flatten(0, -2), y[rows].flatten()); loss.backward(); optimiser.step()
        total += loss.item() * len(rows)
    walls.append(time.perf_counter() - wall); cpus.append(time.process_time() - cpu)
print(json.dumps({"seconds": float(np.median(walls[1:])), "cpuSeconds": float(np.median(cpus[1:])), "loss": total / len(x)}))
`;

if (process.argv[1] === import.meta.filename) {
  const [, , name = "cnn", batchRows, threads, epochs] = process.argv;
  const at = {
    name: name as NetworkName,
    batchRows: Number(batchRows),
    threads: Number(threads),
    epochs: Number(epochs),
  };
  console.log(JSON.stringify(await timeEpochs(at)));
}
