import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLake } from "../../src/table/index.ts";
import { openPeer } from "./peer.ts";
import { pythonWith } from "./python.ts";
import { ourRows, row, skipConditions, theirRows, walk, walked } from "./walk.ts";

const python = pythonWith("duckdb");
if ("missing" in python) process.stdout.write(`duckdb interop skipped: ${python.missing}\n`);

const script = `
import duckdb, duckdb_extension_delta, glob, os, math, datetime
found = glob.glob(os.path.join(os.path.dirname(duckdb_extension_delta.__file__), "extensions", "*", "delta.duckdb_extension"))
db = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
db.execute(f"LOAD '{found[0]}'")
db.execute("SET enable_external_file_cache = false")
epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
def cell(value):
  if isinstance(value, float) and not math.isfinite(value): return str(value)
  return 0 if value == 0 and isinstance(value, float) else value
def quoted(text): return "'" + text.replace("'", "''") + "'"
def read(path, version=None, where="true"):
  at = "" if version is None else f", version := {version}"
  scan = f"SELECT * FROM delta_scan({quoted(path)}{at}) WHERE {where}"
  kinds = {c[0]: c[1] for c in db.execute(f"DESCRIBE {scan}").fetchall()}
  select = ", ".join(f'epoch_ms("{name}") AS "{name}"' if kind.startswith("TIMESTAMP") else f'"{name}"' for name, kind in kinds.items())
  rows = db.execute(f"SELECT {select} FROM ({scan})")
  names = [d[0] for d in rows.description]
  return sorted(({n: cell(v) for n, v in zip(names, r)} for r in rows.fetchall()), key=lambda r: r["id"])
def skips(path, conditions):
  db.execute(f"CREATE OR REPLACE TEMP TABLE whole AS SELECT * FROM delta_scan({quoted(path)})")
  of = lambda source, condition: [r[0] for r in db.execute(f"SELECT id FROM {source} WHERE {condition} ORDER BY id").fetchall()]
  conditions = [c.replace("{at}", '"at"') for c in conditions]
  return [c for c in conditions if of(f"delta_scan({quoted(path)})", c) != of("whole", c)]
def insert(path, values):
  db.execute(f"ATTACH {quoted(path)} AS t (TYPE delta)")
  try: db.execute(f"INSERT INTO t {values}")
  finally: db.execute("DETACH t")
`;

describe.skipIf("missing" in python)("duckdb's delta extension", () => {
  test("reads what every operation wrote, row for row, and every version", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-duckdb-"));
    await using lake = await openLake(folder);
    await using peer = openPeer(python, script);
    let steps = 0;
    for await (const step of walk(lake)) {
      const { path } = step.table;
      expect(await theirRows(peer, step.table), step.name).toEqual(await ourRows(lake, step));
      for (const version of step.versions ?? [])
        expect(await theirRows(peer, step.table, version), `version ${version}`).toEqual(
          await ourRows(lake, step, version),
        );
      expect(await peer.ask("skips", { path, conditions: skipConditions }), step.name).toEqual([]);
      steps += 1;
    }
    expect(steps).toBeGreaterThan(35);
    await rm(folder, { recursive: true });
  });

  test("inserts into our tables, and we go on with them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-duckdb-"));
    await using lake = await openLake(folder);
    await using peer = openPeer(python, script);
    const rows = (from: number, n: number): string =>
      `SELECT 'd' || i, i, i / 8, i % 2 = 0, make_timestamptz(1700000000123456 + i), CASE WHEN i % 3 = 0 THEN 'a/b' WHEN i % 3 = 1 THEN 'São Paulo' END, 'low' FROM range(${from}, ${from + n}) r(i)`;
    const name = "peer.plain"; // into partitions the extension cannot insert
    const table = lake.table(name, walked);
    const { path } = table;
    const agree = async (): Promise<void> =>
      expect(await theirRows(peer, table)).toEqual(await ourRows(lake, { name, table }));
    await table.append([row("a", 1, "a/b")]);
    await peer.ask("insert", { path, values: rows(0, 7) });
    expect(await (await table.read()).count()).toBe(8);
    await agree();
    await table.merge([row("d3", 30, "a/b"), row("new", 1)], { on: ["id"] });
    await table.delete((c) => c.n.is(4));
    await agree();
    for (let i = 0; i < 9; i++) await peer.ask("insert", { path, values: rows(100 + 10 * i, 2) });
    await table.append([row("z", 3, "São Paulo")]);
    expect(await (await table.read({ where: (c) => c.n.isAtLeast(150) })).count()).toBe(8);
    await table.optimize();
    await agree();
    const engines = (await table.history()).map(({ engine }) => engine);
    expect(engines.filter((engine) => engine === "DuckDB")).toHaveLength(10);
    const strict = lake.table("peer.strict", walked, { checks: { few: (c) => c.n.isBelow(5) } });
    await strict.append([row("a", 1)]);
    const refused = peer.ask("insert", { path: strict.path, values: rows(9, 1) });
    await expect(refused).rejects.toThrow(/checkConstraints|constraint|writer/i); // it knows no checks
    expect(await strict.version()).toBe(0);
    await rm(folder, { recursive: true });
  });
});
