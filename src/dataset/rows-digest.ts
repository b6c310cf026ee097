/** @file Rows told apart from other rows, whatever their order. */
import { hashOfJson } from "../core/index.ts";
import type { Hash } from "../flow.ts";
import { type Columns, checkFrame, type Frame, quoteName } from "../table/index.ts";
import { fail } from "./errors.ts";

/**
 * The hash of rows in any order: their number, and the sum and the exclusive or of a hash of each, computed in the
 * engine. Two tables of the same rows have the same digest. O(n · columns).
 *
 * @param rows - Any rows.
 * @param columns - By which columns they are told apart. Default all.
 * @returns The digest.
 * @throws `dataset/unknown-column`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const some = (sql: string) => frame({ engine, schema: schema("one", { n: int() }), sql });
 * const up = await rowsDigest(some("SELECT range AS n FROM range(9)"));
 * up === (await rowsDigest(some("SELECT 8 - range AS n FROM range(9)"))) // => true
 * up === (await rowsDigest(some("SELECT range AS n FROM range(8)"))) // => false
 * await engine.close();
 * ```
 */
export async function rowsDigest(
  rows: Frame<Columns>,
  columns: readonly string[] = Object.keys(rows.schema.columns),
): Promise<Hash> {
  checkFrame("rowsDigest", rows);
  const known = Object.keys(rows.schema.columns);
  for (const column of columns)
    if (!known.includes(column))
      fail("dataset/unknown-column", { at: "rowsDigest", column, columns: known });
  const digest = `md5_number_lower(json_array(${columns.map(quoteName).join(", ")})::VARCHAR)`;
  const [sums = {}] = await rows.engine.query(
    `SELECT count(*) AS n, CAST(bit_xor(${digest}) AS VARCHAR) AS mixed, CAST(sum(CAST(${digest} AS HUGEINT)) AS VARCHAR) AS total FROM (${rows.sql})`,
  );
  const shape = columns.map((column) => [column, rows.schema.columns[column]?.kind ?? ""]);
  return hashOfJson([shape, Number(sums["n"]), String(sums["mixed"]), String(sums["total"])]);
}
