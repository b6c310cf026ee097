/**
 * @file Opening a table of 10,000 commits and 10,000 files after a checkpoint, beside deltalake's open of
 * the same table. Ours is `lake.table(…).read()`, up to the rows being ready to be asked for: the median
 * of nine tables objects that know nothing yet. The bar is 50 ms. `node bench/open.ts`
 */
import { link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { int, openLake, schema, text } from "../src/table/index.ts";
import { benchFolder, deltalake, runPeer } from "./peers.ts";
import { median, printResult } from "./turns.ts";

const commits = 10_000;
const rounds = 9;
const points = schema("points", { id: int(), name: text() });

const peerScript = `
import sys, time, json
from deltalake import DeltaTable
times = []
for _ in range(${rounds}):
    start = time.perf_counter()
    t = DeltaTable(sys.argv[1])
    t.version()
    times.append(time.perf_counter() - start)
print(json.dumps({"times": times, "files": len(t.file_uris())}))
`;

const folder = join(benchFolder, "open");
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await using lake = await openLake(folder);
const made = lake.table("bench.points", points);
await made.append([{ id: 1, name: "a" }]);

// The commits between the first and the last are written as their appends would write them.
const log = join(made.path, "_delta_log");
const nameOf = (version: number): string => join(log, `${String(version).padStart(20, "0")}.json`);
const [file = ""] = (await readdir(made.path)).filter((name) => name.endsWith(".parquet"));
const lines = (await readFile(nameOf(0), "utf8")).trim().split("\n");
const kept = lines.filter((line) => /^\{"(commitInfo|add)"/.test(line)).join("\n");
for (let version = 1; version < commits; version++) {
  const copy = file.replace(/part-00000/, `part-${String(version).padStart(5, "0")}`);
  await link(join(made.path, file), join(made.path, copy));
  await writeFile(nameOf(version), `${kept.replaceAll(file, copy)}\n`);
}
const begun = performance.now();
await lake.table("bench.points", points).append([{ id: 2, name: "b" }]); // writes the checkpoint
console.log(
  `replaying ${commits} commits, one more, and its checkpoint: ${((performance.now() - begun) / 1000).toFixed(2)} s`,
);

const times: number[] = [];
for (let round = 0; round < rounds; round++) {
  const start = performance.now();
  const rows = await lake.table("bench.points", points).read();
  times.push((performance.now() - start) / 1000);
  if (round === 0 && (await rows.count()) !== commits + 1) throw new Error("rows are missing");
}
const peer = JSON.parse(runPeer(deltalake, peerScript, [made.path])) as {
  times: number[];
  files: number;
};
if (peer.files !== commits + 1) throw new Error(`the peer sees ${peer.files} files`);
const [ours, theirs] = [median(times), median(peer.times)];
console.log({ ours: times, theirs: peer.times });
printResult({ bench: "open", ours, peer: theirs });
await rm(folder, { recursive: true });
