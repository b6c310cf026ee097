import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { isMillraceError } from "../../core/index.ts";
import { int, type Lake, schema, text } from "../index.ts";

const odd = schema("odd", {
  "täble.x": int(),
  'a"b': text({ nullable: true }),
  "'--DROP": int({ nullable: true }),
  select: int({ nullable: true }),
  "名前😀": text({ nullable: true }),
});

async function oddLake(): Promise<Lake> {
  const lake = await newLake();
  const row = { "täble.x": 1, 'a"b': "q", "'--DROP": 2, select: 3, "名前😀": "ü" };
  await lake.table("demo.odd", odd).append([row]);
  return lake;
}

describe("hostile queries", () => {
  test("names with dots, quotes, words of SQL and other scripts are names", async () => {
    await using lake = await oddLake();
    const query = `SELECT "täble.x", "a""b" AS "名前😀", odd."'--DROP", demo.odd."select" AS "x; --" FROM "demo"."odd" WHERE "名前😀" = 'ü'`;
    expect(await (await lake.sql(query)).rows()).toEqual([
      { "täble.x": 1, "名前😀": "q", "'--DROP": 2, "x; --": 3 },
    ]);
    const backticks = "SELECT `täble.x` AS `ü x` FROM `demo`.`odd` WHERE `名前😀` = 'ü'";
    expect(await (await lake.sql(backticks)).rows()).toEqual([{ "ü x": 1 }]);
  });

  test("spaces of other scripts stand between words, and places are right behind them", async () => {
    await using lake = await oddLake();
    const query = "SELECT\u00a0'\u00a0'\u2003AS a\u3000FROM\ufeffdemo.odd\u00a0-- \u2003\n";
    expect(await (await lake.sql(query)).rows()).toEqual([{ a: "\u00a0" }]);
    await expect(lake.sql("SELECT\u00a0'é' ,\u3000nme FROM demo.odd")).rejects.toThrowError(
      "line 1, column 14: the query cannot be run",
    );
  });

  test("a query that leaves its place in the frame's SQL is refused", async () => {
    await using lake = await oddLake();
    for (const query of [
      "SELECT 1) UNION ALL (SELECT 2",
      "SELECT 1) AS x; DROP TABLE y; SELECT (1",
      "SELECT * FROM demo.odd) WHERE (true",
      "SELECT 1 /*",
      "SELECT 1 '",
      "SELECT 1 $$",
    ])
      await expect(lake.sql(query), query).rejects.toMatchObject({
        code: expect.stringMatching(/^table\/(failed-query|duplicate-statement)$/),
      });
    const comment = await lake.sql("SELECT 1 AS a --");
    expect(await comment.count()).toBe(1);
  });

  test("deep nesting is refused or runs; it ends nothing", async () => {
    await using lake = await oddLake();
    const deep = (before: string) => `SELECT ${before.repeat(3000)}1${")".repeat(3000)} AS a`;
    expect(await (await lake.sql(deep("("))).rows()).toEqual([{ a: 1 }]);
    await expect(lake.sql(deep("abs("))).rejects.toMatchObject({ code: "table/failed-query" });
    const long = Array.from({ length: 800 }, (_, i) => `SELECT ${i} AS a`).join(" UNION ALL ");
    expect(await (await lake.sql(long)).count()).toBe(800);
    const many = Array.from({ length: 300 }, () => `SELECT "täble.x" FROM demo.odd`);
    expect(await (await lake.sql(many.join(" UNION ALL "))).count()).toBe(300);
  });

  test("law: whatever the text, it gives rows or one of our errors, and no table of the engine's", async () => {
    await using lake = await oddLake();
    await lake.engine.withRows(
      { columns: [{ name: "secret", kind: "text" }], cells: [["hidden"]] },
      async (table) => {
        const word = fc.constantFrom(
          ...[
            "SELECT",
            "FROM",
            "WHERE",
            "*",
            "demo.odd",
            "demo",
            ".",
            "odd",
            table,
            `main.${table}`,
          ],
          ...[
            "(",
            ")",
            "AS",
            "a",
            ",",
            ";",
            "'",
            '"',
            "--",
            "/*",
            "*/",
            "\n",
            "$$",
            "`",
            "WITH",
            "UNION",
          ],
          ...[
            "VERSION AS OF 0",
            "AT (VERSION => 0)",
            "1",
            "=",
            "TABLE",
            "DESCRIBE",
            "SHOW",
            "JOIN",
            "é",
          ],
          ...[
            "query_table('",
            "')",
            "USING",
            "ON",
            "true",
            "LATERAL",
            "PIVOT",
            "\u00a0",
            "ALL",
            "EXISTS",
          ],
        );
        await fc.assert(
          fc.asyncProperty(fc.array(word, { maxLength: 12 }), async (words) => {
            for (const query of [words.join(" "), `SELECT * FROM ${words.join(" ")}`]) {
              try {
                const rows = await (await lake.sql(query)).rows();
                expect(JSON.stringify(rows)).not.toContain("hidden");
              } catch (error) {
                if (!isMillraceError(error)) throw error;
                expect(error.code, `${query}: ${error.message}`).not.toBe("internal/failed");
              }
            }
          }),
          { numRuns: 400 },
        );
      },
    );
  });
});
