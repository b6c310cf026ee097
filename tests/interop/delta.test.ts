import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  bool,
  type CellsOf,
  float,
  int,
  openLake,
  schema,
  type Table,
  type TableOptions,
  text,
  timestamp,
} from "../../src/table/index.ts";
import { pythonWith, runPython } from "./python.ts";

const python = pythonWith(["deltalake==1.2.1", "pyarrow"]);
if ("missing" in python) process.stdout.write(`delta interop skipped: ${python.missing}\n`);

const rows = schema("rows", {
  id: text({ key: true }),
  n: int({ nullable: true }),
  x: float({ nullable: true }),
  yes: bool({ nullable: true }),
  at: timestamp({ nullable: true }),
});
const read = `
import sys, json
from deltalake import DeltaTable
t = DeltaTable(sys.argv[1])
out = [r for r in t.to_pyarrow_table().to_pylist()]
for r in out:
    r["at"] = None if r["at"] is None else int(r["at"].timestamp() * 1000)
print(json.dumps({"version": t.version(), "rows": sorted(out, key=lambda r: (r["id"], r["x"] or 0))}))
`;
const readAt = `
import sys, json
from deltalake import DeltaTable
print(json.dumps([DeltaTable(sys.argv[1], version=int(v)).to_pyarrow_table().num_rows for v in sys.argv[2:]]))
`;
const readFeed = `
import sys, json, pyarrow as pa
from deltalake import DeltaTable
t = pa.table(DeltaTable(sys.argv[1]).load_cdf(starting_version=int(sys.argv[2])))
print(json.dumps(sorted([r["_commit_version"], r["_change_type"], r["id"], r["n"]] for r in t.to_pylist())))
`;
const files = `
import sys, json
from deltalake import DeltaTable
t = DeltaTable(sys.argv[1])
print(json.dumps({"files": len(t.file_uris()), "one": len(t.file_uris([("city", "=", "a/b")])),
  "partitions": t.metadata().partition_columns, "config": t.metadata().configuration}))
`;
const write = `
import sys, json, pyarrow as pa, datetime as d
from deltalake import write_deltalake, DeltaTable
utc = d.timezone.utc
plain, odd = ["ab", "Rio", None, "x-y"], ["a/b", "São Paulo", "100%", "x=y", "it's", "*?[a]", " ", None]
def rows(ids, x, cities=plain):
  at = d.datetime(2024, 2, 29, 12, 0, 0, 123000, tzinfo=utc)
  return pa.table({"id": ids, "n": pa.array([None if i % 3 == 2 else i for i in range(len(ids))], pa.int64()),
    "x": pa.array([x] * len(ids), pa.float64()), "yes": [i % 2 == 0 for i in range(len(ids))],
    "at": pa.array([at] * len(ids), pa.timestamp("us", "UTC")), "city": [cities[i % len(cities)] for i in range(len(ids))]})
path, steps = sys.argv[1], sys.argv[2:]
for step in steps:
  if step == "create": write_deltalake(path, rows([f"k{i}" for i in range(8)], 0.5), partition_by=["city"])
  if step == "odd": write_deltalake(path, rows([f"k{i}" for i in range(8)], 0.5, odd), partition_by=["city", "yes"])
  t = DeltaTable(path)
  if step == "append": write_deltalake(t, rows(["p", "q", "r"], 1.5), mode="append")
  if step == "delete": t.delete("id = 'k1'")
  if step == "update": t.update(updates={"x": "x + 1"}, predicate="city = 'Rio'")
  if step == "merge":
    t.merge(rows(["k0", "new"], 9.0), "t.id = s.id", source_alias="s", target_alias="t").when_matched_update_all().when_not_matched_insert_all().execute()
  if step == "optimize": t.optimize.compact()
  if step == "many":
    for i in range(12): write_deltalake(DeltaTable(path), rows([f"m{i}"], 2.0), mode="append")
  if step == "checkpoint": t.create_checkpoint()
  if step == "cleanup": t.create_checkpoint(); t.cleanup_metadata()
print("null")
`;

const plain = { ...rows.columns };
const towns = schema("rows", { ...plain, city: text({ nullable: true }) });
const row = (id: string, n: number | null, city: string | null = null) => ({
  id,
  n,
  x: n === null ? null : n / 3,
  yes: n === 1,
  at: n === null ? null : new Date(1_700_000_000_000 + (n % 1000)),
  city,
});

/** A table in a new lake, and the comparison of its rows as Millrace and as delta-rs read them. */
async function inLake(
  options: TableOptions<(typeof towns)["columns"]>,
  work: (table: Table<(typeof towns)["columns"]>, compare: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-interop-"));
  const lake = await openLake(folder);
  const table = lake.table("peer.rows", towns, options);
  await work(table, async () => {
    const ours = await (await lake.table("peer.rows", towns).read()).rows();
    const expected = ours.map((r) => ({ ...r, at: r.at?.getTime() ?? null }));
    const sorted = expected.sort((a, b) =>
      a.id === b.id ? (a.x ?? 0) - (b.x ?? 0) : a.id < b.id ? -1 : 1,
    );
    expect(runPython(python, read, [table.path])).toEqual({
      version: await table.version(),
      rows: sorted,
    });
  });
  await lake.close();
  await rm(folder, { recursive: true });
}

describe.skipIf("missing" in python)("delta-rs", () => {
  test("reads what every operation wrote, row for row", async () => {
    const checks = { small: (c: CellsOf<(typeof towns)["columns"]>) => c.id.isMissing().not() };
    await inLake({ checks, changeFeed: true }, async (table, compare) => {
      await table.append([row("a", 1), row("ü", null)]);
      await compare();
      await table.merge([row("a", 2), row("b", 9_007_199_254_740_991)], { on: ["id"] });
      await compare();
      await table.update(
        (c) => c.id.is("b"),
        (c) => ({ yes: c.id.is("b"), n: c.n.minus(1) }),
      );
      await compare();
      await table.mergeWhen([row("a", 5), row("c", 3)], {
        on: ["id"],
        matched: [{ set: (t, s) => ({ n: s.n, city: "moved", yes: t.yes }) }],
        notMatched: [{ values: "all" }],
        notMatchedBySource: [{ condition: (t) => t.n.isMissing(), delete: true }],
      });
      await compare();
      await table.delete((c) => c.id.is("c"));
      await compare();
      expect(runPython(python, readFeed, [table.path, "3"])).toEqual(
        (await (await table.changes({ from: 3 })).rows())
          .map((r) => [r._commit_version, r._change_type, r.id, r.n])
          .sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1)),
      );
      await table.overwrite([row("b", 4)], { where: (c) => c.id.is("b") });
      await compare();
      await table.restore({ version: 2 });
      await compare();
      await table.overwrite([row("z", 7)]);
      await compare();
      for (const n of [1, 2, 3]) await table.append([row(`m${n}`, n)]);
      await compare();
      await table.optimize();
      await compare();
      await table.optimize({ clusterBy: ["n", "id"] });
      await compare();
      expect(runPython(python, readAt, [table.path, "0", "1", "3", "6", "7"])).toEqual([
        2, 3, 3, 3, 1,
      ]);
      await table.vacuum({ retentionHours: 0, force: true });
      await compare();
    });
  });

  test("reads partitions by their values, new columns, checkpoints, and logs cut off before them", async () => {
    const cities = ["a/b", "São Paulo", "100%", "x=y", "it's", null, "..", "*?[a]", " "];
    await inLake({ partitionBy: ["city"] }, async (table, compare) => {
      await table.append(cities.map((city, i) => row(`k${i}`, i, city)));
      await compare();
      expect(runPython(python, files, [table.path])).toMatchObject({
        files: cities.length,
        one: 1,
        partitions: ["city"],
      });
      await table.update(
        (c) => c.city.is("a/b"),
        () => ({ city: "c/d" }),
      );
      await compare();
      for (let i = 0; i < 12; i++) await table.append([row(`m${i}`, i, "x=y")]);
      await compare();
      for (let version = 0; version < 10; version++)
        await rm(join(table.path, "_delta_log", `${String(version).padStart(20, "0")}.json`));
      await compare();
      await table.optimize();
      await compare();
    });
    const folder = await mkdtemp(join(tmpdir(), "millrace-interop-"));
    await using lake = await openLake(folder);
    const narrow = lake.table("peer.rows", rows);
    const { city: _, ...first } = row("a", 1);
    await narrow.append([first]);
    const wide = lake.table("peer.rows", towns);
    await wide.append([row("b", 2, "x")], { evolve: true });
    expect(runPython(python, read, [wide.path])).toMatchObject({
      rows: [
        { id: "a", city: null },
        { id: "b", city: "x" },
      ],
    });
    await rm(folder, { recursive: true });
  });

  test("writes to a table that Millrace made, checks and all", async () => {
    await inLake({}, async (table, compare) => {
      await table.append([row("a", 1, "x")]);
      runPython(python, write, [table.path, "append", "delete", "merge"]);
      await compare();
      await table.merge([row("a", 3)], { on: ["id"] });
      await compare();
      await table.alter({
        checks: { low: (c) => c.n.isAtMost(5).or(c.n.isMissing()).and(c.id.is("nobody").not()) },
      });
      const insert = `
import sys, json, pyarrow as pa
from deltalake import write_deltalake, DeltaTable
t = DeltaTable(sys.argv[1])
def one(n): return pa.table({"id": ["w"], "n": pa.array([n], pa.int64()), "x": [0.5], "yes": [True], "at": pa.array([None], pa.timestamp("us", "UTC")), "city": ["c"]})
write_deltalake(t, one(5), mode="append")
try:
  write_deltalake(DeltaTable(sys.argv[1]), one(6), mode="append")
  print(json.dumps("written"))
except Exception as e:
  print(json.dumps("refused"))
`;
      expect(runPython(python, insert, [table.path])).toBe("refused");
      await compare();
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
      "many",
      "checkpoint",
      "cleanup",
      "append",
    ];
    await inLake({}, async (table, compare) => {
      for (const step of steps) {
        runPython(python, write, [table.path, step]);
        await compare();
      }
      expect(await (await table.read({ where: (c) => c.city.is("Rio") })).count()).toBe(4);
      await table.append([row("ours", 1, "Rio")]);
      await table.merge([row("k0", 1, "x-y")], { on: ["id"] });
      await table.delete((c) => c.city.isMissing());
      await table.optimize();
      await compare();
      runPython(python, write, [table.path, "optimize"]);
      await compare();
    });
    await inLake({}, async (table, compare) => {
      runPython(python, write, [table.path, "odd"]); // whose files delta-rs itself cannot update
      await compare();
      await table.update(
        (c) => c.city.is("100%"),
        () => ({ n: 100 }),
      );
      await table.merge([row("k0", 1, "São Paulo")], { on: ["id"] });
      await table.delete((c) => c.city.is("*?[a]").or(c.city.is("it's")));
      await compare();
    });
  });
});
