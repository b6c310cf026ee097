/**
 * @file Boosting 100,000 × 28, 100 trees of depth 6, beside XGBoost and LightGBM on as many threads.
 * Times are of everything from arrays to model: hand-over, binning, training; the best of five,
 * taken in turns. The peers are installed in .bench/peers. `node bench/boost.ts [threads]`
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { random } from "../src/core/index.ts";
import type { Dataset } from "../src/flow.ts";
import { rocAuc } from "../src/metric/index.ts";
import { boost } from "../src/model/index.ts";
import { sigmoid } from "../src/tensor/index.ts";
import { benchFolder as folder, type PeerSetup, runPeer } from "./peers.ts";
import { printResult } from "./turns.ts";

const threads = Number(process.argv[2] ?? availableParallelism());
const [rows, width, rounds] = [100_000, 28, 5];
const peers: PeerSetup = { folder: "peers", packages: ["xgboost", "lightgbm"] };

const peerScript = `
import sys, time, numpy as np
which, threads, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
load = lambda name: np.fromfile(f"{folder}/{name}", np.float64)
x, y, t = load("x").reshape(-1, 28), load("y"), load("t").reshape(-1, 28)
common = dict(max_depth=6, learning_rate=0.1, reg_lambda=1.0, max_bin=255, num_threads=threads)
if which == "xgboost":
    import xgboost as xgb
    del common["num_threads"]
    start = time.perf_counter()
    model = xgb.train(dict(common, objective="binary:logistic", tree_method="hist", nthread=threads, min_child_weight=1), xgb.DMatrix(x, label=y, nthread=threads), 100)
    seconds = time.perf_counter() - start
    p = model.predict(xgb.DMatrix(t))
else:
    import lightgbm as lgb
    start = time.perf_counter()
    model = lgb.train(dict(common, objective="binary", num_leaves=64, min_sum_hessian_in_leaf=1, min_data_in_leaf=1, verbose=-1), lgb.Dataset(x, label=y), 100)
    seconds = time.perf_counter() - start
    p = model.predict(t)
p.astype(np.float64).tofile(f"{folder}/p")
print(seconds)
`;

/** Normal, skewed, uniform and three-level features, and a label with interactions. */
function higgsLike(name: string): Dataset {
  const draws = random(1).stream(name);
  const x = { rows, cols: width, data: new Float64Array(rows * width) };
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = Array.from(
      { length: width },
      (_, j) =>
      j % 4 === 0 ? draws.normal() : j % 4 === 1 ? Math.exp(draws.normal()) : j % 4 === 2 ? draws.next() * 6 - 3 : draws.below(3) - 1, // biome-ignore format: a table
    );
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = row;
    x.data.set(row, i * width);
    y[i] =
      draws.next() < sigmoid(0.8 * a - 0.3 * b + a * c * 0.4 + d * e * 0.6 + 0.2 * f - 0.2) ? 1 : 0;
  }
  const names = Array.from({ length: width }, (_, j) => `f${j}`);
  return { x, y, names, source: "sha256:00" };
}

/** Seconds and AUC of a peer, in a process of its own. */
async function peer(which: string): Promise<{ seconds: number; auc: number }> {
  const seconds = Number(runPeer(peers, peerScript, [which, `${threads}`, folder]));
  const predictions = await readFile(join(folder, "p"));
  return { seconds, auc: rocAuc(test.y, new Float64Array(Uint8Array.from(predictions).buffer)) };
}

async function ours(): Promise<{ seconds: number; auc: number }> {
  const begun = performance.now();
  const model = await boost({ trees: 100, depth: 6, threads }).learn(train);
  const seconds = (performance.now() - begun) / 1000;
  return { seconds, auc: rocAuc(test.y, model.predict(test.x)) };
}

await mkdir(folder, { recursive: true });
const [train, test] = [higgsLike("train"), higgsLike("test")];
for (const [name, values] of [["x", train.x.data], ["y", train.y], ["t", test.x.data]] as const) // biome-ignore format: a table
  await writeFile(join(folder, name), values);

const best: Record<string, number> = {};
for (let round = 1; round <= rounds; round++) {
  const taken = {
    millrace: await ours(),
    xgboost: await peer("xgboost"),
    lightgbm: await peer("lightgbm"),
  };
  for (const [name, { seconds, auc }] of Object.entries(taken)) {
    console.log(`round ${round}: ${name} ${seconds.toFixed(3)} s, AUC ${auc.toFixed(5)}`);
    best[name] = Math.min(best[name] ?? Infinity, seconds);
  }
}
const { millrace = 0, xgboost = 0, lightgbm = 0 } = best;
const fastest = Math.min(xgboost, lightgbm);
console.log({ threads, millrace, xgboost, lightgbm });
printResult({ bench: "boost", ours: millrace, peer: fastest });
