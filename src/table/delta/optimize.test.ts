import { describe, expect, test } from "vitest";
import { actionsOf, dataFiles, filesOf, newLake } from "../../../tests/support/lake.ts";
import { frame } from "../frame.ts";
import { int, schema, text } from "../schema.ts";

const points = schema("points", { x: int(), y: int(), tag: text({ nullable: true }) });
const point = (x: number, y = 0) => ({ x, y, tag: null });

describe("optimize", () => {
  test("packs small files, changes no row, and does nothing the second time", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points);
    for (let x = 0; x < 5; x++) await table.append([point(x)]);
    const before = await (await table.read()).hash();
    const commit = await table.optimize();
    expect(commit.metrics).toMatchObject({ numAddedFiles: 1, numRemovedFiles: 5 });
    expect(await (await table.read()).hash()).toBe(before);
    expect((await table.optimize()).skipped).toBe(true);
    for (const { add, remove } of await actionsOf(table, 5))
      expect((add ?? remove)?.["dataChange"] ?? false).toBe(false);
  });

  test("keeps files of a partition apart and those that are large enough as they are", async () => {
    const lake = await newLake();
    const table = lake.table("a.points", points, { partitionBy: ["y"] });
    for (let i = 0; i < 4; i++) await table.append([point(i, i % 2)]);
    expect((await table.optimize()).metrics).toMatchObject({
      numAddedFiles: 2,
      numRemovedFiles: 4,
    });
    const { length: size } = await filesOf(table).get((await dataFiles(table))[0] ?? "");
    await table.append([point(9, 0)]);
    expect((await table.optimize({ targetBytes: size })).skipped).toBe(true);
  });

  test("clusters: each file then holds few values of the columns", async () => {
    const lake = await newLake();
    const grid = schema("grid", { x: int(), y: int() });
    const table = lake.table("a.grid", grid);
    const sql =
      "SELECT (hash(range) % 256)::BIGINT AS x, (hash(range * 7) % 256)::BIGINT AS y FROM range(300000)";
    await table.append(frame({ engine: lake.engine, schema: grid, sql }));
    const scanned = async (where: "x" | "y") => {
      const rows = (await table.read()).where((c) => c[where].is(17));
      return (rows.sql.match(/\.parquet'/g) ?? []).length;
    };
    const sum = async () =>
      lake.engine.query(
        `SELECT sum(x) AS x, sum(y) AS y, count(*) AS n FROM (${(await table.read()).sql})`,
      );
    const before = await sum();
    await table.optimize({ clusterBy: ["x", "y"], targetBytes: 15_000 });
    const files = (await table.history())[0]?.metrics["numAddedFiles"];
    expect(Number(files)).toBeGreaterThan(4);
    expect(await scanned("x")).toBeLessThan(Number(files) * 0.6);
    expect(await scanned("y")).toBeLessThan(Number(files) * 0.6);
    expect(await sum()).toEqual(before);
    await table.optimize({ clusterBy: ["x"], targetBytes: 30_000 });
    expect(await scanned("x")).toBeLessThan(3);
    await expect(table.optimize({ clusterBy: ["z" as "x"] })).rejects.toMatchObject({
      code: "table/unknown-column",
    });
  });
});
