/**
 * @file The nearest neighbours of many rows beside scikit-learn, one thread each: arrays in, numbers and distances of the
 * neighbours out, the tree's building included. A JSON line for each case. `node bench/neighbours.ts [rounds]`
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { random } from "../src/core/index.ts";
import type { Matrix } from "../src/flow.ts";
import { openNearest } from "../src/tensor/index.ts";
import { benchFolder, type PeerSetup, runPeer } from "./peers.ts";
import { conclude, type Taken, takeTurns, timed } from "./turns.ts";

const rounds = Number(process.argv[2] ?? 3);
const peer: PeerSetup = { folder: "linear", packages: ["scikit-learn==1.9.1"] };
const folder = join(benchFolder, "neighbours-data");

const script = `
import os, sys
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import time, numpy as np
from sklearn.neighbors import NearestNeighbors
folder, width = sys.argv[1], int(sys.argv[2])
x, asked = (np.fromfile(f"{folder}/{name}", np.float64).reshape(-1, width) for name in ["x", "asked"])
wall, cpu = time.perf_counter(), time.process_time()
NearestNeighbors(n_neighbors=5).fit(x).kneighbors(asked)
print(time.perf_counter() - wall, time.process_time() - cpu)
`;

/** Rows, features and rows that are asked for; up to 14 features there is a tree, past that a scan. */
const cases = [
  [200_000, 3, 50_000],
  [200_000, 8, 10_000],
  [50_000, 14, 3_000],
  [20_000, 50, 3_000],
] as const;

for (const [rows, width, asked] of cases) {
  const [x, queries] = [uniform(rows, width, 0), uniform(asked, width, 1)];
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "x"), x.data);
  await writeFile(join(folder, "asked"), queries.data);
  const ours = (): Promise<Taken> =>
    timed(async () => {
      openNearest(x).nearest(queries, 5);
    });
  const theirs = (): Taken => {
    const [seconds = 0, cpuSeconds = 0] = runPeer(peer, script, [folder, `${width}`])
      .split(" ")
      .map(Number);
    return { seconds, cpuSeconds };
  };
  const pairs = await takeTurns({ peerName: "scikit-learn", ours, peer: theirs }, rounds);
  conclude(`neighbours ${rows} × ${width}, ${asked} asked`, pairs);
}

function uniform(rows: number, cols: number, seed: number): Matrix {
  const draws = random(seed).stream("neighbours");
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, () => draws.next()) };
}
