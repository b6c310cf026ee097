/**
 * @file The point-in-time join of 1,000,000 labels with 2,000,000 rows of 10 features, beside Feast's
 * `get_historical_features` on the same Parquet rows, in turns; pandas' `merge_asof` is printed too. The
 * bar is a tenth of Feast's time. `node bench/point-in-time.ts [rounds]`
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { featureTable, lookup, trainingSet, writeFeatures } from "../src/feature/index.ts";
import { float, frame, int, openLake, schema, timestamp } from "../src/table/index.ts";
import { benchFolder, type PeerSetup, runPeer } from "./peers.ts";
import { conclude, type Taken, takeTurns, timed } from "./turns.ts";

const feast: PeerSetup = { folder: "feast", packages: ["feast==0.67.0", "psutil"] };
const [labelRows, featureRows, entities] = [1_000_000, 2_000_000, 100_000];
const rounds = Number(process.argv[2] ?? 3);
const names = Array.from({ length: 10 }, (_, i) => `f${i}`);
const driver = featureTable({
  name: "bench.driver",
  schema: schema("driver", {
    id: int(),
    at: timestamp(),
    ...Object.fromEntries(names.map((name) => [name, float()])),
  }),
  key: "id",
  timestamp: "at",
  ttl: { days: 30 },
});
const labels = schema("labels", { id: int(), at: timestamp(), label: int() });
const day = 86_400;
/** Each thing has 20 rows over 60 days; a label is of any moment of the last 50. */
const featureSql = `SELECT (range % ${entities})::BIGINT AS id,
  make_timestamptz((1700000000 + (range // ${entities}) * ${3 * day} + hash(range) % ${3 * day})::BIGINT * 1000000) AS at,
  ${names.map((name, i) => `(hash(range * ${i + 3}) % 100000) / 100.0::DOUBLE AS ${name}`).join(", ")} FROM range(${featureRows})`;
const labelSql = `SELECT (hash(range * 7) % ${entities})::BIGINT AS id,
  make_timestamptz((1700000000 + ${10 * day} + hash(range * 11) % ${50 * day})::BIGINT * 1000000) AS at, (range % 2)::BIGINT AS label FROM range(${labelRows})`;

const peerScript = `
import sys, time, json, os, warnings, logging
warnings.filterwarnings("ignore"); logging.disable(logging.CRITICAL)
import pandas as pd
from datetime import timedelta
folder, kind = sys.argv[1], sys.argv[2]
labels = pd.read_parquet(folder + "/labels.parquet").rename(columns={"at": "event_timestamp"})
if kind == "pandas":
    rows = pd.read_parquet(folder + "/features.parquet").rename(columns={"at": "event_timestamp"})
    start, cpu = time.perf_counter(), time.process_time()
    out = pd.merge_asof(labels.sort_values("event_timestamp"), rows.sort_values("event_timestamp"), on="event_timestamp", by="id", tolerance=pd.Timedelta(days=30))
else:
    from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
    from feast.types import Float64
    repo = folder + "/repo"; os.makedirs(repo, exist_ok=True)
    store = FeatureStore(config=RepoConfig(project="bench", registry=repo + "/registry.db", provider="local", offline_store={"type": "file"}, online_store={"type": "sqlite", "path": repo + "/online.db"}, entity_key_serialization_version=3))
    thing = Entity(name="thing", join_keys=["id"], value_type=ValueType.INT64)
    names = ["f%d" % i for i in range(10)]
    view = FeatureView(name="driver", entities=[thing], ttl=timedelta(days=30), schema=[Field(name=n, dtype=Float64) for n in names], source=FileSource(path=folder + "/features.parquet", timestamp_field="at"))
    store.apply([thing, view])
    start, cpu = time.perf_counter(), time.process_time()
    out = store.get_historical_features(entity_df=labels, features=["driver:" + n for n in names]).to_df()
taken = {"seconds": time.perf_counter() - start, "cpuSeconds": time.process_time() - cpu, "rows": len(out), "sum": float(out["f0"].sum())}
print(json.dumps(taken))
`;

const folder = join(benchFolder, "point-in-time");
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await using lake = await openLake(join(folder, "lake"));
const { engine } = lake;
await writeFeatures(lake, driver, frame({ engine, schema: driver.schema, sql: featureSql }));
const table = lake.table("bench.labels", labels);
await table.append(frame({ engine, schema: labels, sql: labelSql }));
await engine.run(`COPY (${featureSql}) TO '${join(folder, "features.parquet")}' (FORMAT parquet)`);
await engine.run(`COPY (${labelSql}) TO '${join(folder, "labels.parquet")}' (FORMAT parquet)`);

/** What each side found; both must say the same. */
const sums = new Set<string>();

async function ours(): Promise<Taken> {
  const rows = await table.read();
  return timed(async () => {
    const how = { lookups: [lookup(driver)], timestamp: "at", label: "label" } as const;
    const set = await trainingSet(lake, { labels: rows, ...how });
    const found = await set.rows.numbers(names);
    const sum = found[0]?.reduce((a, b) => (Number.isNaN(b) ? a : a + b), 0) ?? 0;
    if (found[0]?.length !== labelRows) throw new Error(`it gave ${found[0]?.length} rows`);
    sums.add(sum.toPrecision(9));
  });
}

function theirs(kind: "feast" | "pandas"): Taken {
  const taken = JSON.parse(runPeer(feast, peerScript, [folder, kind])) as Taken & {
    rows: number;
    sum: number;
  };
  if (taken.rows !== labelRows) throw new Error(`${kind} gave ${taken.rows} rows`);
  sums.add(taken.sum.toPrecision(9));
  return taken;
}

console.log(`pandas merge_asof, sorting included: ${theirs("pandas").seconds.toFixed(2)} s`);
const pairs = await takeTurns({ peerName: "Feast", ours, peer: () => theirs("feast") }, rounds);
console.log(`sum of the first feature: ${[...sums].join(" and ")}`);
if (sums.size !== 1) throw new Error("the sides disagree");
conclude("point-in-time", pairs);
await rm(folder, { recursive: true });
