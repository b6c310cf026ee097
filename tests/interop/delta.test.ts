import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bool, float, int, openLake, schema, text, timestamp } from "../../src/table/index.ts";
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
print(json.dumps({"version": t.version(), "rows": sorted(out, key=lambda r: r["id"])}))
`;
const readAt = `
import sys, json
from deltalake import DeltaTable
print(json.dumps([DeltaTable(sys.argv[1], version=v).to_pyarrow_table().num_rows for v in range(4)]))
`;
const write = `
import sys, json, pyarrow as pa, datetime as d
from deltalake import write_deltalake
utc = d.timezone.utc
t = pa.table({"id": ["a", "b"], "n": pa.array([1, None], pa.int64()), "x": [0.5, None], "yes": [True, None],
  "at": pa.array([d.datetime(2024, 2, 29, 12, tzinfo=utc), None], pa.timestamp("us", "UTC"))})
write_deltalake(sys.argv[1], t)
write_deltalake(sys.argv[1], t.slice(0, 1), mode="append")
print("null")
`;

describe.skipIf("missing" in python)("delta-rs", () => {
  test("reads what append, merge, update and overwrite wrote, row for row", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-interop-"));
    await using lake = await openLake(folder);
    const table = lake.table("peer.rows", rows);
    const row = (id: string, n: number | null) => ({
      id,
      n,
      x: n === null ? null : n / 3,
      yes: n === 1,
      at: n === null ? null : new Date(1_700_000_000_000 + (n % 1000)),
    });
    const compare = async () => {
      const ours = await (await table.read()).rows();
      const expected = ours.map((r) => ({ ...r, at: r.at?.getTime() ?? null }));
      const sorted = expected.sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(runPython(python, read, [table.path])).toEqual({
        version: await table.version(),
        rows: sorted,
      });
    };
    await table.append([row("a", 1), row("ü", null)]);
    await compare();
    await table.merge([row("a", 2), row("b", 9_007_199_254_740_991)], { on: ["id"] });
    await compare();
    await table.update(
      (c) => c.id.is("b"),
      (c) => ({ yes: c.id.is("b"), n: c.n.minus(1) }),
    );
    await compare();
    await table.overwrite([row("z", 7)]);
    await compare();
    expect(runPython(python, readAt, [table.path])).toEqual([2, 3, 3, 1]);
    await rm(folder, { recursive: true });
  });

  test("writes tables that Millrace reads, row for row", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-interop-"));
    await using lake = await openLake(folder);
    const table = lake.table("peer.rows", rows);
    runPython(python, write, [table.path]);
    const a = { id: "a", n: 1, x: 0.5, yes: true, at: new Date("2024-02-29T12:00:00Z") };
    expect(await (await table.read()).rows()).toEqual([
      a,
      { id: "b", n: null, x: null, yes: null, at: null },
      a,
    ]);
    await table.append([{ ...a, id: "c" }]);
    expect(runPython(python, read, [table.path])).toMatchObject({ version: 2 });
    await rm(folder, { recursive: true });
  });
});
