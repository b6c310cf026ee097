/**
 * @file k-means with 10 clusters on 100,000 × 28 and 1,000,000 × 28, beside scikit-learn on one thread.
 * Two tables of each size: ten groups that overlap, and none (normal, skewed, uniform and three-level
 * features). What is timed is the sum of two runs: from the same ten rows as centres until no centre
 * moves, which takes both sides the same iterations to the same inertia; and k-means++ seeds with one
 * iteration. Everything from arrays to model counts. The result is that of the case with the largest
 * ratio, by processor time. `node bench/cluster.ts [rounds]`
 */
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kMeans } from "../src/cluster/index.ts";
import { type Random, random } from "../src/core/index.ts";
import type { Matrix } from "../src/flow.ts";
import { benchFolder as folder, type PeerSetup, runPeer } from "./peers.ts";
import { median, printResult, type Taken, takeTurns, timed } from "./turns.ts";

const rounds = Number(process.argv[2] ?? 3);
const [cols, clusters] = [28, 10];
const peer: PeerSetup = { folder: "sklearn", packages: ["scikit-learn"] };
process.env["OMP_NUM_THREADS"] = "1";
process.env["OPENBLAS_NUM_THREADS"] = "1";
for (const name of ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]) delete process.env[name]; // they slow the peer

const script = `
import sys, time, json, numpy as np
from sklearn.cluster import KMeans
x = np.fromfile(sys.argv[1], np.float64).reshape(-1, ${cols})
KMeans(${clusters}, init=x[:${clusters}].copy(), n_init=1, max_iter=1).fit(x[:1000])
wall, cpu = time.perf_counter(), time.process_time()
whole = KMeans(${clusters}, init=x[:${clusters}].copy(), n_init=1).fit(x)
seeds = KMeans(${clusters}, n_init=1, max_iter=1, random_state=0).fit(x)
taken = {"seconds": time.perf_counter() - wall, "cpuSeconds": time.process_time() - cpu}
print(json.dumps({**taken, "iterations": whole.n_iter_, "inertia": whole.inertia_}))
`;

interface Outcome extends Taken {
  readonly iterations: number;
  readonly inertia: number;
}

const noGroups = (draws: Random, j: number): number =>
  [
    () => draws.normal(),
    () => Math.exp(draws.normal()),
    () => draws.next() * 6 - 3,
    () => draws.below(3) - 1,
  ][j % 4]?.() ?? 0;

function table(rows: number, kind: string): Matrix {
  const draws = random(1).stream(kind);
  const middles = Array.from({ length: clusters * cols }, () => 1.5 * draws.normal());
  const data = new Float64Array(rows * cols);
  for (let i = 0, at = 0; i < rows; i++) {
    const group = draws.below(clusters);
    for (let j = 0; j < cols; j++, at++)
      data[at] =
        kind === "none" ? noGroups(draws, j) : (middles[group * cols + j] ?? 0) + draws.normal();
  }
  return { rows, cols, data };
}

async function ours(x: Matrix): Promise<Outcome> {
  const names = Array.from({ length: cols }, (_, j) => `f${j}`);
  const centres = Array.from({ length: clusters }, (_, k) => [
    ...x.data.subarray(k * cols, (k + 1) * cols),
  ]);
  let whole = { iterations: 0, inertia: 0 };
  const taken = await timed(async () => {
    whole = await kMeans({ clusters, centres }).learn({ x, names });
    await kMeans({ clusters, maxIterations: 1 }).learn({ x, names });
  });
  return { ...taken, iterations: whole.iterations, inertia: whole.inertia };
}

await mkdir(folder, { recursive: true });
console.log(execFileSync("uptime", { encoding: "utf8" }).trim());
const results: { readonly ours: number; readonly peer: number }[] = [];
for (const rows of [100_000, 1_000_000])
  for (const kind of ["groups", "none"]) {
    const x = table(rows, kind);
    const file = join(folder, `cluster-${kind}-${rows}`);
    await writeFile(file, x.data);
    const said: Outcome[] = [];
    const keep = (outcome: Outcome): Outcome => {
      said.push(outcome);
      return outcome;
    };
    await ours({ rows: 1000, cols, data: x.data.slice(0, 1000 * cols) });
    console.log(`${rows.toLocaleString("en-US")} × ${cols}, ${kind}`);
    const pairs = await takeTurns(
      {
        peerName: "scikit-learn",
        ours: async () => keep(await ours(x)),
        peer: () => keep(JSON.parse(runPeer(peer, script, [file])) as Outcome),
      },
      rounds,
    );
    const [cpu, peerCpu] = (["ours", "peer"] as const).map((side) =>
      median(pairs.map((pair) => pair[side].cpuSeconds)),
    );
    const [first, second] = said;
    console.log(
      `  iterations ${first?.iterations} and ${second?.iterations}, inertia ${first?.inertia} and ${second?.inertia}`,
    );
    console.log(
      `  processor: ours ${cpu?.toFixed(3)} s, peer ${peerCpu?.toFixed(3)} s, ratio ${((cpu ?? 0) / (peerCpu ?? 1)).toFixed(3)}`,
    );
    results.push({ ours: cpu ?? Number.NaN, peer: peerCpu ?? Number.NaN });
  }
const worst = results.reduce((most, one) =>
  one.ours / one.peer > most.ours / most.peer ? one : most,
);
printResult({ bench: "cluster", ...worst });
