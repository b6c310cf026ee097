import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { bool, float, int, type Lake, schema, text, timestamp } from "../index.ts";

const people = schema("people", {
  id: int({ key: true }),
  name: text({ description: "what they are called" }),
  score: float({ nullable: true }),
  born: timestamp({ nullable: true }),
  active: bool(),
});
const cities = schema("cities", { id: int(), city: text() });

/** Two tables: three people in two versions, and the cities of two. */
async function peopleLake(): Promise<Lake> {
  const lake = await newLake();
  const born = new Date("2000-01-01T00:00:00Z");
  const table = lake.table("demo.people", people);
  await table.append([{ id: 1, name: "Ann", score: 2.5, born, active: true }]);
  await table.append([
    { id: 2, name: "Bob", score: null, born: null, active: false },
    { id: 3, name: "Cid", score: -1, born, active: true },
  ]);
  await lake.table("dev.demo.cities", cities).append([
    { id: 1, city: "Oslo" },
    { id: 3, city: "Rome" },
  ]);
  return lake;
}

const rowsOf = async (lake: Lake, query: string): Promise<readonly unknown[]> =>
  (await lake.sql(query)).rows();

describe("lake.sql", () => {
  test("tables of two and of three names are joined, filtered, grouped and ordered", async () => {
    await using lake = await peopleLake();
    const rows = await rowsOf(
      lake,
      `SELECT city, count(*) AS n, max(score) AS best FROM demo.people p JOIN dev.demo.cities c USING (id)
       WHERE active GROUP BY city HAVING n > 0 ORDER BY best DESC`,
    );
    expect(rows).toEqual([
      { city: "Oslo", n: 1, best: 2.5 },
      { city: "Rome", n: 1, best: -1 },
    ]);
  });

  test("WITH, subqueries, unions and windows work", async () => {
    await using lake = await peopleLake();
    const rows = await rowsOf(
      lake,
      `WITH scored AS (SELECT id, score, row_number() OVER (ORDER BY score DESC) AS place FROM demo.people WHERE score IS NOT NULL)
       SELECT place AS n FROM scored WHERE id = (SELECT min(id) FROM dev.demo.cities)
       UNION ALL SELECT count(*) FROM (FROM demo.people) ORDER BY n`,
    );
    expect(rows).toEqual([{ n: 1 }, { n: 3 }]);
  });

  test("no row is read before it is asked for, and then of the version the query saw", async () => {
    await using lake = await peopleLake();
    const frame = await lake.sql("SELECT count(*) AS n FROM demo.people");
    const table = lake.table("demo.people", people);
    await table.delete();
    await table.vacuum({ retentionHours: 0, force: true });
    expect(await frame.rows()).toEqual([{ n: 3 }]);
    expect(await rowsOf(lake, "SELECT count(*) AS n FROM demo.people")).toEqual([{ n: 0 }]);
  });

  test("all mentions of a table in one query are of one version", async () => {
    await using lake = await peopleLake();
    const writing = lake.table("dev.demo.cities", cities).append([{ id: 9, city: "Bern" }]);
    const query =
      "SELECT (SELECT count(*) FROM dev.demo.cities) - count(*) AS d FROM dev.demo.cities";
    const [frame] = await Promise.all([lake.sql(query), writing]);
    expect(await frame.rows()).toEqual([{ d: 0 }]);
  });

  test("a name of WITH hides nothing with a schema, and a quoted name of WITH hides a table", async () => {
    await using lake = await peopleLake();
    expect(await rowsOf(lake, "WITH people AS (SELECT 7 AS n) SELECT n FROM people")).toEqual([
      { n: 7 },
    ]);
    expect(
      await rowsOf(lake, "WITH people AS (SELECT 7 AS n) SELECT count(*) AS n FROM demo.people"),
    ).toEqual([{ n: 3 }]);
    expect(
      await rowsOf(lake, `WITH "demo.people" AS (SELECT 7 AS n) SELECT n FROM "demo.people"`),
    ).toEqual([{ n: 7 }]);
    expect(await rowsOf(lake, `SELECT count(*) AS n FROM "demo.people"`)).toEqual([{ n: 3 }]);
  });

  test("a name of WITH is seen by those behind it and by subqueries, not before and not outside", async () => {
    await using lake = await peopleLake();
    const ok =
      "WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS x FROM a) SELECT (SELECT x FROM b) AS x";
    expect(await rowsOf(lake, ok)).toEqual([{ x: 2 }]);
    for (const wrong of [
      "WITH b AS (SELECT * FROM a), a AS (SELECT 1 AS x) SELECT * FROM b",
      "SELECT * FROM (WITH a AS (SELECT 1 AS x) SELECT * FROM a), a",
    ])
      await expect(lake.sql(wrong)).rejects.toThrowError(/there is no table "a"/);
  });

  test("a recursive name of WITH sees itself", async () => {
    await using lake = await peopleLake();
    const query =
      "WITH RECURSIVE up(n) AS (SELECT min(id) FROM demo.people UNION ALL SELECT n + 1 FROM up WHERE n < 4) SELECT count(*) AS n FROM up";
    expect(await rowsOf(lake, query)).toEqual([{ n: 4 }]);
  });

  test("columns are named by their table's alias, last name or whole name", async () => {
    await using lake = await peopleLake();
    const query = `SELECT people.id AS a, demo.people.name AS b, dev.demo.cities.city AS c
      FROM demo.people JOIN dev.demo.cities ON demo.people.id = cities.id WHERE Demo.People.id = 1`;
    expect(await rowsOf(lake, query)).toEqual([{ a: 1, b: "Ann", c: "Oslo" }]);
  });

  test("two tables of one last name are told apart by their whole names", async () => {
    await using lake = await peopleLake();
    await lake.table("other.people", cities).append([{ id: 1, city: "Graz" }]);
    const query = `SELECT demo.people.name, other.people.city FROM demo.people, other.people
      WHERE demo.people.id = other.people.id`;
    expect(await rowsOf(lake, query)).toEqual([{ name: "Ann", city: "Graz" }]);
  });

  test("a table of the default catalog is one table with and without its catalog", async () => {
    await using lake = await peopleLake();
    const query = `SELECT main.demo.people.id FROM main.demo.people WHERE main.demo.people.id = 1
      UNION ALL SELECT count(*) FROM demo.people JOIN main.demo.people AS b USING (id)`;
    expect(await rowsOf(lake, query)).toEqual([{ id: 1 }, { id: 3 }]);
  });

  test("TABLE, SUMMARIZE, DESCRIBE of a query, UNPIVOT and PIVOT with named values read tables", async () => {
    await using lake = await peopleLake();
    expect(await rowsOf(lake, "TABLE dev.demo.cities")).toHaveLength(2);
    expect(await rowsOf(lake, "SUMMARIZE demo.people")).toHaveLength(5);
    expect(await rowsOf(lake, "DESCRIBE SELECT id FROM demo.people")).toHaveLength(1);
    expect(await rowsOf(lake, "UNPIVOT dev.demo.cities ON city")).toHaveLength(2);
    const pivot = "FROM demo.people PIVOT (count(*) FOR active IN (true, false) GROUP BY name)";
    expect(await rowsOf(lake, pivot)).toHaveLength(3);
  });

  test("a final semicolon and comments anywhere change nothing", async () => {
    await using lake = await peopleLake();
    const query =
      "/* a */ SELECT count(*) /* b -- */ AS n -- FROM nothing\nFROM demo . /* c */ people; -- d";
    expect(await rowsOf(lake, query)).toEqual([{ n: 3 }]);
  });

  test("the frame goes on like any other: conditions, numbers, and into a table", async () => {
    await using lake = await peopleLake();
    const frame = await lake.sql("SELECT id, score * 2 AS twice FROM demo.people", {
      schema: schema("twice", { id: int(), twice: float({ nullable: true }) }),
    });
    const chosen = frame.where((c) => c.twice.isAbove(0));
    expect(await chosen.rows()).toEqual([{ id: 1, twice: 5 }]);
    expect(await frame.numbers(["twice"])).toEqual([Float64Array.of(5, Number.NaN, -2)]);
    await lake.table("demo.twice", frame.schema).append(frame);
    expect(await rowsOf(lake, "SELECT sum(twice) AS s FROM demo.twice")).toEqual([{ s: 3 }]);
  });

  test("a schema that the query does not meet is refused, before or when rows are read", async () => {
    await using lake = await peopleLake();
    const query = "SELECT id, score FROM demo.people ORDER BY id";
    const asked = (columns: Parameters<typeof schema>[1]) =>
      lake.sql(query, { schema: schema("asked", columns) });
    await expect(asked({ id: int(), score: text() })).rejects.toMatchObject({
      code: "table/mismatch-result",
      details: { column: "score", query: "float", schema: "text" },
    });
    await expect(asked({ id: int() })).rejects.toMatchObject({ code: "table/mismatch-columns" });
    const filled = schema("asked", { score: float(), id: int() });
    const strict = await lake.sql(query, { schema: filled });
    await expect(strict.rows()).rejects.toThrowError(/no value in column "score"/);
    const some = await lake.sql(`SELECT * FROM (${query}) WHERE id <> 2`, { schema: filled });
    expect(await some.where((c) => c.id.is(3)).rows()).toEqual([{ score: -1, id: 3 }]);
  });

  test("two lakes of one process do not see each other's tables", async () => {
    await using one = await peopleLake();
    await using other = await newLake();
    await expect(other.sql("SELECT * FROM demo.people")).rejects.toMatchObject({
      code: "table/unknown-table",
    });
    await other.table("demo.people", cities).append([{ id: 5, city: "Wien" }]);
    expect(await rowsOf(other, "SELECT * FROM demo.people")).toEqual([{ id: 5, city: "Wien" }]);
    expect(await rowsOf(one, "SELECT count(*) AS n FROM demo.people")).toEqual([{ n: 3 }]);
  });

  test("a query without tables works", async () => {
    await using lake = await newLake();
    expect(await rowsOf(lake, "SELECT 1 AS a, 'x' AS b")).toEqual([{ a: 1, b: "x" }]);
    expect(await rowsOf(lake, "VALUES (1), (2)")).toHaveLength(2);
    expect(await rowsOf(lake, "FROM range(3) AS t(i)")).toEqual([{ i: 0 }, { i: 1 }, { i: 2 }]);
  });

  test("columns of one name become different ones", async () => {
    await using lake = await peopleLake();
    const frame = await lake.sql(
      "SELECT * FROM demo.people a JOIN dev.demo.cities b ON a.id = b.id",
    );
    expect(Object.keys(frame.schema.columns)).toEqual([
      "id",
      "name",
      "score",
      "born",
      "active",
      "id_1",
      "city",
    ]);
  });
});

describe("frames of lake.sql", () => {
  test("rows that are given stand beside tables, with their lineage", async () => {
    await using lake = await peopleLake();
    const active = (await lake.table("demo.people", people).read()).where((c) => c.active);
    const frames = {
      Active: active,
      twice: await lake.sql("SELECT id, score * 2 AS s FROM demo.people"),
    };
    const query = `SELECT active.name, s, city FROM ACTIVE JOIN twice USING (id) JOIN dev.demo.cities c USING (id) ORDER BY s`;
    const frame = await lake.sql(query, { frames });
    expect(await frame.rows()).toEqual([
      { name: "Cid", s: -2, city: "Rome" },
      { name: "Ann", s: 5, city: "Oslo" },
    ]);
    const of = (column: string) => frame.origin?.columns.get(column)?.from.map((one) => one.column);
    expect([of("name"), of("s"), of("city")]).toEqual([["name"], ["score"], ["city"]]);
    expect(frame.origin?.rows.from.map(({ column }) => column)).toContain("active");
    const shadowed = await lake.sql("WITH active AS (SELECT 1 AS a) SELECT * FROM active", {
      frames,
    });
    expect(await shadowed.rows()).toEqual([{ a: 1 }]);
    await expect(lake.sql("FROM active VERSION AS OF 1", { frames })).rejects.toMatchObject({
      code: "table/mismatch-version",
    });
    await expect(lake.sql("FROM demo.active", { frames })).rejects.toMatchObject({
      code: "table/unknown-table",
    });
  });
});

describe("values of lake.sql", () => {
  test("lists fill ? and $1, names fill $name, and no text becomes code", async () => {
    await using lake = await newLake();
    const of = async (query: string, values: Parameters<Lake["sql"]>[1]) =>
      (await lake.sql(query, values)).rows();
    const evil = `'; DROP TABLE x; -- " $1 \u0000 /*`;
    expect(await of("SELECT ? AS a, ? AS b", { values: [evil, null] })).toEqual([
      { a: evil, b: null },
    ]);
    expect(await of("SELECT $2 AS a, $1 AS b", { values: [1, 2.5] })).toEqual([{ a: 2.5, b: 1 }]);
    const at = new Date("2026-01-02T03:04:05.678Z");
    expect(
      await of("SELECT $at AS at, $yes AS yes, -$n AS n", { values: { at, yes: true, n: -3 } }),
    ).toEqual([{ at, yes: true, n: 3 }]);
  });

  test("a parameter without a value, and a value without a parameter, are told", async () => {
    await using lake = await newLake();
    await expect(lake.sql("SELECT $a", { values: { b: 1 } })).rejects.toThrowError(
      "line 1, column 8: the parameter $a has no value",
    );
    await expect(lake.sql("SELECT 1", { values: { b: 1 } })).rejects.toMatchObject({
      code: "table/unknown-value",
    });
    await expect(lake.sql("SELECT ?", { values: [new Date("no")] })).rejects.toMatchObject({
      code: "table/mismatch-parameter",
    });
    await expect(lake.sql("SELECT ?, $1", { values: [] })).rejects.toMatchObject({
      code: "table/missing-value",
    });
  });
});
