import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { formatDot, formatMermaid, formatTree, int, type Lake, schema } from "../index.ts";

const points = schema("points", { id: int(), x: int({ nullable: true }) });
const odd = schema("odd", { 'a"b<c>': int({ nullable: true }), n: int({ nullable: true }) });

/** points → copy → odd, whose first column is a sum and whose second is a number. */
async function chain(): Promise<Lake> {
  const lake = await newLake();
  const table = lake.table("demo.points", points);
  for (let id = 0; id < 3; id++) await table.append([{ id, x: id }]);
  const copy = lake.table("demo.copy", points);
  for (const version of [0, 1, 2]) await copy.append(await table.read({ version }));
  const query = 'SELECT x + id AS "a""b<c>", 1 AS n FROM demo.copy WHERE id > 0';
  await lake.table("demo.odd", odd).append(await lake.sql(query, { schema: odd }));
  return lake;
}

describe("formatTree", () => {
  test("each column stands above what it is made of, with versions, up to the source", async () => {
    await using lake = await chain();
    expect(formatTree(await lake.lineage("demo.odd"))).toEqual([
      "demo.odd, version 0",
      '  a"b<c>',
      "    ← demo.copy.x (version 2)",
      "        ← demo.points.x (versions 0–2)",
      "            ← rows in memory: x",
      "    ← demo.copy.id (version 2)",
      "        ← demo.points.id (versions 0–2)",
      "            ← rows in memory: id",
      "  n: made of no column",
      "  (which rows)",
      "    ← demo.copy.id (version 2)",
      "        ← demo.points.id (versions 0–2)",
      "            ← rows in memory: id",
    ]);
  });

  test("downstream it shows what is made of each column", async () => {
    await using lake = await chain();
    const lineage = await lake.lineage("demo.points");
    expect(formatTree(lineage, { direction: "downstream" })).toEqual([
      "demo.points, version 2",
      "  id",
      "    → demo.copy.id",
      '        → demo.odd.a"b<c>',
      "        → demo.odd (which rows)",
      "  x",
      "    → demo.copy.x",
      '        → demo.odd.a"b<c>',
    ]);
    const below = await lake.lineage("demo.odd");
    expect(formatTree(below, { direction: "downstream", column: "n" })).toEqual([
      "demo.odd, version 0",
      "  n: nothing is made of it",
    ]);
  });

  test("what is made of itself, or of tables that read each other, ends", async () => {
    await using lake = await newLake();
    const [a, b] = [lake.table("demo.a", points), lake.table("demo.b", points)];
    await a.append([{ id: 1, x: 1 }]);
    await a.update(
      (c) => c.id.is(1),
      (c) => ({ x: c.id }),
    );
    await b.append(await a.read());
    await a.append(await b.read());
    expect(formatTree(await a.lineage(), { column: "x" })).toEqual([
      "demo.a, version 2",
      "  x",
      "    ← demo.b.x (version 0)",
      "        ← demo.a.x (version 1) …",
      "    ← demo.a.id (version 0)",
      "        ← demo.b.id (version 0)",
      "            ← demo.a.id (version 1) …",
      "        ← rows in memory: id",
      "    ← rows in memory: x",
    ]);
  });

  test("many versions and files are cut, and what is not recorded is told", async () => {
    const ends = Array.from({ length: 40 }, (_, i) => i * 2);
    const names = ends.map((n) => `file-${String(n).padStart(2, "0")}.csv`);
    const from = [
      { kind: "table", name: "demo.a", column: "x", versions: ends },
      { kind: "file", names, column: "X" },
    ] as const;
    const lineage = {
      table: "demo.b",
      version: 3,
      columns: { x: { from, unknown: true }, y: { from: [], unknown: true } },
      rows: { from: [], unknown: true },
      upstream: from.map((end) => ({ from: end, to: { table: "demo.b", column: "x" } })),
      downstream: [],
      unrecorded: [4, 3].map((version) => ({
        table: "demo.b",
        version,
        operation: "WRITE",
        engine: null,
      })),
      gone: ["demo.a"],
      quarantine: "demo.dropped",
    };
    expect(formatTree(lineage)).toEqual([
      "demo.b, version 3",
      "  x",
      "    ← demo.a.x (versions 0, 2, 4, …, 76, 78)",
      "    ← 40 files: file-00.csv … file-78.csv: X",
      "  y: not recorded",
      "",
      "not recorded: what versions 3–4 of demo.b brought",
      "gone: demo.a, or another table has its name now",
      "rows that its expectations drop: in demo.dropped",
    ]);
  });
});

describe("formatMermaid", () => {
  test("tables and files are boxes, steps are arrows, and what decides rows is dotted", async () => {
    await using lake = await chain();
    expect(formatMermaid(await lake.lineage("demo.odd")).split("\n")).toEqual([
      "flowchart LR",
      '  subgraph b0["demo.copy"]',
      '    b0_0["x"]',
      '    b0_1["id"]',
      "  end",
      '  subgraph b1["demo.odd"]',
      '    b1_0["a#34;b#60;c#62;"]',
      '    b1_1["(which rows)"]',
      "  end",
      '  subgraph b2["demo.points"]',
      '    b2_0["id"]',
      '    b2_1["x"]',
      "  end",
      '  subgraph b3["rows in memory"]',
      '    b3_0["id"]',
      '    b3_1["x"]',
      "  end",
      "  b0_0 --> b1_0",
      "  b0_1 --> b1_0",
      "  b0_1 -.-> b1_1",
      "  b2_0 --> b0_1",
      "  b2_1 --> b0_0",
      "  b3_0 --> b2_0",
      "  b3_1 --> b2_1",
      "",
    ]);
  });

  test("one column alone has only what leads to it", async () => {
    await using lake = await chain();
    const drawing = formatMermaid(await lake.lineage("demo.copy"), { column: "x" });
    expect(drawing).not.toContain('"id"');
    const below = formatMermaid(await lake.lineage("demo.points"), {
      column: "x",
      direction: "downstream",
    });
    expect(below).toContain("demo.odd");
    expect(below).not.toContain("(which rows)");
  });
});

describe("formatDot", () => {
  test("names with quotes and backslashes stay texts", async () => {
    await using lake = await chain();
    const drawing = formatDot(await lake.lineage("demo.odd"));
    expect(drawing).toContain('b1_0 [label="a\\"b<c>"];');
    expect(drawing).toContain("  b0_1 -> b1_1 [style=dotted];");
    expect(drawing.startsWith("digraph lineage {\n")).toBe(true);
  });
});
