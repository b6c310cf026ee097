import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newLake } from "../../../../tests/support/lake.ts";
import { int, type Lake, schema, text } from "../../index.ts";
import type { Derived } from "../../lineage/origin.ts";

let lake: Lake;
beforeAll(async () => {
  lake = await newLake();
  const t = schema("t", { k: int(), a: int(), b: int(), c: text() });
  const u = schema("u", { k: int(), x: int(), y: int() });
  await lake.table("demo.t", t).append([{ k: 1, a: 2, b: 3, c: "d" }]);
  await lake.table("demo.t", t).append([{ k: 2, a: 2, b: 3, c: "d" }]);
  await lake.table("demo.u", u).append([{ k: 1, x: 2, y: 3 }]);
});
afterAll(() => lake.close());

const shown = ({ from, unknown }: Derived): string =>
  [
    ...from
      .map(
        ({ source, column }) =>
          `${"name" in source ? source.name.split(".").at(-1) : source.kind}.${column}`,
      )
      .sort(),
    ...(unknown ? ["?"] : []),
  ].join(" ");

/** Each column with what it is made of, and the rows: "a: t.a t.b; rows: t.k". */
async function lineage(query: string): Promise<string> {
  const { origin } = await lake.sql(query, { files: true });
  const columns = [...(origin?.columns ?? [])].map(
    ([name, derived]) => `${name}: ${shown(derived)}`,
  );
  const rows = shown(origin?.rows ?? { from: [], unknown: true });
  return [...columns, ...(rows === "" ? [] : [`rows: ${rows}`])].join("; ");
}

/** Queries with their lineage. */
const cases: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "columns, aliases and expressions": [
    ["SELECT a FROM demo.t", "a: t.a"],
    ["SELECT a + b AS s, 1 AS one, c FROM demo.t", "s: t.a t.b; one: ; c: t.c"],
    ["SELECT a AS x, x * 2 AS y FROM demo.t", "x: t.a; y: t.a"],
    ["SELECT a AS b, b AS d FROM demo.t", "b: t.a; d: t.b"],
    ["SELECT CASE WHEN a > 1 THEN b ELSE k END AS v FROM demo.t", "v: t.a t.b t.k"],
    [
      "SELECT CAST(c AS VARCHAR) || upper(c) AS v, a BETWEEN b AND k AS w FROM demo.t",
      "v: t.c; w: t.a t.b t.k",
    ],
    [
      "SELECT current_date AS d, now() AS n, $p AS p FROM demo.t".replace("$p", "3"),
      "d: ; n: ; p: ",
    ],
    ["SELECT t.a, demo.t.b, T.C FROM demo.t", "a: t.a; b: t.b; c: t.c"],
    ["SELECT p.a FROM demo.t AS p(q, a)", "a: t.a"],
    ["SELECT t FROM demo.t", "t: t.a t.b t.c t.k"],
  ],
  stars: [
    ["SELECT * FROM demo.t", "k: t.k; a: t.a; b: t.b; c: t.c"],
    ["FROM demo.u", "k: u.k; x: u.x; y: u.y"],
    ["SELECT * EXCLUDE (a, b) REPLACE (k + a AS c) FROM demo.t", "k: t.k; c: t.a t.k"],
    ["SELECT u.*, a FROM demo.t, demo.u", "k: u.k; x: u.x; y: u.y; a: t.a"],
    ["SELECT * RENAME (x AS z) FROM demo.u", "k: u.k; z: u.x; y: u.y"],
    [
      "SELECT * FROM demo.t p JOIN demo.u q ON p.k = q.k",
      "k: t.k; a: t.a; b: t.b; c: t.c; k_1: u.k; x: u.x; y: u.y; rows: t.k u.k",
    ],
    ["SELECT COLUMNS('[xy]') FROM demo.u", "x: ?; y: ?"],
  ],
  "conditions and groups decide rows": [
    ["SELECT a FROM demo.t WHERE b > 1 AND c = 'd'", "a: t.a; rows: t.b t.c"],
    [
      "SELECT a, count(*) AS n, sum(b) AS s FROM demo.t GROUP BY a HAVING max(k) > 0",
      "a: t.a; n: ; s: t.b; rows: t.a t.k",
    ],
    [
      "SELECT a + 1 AS g, sum(b) FILTER (k > 0) AS s FROM demo.t GROUP BY 1",
      "g: t.a; s: t.b t.k; rows: t.a",
    ],
    ["SELECT a % 2 AS g, count(*) AS n FROM demo.t GROUP BY g", "g: t.a; n: ; rows: t.a"],
    ["SELECT a, c, max(b) AS m FROM demo.t GROUP BY ALL", "a: t.a; c: t.c; m: t.b; rows: t.a t.c"],
    ["SELECT DISTINCT a, b FROM demo.t", "a: t.a; b: t.b; rows: t.a t.b"],
    ["SELECT DISTINCT ON (a) b FROM demo.t ORDER BY k", "b: t.b; rows: t.a t.k"],
    ["SELECT a FROM demo.t ORDER BY b", "a: t.a"],
    ["SELECT a FROM demo.t ORDER BY b LIMIT 1", "a: t.a; rows: t.b"],
    [
      "SELECT a AS z FROM demo.t ORDER BY z, 1 LIMIT (SELECT max(x) FROM demo.u)",
      "z: t.a; rows: t.a u.x",
    ],
    [
      "SELECT a FROM demo.t QUALIFY row_number() OVER (PARTITION BY b ORDER BY k) = 1",
      "a: t.a; rows: t.b t.k",
    ],
  ],
  windows: [
    ["SELECT rank() OVER (PARTITION BY a ORDER BY b) AS r FROM demo.t", "r: t.a t.b"],
    [
      "SELECT sum(k) OVER w AS s, lag(c, 1) OVER w AS l FROM demo.t WINDOW w AS (ORDER BY a ROWS b PRECEDING)",
      "s: t.a t.b t.k; l: t.a t.b t.c",
    ],
  ],
  joins: [
    ["SELECT k, a, x FROM demo.t JOIN demo.u USING (k)", "k: t.k; a: t.a; x: u.x; rows: t.k u.k"],
    ["SELECT k FROM demo.t RIGHT JOIN demo.u USING (k)", "k: u.k; rows: t.k u.k"],
    ["SELECT k FROM demo.t FULL JOIN demo.u USING (k)", "k: t.k u.k; rows: t.k u.k"],
    [
      "SELECT * FROM demo.t NATURAL JOIN demo.u",
      "k: t.k; a: t.a; b: t.b; c: t.c; x: u.x; y: u.y; rows: t.k u.k",
    ],
    [
      "SELECT * FROM demo.t SEMI JOIN demo.u ON t.a = u.x",
      "k: t.k; a: t.a; b: t.b; c: t.c; rows: t.a u.x",
    ],
    [
      "SELECT x FROM demo.t, LATERAL (SELECT x FROM demo.u WHERE u.y = t.b) l",
      "x: u.x; rows: t.b u.y",
    ],
    ["SELECT p.a, q.a AS b FROM demo.t p, demo.t VERSION AS OF 0 q", "a: t.a; b: t.a"],
  ],
  "subqueries and WITH": [
    ["SELECT z FROM (SELECT a + b AS z, k FROM demo.t WHERE k > 0)", "z: t.a t.b; rows: t.k"],
    [
      "WITH v AS (SELECT a AS q FROM demo.t), w(p) AS (SELECT q FROM v) SELECT p + q AS s FROM w, v",
      "s: t.a",
    ],
    ["SELECT (SELECT max(x) FROM demo.u WHERE u.k = t.k) AS m FROM demo.t", "m: t.k u.k u.x"],
    [
      "SELECT a FROM demo.t WHERE EXISTS (SELECT * FROM demo.u WHERE u.k = t.k)",
      "a: t.a; rows: t.k u.k",
    ],
    [
      "SELECT a FROM demo.t WHERE b IN (SELECT x FROM demo.u WHERE y > 0)",
      "a: t.a; rows: t.b u.x u.y",
    ],
    ["WITH t AS (SELECT x AS a FROM demo.u) SELECT a FROM t", "a: u.x"],
    ["SELECT s FROM (SELECT sum(a) AS s FROM demo.t), (VALUES (1)) v(one) WHERE one = 1", "s: t.a"],
    ['SELECT "sum(a)" + 1 AS s FROM (SELECT sum(a) FROM demo.t)', "s: t.a"],
    [
      "WITH RECURSIVE r(n, m) AS (SELECT a, 0 FROM demo.t UNION ALL SELECT n + 1, m + x FROM r, demo.u WHERE n < y) SELECT * FROM r",
      "n: t.a; m: u.x; rows: t.a u.y",
    ],
  ],
  "set operations": [
    ["SELECT a, b FROM demo.t UNION ALL SELECT x, 1 FROM demo.u", "a: t.a u.x; b: t.b"],
    ["SELECT a FROM demo.t UNION SELECT x FROM demo.u", "a: t.a u.x; rows: t.a u.x"],
    ["SELECT a FROM demo.t EXCEPT SELECT x FROM demo.u WHERE y > 0", "a: t.a; rows: t.a u.x u.y"],
    [
      "SELECT a, b FROM demo.t UNION ALL BY NAME SELECT y AS b, x AS a FROM demo.u",
      "a: t.a u.x; b: t.b u.y",
    ],
    [
      "SELECT a AS z FROM demo.t UNION ALL SELECT x FROM demo.u ORDER BY z LIMIT 1",
      "z: t.a u.x; rows: t.a u.x",
    ],
  ],
  "lists, lambdas and functions that make rows": [
    ["SELECT list_transform([a], lambda b: b + k) AS l FROM demo.t", "l: t.a t.k"],
    ["SELECT [e + a FOR e IN [b] IF e > k] AS l FROM demo.t", "l: t.a t.b t.k"],
    ["SELECT a, i FROM demo.t, range(b) r(i)", "a: t.a; i: t.b; rows: t.b"],
    ["SELECT unnest([a, b]) AS e, k FROM demo.t", "e: t.a t.b; k: t.k; rows: t.a t.b"],
    ["SELECT i FROM generate_series(3) AS g(i)", "i: "],
    ["SELECT v FROM (VALUES (1, 2)) AS w(v, z)", "v: "],
  ],
  "what is not analysed is unknown": [
    ["FROM demo.t PIVOT (sum(a) FOR b IN (3, 4) GROUP BY c)", "c: ?; 3: ?; 4: ?; rows: ?"],
    [
      "SUMMARIZE SELECT a FROM demo.t",
      [
        ..."column_name column_type min max approx_unique avg std q25 q50 q75 count null_percentage"
          .split(" ")
          .map((n) => `${n}: ?`),
        "rows: ?",
      ].join("; "),
    ],
    ["SELECT #1 AS f, a FROM demo.t", "f: ?; a: t.a"],
    ["SELECT table_name FROM information_schema.tables", "table_name: "],
    ["SHOW TABLES", "database: ; tableName: ; isTemporary: "],
  ],
};

describe("queryOrigin", () => {
  for (const [group, queries] of Object.entries(cases))
    test(`${group}: each column has exactly the columns it is made of`, async () => {
      for (const [query, expected] of queries) expect(await lineage(query), query).toBe(expected);
    });

  test("sources have their versions, also those that no column comes from", async () => {
    const { origin } = await lake.sql(
      "SELECT count(*) AS n FROM demo.t VERSION AS OF 0, demo.t AS now, information_schema.tables",
    );
    expect(origin?.sources.map(({ kind, ...rest }) => ({ kind, ...rest }))).toEqual([
      { kind: "table", name: "demo.t", version: 0, id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      { kind: "table", name: "demo.t", version: 1, id: expect.anything() },
      { kind: "catalog", name: "information_schema.tables" },
    ]);
  });

  test("a condition on the frame decides rows too", async () => {
    const frame = await lake.sql("SELECT a + b AS s, k FROM demo.t WHERE c = 'd'", {
      schema: schema("sums", { s: int({ nullable: true }), k: int() }),
    });
    const { origin } = frame.where((columns) => columns.s.isMissing().not());
    expect(shown(origin?.rows ?? { from: [], unknown: true })).toBe("t.a t.b t.c");
  });
});
