/**
 * @file Boosting beside XGBoost and LightGBM on as many threads: 100 trees, from arrays to model: hand-over, binning, training.
 * In turns, each peer in a process of its own; a JSON line for each case, against the faster peer, and before it what each told
 * of rows it had not seen. The peers are installed in .bench/peers.
 * `node bench/boost.ts [threads] [rounds] [case, or its beginning]`
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Random, random } from "../src/core/index.ts";
import type { Dataset, Predictor, Task } from "../src/flow.ts";
import { rocAuc } from "../src/metric/index.ts";
import { type BoostOptions, boost } from "../src/model/index.ts";
import { sigmoid } from "../src/tensor/index.ts";
import { benchFolder as folder, type PeerSetup, runPeer } from "./peers.ts";
import { median, printResult, type Taken, timed } from "./turns.ts";

const threads = Number(process.argv[2] ?? availableParallelism());
const rounds = Number(process.argv[3] ?? 3);
const wanted = process.argv[4] ?? "";
const peers: PeerSetup = { folder: "peers", packages: ["xgboost", "lightgbm"] };
const [width, classes] = [28, 5];

const peerScript = `
import json, sys, time, numpy as np
which, threads, folder, task, leaves, categories = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5]), json.loads(sys.argv[6])
load = lambda name: np.fromfile(f"{folder}/{name}", np.float64)
x, y, t = load("x").reshape(-1, ${width}), load("y"), load("t").reshape(-1, ${width})
common = dict(learning_rate=0.1, reg_lambda=1.0, max_bin=255)
if which == "xgboost":
    import xgboost as xgb
    kinds = dict(binary="binary:logistic", multiclass="multi:softprob", regression="reg:squarederror")
    params = dict(common, objective=kinds[task], tree_method="hist", nthread=threads, min_child_weight=1)
    params.update(dict(max_depth=0, max_leaves=leaves, grow_policy="lossguide") if leaves else dict(max_depth=6))
    if task == "multiclass": params["num_class"] = ${classes}
    types = ["c" if j in categories else "q" for j in range(${width})] if categories else None
    data = lambda a, **more: xgb.DMatrix(a, nthread=threads, feature_types=types, enable_categorical=bool(categories), **more)
    wall, cpu = time.perf_counter(), time.process_time()
    model = xgb.train(params, data(x, label=y), 100)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    p = model.predict(data(t))
else:
    import lightgbm as lgb
    params = dict(common, objective=task, num_threads=threads, min_sum_hessian_in_leaf=1, min_data_in_leaf=1, verbose=-1)
    params.update(dict(num_leaves=leaves) if leaves else dict(max_depth=6, num_leaves=64))
    if task == "multiclass": params["num_class"] = ${classes}
    wall, cpu = time.perf_counter(), time.process_time()
    model = lgb.train(params, lgb.Dataset(x, label=y, categorical_feature=categories or "auto"), 100)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    p = model.predict(t)
np.ravel(p).astype(np.float64).tofile(f"{folder}/p")
print(wall, cpu)
`;

interface Case {
  readonly name: string;
  readonly rows: number;
  readonly task: Task;
  readonly leaves?: number;
  /** Columns of 500 categories. */
  readonly categories?: readonly number[];
  /** Share of missing values. */
  readonly missing?: number;
}

const binary: Task = { kind: "binary" };
const multiclass: Task = {
  kind: "multiclass",
  classes: Array.from({ length: classes }, (_, c) => `${c}`),
};
const cases: readonly Case[] = [
  { name: "boost-100k-depth-6", rows: 100_000, task: binary },
  { name: "boost-100k-leaves-255", rows: 100_000, task: binary, leaves: 255 },
  { name: "boost-1m-depth-6", rows: 1_000_000, task: binary },
  { name: "boost-1m-leaves-255", rows: 1_000_000, task: binary, leaves: 255 },
  { name: "boost-multiclass", rows: 100_000, task: multiclass },
  { name: "boost-regression", rows: 100_000, task: { kind: "regression" } },
  { name: "boost-categories", rows: 100_000, task: binary, categories: [3, 7] },
  { name: "boost-missing", rows: 100_000, task: binary, missing: 0.2 },
];

/** Normal, skewed, uniform and three-level features or categories, and a label with interactions. */
function higgsLike(name: string, rows: number, one: Case): Dataset {
  const draws = random(1).stream(name);
  const { task, categories = [], missing = 0 } = one;
  const own = random(2).stream("effects");
  const effects = Float64Array.from({ length: 500 }, () => own.normal());
  const x = { rows, cols: width, data: new Float64Array(rows * width) };
  const kinds = [
    () => draws.normal(),
    () => Math.exp(draws.normal()),
    () => draws.next() * 6 - 3,
    () => draws.below(3) - 1,
  ];
  const cells = Array.from({ length: width }, (_, j) =>
    categories.includes(j) ? () => draws.below(500) : (kinds[j % 4] ?? draws.next),
  );
  const y = Float64Array.from({ length: rows }, (_, i) => {
    const row = x.data.subarray(i * width, (i + 1) * width);
    for (const [j, cell] of cells.entries()) row[j] = cell();
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = row;
    const coded = categories.reduce((sum, j) => sum + (effects[row[j] ?? 0] ?? 0), 0);
    const last = categories.length > 0 ? coded : d * e * 0.6;
    const label = labelOf(task, 0.8 * a - 0.3 * b + a * c * 0.4 + last + 0.2 * f - 0.2, draws);
    if (missing > 0) row.set(row.map((value) => (draws.next() < missing ? Number.NaN : value)));
    return label;
  });
  const names = Array.from({ length: width }, (_, j) => `f${j}`);
  const categorical = categories.map((j) => `f${j}`);
  return { x, y, names, task, categorical, source: "sha256:00" };
}

function labelOf({ kind }: Task, z: number, draws: Random): number {
  if (kind === "binary") return Number(draws.next() < sigmoid(z));
  const noisy = z + draws.normal();
  return kind === "regression"
    ? noisy
    : Math.min(classes - 1, Math.max(0, Math.floor(noisy + 2.5)));
}

/** AUC of a binary label, share of right classes, or R². */
function scoreOf({ y, task = binary }: Dataset, told: Float64Array): number {
  if (task.kind === "binary") return rocAuc(y, told);
  if (task.kind === "multiclass") {
    const best = (i: number): number => {
      const row = told.subarray(i * classes, (i + 1) * classes);
      return row.indexOf(Math.max(...row));
    };
    return y.reduce((sum, label, i) => sum + Number(best(i) === label), 0) / y.length;
  }
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const squares = (of: (i: number) => number): number =>
    y.reduce((sum, value, i) => sum + (value - of(i)) ** 2, 0);
  return 1 - squares((i) => told[i] ?? 0) / squares(() => mean);
}

interface Learned extends Taken {
  readonly score: number;
}

async function runCase(one: Case): Promise<void> {
  const [train, test] = [higgsLike("train", one.rows, one), higgsLike("test", 100_000, one)];
  for (const [name, values] of [["x", train.x.data], ["y", train.y], ["t", test.x.data]] as const) // biome-ignore format: a table
    await writeFile(join(folder, name), values);
  const options: BoostOptions = {
    trees: 100,
    threads,
    ...(one.leaves === undefined ? { depth: 6 } : { leaves: one.leaves }),
  };
  const ours = async (): Promise<Learned> => {
    const learned: Predictor[] = [];
    const taken = await timed(async () => {
      learned.push(await boost(options).learn(train));
    });
    return { ...taken, score: scoreOf(test, learned[0]?.predict(test.x) ?? test.y) };
  };
  const peer = async (which: string): Promise<Learned> => {
    const args = [
      which,
      `${threads}`,
      folder,
      one.task.kind,
      `${one.leaves ?? 0}`,
      JSON.stringify(one.categories ?? []),
    ];
    const [seconds = 0, cpuSeconds = 0] = runPeer(peers, peerScript, args).split(" ").map(Number);
    const told = new Float64Array(Uint8Array.from(await readFile(join(folder, "p"))).buffer);
    return { seconds, cpuSeconds, score: scoreOf(test, told) };
  };
  const runs: Record<string, Learned[]> = { millrace: [], xgboost: [], lightgbm: [] };
  for (let round = 1; round <= rounds; round++)
    for (const name of Object.keys(runs))
      runs[name]?.push(await (name === "millrace" ? ours() : peer(name)));
  const middle = (name: string, part: keyof Learned): number =>
    median((runs[name] ?? []).map((run) => run[part]));
  for (const name of Object.keys(runs))
    console.log(
      `${one.name}: ${name} ${middle(name, "seconds").toFixed(2)} s, ${middle(name, "cpuSeconds").toFixed(2)} s of processor, score ${middle(name, "score").toFixed(5)}`,
    );
  const fastest = (part: keyof Taken): number =>
    Math.min(middle("xgboost", part), middle("lightgbm", part));
  console.log(
    `${one.name}: ratio of processor time ${(middle("millrace", "cpuSeconds") / fastest("cpuSeconds")).toFixed(3)}`,
  );
  printResult({
    bench: `${one.name}-${threads}-threads`,
    ours: middle("millrace", "seconds"),
    peer: fastest("seconds"),
  });
}

await mkdir(folder, { recursive: true });
for (const one of cases) if (one.name.startsWith(wanted)) await runCase(one);
