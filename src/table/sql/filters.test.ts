import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { bool, category, float, int, type Lake, schema, text, timestamp } from "../index.ts";

const things = schema("things", {
  id: int(),
  n: int({ nullable: true }),
  x: float({ nullable: true }),
  t: text({ nullable: true }),
  c: category(["a", "b", "c"]),
  b: bool(),
  m: timestamp({ nullable: true }),
});
const day = (d: number): Date => new Date(Date.UTC(2026, 0, d));

/** One file a row: its values are its statistics. */
async function thingsLake(): Promise<Lake> {
  const lake = await newLake();
  const table = lake.table("demo.things", things);
  const parts = lake.table("demo.parts", things, { partitionBy: ["c", "b"] });
  for (let id = 1; id <= 4; id++) {
    const c = id === 1 ? "a" : id === 2 ? "b" : "c";
    const row = { id, n: id * 10, x: id + 0.5, t: `t${id}`, c, b: id > 2, m: day(id) } as const;
    await table.append([row]);
    await parts.append([row]);
  }
  return lake;
}

/** How many data files a query reads. */
const filesOf = async (lake: Lake, query: string, values = {}): Promise<number> =>
  (await lake.sql(query, { values })).sql.split(".parquet'").length - 1;

describe("file skipping of lake.sql", () => {
  test("comparisons with literals, in lists and between, skip files, joined by AND and OR", async () => {
    await using lake = await thingsLake();
    for (const [where, files] of [
      ["n = 20", 1],
      ["20 = n", 1],
      ["n > 20", 2],
      ["30 <= n", 2],
      ["n < 20.5", 2],
      ["n < -1", 0],
      ["x <= 2.5", 2],
      ["x = 2.5", 1],
      ["t >= 't3'", 2],
      ["t IN ('t1', 't4', 'zz')", 2],
      ["n BETWEEN 15 AND 35", 2],
      ["c = 'b'", 1],
      ["m > '2026-01-03 12:00:00'", 1],
      ["m = TIMESTAMP '2026-01-02 00:00:00'", 1],
      ["m >= DATE '2026-01-03' AND n < 40", 1],
      ["n = 10 OR t = 't2'", 2],
      ["n = 10 AND random() < 2", 1],
      ["things.n = 10", 1],
      ["demo.things.n = 10", 1],
      ["N = 10", 1],
    ] as const)
      expect(await filesOf(lake, `SELECT * FROM demo.things WHERE ${where}`), where).toBe(files);
    for (const [where, files] of [
      ["c = 'c'", 2],
      ["b = true AND c <> 'x'", 2],
      ["false = b", 2],
    ] as const)
      expect(await filesOf(lake, `SELECT * FROM demo.parts WHERE ${where}`), where).toBe(files);
  });

  test("values of parameters skip files", async () => {
    await using lake = await thingsLake();
    const of = (where: string, value: unknown) =>
      filesOf(lake, `SELECT * FROM demo.parts WHERE ${where}`, { value });
    expect(await of("n = $value", 20)).toBe(1);
    expect(await of("t = $value", "t2")).toBe(1);
    expect(await of("m < $value", day(2))).toBe(1);
    expect(await of("b = $value", false)).toBe(2);
    expect(await of("n = $value", null)).toBe(4);
  });

  test("what is not surely a condition on the table reads all files", async () => {
    await using lake = await thingsLake();
    for (const query of [
      "SELECT * FROM demo.things WHERE NOT n = 20",
      "SELECT * FROM demo.things WHERE n + 1 = 21",
      "SELECT * FROM demo.things WHERE n = 10 OR random() < 2",
      "SELECT * FROM demo.things WHERE n <> 20",
      "SELECT * FROM demo.things WHERE n > 9007199254740993",
      "SELECT * FROM demo.things WHERE x > 3", // a NaN is above
      "SELECT * FROM demo.things WHERE m > '2026-01-03 00:00:00.0001'",
      "SELECT * FROM demo.things WHERE t = NULL",
      "SELECT * FROM (SELECT id AS n FROM demo.things) WHERE n = 2",
      "SELECT * FROM demo.things TABLESAMPLE reservoir(2 ROWS) WHERE n = 10",
      "SELECT * FROM demo.things AS y(n, id) WHERE n = 2",
      "SELECT *, (SELECT max(n) FROM (VALUES (1)) AS v(n) WHERE n = 1) FROM demo.things",
      "SELECT count(*) FILTER (n = 10) FROM demo.things",
      "SELECT n FROM demo.things GROUP BY n HAVING n = 10",
      "SELECT n FROM demo.things QUALIFY n = 10 AND row_number() OVER () > 0",
    ])
      expect(await filesOf(lake, query), query).toBe(4);
  });

  test("of a join, the table that a condition names is skipped, unless the join counts rows", async () => {
    await using lake = await thingsLake();
    const from = (kind: string, on = "ON p.id = q.id") =>
      `SELECT * FROM demo.things p ${kind} JOIN demo.things q ${on} WHERE q.n = 10`;
    for (const kind of ["INNER", "LEFT", "RIGHT", "FULL"])
      expect(await filesOf(lake, from(kind)), kind).toBe(5);
    expect(await filesOf(lake, from("ASOF", "ON p.id >= q.id"))).toBe(8);
    expect(await filesOf(lake, from("POSITIONAL", ""))).toBe(8);
    expect(
      await filesOf(lake, "SELECT * FROM demo.things p JOIN demo.things q USING (id) WHERE id = 1"),
    ).toBe(8);
  });

  test("law: skipping files changes no row, for any condition", async () => {
    await using lake = await newLake();
    const table = lake.table("demo.things", things);
    const cell = {
      n: fc.option(fc.integer({ min: -3, max: 3 })),
      x: fc.option(fc.constantFrom(-0, 0.1, -1.5, 2, Number.NaN, Number.POSITIVE_INFINITY, 1e300)),
      t: fc.option(fc.constantFrom("", "a", "A", "ab", "é", "😀", "z")),
      c: fc.constantFrom("a", "b", "c"),
      b: fc.boolean(),
      m: fc.option(fc.integer({ min: 1, max: 5 }).map(day)),
    };
    const rows = fc.sample(fc.record(cell), { numRuns: 40, seed: 7 });
    let id = 0;
    for (let at = 0; at < rows.length; at += 2)
      await table.append(rows.slice(at, at + 2).map((row) => ({ ...row, id: id++ })));
    const literals = {
      n: ["-3", "0", "1", "2.5", "3", "1e1", "$number"],
      x: ["0", "0.1", "-1.5", "1e300", "-2", "$number"],
      t: ["''", "'a'", "'ab'", "'é'", "'😀'", "'zz'", "$text"],
      c: ["'a'", "'b'", "'x'", "$text"],
      b: ["true", "false"],
      m: ["'2026-01-02'", "DATE '2026-01-03'", "TIMESTAMP '2026-01-04 12:00:00'", "$moment"],
    } as const;
    const comparison = fc
      .constantFrom(...(Object.keys(literals) as (keyof typeof literals)[]))
      .chain((name) =>
        fc
          .tuple(
            fc.constantFrom("=", "<", "<=", ">", ">=", "<>", "IN", "BETWEEN"),
            fc.constantFrom(...literals[name]),
            fc.constantFrom(...literals[name]),
            fc.constantFrom("", "things."),
          )
          .map(([operator, a, b, of]) => {
            if (operator === "IN") return `${of}${name} IN (${a}, ${b})`;
            if (operator === "BETWEEN") return `${of}${name} BETWEEN ${a} AND ${b}`;
            return a < b ? `${of}${name} ${operator} ${a}` : `${a} ${operator} ${of}${name}`;
          }),
      );
    const { condition } = fc.letrec<{ condition: string }>((tie) => ({
      condition: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        comparison,
        fc.tuple(tie("condition"), tie("condition")).map(([a, b]) => `(${a} AND ${b})`),
        fc.tuple(tie("condition"), tie("condition")).map(([a, b]) => `(${a} OR ${b})`),
        tie("condition").map((a) => `(NOT ${a})`),
      ),
    }));
    const plain = (await table.read()).sql;
    const all = { $number: 1, $text: "a", $moment: day(3) };
    await fc.assert(
      fc.asyncProperty(condition, async (where) => {
        const values = Object.fromEntries(
          Object.entries(all)
            .filter(([name]) => where.includes(name))
            .map(([name, value]) => [name.slice(1), value]),
        );
        const skipping = await lake.sql(`SELECT id FROM demo.things WHERE ${where} ORDER BY id`, {
          values,
        });
        const spelled = where
          .replaceAll("$number", "1")
          .replaceAll("$text", "'a'")
          .replaceAll("$moment", "TIMESTAMPTZ '2026-01-03'");
        const naive = await lake.engine.query(
          `SELECT id FROM (${plain}) AS things WHERE ${spelled} ORDER BY id`,
        );
        expect(await skipping.rows()).toEqual(naive);
      }),
      { numRuns: 120 },
    );
  });
});
