import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { category, float, int, type Lake, schema, text } from "../index.ts";

const points = schema("points", {
  id: int({ description: "its number" }),
  x: float({ nullable: true }),
  part: category(["a", "b"]),
});

async function shownLake(): Promise<Lake> {
  let now = Date.UTC(2026, 0, 1);
  const lake = await newLake({ clock: () => now++ });
  await lake
    .table("demo.points", points, { partitionBy: ["part"] })
    .append([{ id: 1, x: null, part: "a" }]);
  await lake.table("demo.points", points).delete((c) => c.id.is(1));
  await lake.table("dev.other.names", schema("names", { name: text() })).append([{ name: "x" }]);
  return lake;
}

const ask = async (lake: Lake, query: string) => (await lake.sql(query)).rows();

describe("SHOW and DESCRIBE", () => {
  test("SHOW TABLES lists all, those of a schema, and those of a pattern", async () => {
    await using lake = await shownLake();
    const row = { database: "demo", tableName: "points", isTemporary: false };
    const other = { database: "dev.other", tableName: "names", isTemporary: false };
    expect(await ask(lake, "SHOW TABLES")).toEqual([row, other]);
    for (const query of [
      "show tables in demo;",
      "SHOW TABLES FROM `demo` LIKE 'po*'",
      "SHOW TABLES LIKE 'x|p%s'",
    ])
      expect(await ask(lake, query), query).toEqual([row]);
    expect(await ask(lake, "SHOW TABLES IN dev.other")).toEqual([other]);
    expect(await ask(lake, "SHOW TABLES LIKE 'p.ints'")).toEqual([]);
    await expect(lake.sql("SHOW TABLES IN nope")).rejects.toMatchObject({
      code: "table/missing-schema",
    });
  });

  test("SHOW SCHEMAS, COLUMNS and TBLPROPERTIES", async () => {
    await using lake = await shownLake();
    expect(await ask(lake, "SHOW SCHEMAS")).toEqual([
      { databaseName: "demo" },
      { databaseName: "dev.other" },
    ]);
    expect(await ask(lake, "SHOW COLUMNS IN Demo.Points")).toEqual([
      { col_name: "id" },
      { col_name: "x" },
      { col_name: "part" },
    ]);
    expect(await ask(lake, "SHOW TBLPROPERTIES demo.points")).toEqual([
      { key: "delta.enableChangeDataFeed", value: "false" },
    ]);
  });

  test("what is recorded about tables and columns is shown: comments, owners, catalogs", async () => {
    await using lake = await shownLake();
    await lake.annotate("demo.points", { comment: "all points", owner: "ann" });
    await lake.annotate({ table: "demo.points", column: "x" }, { comment: "where it is" });
    expect(await ask(lake, "SHOW CATALOGS")).toEqual([{ catalog: "dev" }, { catalog: "main" }]);
    const rows = await ask(lake, "DESCRIBE EXTENDED main.demo.points");
    expect(rows[1]).toEqual({ col_name: "x", data_type: "double", comment: "where it is" });
    expect(rows).toContainEqual({ col_name: "Comment", data_type: "all points", comment: "" });
    expect(
      await ask(
        lake,
        "SELECT table_owner AS o, comment AS c FROM information_schema.tables WHERE table_name = 'points'",
      ),
    ).toEqual([{ o: "ann", c: "all points" }]);
  });

  test("DESCRIBE gives the columns with types, comments and partitions", async () => {
    await using lake = await shownLake();
    const rows = [
      { col_name: "id", data_type: "bigint", comment: "its number" },
      { col_name: "x", data_type: "double", comment: null },
      { col_name: "part", data_type: "string", comment: null },
      { col_name: "# Partition Information", data_type: "", comment: "" },
      { col_name: "part", data_type: "string", comment: null },
    ];
    for (const query of [
      "DESCRIBE demo.points",
      "DESC TABLE demo.points",
      'describe "demo"."points"',
    ])
      expect(await ask(lake, query), query).toEqual(rows);
    const more = await ask(lake, "DESCRIBE TABLE EXTENDED demo.points");
    expect(more.slice(0, 5)).toEqual(rows);
    expect(more.map((row) => row["col_name"])).toContain("Location");
  });

  test("DESCRIBE HISTORY gives the commits, newest first", async () => {
    await using lake = await shownLake();
    const rows = await ask(lake, "DESCRIBE HISTORY demo.points");
    expect(
      rows.map(({ version, operation, readVersion }) => [version, operation, readVersion]),
    ).toEqual([
      [1, "DELETE", 0],
      [0, "WRITE", null],
    ]);
    expect(rows[0]?.["timestamp"]).toBeInstanceOf(Date);
    expect(JSON.parse(String(rows[1]?.["operationMetrics"]))).toMatchObject({ numOutputRows: "1" });
    expect(await ask(lake, "DESCRIBE HISTORY demo.points LIMIT 1")).toHaveLength(1);
  });

  test("DESCRIBE DETAIL gives one row about the table", async () => {
    await using lake = await shownLake();
    expect(await ask(lake, "DESCRIBE DETAIL dev.other.names")).toEqual([
      expect.objectContaining({
        format: "delta",
        name: "dev.other.names",
        numFiles: 1,
        minWriterVersion: 2,
      }),
    ]);
  });

  test("an unknown table and another form are told", async () => {
    await using lake = await shownLake();
    await expect(lake.sql("DESCRIBE HISTORY demo.point")).rejects.toThrowError(
      'line 1, column 18: there is no table "demo.point"; the lake has "demo.points", "dev.other.names". Did you mean "demo.points"?',
    );
    for (const query of [
      "SHOW FUNCTIONS",
      "SHOW TABLES demo",
      "SHOW TABLES IN",
      "DESCRIBE DETAIL demo.points x",
    ])
      await expect(lake.sql(query), query).rejects.toMatchObject({
        code: "table/unsupported-statement",
      });
    await expect(lake.sql("SHOW TABLES; SELECT 1")).rejects.toMatchObject({
      code: "table/duplicate-statement",
    });
  });
});

describe("information_schema", () => {
  test("its tables are joined like others", async () => {
    await using lake = await shownLake();
    const query = `SELECT t.table_catalog AS c, t.table_schema AS s, t.table_name AS n, version, files, count(*) AS columns
      FROM information_schema.tables t JOIN information_schema.columns USING (table_schema, table_name) GROUP BY ALL ORDER BY n`;
    expect(await ask(lake, query)).toEqual([
      { c: "dev", s: "other", n: "names", version: 0, files: 1, columns: 1 },
      { c: "main", s: "demo", n: "points", version: 1, files: 0, columns: 3 },
    ]);
    expect(await ask(lake, "SELECT count(*) AS n FROM information_schema.schemata")).toEqual([
      { n: 2 },
    ]);
    await using empty = await newLake();
    expect(await ask(empty, "SELECT * FROM information_schema.columns")).toEqual([]);
  });
});
