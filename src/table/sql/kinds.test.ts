import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";

describe("kinds of a query's columns", () => {
  test("every type of the engine is a kind of ours, or text that loses nothing", async () => {
    await using lake = await newLake();
    const types: readonly (readonly [string, string, unknown])[] = [
      ["true", "bool", true],
      ["1::TINYINT", "int", 1],
      ["255::UTINYINT", "int", 255],
      ["1::UBIGINT", "int", 1],
      ["-170141183460469231731687303715884105::HUGEINT % 10", "int", -5],
      ["1::UHUGEINT", "int", 1],
      ["0.5::FLOAT", "float", 0.5],
      ["0.1::DOUBLE", "float", 0.1],
      ["'nan'::DOUBLE", "float", Number.NaN],
      ["1.5", "float", 1.5],
      ["0.1::DECIMAL(38, 20)", "float", 0.1],
      ["123456789012345.6::DECIMAL(38, 1)", "float", 123456789012345.6],
      ["NULL::DECIMAL(38, 1)", "float", null],
      ["DATE '2026-01-02'", "timestamp", new Date("2026-01-02T00:00:00Z")],
      ["TIMESTAMP '2026-01-02 03:04:05.678'", "timestamp", new Date("2026-01-02T03:04:05.678Z")],
      ["TIMESTAMPTZ '2026-01-02 03:04:05+02'", "timestamp", new Date("2026-01-02T01:04:05Z")],
      ["TIMESTAMP_S '2026-01-02 03:04:05'", "timestamp", new Date("2026-01-02T03:04:05Z")],
      ["TIMESTAMP_MS '2026-01-02 03:04:05.678'", "timestamp", new Date("2026-01-02T03:04:05.678Z")],
      ["TIMESTAMP_NS '2026-01-02 03:04:05.123456789'", "text", "2026-01-02 03:04:05.123456789"],
      ["TIME '10:20:30.123456'", "text", "10:20:30.123456"],
      ["INTERVAL 25 HOUR", "text", "25:00:00"],
      ["'a'::ENUM ('a', 'b')", "text", "a"],
      [
        "'2f0b4c5e-0000-4000-8000-000000000000'::UUID",
        "text",
        "2f0b4c5e-0000-4000-8000-000000000000",
      ],
      ["'\\xFF'::BLOB", "text", "\\xFF"],
      ["'101'::BIT", "text", "101"],
      ["[1, NULL, 3]", "text", "[1,null,3]"],
      ["[1, 2]::INT[2]", "text", "[1,2]"],
      ["{'a': 1, 'b': ['x']}", "text", '{"a":1,"b":["x"]}'],
      ["MAP {'k': 1.25}", "text", '{"k":1.25}'],
      ["'{\"a\":  1}'::JSON", "text", '{"a":  1}'],
      ["NULL", "int", null],
    ];
    for (const [sql, kind, value] of types) {
      const frame = await lake.sql(`SELECT ${sql} AS v`);
      expect(frame.schema.columns["v"], sql).toEqual({ kind, nullable: true });
      expect(await frame.rows(), sql).toEqual([{ v: value }]);
    }
  });

  test("what cannot be held exactly fails when it is read, with what to do", async () => {
    await using lake = await newLake();
    const reading = async (sql: string) => (await lake.sql(`SELECT ${sql} AS v`)).rows();
    await expect(reading("12345678901234567.89")).rejects.toThrowError(
      'a decimal in column "v" that a double does not hold exactly: 12345678901234567.89; cast it to DOUBLE or VARCHAR',
    );
    await expect(reading("9007199254740993")).rejects.toMatchObject({
      code: "table/out-of-range-integer",
    });
    await expect(reading("170141183460469231731687303715884105727::HUGEINT")).rejects.toMatchObject(
      { code: "table/failed-query" },
    );
    expect(await reading("(12345678901234567.89)::VARCHAR")).toEqual([
      { v: "12345678901234567.89" },
    ]);
  });

  test("law: a decimal comes out as the double that is written like it, or not at all", async () => {
    await using lake = await newLake();
    const decimal = fc
      .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 30 }))
      .map(([unscaled, scale]) => {
        const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
        const whole = digits.slice(0, digits.length - scale);
        const sign = unscaled < 0n ? "-" : "";
        return { scale, text: `${sign}${whole}${scale === 0 ? "" : `.${digits.slice(-scale)}`}` };
      });
    await fc.assert(
      fc.asyncProperty(decimal, async ({ text, scale }) => {
        const frame = await lake.sql(`SELECT '${text}'::DECIMAL(38, ${scale}) AS v`);
        const rows = await frame.rows().catch(() => undefined);
        if (rows === undefined) return;
        const [row] = await lake.engine.query(
          `SELECT ('${Number(rows[0]?.["v"])}'::DECIMAL(38, ${scale}) = '${text}'::DECIMAL(38, ${scale})) AS same`,
        );
        expect(row).toEqual({ same: true });
      }),
      { numRuns: 60 },
    );
    const short = fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((n) => n / 1e4);
    await fc.assert(
      fc.asyncProperty(short, async (n) => {
        const frame = await lake.sql(`SELECT '${n}'::DECIMAL(38, 10) AS v`);
        expect(await frame.rows()).toEqual([{ v: n === 0 ? 0 : n }]);
      }),
      { numRuns: 40 },
    );
  });
});
