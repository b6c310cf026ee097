/**
 * @file Ingestion of 5,000,000 rows of 12 columns (CSV, 568 MB) into a fresh Delta table, beside PySpark
 * with delta-spark in local mode on all cores, both with the table's schema. Each run is a process of its
 * own, as a job is; the time is of the load alone, Spark's session being up before (its start is printed).
 * Printed beside it: Spark when it has loaded 100,000 rows in the same session before, so that its code
 * is compiled. The bar is 0.2 × Spark's time. Needs Java 17 and Linux. `node bench/ingest-spark.ts [rounds]`
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { sideInProcess } from "./ingest-run.ts";
import { orderRows, orders, ordersFile } from "./orders.ts";
import { benchFolder, type PeerSetup, runPeer } from "./peers.ts";
import { conclude, median, said, type Taken, takeTurns } from "./turns.ts";

const rounds = Number(process.argv[2] ?? 3);
const spark: PeerSetup = { folder: "spark", packages: ["pyspark==4.0.1", "delta-spark==4.0.0"] };
const typeNames = {
  text: "STRING",
  category: "STRING",
  int: "BIGINT",
  float: "DOUBLE",
  bool: "BOOLEAN",
  timestamp: "TIMESTAMP",
};
const columns = Object.entries(orders.columns).map(
  ([name, { kind }]) => `${name} ${typeNames[kind]}`,
);

const peerScript = `
import json, os, sys, time
from pyspark.sql import SparkSession
from delta import configure_spark_with_delta_pip
file, folder, columns, rows, warm = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5] == "warm"
begun = time.perf_counter()
builder = (SparkSession.builder.master("local[*]").appName("bench")
  .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
  .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
  .config("spark.sql.session.timeZone", "UTC").config("spark.ui.enabled", "false")
  .config("spark.driver.memory", "6g").config("spark.ui.showConsoleProgress", "false"))
spark = configure_spark_with_delta_pip(builder).getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
def load(to, limit=None):
  found = spark.read.option("header", True).option("escape", '"').schema(columns).csv(file)
  (found if limit is None else found.limit(limit)).write.format("delta").save(to)
if warm: load(folder + "/warm", 100000)
ready = time.perf_counter() - begun
def cpu():
  ticks = open(f"/proc/{spark.sparkContext._gateway.proc.pid}/stat").read().rsplit(")", 1)[1].split()
  return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
start, used = time.perf_counter(), cpu()
load(folder + "/table")
taken = {"seconds": time.perf_counter() - start, "cpuSeconds": cpu() - used, "ready": ready}
t = spark.read.format("delta").load(folder + "/table")
assert t.count() == rows and t.where("order_id IS NULL OR ordered_at IS NULL OR price IS NULL OR weight IS NULL").count() == 0
spark.stop()
print(json.dumps(taken))
`;

if (spawnSync("java", ["-version"]).status !== 0)
  throw new Error("the peer cannot be had: Spark needs Java 17, and there is no java on the path");
const file = await ordersFile();
const folder = join(benchFolder, `spark-${process.pid}`);

interface SparkTaken extends Taken {
  /** Seconds until the session was up. */
  readonly ready: number;
}

function load(session: "cold" | "warm"): SparkTaken {
  try {
    const args = [file, folder, columns.join(", "), `${orderRows}`, session];
    return JSON.parse(runPeer(spark, peerScript, args)) as SparkTaken;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const cold: SparkTaken[] = [];
const peer = (): Taken => {
  const taken = load("cold");
  cold.push(taken);
  return taken;
};
const ours = (): Taken => sideInProcess("typed", file);
const pairs = await takeTurns({ peerName: "Spark", ours, peer }, rounds);
console.log(
  `Spark's session took ${median(cold.map(({ ready }) => ready)).toFixed(1)} s to start, which does not count`,
);
const warm = load("warm");
const ratio = median(pairs.map((pair) => pair.ours.seconds)) / warm.seconds;
console.log(`Spark in a warm session: ${said(warm)}, ratio ${ratio.toFixed(3)}`);
conclude("ingest-spark", pairs);
