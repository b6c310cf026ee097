/**
 * @file 25 expectations of 24 types over 10 million rows, beside Great Expectations on pandas over the
 * first million of the same rows; the peer's time is scaled to as many rows. The time of both is from
 * the Parquet file to the result; what the peer takes to read is printed too. The best of three, taken
 * in turns. The peer is installed in .bench/great-expectations.
 * `node bench/validate.ts [rows] [peer's rows]`
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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

const [rows, peerRows] = [Number(process.argv[2] ?? 10_000_000), Number(process.argv[3] ?? 1_000_000)]; // biome-ignore format: one line
const folder = fileURLToPath(new URL("../.bench/", import.meta.url));
const python = join(folder, "great-expectations", "bin", "python");
const peerPackages = ["great_expectations==1.24.1", "pyarrow"];

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
start = time.perf_counter()
data = pd.read_parquet(sys.argv[1])
loaded = time.perf_counter()
batch = definition.get_batch({"dataframe": data})
result = batch.validate(suite, result_format="SUMMARY")
seconds = time.perf_counter() - start
raised = [r.expectation_config.type for r in result.results if not r.exception_info.get("raised_exception", False) is False]
print(json.dumps({"seconds": seconds, "read": loaded - start, "rows": len(data), "raised": raised, "successful": result.statistics["successful_expectations"]}))
`;

/** What the peer's script prints. */
interface Peer {
  readonly seconds: number;
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
await mkdir(folder, { recursive: true });
if (!existsSync(python)) {
  console.log("installing Great Expectations in .bench/great-expectations …");
  execFileSync("python3", ["-m", "venv", join(folder, "great-expectations")]);
  execFileSync(python, ["-m", "pip", "install", "--quiet", ...peerPackages]);
}
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
  await engine.run(`COPY (SELECT * FROM read_parquet(${quoteText(file)}) LIMIT ${peerRows}) TO ${quoteText(small)} (FORMAT parquet)`); // biome-ignore format: one call
  const data = frame({
    engine,
    schema: orders,
    sql: `SELECT * FROM read_parquet(${quoteText(file)})`,
  });
  const written = join(place, "suite.json");
  await writeFile(written, writeSuite(sound));
  let [ours, hold] = [Infinity, 0];
  let peer: Peer | undefined;
  for (let round = 0; round < 3; round++) {
    const begun = performance.now();
    const { results } = await validate(data, sound);
    ours = Math.min(ours, (performance.now() - begun) / 1000);
    hold = results.filter(({ success }) => success).length;
    const args = ["-c", peerScript, small, written];
    const done: Peer = JSON.parse(
      execFileSync(python, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
    if (peer === undefined || done.seconds < peer.seconds) peer = done;
  }
  await engine.close();
  if (peer === undefined) throw new Error("the peer did not run");
  const scaled = (peer.seconds / peer.rows) * rows;
  console.log(`ours: ${sound.expectations.length} expectations over ${rows} rows in ${ours.toFixed(2)} s, ${hold} hold`); // biome-ignore format: one line
  console.log(`Great Expectations 1.24.1 on pandas: ${peer.rows} rows in ${peer.seconds.toFixed(2)} s, of which ${peer.read.toFixed(2)} s reading, ${peer.successful} hold; for ${rows} rows that is ${scaled.toFixed(1)} s`); // biome-ignore format: one line
  if (peer.raised.length > 0) console.log(`it could not judge: ${peer.raised.join(", ")}`);
  const rounded = (seconds: number): number => Number(seconds.toFixed(4));
  console.log(JSON.stringify({ bench: "validate", ours: rounded(ours), peer: rounded(scaled), ratio: rounded(ours / scaled), unit: "s" })); // biome-ignore format: one line
} finally {
  await rm(place, { recursive: true });
}
