import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  int,
  openLake,
  schema,
  type Table,
  type TableOptions,
  text,
  timestamp,
} from "../../src/table/index.ts";
import { openPeer, type Peer } from "./peer.ts";
import { pythonWith } from "./python.ts";
import {
  oddCities,
  ourRows,
  plainRows,
  row,
  type Step,
  skipConditions,
  theirRows,
  walk,
  walked,
} from "./walk.ts";

const python = pythonWith("delta");
if ("missing" in python) process.stdout.write(`delta interop skipped: ${python.missing}\n`);

const script = `
import math, datetime as d, pyarrow as pa
from deltalake import write_deltalake, DeltaTable, QueryBuilder
utc = d.timezone.utc
epoch = d.datetime(1970, 1, 1, tzinfo=utc)
def cell(v):
  if isinstance(v, d.datetime): return (v - epoch) // d.timedelta(milliseconds=1)
  if isinstance(v, float) and not math.isfinite(v): return str(v)
  return 0 if isinstance(v, float) and v == 0 else v
def listed(table): return sorted(({n: cell(v) for n, v in r.items()} for r in table.to_pylist()), key=lambda r: r["id"])
def read(path, version=None): return listed(DeltaTable(path, version=version).to_pyarrow_table())
def version(path): return DeltaTable(path).version()
def history(path): return DeltaTable(path).history()
def feed(path, since):
  t = pa.table(DeltaTable(path).load_cdf(starting_version=since))
  return sorted([r["_commit_version"], r["_change_type"], r["id"], cell(r["n"])] for r in t.to_pylist())
def ids(table, condition):
  q = f"SELECT id FROM t WHERE {condition} ORDER BY id"
  return [r["id"] for r in pa.table(QueryBuilder().register("t", table).execute(q)).to_pylist()]
def skips(path, conditions):
  t = DeltaTable(path)
  import pyarrow.dataset as ds
  whole = t.to_pyarrow_table()
  import tempfile
  with tempfile.TemporaryDirectory() as folder:
    bare = whole.cast(pa.schema([pa.field(f.name, f.type) for f in whole.schema]))
    write_deltalake(folder, bare, configuration={"delta.dataSkippingNumIndexedCols": "0"})
    copy = DeltaTable(folder)
    conditions = [c.replace("{at}", '"at"') for c in conditions]
    return [c for c in conditions if ids(t, c) != ids(copy, c)]
def files(path):
  t = DeltaTable(path)
  return {"files": len(t.file_uris()), "one": len(t.file_uris([("city", "=", "a/b")])), "partitions": t.metadata().partition_columns}
plain, odd = ["ab", "Rio", None, "x-y"], ["a/b", "São Paulo", "100%", "x=y", "it's", "*?[a]", " ", None]
def rows(ids, x, cities=plain):
  at = d.datetime(2024, 2, 29, 12, 0, 0, 123456, tzinfo=utc)
  return pa.table({"id": ids, "n": pa.array([None if i % 3 == 2 else i for i in range(len(ids))], pa.int64()),
    "x": pa.array([x] * len(ids), pa.float64()), "yes": [i % 2 == 0 for i in range(len(ids))],
    "at": pa.array([at] * len(ids), pa.timestamp("us", "UTC")), "city": [cities[i % len(cities)] for i in range(len(ids))],
    "level": ["low"] * len(ids)})
def one(path, n): write_deltalake(DeltaTable(path), rows(["w"], 0.5).set_column(1, "n", pa.array([n], pa.int64())), mode="append")
def step(path, name):
  if name == "create": write_deltalake(path, rows([f"k{i}" for i in range(8)], 0.5), partition_by=["city"])
  if name == "odd": write_deltalake(path, rows([f"k{i}" for i in range(8)], 0.5, odd), partition_by=["city", "yes"])
  if name == "narrow":
    t = pa.table({"id": ["a", "b"], "n": pa.array([1, -128], pa.int8()), "x": pa.array([0.1, None], pa.float32()),
      "at": pa.array([d.date(1, 1, 1), d.date(9999, 12, 31)]), "yes": [True, None], "city": ["", None], "level": ["low", "low"]})
    write_deltalake(path, t)
  if name == "decimal": write_deltalake(path, pa.table({"id": ["a"], "n": pa.array([1], pa.decimal128(10, 2))}))
  if name == "binary": write_deltalake(path, pa.table({"id": ["a"], "n": [b"1"]}))
  if name == "list": write_deltalake(path, pa.table({"id": ["a"], "n": [[1]]}))
  if name == "struct": write_deltalake(path, pa.table({"id": ["a"], "n": [{"a": 1}]}))
  if name == "vectors": write_deltalake(path, rows(["a"], 1.0), configuration={"delta.enableDeletionVectors": "true"})
  if name == "mapping": write_deltalake(path, rows(["a"], 1.0), configuration={"delta.columnMapping.mode": "name", "delta.minReaderVersion": "2", "delta.minWriterVersion": "5"})
  if name == "appendOnly": write_deltalake(path, rows(["a"], 1.0), configuration={"delta.appendOnly": "true"})
  if name == "naive": write_deltalake(path, pa.table({"id": ["a", "b"], "at": pa.array([d.datetime(2024, 2, 29, 12, 0, 0, 123456), None], pa.timestamp("us"))}))
  if name == "moments":
    at = [d.datetime(2024, 2, 29, 12, 0, 0, 123456), d.datetime(1999, 12, 31, 23, 59, 59), None]
    write_deltalake(path, pa.table({"id": ["k0", "k1", "k2"], "n": pa.array([0, 1, 2], pa.int64()), "at": pa.array(at, pa.timestamp("us", "UTC"))}), partition_by=["at"])
  t = DeltaTable(path)
  if name == "append": write_deltalake(t, rows(["p", "q", "r"], 1.5), mode="append")
  if name == "delete": t.delete("id = 'k1'")
  if name == "update": t.update(updates={"x": "x + 1"}, predicate="city = 'Rio'")
  if name == "merge":
    t.merge(rows(["k0", "new"], 9.0), "t.id = s.id", source_alias="s", target_alias="t").when_matched_update_all().when_not_matched_insert_all().execute()
  if name == "optimize": t.optimize.compact()
  if name == "zorder": t.optimize.z_order(["n", "x"])
  if name == "many":
    for i in range(12): write_deltalake(DeltaTable(path), rows([f"m{i}"], 2.0), mode="append")
  if name == "checkpoint": t.create_checkpoint()
  if name == "cleanup": t.create_checkpoint(); t.cleanup_metadata()
  if name == "vacuum": t.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
  if name == "restore": t.restore(1)
  if name == "constraint": t.alter.add_constraint({"few": "x < 100"})
  if name == "overwrite": write_deltalake(t, rows(["o1", "o2"], 3.5), mode="overwrite", predicate="city = 'Rio'" if False else None)
  if name == "feature":
    from deltalake import TableFeatures
    t.alter.add_feature(TableFeatures.ChangeDataFeed, allow_protocol_versions_increase=True)
    t.alter.set_table_properties({"delta.enableChangeDataFeed": "true"})
  if name == "half": t.delete("n % 2 = 0")
  if name == "cities":
    for city in sorted({c for c in t.to_pyarrow_table()["city"].to_pylist() if c is not None}):
      c = city.replace("'", "''")
      DeltaTable(path).delete(f"city = '{c}' AND n % 2 = 0")
      DeltaTable(path).update(updates={"n": "n + 100"}, predicate=f"city = '{c}' AND n % 4 = 1")
    t.update_incremental()
    t.delete("city IS NULL AND n % 2 = 0")
  if name == "raise": t.update(updates={"n": "n + 100"}, predicate="n % 4 = 1")
  if name == "upsert":
    s = DeltaTable(path).to_pyarrow_table()
    t.merge(s.set_column(s.schema.get_field_index("n"), "n", pa.array([1000 + n for n in s["n"].to_pylist()], pa.int64())),
      "t.id = s.id", source_alias="s", target_alias="t").when_matched_update_all().execute()
  if name == "txn":
    from deltalake import Transaction, CommitProperties
    write_deltalake(t, rows(["txn"], 3.5), mode="append", commit_properties=CommitProperties(app_transactions=[Transaction("loader", 7)]))
`;

type Walked = (typeof walked)["columns"];
let peer: Peer;
beforeAll(() => {
  if (!("missing" in python)) peer = openPeer(python, script);
});
afterAll(() => peer?.[Symbol.asyncDispose]());

/** A table in a new lake, and the comparison of its rows as Millrace and as delta-rs read them. */
async function inLake(
  options: TableOptions<Walked>,
  work: (table: Table<Walked>, compare: (name: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-interop-"));
  await using lake = await openLake(folder);
  const table = lake.table("peer.rows", walked, options);
  await work(table, async (name) => {
    const { path } = table;
    expect(await theirRows(peer, table), name).toEqual(await ourRows(lake, { name, table }));
    expect(await peer.ask("version", { path })).toBe(await table.version());
  });
  await rm(folder, { recursive: true });
}

/** Its engine knows no moments before 1677, and finds a missing partition value neither equal nor missing, in tables of its own too. */
const isForDeltaRs = ({ table: { name } }: Step, condition: string): boolean =>
  !(name === "walk.extremes" && condition.includes("{at}")) &&
  !(name === "walk.parts" && /city|yes/.test(condition));

describe.skipIf("missing" in python)("delta-rs", () => {
  test("reads what every operation wrote, row for row, every version, and its change feed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-interop-"));
    await using lake = await openLake(folder);
    let steps = 0;
    for await (const step of walk(lake)) {
      const { path } = step.table;
      expect(await theirRows(peer, step.table), step.name).toEqual(await ourRows(lake, step));
      const conditions = skipConditions.filter((condition) => isForDeltaRs(step, condition));
      expect(await peer.ask("skips", { path, conditions }), step.name).toEqual([]);
      for (const version of step.versions ?? [])
        expect(await theirRows(peer, step.table, version), `version ${version}`).toEqual(
          await ourRows(lake, step, version),
        );
      if (step.feedFrom !== undefined) {
        const changes = await lake.table(step.table.name, walked).changes({ from: step.feedFrom });
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
    await rm(folder, { recursive: true });
  });

  test.each([["half"], ["cities"], ["raise"], ["upsert"], ["optimize"], ["zorder"], ["vacuum"]])(
    "changes partitions whose values are hard to write into a path: %s",
    async (name) => {
      await inLake({ partitionBy: ["city", "level"] }, async (table, compare) => {
        const cities = [...oddCities, "%25", "~", "2024-01-01 10:00:00", "日本", "plain", null];
        const rows = (from: number) =>
          cities.map((city, i) => ({
            ...row(`k${from + i}`, from + i, city),
            level: "low" as const,
          }));
        await table.append([...rows(0), ...rows(101)]);
        await table.append(rows(200));
        await peer.ask("step", { path: table.path, name });
        await compare(name);
        await table.update(
          (c) => c.city.is("a/b"),
          () => ({ n: 7 }),
        );
        await table.append([row("last", 1, "100%")]);
        await compare("ours after it");
        expect(await (await table.read()).count()).toBeGreaterThan(cities.length);
      });
    },
  );

  test("changes our rows in a table of its own that is partitioned by moments", async () => {
    const moments = schema("moments", {
      id: text(),
      n: int({ nullable: true }),
      at: timestamp({ nullable: true }),
    });
    const folder = await mkdtemp(join(tmpdir(), "millrace-interop-"));
    await using lake = await openLake(folder);
    const table = lake.table("peer.moments", moments);
    await peer.ask("step", { path: table.path, name: "moments" });
    const at = new Date("2024-02-29T12:34:56.789Z");
    await table.append([0, 1, 2, 3].map((n) => ({ id: `m${n}`, n, at })));
    await peer.ask("step", { path: table.path, name: "half" });
    await peer.ask("step", { path: table.path, name: "vacuum" });
    const ours = plainRows(await (await table.read()).rows());
    expect(await theirRows(peer, table)).toEqual(ours);
    expect(ours.map((one) => (one as { readonly id: string }).id)).toEqual(["k1", "m1", "m3"]);
    await rm(folder, { recursive: true });
  });

  test("finds the files of a partition by its value", async () => {
    await inLake({ partitionBy: ["city"] }, async (table, compare) => {
      await table.append(oddCities.map((city, i) => row(`k${i}`, i, city)));
      await compare("odd cities");
      expect(await peer.ask("files", { path: table.path })).toEqual({
        files: oddCities.length,
        one: 1,
        partitions: ["city"],
      });
    });
  });

  test("shows the lineage of our writes in its history, and its own writes are told as not recorded", async () => {
    await inLake({}, async (table, compare) => {
      const { path } = table;
      await table.append([row("a", 1), row("b", 2)]);
      await table.merge(
        (await table.read()).where((c) => c.n.isAbove(1)),
        { on: ["id"] },
      );
      await table.update(
        (c) => c.n.is(1),
        (c) => ({ x: c.n }),
      );
      await compare("lineage");
      const [last, merge] = (await peer.ask("history", { path })) as Record<string, unknown>[];
      expect(last?.["lineage"]).toMatchObject({
        format: 1,
        effect: "add",
        columns: { x: [[0, "n"]] },
      });
      expect(merge?.["lineage"]).toMatchObject({
        sources: [{ kind: "table", name: "peer.rows", version: 0 }],
        rows: [
          [0, "n"],
          [0, "id"],
        ],
      });
      await peer.ask("step", { path, name: "append" });
      const { unrecorded, columns } = await table.lineage();
      expect(unrecorded.map(({ version, operation }) => [version, operation])).toEqual([
        [3, "WRITE"],
      ]);
      expect(columns["x"]).toMatchObject({ unknown: true });
    });
  });

  test("writes to a table that Millrace made, checks and all", async () => {
    await inLake({}, async (table, compare) => {
      const { path } = table;
      await table.append([row("a", 1, "x")]);
      for (const name of ["append", "delete", "merge", "txn"]) {
        await peer.ask("step", { path, name });
        await compare(name);
      }
      expect(await table.txn("loader")).toBe(7);
      await table.merge([row("a", 3)], { on: ["id"] });
      await table.alter({
        checks: { low: (c) => c.n.isAtMost(5).or(c.n.isMissing()).and(c.id.is("nobody").not()) },
      });
      await peer.ask("one", { path, n: 5 });
      await expect(peer.ask("one", { path, n: 6 })).rejects.toThrow(/1 rows failed validation/);
      await compare("a check of ours");
      await peer.ask("step", { path, name: "constraint" });
      await expect(
        table.append([row("many", 4), row("more", 5), { ...row("b", 4), x: 100 }]),
      ).rejects.toMatchObject({ code: "table/mismatch-check", details: { check: "few" } });
      await table.append([row("many", 4), row("more", 5)]);
      await compare("a check of theirs");
      await peer.ask("step", { path, name: "restore" });
      await compare("their restore");
      await table.append([row("last", 1)]);
      await peer.ask("step", { path, name: "vacuum" });
      await compare("their vacuum");
    });
  });

  test("writes tables that Millrace reads and goes on with: partitions, deletes, merges, optimize, checkpoints", async () => {
    const steps = [
      "create",
      "append",
      "delete",
      "update",
      "merge",
      "optimize",
      "zorder",
      "many",
      "checkpoint",
      "cleanup",
      "append",
      "vacuum",
      "feature",
      "update",
      "overwrite",
      "append",
    ];
    await inLake({}, async (table, compare) => {
      const { path } = table;
      for (const name of steps) {
        await peer.ask("step", { path, name });
        await compare(name);
      }
      const theirs = await (await table.changes({ from: (await table.version()) - 1 })).rows();
      const since = (await table.version()) - 1;
      expect(await peer.ask("feed", { path, since })).toHaveLength(theirs.length);
      await table.append([row("ours", 1, "Rio")]);
      expect(await (await table.read({ where: (c) => c.city.is("Rio") })).count()).toBe(3);
      await table.merge([row("o1", 1, "x-y")], { on: ["id"] });
      await table.delete((c) => c.city.isMissing());
      await table.optimize();
      await compare("ours");
      await peer.ask("step", { path, name: "optimize" });
      await compare("optimize again");
    });
    await inLake({}, async (table, compare) => {
      await peer.ask("step", { path: table.path, name: "odd" }); // whose files delta-rs itself cannot update
      await compare("odd");
      await table.update(
        (c) => c.city.is("100%"),
        () => ({ n: 100 }),
      );
      await table.merge([row("k0", 1, "São Paulo")], { on: ["id"] });
      await table.delete((c) => c.city.is("*?[a]").or(c.city.is("it's")));
      await compare("ours");
    });
  });

  test("writes narrow types that Millrace reads exactly, and skips files of by their statistics", async () => {
    await inLake({}, async (table, compare) => {
      await peer.ask("step", { path: table.path, name: "narrow" });
      const found = await (await table.read()).rows();
      expect(found).toMatchObject([
        { id: "a", n: 1, x: Math.fround(0.1), at: new Date("0001-01-01T00:00:00Z"), city: "" },
        { id: "b", n: -128, x: null, at: new Date("9999-12-31T00:00:00Z"), city: null },
      ]);
      expect(await (await table.read({ where: (c) => c.x.isAbove(0.1) })).count()).toBe(1);
      await expect(table.append([row("c", 300)])).rejects.toMatchObject({
        code: "table/mismatch-value",
      });
      await table.append([{ ...row("c", 127), at: new Date("2024-02-29") }]);
      await peer.ask("read", { path: table.path });
      expect(compare).toBeDefined();
    });
  });

  test("writes tables that Millrace refuses by the feature's name, and leaves alone", async () => {
    const refused = [["decimal", "decimal(10,2)"], ["binary", "binary"], ["list", "array"], ["struct", "struct"], ["vectors", "deletionVectors"]] as const; // biome-ignore format: a table
    for (const [name, feature] of refused)
      await inLake({}, async (table) => {
        await peer.ask("step", { path: table.path, name });
        const error = {
          code: "table/unsupported-feature",
          message: expect.stringContaining(feature),
        };
        await expect(table.read(), name).rejects.toMatchObject(error);
        await expect(table.append([row("a", 1)]), name).rejects.toMatchObject(error);
        await expect(table.vacuum(), name).rejects.toMatchObject(error);
        expect(await table.version()).toBe(0);
      });
    await inLake({}, async (table) => {
      await peer.ask("step", { path: table.path, name: "appendOnly" });
      await table.append([row("b", 1)]);
      await expect(table.delete()).rejects.toMatchObject({ code: "table/unsupported-feature" });
      expect(await (await table.read()).count()).toBe(2);
    });
  });
});
