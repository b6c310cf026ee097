/** @file Rows and entities that are on both sides of a split. */
import type { Finding } from "../../flow.ts";
import { type Frame, quoteName } from "../../table/index.ts";

/** What is compared: rows by these columns, entities by theirs. */
interface Compared {
  readonly columns: readonly string[];
  readonly entity: string | undefined;
}

/** Rows of the test side that training has too, and entities of both. */
export async function findAcross(
  train: Frame,
  test: Frame,
  { columns, entity }: Compared,
): Promise<readonly Finding[]> {
  const repeated = await repeatedRows(train, test, columns);
  const shared = entity === undefined ? [] : await sharedEntities(train, test, entity);
  return [...repeated, ...shared];
}

/**
 * Told when the share of test rows that training has too is above twice the share of training rows
 * that training has twice: of a few labels, rows are equal by chance.
 */
async function repeatedRows(
  train: Frame,
  test: Frame,
  columns: readonly string[],
): Promise<readonly Finding[]> {
  const key = `hash(${columns.map(quoteName).join(", ")})`;
  const [row] = await train.engine.query(`
    WITH train AS (SELECT ${key} AS h FROM (${train.sql})),
      test AS (SELECT ${key} AS h FROM (${test.sql}))
    SELECT (SELECT count(*) FROM test) AS rows,
      (SELECT count(*) FROM test WHERE h IN (SELECT h FROM train)) AS repeated,
      (SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM train GROUP BY h) WHERE n > 1)
        / greatest((SELECT count(*) FROM train), 1) AS twice`);
  const [rows, repeated, twice] = [row?.["rows"], row?.["repeated"], row?.["twice"]].map(Number);
  const share = (repeated ?? 0) / Math.max(rows ?? 0, 1);
  if (share === 0 || share <= 2 * (twice ?? 0)) return [];
  return [
    {
      expectation: "rows of the test side are in training too",
      column: null,
      severity: share > 0.01 ? "critical" : "warning",
      passed: false,
      failedRows: repeated ?? 0,
      rows: rows ?? 0,
      sample: [],
    },
  ];
}

async function sharedEntities(
  train: Frame,
  test: Frame,
  entity: string,
): Promise<readonly Finding[]> {
  const name = quoteName(entity);
  const shared = `SELECT DISTINCT ${name} AS e FROM (${test.sql}) WHERE ${name} IN (SELECT ${name} FROM (${train.sql}))`;
  const [counts] = await train.engine.query(
    `SELECT (SELECT count(*) FROM (${shared})) AS n, (SELECT count(DISTINCT ${name}) FROM (${test.sql})) AS of`,
  );
  const [failedRows, rows] = [Number(counts?.["n"]), Number(counts?.["of"])];
  if (failedRows === 0) return [];
  const sample = await train.engine.query(
    `SELECT CAST(e AS VARCHAR) AS e FROM (${shared}) ORDER BY 1 LIMIT 5`,
  );
  return [
    {
      expectation: `the same ${entity} is on both sides of the split`,
      column: entity,
      severity: "critical",
      passed: false,
      failedRows,
      rows,
      sample: sample.map((row) => String(row["e"])),
    },
  ];
}
