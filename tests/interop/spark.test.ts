import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { float, int, type Lake, openLake, schema, text, timestamp } from "../../src/table/index.ts";
import { openPeer, type Peer } from "./peer.ts";
import { pythonWith } from "./python.ts";
import { ourRows, row, skipConditions, theirRows, walk, walked } from "./walk.ts";

const python = pythonWith("spark");
const skipped = "missing" in python ? python.missing : undefined;
if (skipped !== undefined) process.stdout.write(`spark interop skipped: ${skipped}\n`);

/** One session for all: it starts slowly. Small queries are interpreted, which is three times as fast as compiling them. */
const script = `
import math, tempfile
from pyspark.sql import SparkSession
from delta import configure_spark_with_delta_pip
settings = {
  "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
  "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
  "spark.sql.session.timeZone": "UTC", "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
  "spark.sql.shuffle.partitions": "1", "spark.databricks.delta.snapshotPartitions": "1", "spark.default.parallelism": "1",
  "spark.driver.memory": "1g", "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
  "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.adaptive.enabled": "false",
  "spark.databricks.delta.retentionDurationCheck.enabled": "false", "spark.sql.warehouse.dir": tempfile.mkdtemp(),
}
builder = SparkSession.builder.master("local[1]").appName("millrace")
for key, value in settings.items(): builder = builder.config(key, value)
spark = configure_spark_with_delta_pip(builder).getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
def cell(v):
  if isinstance(v, float) and not math.isfinite(v): return str(v)
  return 0 if isinstance(v, float) and v == 0 else v
def listed(frame):
  columns = [f"unix_micros(cast(\`{n}\` as timestamp)) AS \`{n}\`" if t.startswith("timestamp") or t == "date" else f"\`{n}\`" for n, t in frame.dtypes]
  out = [{n: cell(v) for n, v in r.asDict().items()} for r in frame.selectExpr(*columns).collect()]
  for r in out:
    for n, t in frame.dtypes:
      if (t.startswith("timestamp") or t == "date") and r[n] is not None: r[n] = r[n] // 1000
  return out
def read(path, version=None):
  reader = spark.read.format("delta")
  return listed((reader if version is None else reader.option("versionAsOf", version)).load(path))
def forget(): spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()
def feed(path, since):
  t = spark.read.format("delta").option("readChangeFeed", "true").option("startingVersion", since).load(path)
  return sorted([r["_commit_version"], r["_change_type"], r["id"], r["n"]] for r in t.collect())
def counts(path, conditions, skipping):
  spark.conf.set("spark.databricks.delta.stats.skipping", skipping)
  spark.read.format("delta").load(path).createOrReplaceTempView("t")
  each = " UNION ALL ".join(f"SELECT {i} AS i, count(*) AS n FROM t WHERE {c.replace('{at}', '\`at\`')}" for i, c in enumerate(conditions))
  found = {r["i"]: r["n"] for r in spark.sql(each).collect()}
  return [found[i] for i in range(len(conditions))]
def skips(path, conditions):
  on, off = counts(path, conditions, "true"), counts(path, conditions, "false")
  return [c for c, a, b in zip(conditions, on, off) if a != b]
def run(statements, conf={}):
  for key, value in conf.items(): spark.conf.set(key, value)
  try:
    for statement in statements: spark.sql(statement)
  finally:
    for key in conf: spark.conf.unset(key)
def ruled(path, kind):
  from delta.tables import DeltaTable, IdentityGenerator
  from pyspark.sql.types import LongType
  make = DeltaTable.create(spark).location(path).addColumn("id", "STRING")
  if kind == "generated": make = make.addColumn("g", "STRING", generatedAlwaysAs="CONCAT(id, 'x')")
  if kind == "identity": make = make.addColumn("g", dataType=LongType(), generatedAlwaysAs=IdentityGenerator())
  make.execute()
`;

let peer: Peer;
let folder: string;
let lake: Lake;
beforeAll(async () => {
  if (skipped !== undefined) return;
  folder = await mkdtemp(join(tmpdir(), "millrace-spark-"));
  lake = await openLake(folder);
  peer = openPeer(python, script);
});
afterAll(async () => {
  if (skipped !== undefined) return;
  await peer[Symbol.asyncDispose]();
  await lake.close();
  await rm(folder, { recursive: true });
});

const pathOf = (name: string): string => join(folder, "tables", ...name.split("."));
const at = (name: string): string => `delta.\`${pathOf(name)}\``;
const sql = (...statements: readonly string[]): Promise<unknown> => peer.ask("run", { statements });

/** The rows of a table as Spark and as Millrace read them are the same. */
async function agree(name: string): Promise<void> {
  const table = lake.table(name, walked);
  expect(await theirRows(peer, table), name).toEqual(await ourRows(lake, { name, table }));
}

const columns =
  "id STRING, n BIGINT, x DOUBLE, yes BOOLEAN, at TIMESTAMP, city STRING, level STRING";
const values = (id: string, n: number, city: string): string =>
  `('${id}', ${n}, ${n} / 4D, ${n % 2 === 0}, TIMESTAMP '2024-02-29 12:00:00.123456', '${city}', 'low')`;

describe.skipIf(skipped !== undefined)("spark", () => {
  test("reads what every operation wrote, row for row, every version, and its change feed", async () => {
    let steps = 0;
    for await (const step of walk(lake)) {
      const { path, name } = step.table;
      if (step.forget) await peer.ask("forget");
      expect(await theirRows(peer, step.table), step.name).toEqual(await ourRows(lake, step));
      if (step.name.includes("the least"))
        // once: each condition is a job or more
        expect(await peer.ask("skips", { path, conditions: skipConditions }), step.name).toEqual(
          [],
        );
      for (const version of step.versions ?? [])
        expect(await theirRows(peer, step.table, version), `version ${version}`).toEqual(
          await ourRows(lake, step, version),
        );
      if (step.feedFrom !== undefined) {
        const changes = await lake.table(name, walked).changes({ from: step.feedFrom });
        const ours = (await changes.rows()).map((r) => [
          r._commit_version,
          r._change_type,
          r.id,
          r.n,
        ]);
        const order = (a: readonly unknown[], b: readonly unknown[]): number =>
          Number(a[0]) - Number(b[0]) || (`${a[1]} ${a[2]}` < `${b[1]} ${b[2]}` ? -1 : 1);
        expect(await peer.ask("feed", { path, since: step.feedFrom })).toEqual(
          ours.toSorted(order),
        );
      }
      steps += 1;
    }
    expect(steps).toBeGreaterThan(35);
  });

  test("goes on with our tables, and obeys their rules", async () => {
    const one = lake.table("peer.plain", walked, {
      changeFeed: true,
      checks: { low: (c) => c.n.isAtLeast(0).or(c.n.isMissing()).and(c.id.is("nobody's").not()) },
    });
    await one.append([row("a", 1), row("b", 2)]);
    await expect(
      sql(`INSERT INTO ${at("peer.plain")} VALUES ${values("bad", -1, "c")}`),
    ).rejects.toThrow(/low/);
    await expect(
      sql(`INSERT INTO ${at("peer.plain")} VALUES ${values("x", 1, "c").replace("'x'", "NULL")}`),
    ).rejects.toThrow(/NOT NULL|null/i);
    await sql(
      `INSERT INTO ${at("peer.plain")} VALUES ${values("spark", 4, "c")}`,
      `UPDATE ${at("peer.plain")} SET n = n + 1 WHERE id = 'a'`,
      `MERGE INTO ${at("peer.plain")} t USING (SELECT 'b' AS id, 20L AS n) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = s.n`,
      `DELETE FROM ${at("peer.plain")} WHERE id = 'spark'`,
    );
    await agree("peer.plain");
    const theirs = (await (await one.changes({ from: 1 })).rows()).map((r) => [
      r._commit_version,
      r._change_type,
      r.id,
      r.n,
    ]);
    const text = (rows: unknown): string[] =>
      (rows as unknown[]).map((r) => JSON.stringify(r)).sort();
    expect(text(theirs)).toEqual(text(await peer.ask("feed", { path: one.path, since: 1 })));
    const parts = lake.table("peer.parts", walked, { partitionBy: ["city"] });
    await parts.append(["x=y", "a/b", "100%", null].map((city, i) => row(`k${i}`, i, city)));
    await sql(
      `DELETE FROM ${at("peer.parts")} WHERE city = 'x=y'`,
      `UPDATE ${at("peer.parts")} SET n = 77 WHERE city = 'a/b'`,
      `OPTIMIZE ${at("peer.parts")}`,
      `VACUUM ${at("peer.parts")} RETAIN 0 HOURS`,
      `RESTORE TABLE ${at("peer.plain")} TO VERSION AS OF 2`,
      `ALTER TABLE ${at("peer.plain")} ADD COLUMNS (note STRING)`,
    );
    await agree("peer.parts");
    await parts.merge([row("k1", 5, "100%")], { on: ["id"] });
    await agree("peer.parts");
    expect((await lake.schemaOf("peer.plain")).columns["note"]).toEqual({
      kind: "text",
      nullable: true,
    });
  });

  test("writes tables that we read and go on with: checkpoints of parts, feeds, transactions, log compaction", async () => {
    const name = "theirs.rows";
    await sql(
      `CREATE TABLE ${at(name)} (${columns}) USING delta PARTITIONED BY (city) TBLPROPERTIES (delta.checkpointInterval = 4, delta.enableChangeDataFeed = true)`,
    );
    const conf = {
      "spark.databricks.delta.checkpoint.partSize": "2",
      "spark.databricks.delta.write.txnAppId": "loader",
      "spark.databricks.delta.write.txnVersion": "7",
    };
    const cities = ["a/b", "São Paulo", "100%", "x=y", ""];
    const inserts = cities.map(
      (city, i) =>
        `INSERT INTO ${at(name)} VALUES ${values(`k${i}`, i, city)}, ('z${i}', NULL, NULL, NULL, NULL, NULL, NULL)`,
    );
    await peer.ask("run", {
      statements: inserts.slice(0, 4),
      conf: { "spark.databricks.delta.checkpoint.partSize": "2" },
    });
    await peer.ask("run", { statements: inserts.slice(4), conf });
    const log = await readdir(join(pathOf(name), "_delta_log"));
    expect(
      log.filter((file) => /\.checkpoint\.\d{10}\.\d{10}\.parquet$/.test(file)).length,
    ).toBeGreaterThan(2);
    await agree(name);
    const table = lake.table(name, walked);
    expect(await table.txn("loader")).toBe(7);
    await sql(
      `DELETE FROM ${at(name)} WHERE id = 'k3'`,
      `UPDATE ${at(name)} SET n = n + 1 WHERE city = '100%'`,
      `OPTIMIZE ${at(name)}`,
    );
    await agree(name);
    const latest = await table.version();
    const ours = (await (await table.changes({ from: 1 })).rows()).map((r) => [
      r._commit_version,
      r._change_type,
      r.id,
      r.n,
    ]);
    const text = (rows: unknown): string[] =>
      (rows as unknown[]).map((r) => JSON.stringify(r)).sort();
    expect(text(ours)).toEqual(text(await peer.ask("feed", { path: table.path, since: 1 })));
    for (let version = 0; version <= latest; version++)
      await rm(join(table.path, "_delta_log", `${String(version).padStart(20, "0")}.json`)).catch(
        () => version <= 3,
      );
    expect(latest).toBeGreaterThan(6);
  });

  test("writes types that we read to the bit, and widens them", async () => {
    const name = "theirs.types";
    await sql(
      `CREATE TABLE ${at(name)} (id STRING, b TINYINT, s SMALLINT, i INT, f FLOAT, d DATE, t TIMESTAMP_NTZ, u TIMESTAMP) USING delta TBLPROPERTIES ('delta.feature.timestampNtz' = 'supported', delta.enableTypeWidening = true)`,
      `INSERT INTO ${at(name)} VALUES ('a', 1, 2, 3, 0.1F, DATE '2024-02-29', TIMESTAMP_NTZ '2024-02-29 12:00:00.123456', TIMESTAMP '1969-12-31 23:59:59.998500'), ('b', -128, -32768, -2147483648, CAST('NaN' AS FLOAT), DATE '0001-01-01', NULL, TIMESTAMP '9999-12-31 23:59:59.999999')`,
    );
    const typed = schema("types", { id: text({ nullable: true }), b: int({ nullable: true }), s: int({ nullable: true }), i: int({ nullable: true }), f: float({ nullable: true }), d: timestamp({ nullable: true }), t: timestamp({ nullable: true }), u: timestamp({ nullable: true }) }); // biome-ignore format: a table
    const table = lake.table(name, typed);
    const [a, b] = (await (await table.read()).rows()).toSorted((x, y) =>
      String(x.id) < String(y.id) ? -1 : 1,
    );
    expect(a).toMatchObject({
      b: 1,
      s: 2,
      i: 3,
      f: Math.fround(0.1),
      d: new Date("2024-02-29"),
      t: new Date("2024-02-29T12:00:00.123Z"),
    });
    expect(b).toMatchObject({
      b: -128,
      i: -2_147_483_648,
      f: Number.NaN,
      d: new Date("0001-01-01T00:00:00Z"),
      t: null,
    });
    for (const [where, n] of [
      ["f", 1],
      ["u", 1],
    ] as const) {
      const rows = await table.read({
        where: (c) => (where === "f" ? c.f.isAbove(0.1) : c.u.isAfter(new Date(0))),
      });
      expect(await rows.count(), where).toBe(n);
    }
    await sql(
      `ALTER TABLE ${at(name)} CHANGE COLUMN b TYPE INT`,
      `ALTER TABLE ${at(name)} CHANGE COLUMN s TYPE DOUBLE`,
      `ALTER TABLE ${at(name)} CHANGE COLUMN f TYPE DOUBLE`,
      `ALTER TABLE ${at(name)} CHANGE COLUMN d TYPE TIMESTAMP_NTZ`,
      `INSERT INTO ${at(name)} VALUES ('c', 1000, 0.5D, 4, 0.1D, TIMESTAMP_NTZ '2024-03-01 01:00:00', NULL, NULL)`,
    );
    const widened = schema("types", {
      ...typed.columns,
      s: float({ nullable: true }),
      i: float({ nullable: true }),
    });
    const wide = lake.table(name, widened);
    await wide.append([{ id: "ours", b: 5, s: 0.25, i: 0.5, f: 1, d: null, t: null, u: null }], {
      evolve: true,
    });
    const [ours, theirs] = [await (await wide.read()).rows(), await theirRows(peer, wide)];
    expect(theirs).toHaveLength(4);
    const { plainRows } = await import("./walk.ts");
    const cut = (rows: readonly object[]): readonly object[] =>
      rows.map((one) => ({ ...one, u: 0 }));
    expect(cut(theirs)).toEqual(cut(plainRows(ours)));
    expect(await (await wide.read({ where: (c) => c.f.isAbove(0.1) })).count()).toBe(2);
  });

  const features: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      "vectors",
      ["(id STRING) USING delta TBLPROPERTIES (delta.enableDeletionVectors = true)"],
      /deletionVectors/,
    ],
    [
      "mapping",
      ["(id STRING) USING delta TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"],
      /columnMapping|column mapping/,
    ],
    [
      "v2",
      ["(id STRING) USING delta TBLPROPERTIES ('delta.checkpointPolicy' = 'v2')"],
      /v2Checkpoint/,
    ],
    ["decimals", ["(id STRING, d DECIMAL(10,2)) USING delta"], /decimal\(10,2\)/],
    ["bytes", ["(id STRING, d BINARY) USING delta"], /binary/],
    ["nested", ["(id STRING, d STRUCT<a: INT>) USING delta"], /struct/],
    ["variant", ["(id STRING, d VARIANT) USING delta"], /variant/],
  ];
  test.each(features)(
    "makes tables with %s that we refuse by name",
    async (name, [create = ""], feature) => {
      await sql(`CREATE TABLE ${at(`refused.${name}`)} ${create}`);
      const table = lake.table(`refused.${name}`, schema("t", { id: text({ nullable: true }) }));
      const error = { code: "table/unsupported-feature", message: expect.stringMatching(feature) };
      await expect(table.read()).rejects.toMatchObject(error);
      await expect(table.append([{ id: "a" }])).rejects.toMatchObject(error);
      await expect(table.vacuum()).rejects.toMatchObject(error);
    },
  );

  const writeOnly: readonly (readonly [string, string, RegExp])[] = [
    ["generated", "", /generated columns/],
    ["identity", "", /identity columns/],
    [
      "defaults",
      "(id STRING, g STRING DEFAULT 'd') USING delta TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported')",
      /allowColumnDefaults|defaults/,
    ],
    ["varchar", "(id STRING, g VARCHAR(3)) USING delta", /char or varchar/],
    [
      "tracked",
      "(id STRING, g STRING) USING delta TBLPROPERTIES (delta.enableRowTracking = true)",
      /rowTracking|enableRowTracking/,
    ],
    [
      "timed",
      "(id STRING, g STRING) USING delta TBLPROPERTIES (delta.enableInCommitTimestamps = true)",
      /inCommitTimestamp/i,
    ],
    ["clustered", "(id STRING, g STRING) USING delta CLUSTER BY (id)", /clustering|domainMetadata/],
  ];
  test.each(writeOnly)(
    "makes tables with %s that we read, and refuse to write by name",
    async (name, create, feature) => {
      const path = `readonly.${name}`;
      if (create === "") await peer.ask("ruled", { path: pathOf(path), kind: name });
      else await sql(`CREATE TABLE ${at(path)} ${create}`);
      await sql(`INSERT INTO ${at(path)} (id) VALUES ('a'), ('b')`);
      const loose = schema("t", { id: text({ nullable: true }) });
      const table = lake.table(path, loose);
      expect((await (await table.read()).rows()).map(({ id }) => id).sort()).toEqual(["a", "b"]);
      expect(await table.history()).toHaveLength((await table.version()) + 1);
      const error = { code: "table/unsupported-feature", message: expect.stringMatching(feature) };
      await expect(table.append([{ id: "c" }], { evolve: true })).rejects.toMatchObject(error);
      await expect(table.optimize()).rejects.toMatchObject(error);
      await expect(table.vacuum()).rejects.toMatchObject(error);
      await expect(table.restore({ version: 0 })).rejects.toMatchObject(error);
    },
  );

  test("makes checks, invariants, append-only tables and shallow clones, which we obey or refuse", async () => {
    const loose = schema("t", { id: text({ nullable: true }), n: int({ nullable: true }) });
    await sql(
      `CREATE TABLE ${at("rules.checked")} (id STRING NOT NULL, n BIGINT) USING delta`,
      `INSERT INTO ${at("rules.checked")} VALUES ('a', 1)`,
      `ALTER TABLE ${at("rules.checked")} ADD CONSTRAINT few CHECK (n < 10 AND id <> 'x')`,
    );
    const checked = lake.table("rules.checked", loose);
    await expect(checked.append([{ id: "b", n: 10 }])).rejects.toMatchObject({
      code: "table/mismatch-check",
    });
    await expect(checked.append([{ id: null, n: 1 }])).rejects.toMatchObject({
      code: "table/mismatch-null",
    });
    await checked.append([{ id: "b", n: 9 }]);
    await sql(`ALTER TABLE ${at("rules.checked")} ADD CONSTRAINT long CHECK (length(id) < 5)`);
    await expect(checked.append([{ id: "c", n: 1 }])).rejects.toMatchObject({
      code: "table/unsupported-check",
      details: { check: "long" },
    });
    await sql(
      `CREATE TABLE ${at("rules.appended")} (id STRING, n BIGINT) USING delta TBLPROPERTIES (delta.appendOnly = true)`,
      `INSERT INTO ${at("rules.appended")} VALUES ('a', 1)`,
      `CREATE TABLE ${at("rules.cloned")} SHALLOW CLONE ${at("rules.checked")}`,
      `INSERT INTO ${at("rules.cloned")} VALUES ('own', 5)`,
    );
    const appended = lake.table("rules.appended", loose);
    await appended.append([{ id: "b", n: 2 }]);
    await expect(appended.delete()).rejects.toMatchObject({
      message: expect.stringContaining("append-only"),
    });
    const cloned = lake.table("rules.cloned", loose);
    expect((await (await cloned.read()).rows()).map(({ id }) => id).sort()).toEqual([
      "a",
      "b",
      "own",
    ]);
    await cloned.vacuum({ retentionHours: 0, force: true });
    expect(await theirRows(peer, checked)).toHaveLength(2);
    expect(await theirRows(peer, cloned)).toHaveLength(3);
  });
});
