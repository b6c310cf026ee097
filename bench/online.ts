/**
 * @file A read of 20 features by key out of 100,000 rows: in process, and over HTTP through an endpoint
 * whose model looks its features up, beside Feast's SQLite online store (10,000 rows) in the same run.
 * Bars: the 99th percentile below 100 µs in process, below 1 ms over HTTP, and a tenth of Feast's.
 * `node bench/online.ts`
 */
import { mkdir, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { hashOf } from "../src/core/index.ts";
import {
  featureTable,
  lookup,
  materialize,
  memoryStore,
  trainingSet,
  withLookups,
  writeFeatures,
} from "../src/feature/index.ts";
import type { Cell, Cells, Model } from "../src/flow.ts";
import { endpoint, loggedSignature, openInferenceLog } from "../src/serve/index.ts";
import { serveHttp } from "../src/server/index.ts";
import { bool, float, frame, openLake, schema, text } from "../src/table/index.ts";
import { benchFolder, type PeerSetup, runPeer } from "./peers.ts";
import { printResult } from "./turns.ts";

const feast: PeerSetup = { folder: "feast", packages: ["feast==0.67.0", "psutil"] };
const rows = 100_000;
const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
const things = featureTable({
  name: "bench.things",
  schema: schema("things", {
    id: text(),
    ...Object.fromEntries(names.map((name) => [name, float({ nullable: true })])),
  }),
  key: "id",
});
const featureSql = `SELECT 'k' || range AS id, ${names.map((name, i) => `(hash(range * ${i + 3}) % 100000) / 100.0::DOUBLE AS ${name}`).join(", ")} FROM range(${rows})`;

const peerScript = `
import sys, time, json, os, warnings, logging, random
warnings.filterwarnings("ignore"); logging.disable(logging.CRITICAL)
import pandas as pd
from datetime import datetime, timezone
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
from feast.types import Float64
folder = sys.argv[1]
repo = folder + "/repo"; os.makedirs(repo, exist_ok=True)
rows = pd.read_parquet(folder + "/features.parquet").head(10000); rows["at"] = pd.Timestamp.now(tz="UTC")
rows.to_parquet(folder + "/timed.parquet")
store = FeatureStore(config=RepoConfig(project="bench", registry=repo + "/registry.db", provider="local", offline_store={"type": "file"}, online_store={"type": "sqlite", "path": repo + "/online.db"}, entity_key_serialization_version=3))
thing = Entity(name="thing", join_keys=["id"], value_type=ValueType.STRING)
names = ["f%d" % i for i in range(20)]
view = FeatureView(name="things", entities=[thing], schema=[Field(name=n, dtype=Float64) for n in names], source=FileSource(path=folder + "/timed.parquet", timestamp_field="at"))
store.apply([thing, view])
store.write_to_online_store("things", rows)
refs = ["things:" + n for n in names]
times = []
random.seed(1)
for i in range(600):
    key = "k%d" % random.randrange(10000)
    start = time.perf_counter()
    found = store.get_online_features(features=refs, entity_rows=[{"id": key}]).to_dict()
    times.append(time.perf_counter() - start)
    assert found["f19"][0] is not None
times = sorted(times[100:])
print(json.dumps({"p50": times[len(times) // 2], "p99": times[int(len(times) * 0.99)]}))
`;

const folder = join(benchFolder, "online");
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await using lake = await openLake(join(folder, "lake"));
const { engine } = lake;
await writeFeatures(lake, things, frame({ engine, schema: things.schema, sql: featureSql }));
await engine.run(`COPY (${featureSql}) TO '${join(folder, "features.parquet")}' (FORMAT parquet)`);
await using store = await memoryStore({ snapshots: join(folder, "snapshots") });
await materialize(lake, store, { table: "bench.things" });

/** The 50th and 99th percentile of what each of some calls takes, in seconds; the first tenth warms up. */
async function percentiles(calls: number, call: (i: number) => Promise<void>) {
  const times: number[] = [];
  for (let i = 0; i < calls; i++) {
    const started = performance.now();
    await call(i);
    times.push((performance.now() - started) / 1000);
  }
  const sorted = times.slice(calls / 10).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
const keyOf = (i: number): string => `k${(i * 7919) % rows}`;

const inProcess = await percentiles(50_000, async (i) => {
  const [found] = await store.read("bench.things", [[keyOf(i)]], names);
  if (found?.cells.length !== names.length) throw new Error("a key was not found");
});

// A model that sums its 20 features: what is measured is looking them up.
const labels = lake.table("bench.labels", schema("labels", { id: text(), label: bool() }));
await labels.append([{ id: "k1", label: true }]);
const set = await trainingSet(lake, {
  ...{ labels: await labels.read(), lookups: [lookup(things)], label: "label" },
});
const sum: Model<Cells, Cell> = {
  kind: "sum",
  signature: {
    inputs: Object.fromEntries(names.map((name) => [name, { kind: "float", nullable: true }])),
    output: { name: "label", kind: "bool" },
  },
  hash: hashOf("sum"),
  importances: [],
  files: () => ({}),
  predict: (row) => sum.predictAll([row])[0] ?? { value: null, probability: 0 },
  predictAll: (all) =>
    all.map((row) => {
      const total = names.reduce((to, name) => to + Number(row[name]), 0);
      return { value: total > 0, probability: total / (1 + total) };
    }),
};
const model = withLookups(sum, set);
await using log = await openInferenceLog({
  ...{ lake, table: "bench.log", signature: loggedSignature(model) },
  folder: join(folder, "journal"),
  flushRows: 100_000, // a commit of the log is work of its own, beside requests
  flushMs: 600_000,
});
const summing = endpoint({ name: "sum", model, version: 1, log, store });
await using web = await serveHttp({ endpoints: [summing] });
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const post = (body: string): Promise<string> =>
  new Promise((done, failed) => {
    const asked = request(
      `${web.url}/endpoints/sum/invocations`,
      {
        agent,
        method: "POST",
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      },
      (answer) => {
        let text = "";
        answer.on("data", (part) => {
          text += String(part);
        });
        answer.on("end", () => done(text));
      },
    );
    asked.on("error", failed);
    asked.end(body);
  });
const overHttp = await percentiles(10_000, async (i) => {
  const answer = await post(JSON.stringify({ dataframe_records: [{ id: keyOf(i) }] }));
  if (!answer.includes("predictions")) throw new Error(answer);
});
agent.destroy();
const peer = JSON.parse(runPeer(feast, peerScript, [folder])) as typeof inProcess;

const said = ({ p50, p99 }: typeof inProcess): string =>
  `p50 ${(p50 * 1e6).toFixed(1)} µs, p99 ${(p99 * 1e6).toFixed(1)} µs`;
console.log(`in process: ${said(inProcess)} (bar 100 µs)`);
console.log(
  `over HTTP, answer and log included: ${said(overHttp)} (bar 1,000 µs), ${(overHttp.p99 / peer.p99).toFixed(3)} of Feast's`,
);
console.log(`Feast's SQLite store, in process: ${said(peer)}`);
printResult({ bench: "online", ours: inProcess.p99, peer: peer.p99 });
await web.close();
await log.close();
await rm(folder, { recursive: true });
