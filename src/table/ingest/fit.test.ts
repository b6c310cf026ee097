import { describe, expect, test } from "vitest";
import { openEngine } from "../adapter/duckdb.ts";
import { quoteText } from "../sql-text.ts";
import { momentSql, strictWhere } from "./fit.ts";

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

describe("strictWhere", () => {
  const int = { kind: "int", nullable: true } as const;
  const float = { kind: "float", nullable: true } as const;
  const rows = async (cells: string): Promise<unknown> => {
    const engine = await openEngine();
    const where = strictWhere([[int, "i"], [float, "f"]]); // biome-ignore format: one line
    const sql = `SELECT count(*) AS n FROM (VALUES ${cells}) r(i, f) WHERE ${where}`;
    return engine.query(sql).finally(() => engine.close());
  };

  test("lets every row pass whose cells fit or are missing", async () => {
    const cells = "(1::DOUBLE, 2.5::DOUBLE), (NULL, 1), (-8796093022207, NULL), (NULL, NULL)";
    expect(await rows(cells)).toEqual([{ n: 4 }]);
  });

  test.each([
    ["a fraction in whole numbers", "(1.5::DOUBLE, 1::DOUBLE)"],
    ["a number that a double may have made whole", "(8796093022208::DOUBLE, 1::DOUBLE)"],
    ["no number", "(1::DOUBLE, 'nan'::DOUBLE)"],
    ["an infinite number beside a missing one", "(NULL::DOUBLE, '-inf'::DOUBLE)"],
  ])("fails for %s", async (_, cell) => {
    await expect(rows(`(1::DOUBLE, 1::DOUBLE), ${cell}`)).rejects.toThrow("a cell does not fit");
  });

  test("is no condition where every cell fits", () => {
    expect(strictWhere([[{ kind: "text", nullable: true }, "t"]])).toBeUndefined();
  });
});
