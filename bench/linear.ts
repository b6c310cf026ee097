/**
 * @file Logistic regression and elastic nets on 1,000,000 × 28 standardised features beside scikit-learn, one
 * thread each: arrays in, weights out, in turns, to values of the minimised function that differ by less than
 * 1e-6 of it. A JSON line for each. `node bench/linear.ts [rounds] [rows]`
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { random } from "../src/core/index.ts";
import type { Dataset, Predictor } from "../src/flow.ts";
import { elasticNet, logistic } from "../src/model/index.ts";
import { sigmoid, times } from "../src/tensor/index.ts";
import { benchFolder, type PeerSetup, runPeer } from "./peers.ts";
import { conclude, type Taken, takeTurns, timed } from "./turns.ts";

const [rounds, rows] = [Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 1_000_000)];
const width = 28;
const peer: PeerSetup = { folder: "linear", packages: ["scikit-learn==1.9.1"] };
const folder = join(benchFolder, "linear-data");

const script = `
import os, sys
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import time, warnings, numpy as np
warnings.simplefilter("ignore")
from sklearn.linear_model import ElasticNet, LogisticRegression
folder, which, tolerance = sys.argv[1], sys.argv[2], float(sys.argv[3])
load = lambda name: np.fromfile(f"{folder}/{name}", np.float64)
x, y, t = load("x").reshape(-1, ${width}), load("y"), load("t")
models = {
    "logistic": lambda: LogisticRegression(C=1.0, tol=tolerance, max_iter=1000),
    "logistic-elastic": lambda: LogisticRegression(C=0.001, l1_ratio=0.5, solver="saga", tol=tolerance, max_iter=1000),
    "elastic": lambda: ElasticNet(alpha=0.02, l1_ratio=0.5, tol=tolerance, max_iter=10000),
}
model = models[which]()
wall, cpu = time.perf_counter(), time.process_time()
model.fit(x, t if which == "elastic" else y)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
np.append(np.ravel(model.coef_), model.intercept_).astype(np.float64).tofile(f"{folder}/theta")
print(wall, cpu)
`;

/** Normal, skewed, uniform and three-level features, seven made of others; standardised. */
function higgsLike(): {
  readonly x: Dataset["x"];
  readonly y: Float64Array;
  readonly t: Float64Array;
} {
  const draws = random(1).stream("linear");
  const x = { rows, cols: width, data: new Float64Array(rows * width) };
  const kinds = [
    () => draws.normal(),
    () => Math.exp(draws.normal() / 2),
    () => draws.next() * 6 - 3,
    () => draws.below(3) - 1,
  ];
  for (let i = 0; i < rows; i++) {
    const row = x.data.subarray(i * width, (i + 1) * width);
    for (let j = 0; j < 21; j++) row[j] = kinds[j % 4]?.() ?? 0;
    for (let j = 21; j < width; j++)
      row[j] = (row[j - 21] ?? 0) + (row[j - 14] ?? 0) + 0.3 * draws.normal();
  }
  for (let j = 0; j < width; j++) standardise(x.data, j);
  const w = Float64Array.from({ length: width }, (_, j) => [0.4, -0.2, 0][j % 3] ?? 0);
  const z = times(x, w);
  const t = z.map((value) => value + draws.normal());
  return { x, y: z.map((value) => (draws.next() < sigmoid(value) ? 1 : 0)), t };
}

function standardise(data: Float64Array, j: number): void {
  let [sum, squares] = [0, 0];
  for (let at = j; at < data.length; at += width) sum += data[at] ?? 0;
  for (let at = j; at < data.length; at += width) squares += ((data[at] ?? 0) - sum / rows) ** 2;
  const scale = Math.sqrt(squares / rows);
  for (let at = j; at < data.length; at += width) data[at] = ((data[at] ?? 0) - sum / rows) / scale;
}

const { x, y, t } = higgsLike();
await mkdir(folder, { recursive: true });
for (const [name, values] of [["x", x.data], ["y", y], ["t", t]] as const) // biome-ignore format: a table
  await writeFile(join(folder, name), values);
const names = Array.from({ length: width }, (_, j) => `f${j}`);
const classes: Dataset = { x, y, names, source: "sha256:00" };
const numbers: Dataset = { x, y: t, names, source: "sha256:00", task: { kind: "regression" } };

type Linear = Predictor & { readonly weights: Float64Array; readonly bias: number };
type Value = (weights: Float64Array, bias: number) => number;

const penalty = (weights: Float64Array, l1: number, l2: number): number =>
  weights.reduce((sum, w) => sum + l1 * Math.abs(w) + (l2 / 2) * w * w, 0);
const logLoss: Value = (weights, bias) =>
  times(x, weights).reduce((sum, z, i) => {
    const margin = z + bias;
    return (
      sum + Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(margin, 0) - margin * (y[i] ?? 0)
    );
  }, 0);
const squared: Value = (weights, bias) =>
  times(x, weights).reduce((sum, z, i) => sum + (z + bias - (t[i] ?? 0)) ** 2, 0) / (2 * rows);

interface Case {
  readonly name: string;
  readonly tolerance: number;
  readonly learn: () => Promise<Linear>;
  readonly value: Value;
}

const cases: readonly Case[] = [
  {
    name: "logistic",
    tolerance: 1e-5, // its default, 1e-4, is not close enough
    learn: () => logistic({ l2: 1 }).learn(classes),
    value: (w, b) => logLoss(w, b) + penalty(w, 0, 1),
  },
  {
    name: "logistic-elastic",
    tolerance: 1e-4,
    learn: () => logistic({ l1: 500, l2: 500 }).learn(classes),
    value: (w, b) => logLoss(w, b) + penalty(w, 500, 500),
  },
  {
    name: "elastic",
    tolerance: 1e-6, // its default, 1e-4, is not close enough
    learn: () => elasticNet({ alpha: 0.02, l1Ratio: 0.5 }).learn(numbers),
    value: (w, b) => squared(w, b) + penalty(w, 0.01, 0.01),
  },
];

for (const { name, tolerance, learn, value } of cases) {
  let model: Linear | undefined;
  const ours = (): Promise<Taken> =>
    timed(async () => {
      model = await learn();
    });
  const theirs = (): Taken => {
    const [seconds = 0, cpuSeconds = 0] = runPeer(peer, script, [folder, name, `${tolerance}`])
      .split(" ")
      .map(Number);
    return { seconds, cpuSeconds };
  };
  const pairs = await takeTurns({ peerName: "scikit-learn", ours, peer: theirs }, rounds);
  const bytes = await readFile(join(folder, "theta"));
  const theta = new Float64Array(Uint8Array.from(bytes).buffer);
  const found = value(model?.weights ?? new Float64Array(width), model?.bias ?? 0);
  const other = value(theta.slice(0, -1), theta.at(-1) ?? 0);
  console.log(
    `${name}: values ${found} and ${other}, ours higher by ${((found - other) / other).toExponential(2)} of it`,
  );
  conclude(`linear/${name}`, pairs);
}
