import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expectations, quarantineSchema, tableExpectations } from "../../src/check/index.ts";
import { int, openLake, schema, text } from "../../src/table/index.ts";
import { pythonWith, runPython } from "./python.ts";

const python = pythonWith("deltaOlder");
if ("missing" in python) process.stdout.write(`delta interop skipped: ${python.missing}\n`);

const points = schema("points", { id: text({ key: true }), x: int() });
const e = expectations(points);

/** Reads a table, appends a row that it would not take here, and tells what it saw. */
const script = `
import sys, json, pyarrow as pa
from deltalake import DeltaTable, write_deltalake
t = DeltaTable(sys.argv[1])
seen = sorted([r["id"], r["x"]] for r in t.to_pyarrow_table().to_pylist())
counts = [h.get("expectations") for h in t.history()]
write_deltalake(sys.argv[1], pa.table({"id": ["z"], "x": pa.array([-9], pa.int64())}), mode="append")
t.optimize.compact()
print(json.dumps({"rows": seen, "counts": counts[0], "kept": "millrace.expectations" in DeltaTable(sys.argv[1]).metadata().configuration}))
`;

describe.skipIf("missing" in python)("deltalake", () => {
  test("reads and writes a table with expectations, and leaves them to us", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-expectations-"));
    const lake = await openLake(folder);
    const table = lake.table("demo.points", points);
    await table.append([{ id: "a", x: 1 }]);
    const drop = [e.between("x", { min: 0 })];
    await table.alter({
      expectations: tableExpectations(points, { drop, quarantine: "demo.gone" }),
    });
    await table.append([
      { id: "b", x: 2 },
      { id: "c", x: -3 },
    ]);
    const count = { name: "x is ≥ 0", action: "drop", passed: 1, failed: 1, dropped: 1 };
    expect(runPython(python, script, [table.path])).toEqual({
      rows: [
        ["a", 1],
        ["b", 2],
      ],
      counts: [count],
      kept: true,
    });
    const after = await table.append([{ id: "d", x: -4 }]);
    expect(after.expectations).toEqual([{ ...count, passed: 0 }]);
    expect((await (await table.read()).rows()).map(({ id }) => id).sort()).toEqual(["a", "b", "z"]);
    const gone = lake.table("demo.gone", quarantineSchema(points));
    expect((await (await gone.read()).rows()).map(({ id }) => id)).toEqual(["c", "d"]);
    await lake.close();
    await rm(folder, { recursive: true });
  });
});
