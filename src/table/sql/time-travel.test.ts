import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { int, type Lake, schema } from "../index.ts";

const points = schema("points", { id: int() });
const start = Date.UTC(2026, 0, 1);
const day = 24 * 3600 * 1000;

/** Versions 0 to 3 of one, two, three and four rows, of the first days of 2026. */
async function versionsLake(): Promise<Lake> {
  let now = start;
  const lake = await newLake({ clock: () => now });
  const table = lake.table("demo.points", points);
  for (let id = 0; id < 4; id++) {
    now = start + id * day;
    await table.append([{ id }]);
  }
  return lake;
}

const countOf = async (lake: Lake, from: string): Promise<unknown> => {
  const [row] = await (await lake.sql(`SELECT count(*) AS n FROM ${from}`)).rows();
  return row?.["n"];
};

describe("time travel in SQL", () => {
  test("a version is asked for in the ways of Databricks and of DuckDB", async () => {
    await using lake = await versionsLake();
    for (const [from, n] of [
      ["demo.points VERSION AS OF 1", 2],
      ["demo.points version as of '1'", 2],
      ["demo.points FOR VERSION AS OF 0", 1],
      ["demo.points FOR SYSTEM_VERSION AS OF 0", 1],
      ["demo.points VERSION /* x */ AS OF 2 AS p WHERE p.id < 2", 2],
      ["demo.points VERSION AS OF 2 p WHERE p.id < 2", 2],
      ["demo.points VERSION AS OF (1 + 1)", 3],
      ["`demo`.`points` VERSION AS OF 1", 2],
      ["demo.points@v1", 2],
      ['"demo"."points"@V1 AS p WHERE p.id < 1', 1],
      ["demo.points AT (VERSION => 1)", 2],
      ["demo.points p AT (VERSION => 1 + 1) WHERE p.id > 0", 2],
      ["demo.points AS p(x) AT (VERSION => 3) WHERE x > 0", 3],
      ["demo.points", 4],
    ] as const)
      expect(await countOf(lake, from), from).toBe(n);
  });

  test("a moment is asked for as text, as a date, and by arithmetic; it is UTC", async () => {
    await using lake = await versionsLake();
    for (const [from, n] of [
      ["demo.points TIMESTAMP AS OF '2026-01-02'", 2],
      ["demo.points TIMESTAMP AS OF '2026-01-02 23:59:59.999'", 2],
      ["demo.points TIMESTAMP AS OF '2026-01-03T00:00:00Z'", 3],
      ["demo.points TIMESTAMP AS OF DATE '2026-01-01'", 1],
      ["demo.points FOR SYSTEM_TIME AS OF TIMESTAMP '2026-01-02'", 2],
      ["demo.points AT (TIMESTAMP => TIMESTAMP '2026-01-02' + INTERVAL 1 DAY)", 3],
      ["demo.points TIMESTAMP AS OF now()", 4],
    ] as const)
      expect(await countOf(lake, from), from).toBe(n);
  });

  test("one query compares versions of one table", async () => {
    await using lake = await versionsLake();
    const query = `SELECT id FROM demo.points EXCEPT SELECT id FROM demo.points VERSION AS OF 1 ORDER BY id`;
    expect(await (await lake.sql(query)).rows()).toEqual([{ id: 2 }, { id: 3 }]);
  });

  test("the words in texts, names and comments are left alone", async () => {
    await using lake = await versionsLake();
    const query = `SELECT 'x VERSION AS OF 1' AS a, id AS "p VERSION AS OF 2" -- VERSION AS OF 0
      FROM demo.points VERSION AS OF 0`;
    expect(await (await lake.sql(query)).rows()).toEqual([
      { a: "x VERSION AS OF 1", "p VERSION AS OF 2": 0 },
    ]);
    expect(await (await lake.sql("SELECT 1 AS version, 2 AS of")).rows()).toEqual([
      { version: 1, of: 2 },
    ]);
  });

  test("a wrong place or value is told with its place", async () => {
    await using lake = await versionsLake();
    for (const [query, message] of [
      [
        "SELECT * FROM demo.points p VERSION AS OF 1",
        "line 1, column 43: expected AS OF directly behind",
      ],
      ["WITH a AS (SELECT 1) SELECT * FROM a VERSION AS OF 1", "expected AS OF directly behind"],
      [
        "SELECT * FROM demo.points VERSION AS OF 1.5",
        "column 41: expected the number of a version, got 1.5",
      ],
      ["SELECT * FROM demo.points VERSION AS OF 'x'", "expected the number of a version, got 'x'"],
      ["SELECT * FROM demo.points TIMESTAMP AS OF 'soon'", "expected a moment in time, got 'soon'"],
      [
        "SELECT * FROM demo.points AT (VERSION => (SELECT max(id) FROM demo.points))",
        "expected the number of a version",
      ],
      ["SELECT id FROM demo.points AT (VERSION => id)", "expected the number of a version, got id"],
    ] as const) {
      const asked = lake.sql(query);
      await expect(asked, query).rejects.toMatchObject({ code: "table/mismatch-version" });
      await expect(asked, query).rejects.toThrowError(message);
    }
    await expect(
      lake.sql("SELECT * FROM demo.points AT (VERSION => (FROM read_csv('x')))"),
    ).rejects.toMatchObject({ code: "table/unsupported-function" });
    await expect(lake.sql("SELECT * FROM demo.points VERSION AS OF 9")).rejects.toMatchObject({
      code: "table/missing-version",
    });
    await expect(
      lake.sql("SELECT * FROM demo.points TIMESTAMP AS OF '2025-12-31'"),
    ).rejects.toMatchObject({ code: "table/missing-moment" });
    await expect(lake.sql("SELECT * FROM demo.nope TIMESTAMP AS OF '2026'")).rejects.toThrowError();
    await expect(
      lake.sql("SELECT * FROM information_schema.tables VERSION AS OF 1"),
    ).rejects.toMatchObject({ code: "table/unknown-table" });
  });

  test("a version whose files were vacuumed is told", async () => {
    let now = start;
    await using lake = await newLake({ clock: () => now });
    const table = lake.table("demo.points", points);
    await table.append([{ id: 1 }]);
    await table.overwrite([{ id: 9 }]);
    now = Date.now() + day;
    await table.vacuum({ retentionHours: 0, force: true });
    await expect(lake.sql("SELECT * FROM demo.points VERSION AS OF 0")).rejects.toMatchObject({
      code: "table/missing-data",
    });
  });
});
