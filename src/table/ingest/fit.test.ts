import { describe, expect, test } from "vitest";
import { openEngine } from "../adapter/duckdb.ts";
import { quoteText } from "../sql-text.ts";
import { messageOf } from "./csv.ts";
import { isMisfit, looseSql, misfitSql, momentSql, strictSql, strictWhere } from "./fit.ts";

const moments = [
  ...["2024-01-01 10:11:12", "2024-01-01T10:11:12", "2024-01-01 10:11:12.123456789", "2024-01-01"],
  ...["2024-01-01T10:11:12Z", "2024-01-01 10:11:12.5Z", "2024-01-01 10:11:12z"],
  ...["2024-01-01 10:11:12+02", "2024-01-01T10:11:12-05:30", "2024-01-01 10:11:12.5-00:00:30"],
  ...["2024-01-01 10:11:12 UTC", "2024-01-01 10:11:12 GMT", "2024-01-01 10:11:12 Etc/GMT"],
  ...["2024-01-01 10:11:12 N", "2024-01-01 10:11:12 NZ", "2024-07-01 10:11:12 Europe/Berlin"],
  ...["2024-01-01 10:11:12 Etc/GMT-1", "2024-01-01 10:11:12 UTC-2", "2024-01-01 10:11"],
  ...["0044-03-15 (BC) 10:00:00", "9999-12-31 23:59:59.999999", "99999-01-01 00:00:00", "infinity"],
  ...["2024-1-1 1:2:3", "  2024-01-01 10:11:12  ", "2024-01-01 10:11:12 ", "2024-01-01 24:00:00"],
  ...["1582-10-10 00:00:00", "2024-02-30 10:11:12", "2024-01-01 10:11:60", "a moment in the past"],
  ...["2024-01-01 10:11:12.", "2024-01-01 10:11:12+", "2024-01-01 10:11:12-", "epoch", ""],
];

describe("momentSql", () => {
  test("gives what the engine's own cast gives, for moments with and without an offset", async () => {
    const engine = await openEngine();
    const casts = moments.map(async (moment) => {
      const from = `(SELECT ${quoteText(moment)} AS t)`;
      const run = (sql: string): Promise<unknown> =>
        engine.query(`SELECT (${sql})::VARCHAR AS at FROM ${from}`).catch(() => "refused");
      return [moment, await run(momentSql("t")), await run("t::TIMESTAMPTZ")] as const;
    });
    for (const [moment, ours, engines] of await Promise.all(casts))
      expect(ours, moment).toEqual(engines);
    expect(await engine.query(`SELECT ${momentSql("NULL::VARCHAR")} AS at`)).toEqual([
      { at: null },
    ]);
    await engine.close();
  });
});

const int = { kind: "int", nullable: true } as const;
const float = { kind: "float", nullable: true } as const;

/** Whole numbers as people and programs write them, and texts that are close to one; undefined: not one. */
const wholes: readonly (readonly [text: string, value: number | undefined])[] = [
  ...([
    ["0", 0],
    ["-7", -7],
    ["+5", 5],
    [" 7 ", 7],
    ["007", 7],
    ["1_000", 1000],
  ] as const),
  ...([
    ["3.0", 3],
    ["3.", 3],
    ["1e3", 1000],
    ["1.5e3", 1500],
    ["15E-1", undefined],
  ] as const),
  ...([
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["9007199254740992", undefined],
  ] as const),
  ...([
    ["-9007199254740991.0", -Number.MAX_SAFE_INTEGER],
    ["9007199254740993", undefined],
  ] as const),
  ...([
    ["0.99999999999999999", undefined],
    ["8796093022206.99999", undefined],
  ] as const),
  ...([
    ["9007199254740990.9", undefined],
    ["1.5", undefined],
    ["1-2", undefined],
  ] as const),
  ...([
    ["900719925474099.05e1", undefined],
    ["90071992547409905e-1", undefined],
    ["9007199254740990.0_5", undefined],
    ["900719925474099e1", 9_007_199_254_740_990],
    ["1.0000000000000000E3", 1000],
    ["123456789012.0000e2", 12_345_678_901_200],
  ] as const),
  ...([
    ["-", undefined],
    ["", undefined],
    ["nan", undefined],
    ["1e400", undefined],
  ] as const),
  ...([
    ["0x10", undefined],
    ["1,000", undefined],
    ["١", undefined],
    ["true", undefined],
  ] as const),
];

describe("a whole number", () => {
  test.each(wholes)("%j is the same in a typed read and in a cast of text", async (text, value) => {
    const engine = await openEngine();
    const from = `(SELECT ${quoteText(text)} AS t)`;
    const strict = `SELECT ${strictSql(int, "t")} AS n FROM ${from} WHERE ${strictWhere([[int, "t"]])}`;
    const found = await engine.query(strict).then(
      (rows) => rows[0]?.["n"],
      (error) => (isMisfit(messageOf(error)) ? undefined : error),
    );
    expect(found).toEqual(value);
    const loose = await engine.query(
      `SELECT ${looseSql(int, "t")} AS n, ${misfitSql(int, "t")} AS misfit FROM ${from}`,
    );
    expect(loose).toEqual([{ n: value ?? null, misfit: value === undefined }]);
    await engine.close();
  });
});

describe("strictWhere", () => {
  const rows = async (cells: string): Promise<unknown> => {
    const engine = await openEngine();
    const where = strictWhere([
      [int, "i"],
      [float, "f"],
    ]);
    const sql = `SELECT count(*) AS n FROM (VALUES ${cells}) r(i, f) WHERE ${where}`;
    return engine.query(sql).finally(() => engine.close());
  };

  test("lets every row pass whose cells fit or are missing", async () => {
    const cells = "('1', 2.5::DOUBLE), (NULL, 1), ('-9007199254740991', NULL), (NULL, NULL)";
    expect(await rows(cells)).toEqual([{ n: 4 }]);
  });

  test.each([
    ["a fraction in whole numbers", "('1.5', 1::DOUBLE)"],
    ["a whole number that a double cannot hold", "('9007199254740992', 1::DOUBLE)"],
    ["no number", "('1', 'nan'::DOUBLE)"],
    ["an infinite number beside a missing one", "(NULL, '-inf'::DOUBLE)"],
  ])("fails for %s", async (_, cell) => {
    await expect(rows(`('1', 1::DOUBLE), ${cell}`)).rejects.toThrow("a cell does not fit");
  });

  test("is no condition where every cell fits", () => {
    expect(strictWhere([[{ kind: "text", nullable: true }, "t"]])).toBeUndefined();
  });
});
