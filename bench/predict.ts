/**
 * @file Predicting with 100 trees of depth 6 on 28 features: one row at a time, and 100,000 rows at once beside LightGBM on one
 * thread. Two JSON lines; of single rows the peer is the bar of 5 µs. `node bench/predict.ts [rounds]`
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { random } from "../src/core/index.ts";
import type { Dataset, Matrix } from "../src/flow.ts";
import { boost } from "../src/model/index.ts";
import { benchFolder, type PeerSetup, runPeer } from "./peers.ts";
import { conclude, printResult, takeTurns, timed } from "./turns.ts";

const rounds = Number(process.argv[2] ?? 3);
const [rows, width, single] = [100_000, 28, 2000];
const folder = join(benchFolder, "predict-data");
const peers: PeerSetup = { folder: "peers", packages: ["xgboost", "lightgbm"] };

const script = `
import sys, time, numpy as np, lightgbm as lgb
folder = sys.argv[1]
load = lambda name: np.fromfile(f"{folder}/{name}", np.float64)
x, y = load("x").reshape(-1, ${width}), load("y")
params = dict(objective="binary", learning_rate=0.1, max_depth=6, num_leaves=64, num_threads=1, verbose=-1)
model = lgb.train(params, lgb.Dataset(x, label=y), 100)
model.predict(x[:1000])
wall, cpu = time.perf_counter(), time.process_time()
model.predict(x)
print(time.perf_counter() - wall, time.process_time() - cpu)
`;

const draws = random(1).stream("predict");
const x: Matrix = {
  rows,
  cols: width,
  data: Float64Array.from({ length: rows * width }, () => draws.normal()),
};
const y = Float64Array.from({ length: rows }, (_, i) =>
  Number((x.data[i * width] ?? 0) * (x.data[i * width + 1] ?? 0) + draws.normal() > 0),
);
await mkdir(folder, { recursive: true });
for (const [name, values] of [
  ["x", x.data],
  ["y", y],
] as const)
  await writeFile(join(folder, name), values);

const names = Array.from({ length: width }, (_, j) => `f${j}`);
const data: Dataset = { x, y, names, source: "sha256:00" };
const model = await boost({ trees: 100, depth: 6, threads: 1 }).learn(data);

const one = Array.from({ length: single }, (_, i) => ({
  rows: 1,
  cols: width,
  data: x.data.slice(i * width, (i + 1) * width),
}));
const microseconds: number[] = [];
for (let round = 0; round < 5 + rounds; round++) {
  const taken = await timed(async () => {
    for (const row of one) model.predict(row);
  });
  microseconds.push((1e6 * taken.cpuSeconds) / single);
}
const least = Math.min(...microseconds);
console.log(
  `one row: ${least.toFixed(2)} µs, the best of ${microseconds.length} rounds of ${single} rows`,
);
printResult({ bench: "predict-row", ours: least * 1e-6, peer: 5e-6 });

const pairs = await takeTurns(
  {
    peerName: "LightGBM",
    ours: () =>
      timed(async () => {
        model.predict(x);
      }),
    peer: () => {
      const [seconds = 0, cpuSeconds = 0] = runPeer(peers, script, [folder]).split(" ").map(Number);
      return { seconds, cpuSeconds };
    },
  },
  rounds,
);
conclude("predict-batch", pairs);
