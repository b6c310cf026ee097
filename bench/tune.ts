/**
 * @file TPE beside Optuna's, per trial: 500 trials of 5 params (numbers, a logarithm, a whole number, a choice), in
 * memory and kept in SQLite; and how good the samplers are at the same budget, by the median over seeds, on Branin's
 * function and Hartmann's in 6 dimensions. The lines of time are of processor time, one thread each, so that they mean
 * something on a machine that is busy. `node bench/tune.ts [rounds] [seeds]`
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRecords } from "../src/store/index.ts";
import {
  cmaEs,
  gaussianProcessSampler,
  type ObjectiveFunction,
  openStudy,
  quasiRandom,
  randomSampler,
  type Sampler,
  tpe,
} from "../src/tune/index.ts";
import { type PeerSetup, runPeer } from "./peers.ts";
import { median, printResult, type Taken, timed } from "./turns.ts";

const rounds = Number(process.argv[2] ?? 3);
const seeds = Number(process.argv[3] ?? 25);
const trials = 500;
const budget = 100;
const optuna: PeerSetup = { folder: "optuna", packages: ["optuna==5.0.0"] };
for (const name of ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"])
  process.env[name] = "1";

const mixed: ObjectiveFunction = (trial) => {
  const [x, y] = [trial.float("x", -5, 5), trial.float("y", -5, 5)];
  const rate = Math.log10(trial.float("rate", 1e-5, 1, { log: true }));
  const depth = trial.int("depth", 2, 16);
  return (
    x * x +
    (y - 1) ** 2 +
    (rate + 2) ** 2 +
    (depth - 6) ** 2 +
    (trial.category("kind", ["a", "b", "c"]) === "b" ? 0 : 1)
  );
};

/** With minima of 0.397887. */
const branin: ObjectiveFunction = (trial) => {
  const [x, y] = [trial.float("x", -5, 10), trial.float("y", 0, 15)];
  const bent = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
  return bent ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
};

const shape = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]; // biome-ignore format: a matrix
const centres = [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991], [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]]; // biome-ignore format: a matrix

/** Hartmann's function in 6 dimensions, with a minimum of −3.32237. */
const hartmann: ObjectiveFunction = (trial) => {
  const x = Array.from({ length: 6 }, (_, j) => trial.float(`x${j}`, 0, 1));
  const bells = [1, 1.2, 3, 3.2].map((height, i) => {
    const away = x.map((at, j) => (shape[i]?.[j] ?? 0) * (at - (centres[i]?.[j] ?? 0) / 1e4) ** 2);
    return height * Math.exp(-away.reduce((sum, part) => sum + part, 0));
  });
  return -bells.reduce((sum, bell) => sum + bell, 0);
};

const peerScript = `
import json, math, os, sys, time, warnings
warnings.filterwarnings("ignore")
import optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
def mixed(t):
  x, y = t.suggest_float("x", -5, 5), t.suggest_float("y", -5, 5)
  rate = math.log10(t.suggest_float("rate", 1e-5, 1, log=True))
  return x*x + (y-1)**2 + (rate+2)**2 + (t.suggest_int("depth", 2, 16)-6)**2 + (0 if t.suggest_categorical("kind", ["a","b","c"]) == "b" else 1)
def branin(t):
  x, y = t.suggest_float("x", -5, 10), t.suggest_float("y", 0, 15)
  return (y - 5.1/(4*math.pi**2)*x*x + 5/math.pi*x - 6)**2 + 10*(1 - 1/(8*math.pi))*math.cos(x) + 10
A, P = json.loads(sys.argv[3])
def hartmann(t):
  x = [t.suggest_float(f"x{j}", 0, 1) for j in range(6)]
  return -sum(h*math.exp(-sum(A[i][j]*(x[j]-P[i][j]/1e4)**2 for j in range(6))) for i, h in enumerate([1, 1.2, 3, 3.2]))
def tpe(seed): return optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True, constant_liar=True)
what, arg = sys.argv[1], sys.argv[2]
if what == "quality":
  samplers = {"tpe (multivariate)": tpe, "tpe (its default)": lambda seed: optuna.samplers.TPESampler(seed=seed)}
  out = {}
  for name, make in samplers.items():
    for f in (branin, hartmann):
      found = []
      for seed in range(int(arg)):
        study = optuna.create_study(sampler=make(seed)); study.optimize(f, n_trials=${budget}); found.append(study.best_value)
      out[name + " " + f.__name__] = found
  print(json.dumps(out))
else:
  storage = None if what == "memory" else "sqlite:///" + arg
  study = optuna.create_study(sampler=tpe(0), storage=storage)
  start, cpu = time.perf_counter(), time.process_time()
  study.optimize(mixed, n_trials=${trials})
  print(json.dumps({"seconds": time.perf_counter() - start, "cpuSeconds": time.process_time() - cpu}))
`;

const ask = (what: string, arg: string): unknown =>
  JSON.parse(runPeer(optuna, peerScript, [what, arg, JSON.stringify([shape, centres])]));

/** What a trial takes, in milliseconds of processor time and of the clock. */
const perTrial = (taken: readonly Taken[]): { readonly cpu: number; readonly wall: number } => ({
  cpu: (1000 * median(taken.map(({ cpuSeconds }) => cpuSeconds))) / trials,
  wall: (1000 * median(taken.map(({ seconds }) => seconds))) / trials,
});

async function search(path: string | null): Promise<void> {
  const base = { name: "bench", metric: "y", direction: "minimise" } as const;
  if (path === null) {
    const study = await openStudy(base);
    await study.search(mixed, { trials });
    return;
  }
  await using records = await openRecords(path);
  await using study = await openStudy({ ...base, records });
  await study.search(mixed, { trials });
}

async function qualityOf(
  sampler: Sampler,
  objective: ObjectiveFunction,
): Promise<readonly number[]> {
  const found: number[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const study = await openStudy({ name: "q", metric: "y", direction: "minimise", sampler, seed });
    await study.search(objective, { trials: budget });
    found.push((await study.best()).value ?? Infinity);
  }
  return found;
}

const folder = await mkdtemp(join(tmpdir(), "millrace-tune-bench-"));
try {
  console.log(`quality: best value after ${budget} trials, median of ${seeds} seeds`);
  const theirs = ask("quality", String(seeds)) as Readonly<Record<string, readonly number[]>>;
  const samplers = [randomSampler(), quasiRandom(), tpe(), cmaEs(), gaussianProcessSampler()];
  for (const [name, objective] of [
    ["branin", branin],
    ["hartmann", hartmann],
  ] as const) {
    for (const sampler of samplers)
      console.log(
        `  ${name}: ours ${sampler.name} ${median(await qualityOf(sampler, objective)).toFixed(4)}`,
      );
    for (const [what, found] of Object.entries(theirs))
      if (what.endsWith(name))
        console.log(`  ${name}: Optuna ${what.slice(0, -name.length)} ${median(found).toFixed(4)}`);
  }
  await search(null); // what is compiled at first use is not measured, as the peer's imports are not
  for (const [place, name] of [
    ["memory", "tune"],
    ["records", "tune-kept"],
  ] as const) {
    const [ours, peer]: [Taken[], Taken[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const path = place === "memory" ? null : join(folder, `ours-${round}.db`);
      ours.push(await timed(() => search(path)));
      peer.push(ask(place, join(folder, `peer-${round}.db`)) as Taken);
    }
    const [a, b] = [perTrial(ours), perTrial(peer)];
    console.log(
      `${name}: ours ${a.cpu.toFixed(2)} ms a trial of processor (${a.wall.toFixed(2)} of the clock), Optuna ${b.cpu.toFixed(2)} (${b.wall.toFixed(2)})`,
    );
    printResult({ bench: name, ours: a.cpu / 1000, peer: b.cpu / 1000 });
  }
} finally {
  await rm(folder, { recursive: true });
}
