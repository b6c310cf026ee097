/**
 * @file 25 expectations of 24 types over 10 million rows, beside Great Expectations on pandas over the
 * first million of the same rows; the peer's time is scaled to as many rows. The time of both is from
 * the Parquet file to the result; what the peer takes to read is printed too. Three rounds, taken in turns.
 * `node bench/validate.ts [rows] [peer's rows]`
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectations, suite, validate, writeSuite } from "../src/check/index.ts";
import {
  bool,
  category,
  float,
  frame,
  int,
  openEngine,
  quoteText,
  schema,
  text,
} from "../src/table/index.ts";
import { type PeerSetup, runPeer } from "./peers.ts";
import { conclude, type Taken, takeTurns, timed } from "./turns.ts";

const [rows, peerRows] = [
  Number(process.argv[2] ?? 10_000_000),
  Number(process.argv[3] ?? 1_000_000),
];
const greatExpectations: PeerSetup = {
  folder: "great-expectations",
  packages: ["great_expectations==1.24.1", "pyarrow"],
};

const peerScript = `
import json, os, sys, time, warnings
warnings.filterwarnings("ignore")
os.environ["GX_ANALYTICS_ENABLED"] = "false"
import great_expectations as gx, pandas as pd
written = json.load(open(sys.argv[2]))
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("orders")
definition = asset.add_batch_definition_whole_dataframe("all")
suite = gx.ExpectationSuite(name=written["name"], expectations=written["expectations"])
start, cpu = time.perf_counter(), time.process_time()
data = pd.read_parquet(sys.argv[1])
loaded = time.perf_counter()
batch = definition.get_batch({"dataframe": data})
result = batch.validate(suite, result_format="SUMMARY")
seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
raised = [r.expectation_config.type for r in result.results if not r.exception_info.get("raised_exception", False) is False]
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds, "read": loaded - start, "rows": len(data), "raised": raised, "successful": result.statistics["successful_expectations"]}))
`;

/** What the peer's script prints. */
interface Peer extends Taken {
  readonly read: number;
  readonly rows: number;
  readonly raised: readonly string[];
  readonly successful: number;
}

const orders = schema("orders", {
  id: int({ key: true }),
  code: text(),
  plan: category(["free", "plus", "pro"]),
  country: text(),
  quantity: int(),
  price: float(),
  total: float(),
  discount: float({ nullable: true }),
  paid: bool(),
  day: text(),
});
const countries = ["AT", "BE", "CH", "DE", "ES", "FR", "IT", "NL", "PL", "SE"];
const e = expectations(orders);
const sound = suite("orders", orders, [
  e.rowCount({ min: 1 }),
  e.columnsInclude(Object.keys(orders.columns), { exactly: true }),
  e.columnExists("price"),
  e.notNull("id"),
  e.unique("id"),
  e.between("price", { min: 0, max: 99 }, { mostly: 0.98 }),
  e.between("discount", { min: 0, max: 0.5 }, { when: (c) => c.plan.is("pro") }),
  e.inSet("plan", ["free", "plus", "pro"]),
  e.notInSet("country", ["XX"]),
  e.matches("code", /[A-Z]{2}-\d{6}/),
  e.lengthIs("code", 9),
  e.dateFormat("day", "%Y-%m-%d"),
  e.zScoreBelow("quantity", 3),
  e.noOutliers("price", { method: "std", multiplier: 3 }),
  e.isAtLeast("total", "price"),
  e.distinctCount("plan", { min: 3, max: 3 }),
  e.distinctAre("country", countries),
  e.mostCommonIn("plan", ["free"]),
  e.min("price", { min: 0 }),
  e.max("price", { max: 100 }),
  e.mean("quantity", { min: 4, max: 6 }),
  e.median("discount", { min: 0.1, max: 0.4 }),
  e.standardDeviation("price", { min: 20, max: 40 }),
  e.sum("total", { min: 0 }),
  e.presentShare("discount", { min: 0.85 }),
]);

const place = await mkdtemp(join(tmpdir(), "millrace-validate-"));
try {
  const engine = await openEngine();
  const file = join(place, "orders.parquet");
  const listed = countries.map(quoteText).join(", ");
  const made = `SELECT i AS id, 'AB-' || lpad((hash(i) % 1000000)::VARCHAR, 6, '0') AS code,
    ['free', 'free', 'plus', 'pro'][(1 + hash(i + 1) % 4)::BIGINT] AS plan, [${listed}][(1 + hash(i + 2) % 10)::BIGINT] AS country,
    (1 + hash(i + 3) % 9)::BIGINT AS quantity, (hash(i + 4) % 10000) / 100.0::DOUBLE AS price,
    price * quantity AS total, CASE WHEN hash(i + 5) % 10 = 0 THEN NULL ELSE (hash(i + 6) % 500) / 1000.0::DOUBLE END AS discount,
    hash(i + 7) % 2 = 0 AS paid, strftime(DATE '2024-01-01' + (hash(i + 8) % 366)::INTEGER, '%Y-%m-%d') AS day
    FROM range(${rows}) t(i)`;
  await engine.run(`COPY (${made}) TO ${quoteText(file)} (FORMAT parquet)`);
  const small = join(place, "small.parquet");
  await engine.run(
    `COPY (SELECT * FROM read_parquet(${quoteText(file)}) LIMIT ${peerRows}) TO ${quoteText(small)} (FORMAT parquet)`,
  );
  const data = frame({
    engine,
    schema: orders,
    sql: `SELECT * FROM read_parquet(${quoteText(file)})`,
  });
  const written = join(place, "suite.json");
  await writeFile(written, writeSuite(sound));
  let hold = 0;
  const ours = (): Promise<Taken> =>
    timed(async () => {
      const { results } = await validate(data, sound);
      hold = results.filter(({ success }) => success).length;
    });
  let done: Peer | undefined;
  const peer = (): Taken => {
    done = JSON.parse(runPeer(greatExpectations, peerScript, [small, written])) as Peer;
    const scale = rows / done.rows;
    return { seconds: done.seconds * scale, cpuSeconds: done.cpuSeconds * scale };
  };
  const pairs = await takeTurns({ peerName: "Great Expectations, scaled", ours, peer }, 3);
  await engine.close();
  if (done === undefined) throw new Error("the peer did not run");
  console.log(`ours: ${sound.expectations.length} expectations over ${rows} rows, ${hold} hold`);
  console.log(
    `Great Expectations 1.24.1 on pandas: ${done.rows} rows in ${done.seconds.toFixed(2)} s, of which ${done.read.toFixed(2)} s reading, ${done.successful} hold; times of it are scaled to ${rows} rows`,
  );
  if (done.raised.length > 0) console.log(`it could not judge: ${done.raised.join(", ")}`);
  conclude("validate", pairs);
} finally {
  await rm(place, { recursive: true });
}
