import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataOf, runCommand } from "../../tests/support/run-command.ts";
import { int, schema, type TableLineage } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { executable } from "./execute.ts";
import { lineage } from "./lineage.ts";

const points = schema("points", { id: int(), x: int({ nullable: true }) });
const twice = schema("twice", { y: int({ nullable: true }) });

let folder: string;
let dir: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-lineage-"));
  dir = ["--dir", join(folder, "work")];
  await using workspace = await openWorkspace(join(folder, "work"));
  const { lake } = workspace;
  await lake.table("demo.points", points).append([{ id: 1, x: 2 }]);
  const query = "SELECT 2 * x AS y FROM demo.points WHERE id > 0";
  await lake.table("demo.twice", twice).append(await lake.sql(query, { schema: twice }));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...words: readonly string[]) => runCommand(executable(lineage), [...words, ...dir]);

describe("lineage", () => {
  test("people see a tree, of all columns or of one, upstream or downstream", async () => {
    expect((await run("demo.twice")).lines).toEqual([
      "demo.twice, version 0",
      "  y",
      "    ← demo.points.x (version 0)",
      "        ← rows in memory: x",
      "  (which rows)",
      "    ← demo.points.id (version 0)",
      "        ← rows in memory: id",
    ]);
    expect((await run("demo.points", "--downstream")).lines).toEqual([
      "demo.points, version 0",
      "  id",
      "    → demo.twice (which rows)",
      "  x",
      "    → demo.twice.y",
    ]);
    expect((await run("demo.twice", "--downstream")).lines).toEqual([
      "demo.twice, version 0",
      "",
      "no table is made of it",
    ]);
    expect((await run("main.demo.points", "--column", "x", "--version", "0")).lines).toEqual([
      "demo.points, version 0",
      "  x",
      "    ← rows in memory: x",
    ]);
  });

  test("drawings are written for Mermaid and Graphviz", async () => {
    const { lines } = await run("demo.twice", "--format", "mermaid", "--column", "y");
    expect(lines[0]).toBe("flowchart LR");
    expect(lines.at(-1)).toMatch(/^ {2}b\d_0 --> b\d_0$/);
    expect((await run("demo.twice", "--format", "dot")).lines[0]).toBe("digraph lineage {");
  });

  test("--json has all of it, both ways", async () => {
    const data = await dataOf<TableLineage>(executable(lineage), ["demo.points", ...dir]);
    expect(data.columns["x"]).toEqual({ from: [{ kind: "rows", column: "x" }], unknown: false });
    expect(data.downstream).toContainEqual({
      from: { kind: "table", name: "demo.points", column: "x", versions: [0] },
      to: { table: "demo.twice", column: "y" },
    });
  });

  test("a table or a column that is not there is told with what there is", async () => {
    await expect(run("demo.twic")).rejects.toThrowError(/Did you mean "demo.twice"\?/);
    await expect(run("demo.twice", "--column", "z")).rejects.toThrowError(
      /unknown column "z".*"y"/,
    );
  });
});
