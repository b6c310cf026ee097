import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { int, type Lake, openEngine, schema, text } from "../index.ts";
import { refusedFunctions } from "./allowed.ts";

const points = schema("points", { id: int(), name: text() });

async function pointsLake(): Promise<Lake> {
  const lake = await newLake();
  await lake.table("demo.points", points).append([{ id: 1, name: "a" }]);
  return lake;
}

describe("refusals of lake.sql", () => {
  test("a statement that writes is refused with what does it instead", async () => {
    await using lake = await pointsLake();
    const statements: readonly (readonly [string, RegExp])[] = [
      ["INSERT INTO demo.points VALUES (1, 'a')", /column 1: INSERT .* table\.append/],
      ["WITH x AS (SELECT 1) DELETE FROM demo.points", /column 22: DELETE .* table\.delete/],
      ["UPDATE demo.points SET id = 2", /UPDATE .* table\.update/],
      ["MERGE INTO demo.points USING x ON true WHEN MATCHED THEN DELETE", /MERGE .* table\.merge/],
      ["CREATE TABLE demo.x AS SELECT 1", /CREATE .* lake\.table/],
      ["DROP TABLE demo.points", /DROP .* table\.delete/],
      ["COPY demo.points TO 'x.csv'", /COPY .* files: true/],
      ["ATTACH 'x.db'", /ATTACH .* ingest/],
      ["SET memory_limit = '1GB'", /SET .* settings/],
      ["PRAGMA database_list", /PRAGMA .* settings/],
      ["INSTALL httpfs", /INSTALL .* settings/],
      ["CALL duckdb_settings()", /CALL .* FROM/],
      ["EXPLAIN SELECT 1", /EXPLAIN .* itself/],
      ["PIVOT demo.points ON name", /PIVOT .* IN \('a', 'b'\)/],
      ["SELECT * FROM (PIVOT demo.points ON name)", /column 16: PIVOT/],
      ["VACUUM demo.points", /VACUUM .* table\.vacuum/],
      ["OPTIMIZE demo.points ZORDER BY (id)", /OPTIMIZE .* table\.optimize/],
      ["RESTORE TABLE demo.points TO VERSION AS OF 0", /RESTORE .* table\.restore/],
      ["VERSION AS OF 3", /VERSION .* FROM schema\.table VERSION AS OF 3/],
    ];
    for (const [statement, message] of statements) {
      const asked = lake.sql(statement);
      await expect(asked, statement).rejects.toMatchObject({ code: "table/unsupported-statement" });
      await expect(asked, statement).rejects.toThrowError(message);
    }
    expect(await (await lake.sql("SELECT * FROM demo.points")).count()).toBe(1);
  });

  test("several statements and none are refused", async () => {
    await using lake = await pointsLake();
    await expect(lake.sql("SELECT 1;\n SELECT 2")).rejects.toMatchObject({
      code: "table/duplicate-statement",
      message: "line 2, column 2: expected one statement, got 2; run them one by one",
    });
    await expect(lake.sql("SELECT 1; DROP TABLE x")).rejects.toMatchObject({
      code: "table/duplicate-statement",
    });
    for (const empty of ["", " ; ", "-- nothing"])
      await expect(lake.sql(empty)).rejects.toMatchObject({ code: "table/missing-query" });
  });

  test("a wrong query is told with its place", async () => {
    await using lake = await pointsLake();
    const wrong: readonly (readonly [string, string])[] = [
      ["SELEC 1", 'line 1, column 1: the query cannot be run: syntax error at or near "SELEC"'],
      [
        "SELECT 'é',\n nme FROM demo.points",
        "line 2, column 2: the query cannot be run: Referenced column",
      ],
      ["SELECT nme FROM demo.points JOIN demo.points AS b USING (id)", "line 1, column 8:"],
      [
        "SELECT id FROM demo.points WHERE foo(id)",
        "line 1, column 34: the query cannot be run: Scalar Function with name foo",
      ],
      ["SELECT a.id FROM demo.points", "line 1, column 8:"],
      ["SELECT 'unclosed", "line 1, column 8:"],
      ["SELECT 1 \0", "line 1, column 10: the query cannot be run: it has a NUL character"],
      [
        'SELECT `a"b` FROM demo.points',
        "line 1, column 8: the query cannot be run: a name between backticks",
      ],
    ];
    for (const [query, message] of wrong)
      await expect(lake.sql(query), query).rejects.toThrowError(message);
  });

  test("an error while rows are read is ours, without the text of files", async () => {
    await using lake = await pointsLake();
    const frame = await lake.sql("SELECT CAST(name AS INT) AS n FROM demo.points");
    const reading = frame.rows();
    await expect(reading).rejects.toMatchObject({ code: "table/failed-query" });
    await expect(reading).rejects.toThrowError(
      /^the query cannot be run: Could not convert string 'a' to INT32[^\n]*$/,
    );
    await expect(frame.count()).resolves.toBe(1);
  });

  test("an unknown table is told with what there is", async () => {
    await using lake = await pointsLake();
    const wrong: readonly (readonly [string, string])[] = [
      [
        "SELECT * FROM demo.point",
        'line 1, column 15: there is no table "demo.point"; the lake has "demo.points". Did you mean "demo.points"?',
      ],
      [
        "SELECT * FROM points",
        'there is no table "points"; the lake has "demo.points". Did you mean "demo.points"?',
      ],
      ["SELECT 1 WHERE EXISTS (FROM a.b.c)", 'line 1, column 29: there is no table "a.b.c"'],
      ["FROM demo.points UNION ALL FROM nope.x", 'line 1, column 33: there is no table "nope.x"'],
      ['SELECT * FROM "demo.points; --"', 'there is no table "demo.points; --"'],
      ["SELECT * FROM rows_1", 'there is no table "rows_1"'],
      ["SELECT * FROM memory.main.rows_1", 'there is no table "memory.main.rows_1"'],
      ["SELECT * FROM duckdb_tables", 'there is no table "duckdb_tables"'],
      ["SELECT * FROM sqlite_master", 'there is no table "sqlite_master"'],
      ['SELECT * FROM "../../etc".x', 'there is no table "../../etc.x"'],
    ];
    for (const [query, message] of wrong) {
      const asked = lake.sql(query);
      await expect(asked, query).rejects.toMatchObject({ code: "table/unknown-table" });
      await expect(asked, query).rejects.toThrowError(message);
    }
  });

  test("what reaches files or the engine's own tables is refused wherever it stands", async () => {
    await using lake = await pointsLake();
    for (const query of [
      "SELECT * FROM read_csv('/etc/passwd')",
      "SELECT * FROM demo.points, READ_TEXT('/etc/passwd')",
      "SELECT (SELECT count(*) FROM glob('/*'))",
      "WITH a AS (SELECT * FROM main.read_blob('/etc/passwd')) SELECT 1",
      "SELECT 1 WHERE 1 IN (FROM system.main.read_csv_auto('x'))",
      "SELECT 1 ORDER BY (FROM parquet_metadata('x'))",
      "SELECT * FROM demo.points LIMIT (SELECT count(*) FROM read_json('x'))",
      "SELECT * FROM query('SELECT 1')",
      "SELECT * FROM query_table('rows_1')",
      "SELECT * FROM duckdb_tables()",
      "SELECT * FROM duckdb_secrets()",
      "SELECT * FROM pragma_table_info('rows_1')",
      "SELECT * FROM json_execute_serialized_sql('{}')",
      "SELECT * FROM histogram(rows_1, 'a')",
      "SELECT current_query()",
      "SELECT current_setting('temp_directory')",
      "SELECT json_serialize_plan('SELECT * FROM read_csv(''/etc/passwd'')')",
      "SELECT id FROM demo.points GROUP BY id HAVING sleep_ms(1) IS NULL",
      "SELECT setseed(0.5)",
      "SELECT nextval('x') OVER () FROM demo.points",
      "SELECT * FROM (SHOW TABLES)",
      "SELECT * FROM (SHOW ALL TABLES)",
    ])
      await expect(lake.sql(query), query).rejects.toMatchObject({
        code: "table/unsupported-function",
      });
    await expect(lake.sql("SELECT * FROM '/etc/passwd'")).rejects.toMatchObject({
      code: "table/unknown-table",
    });
  });

  test("with the option, files can be asked, and nothing else that is refused", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-sql-"));
    try {
      const path = join(folder, "people.csv");
      await writeFile(path, "id,age\n1,30\n2,40\n");
      await using lake = await pointsLake();
      for (const from of [`'${path}'`, `read_csv('${path}')`]) {
        const query = `SELECT p.name, f.age FROM ${from} f JOIN demo.points p USING (id)`;
        const frame = await lake.sql(query, { files: true });
        expect(await frame.rows()).toEqual([{ name: "a", age: 30 }]);
        await expect(lake.sql(query)).rejects.toThrowError();
      }
      await expect(
        lake.sql("SELECT * FROM duckdb_tables()", { files: true }),
      ).rejects.toMatchObject({ code: "table/unsupported-function" });
      await expect(lake.sql("SELECT * FROM rows_1", { files: true })).rejects.toMatchObject({
        code: "table/unknown-table",
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("an option that there is not is refused", async () => {
    await using lake = await newLake();
    await expect(lake.sql("SELECT 1", { value: [1] } as object)).rejects.toMatchObject({
      code: "option/unknown-name",
    });
  });
});

/** Functions whose result is not of their arguments alone and that show and change nothing. */
const harmless = [
  "current_catalog",
  "current_database",
  "current_date",
  "current_role",
  "current_schema",
  "current_schemas",
  "current_user",
  "error",
  "gen_random_uuid",
  "get_current_time",
  "get_current_timestamp",
  "in_search_path",
  "now",
  "random",
  "session_user",
  "stats",
  "today",
  "transaction_timestamp",
  "user",
  "uuid",
  "uuidv4",
  "uuidv7",
];

describe("refusedFunctions", () => {
  test("every function of the engine that is more than its arguments is refused or known as harmless", async () => {
    const engine = await openEngine();
    const found =
      await engine.query(`SELECT DISTINCT lower(function_name) AS name FROM duckdb_functions()
      WHERE (function_type = 'scalar' AND (has_side_effects OR stability <> 'CONSISTENT'))
        OR (function_type = 'macro' AND macro_definition SIMILAR TO '.*(FROM|current_|session_|getvariable).*')
        OR (function_type = 'scalar' AND function_name SIMILAR TO '.*(setting|variable|serialize_plan).*')`);
    await engine.close();
    const undecided = found
      .map(({ name }) => String(name))
      .filter((name) => !refusedFunctions.has(name) && !harmless.includes(name));
    expect(undecided.sort()).toEqual(["ago", "pg_conf_load_time", "pg_postmaster_start_time"]); // now()
  });
});
