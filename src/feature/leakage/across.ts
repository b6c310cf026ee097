/** @file Rows and entities that are on both sides of a split. */
import type { Finding } from "../../flow.ts";
import { type Frame, quoteName } from "../../table/index.ts";

/** What is compared: rows by these columns, entities by theirs. */
interface Compared {
  readonly columns: readonly string[];
  readonly entity: string | undefined;
}

/** Rows of the test side that training has too, and entities and keys of both. */
export async function findAcross(
  train: Frame,
  test: Frame,
  { columns, entity }: Compared,
): Promise<readonly Finding[]> {
  const keys = Object.entries(train.schema.columns).flatMap(([name, { key }]) =>
    key === true && name in test.schema.columns ? [name] : [],
  );
  const whose = [...(entity === undefined ? [] : [[entity]]), ...(keys.length === 0 ? [] : [keys])];
  const shared: Finding[] = [];
  const told = new Set<string>();
  for (const names of whose) {
    if (told.has(names.join())) continue;
    told.add(names.join());
    shared.push(...(await sharedBy(train, test, names)));
  }
  return [...(await repeatedRows(train, test, columns)), ...shared];
}

/**
 * Told when more test rows than chance explains are in training too. Of few labels rows are equal by
 * chance: about as often as training has rows twice, and no more often than a row meets its value of any
 * one column. The first is also high where rows were repeated before the split; the second is not,
 * as it is counted among rows that differ.
 */
async function repeatedRows(
  train: Frame,
  test: Frame,
  columns: readonly string[],
): Promise<readonly Finding[]> {
  if (columns.length === 0) return [];
  const key = `hash(${columns.map(quoteName).join(", ")})`;
  const [row] = await train.engine.query(`
    WITH train AS (SELECT ${key} AS h FROM (${train.sql})),
      test AS (SELECT ${key} AS h FROM (${test.sql}))
    SELECT (SELECT count(*) FROM test) AS rows,
      (SELECT count(*) FROM test WHERE h IN (SELECT h FROM train)) AS repeated,
      (SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM train GROUP BY h) WHERE n > 1)
        / greatest((SELECT count(*) FROM train), 1) AS twice`);
  const [rows = 0, repeated = 0, twice = 0] = [
    row?.["rows"],
    row?.["repeated"],
    row?.["twice"],
  ].map(Number);
  const share = repeated / Math.max(rows, 1);
  if (share === 0) return [];
  if (share <= 2 * twice && share <= 2 * (await chanceOfTwins(train, columns))) return [];
  return [
    {
      expectation: "rows of the test side are in training too",
      column: null,
      severity: share > 0.01 ? "critical" : "warning",
      passed: false,
      failedRows: repeated,
      rows,
      sample: [],
    },
  ];
}

/**
 * At most how often a row has an equal one among n different rows by chance: n times the probability that two
 * of them have the same value, in the column where that is least, Σ c(c − 1) / (n(n − 1)) of the counts c of its values.
 */
async function chanceOfTwins({ engine, sql }: Frame, columns: readonly string[]): Promise<number> {
  const distinct = `SELECT DISTINCT ${columns.map(quoteName).join(", ")} FROM (${sql})`;
  let least = 1;
  for (const name of columns.map(quoteName)) {
    const [row] = await engine.query(`
      SELECT sum(c * (c - 1)) / greatest(sum(c) - 1, 1) AS twins
      FROM (SELECT count(*)::DOUBLE AS c FROM (${distinct}) GROUP BY ${name})`);
    least = Math.min(least, Number(row?.["twins"] ?? 1));
  }
  return least;
}

async function sharedBy(
  train: Frame,
  test: Frame,
  names: readonly string[],
): Promise<readonly Finding[]> {
  const quoted = names.map(quoteName).join(", ");
  const all = names.map((name) => `${quoteName(name)} IS NOT NULL`).join(" AND ");
  const of = ({ sql }: Frame): string => `SELECT DISTINCT ${quoted} FROM (${sql}) WHERE ${all}`;
  const shared = `${of(test)} INTERSECT ${of(train)}`;
  const [counts] = await train.engine.query(
    `SELECT (SELECT count(*) FROM (${shared})) AS n, (SELECT count(*) FROM (${of(test)})) AS of`,
  );
  const [failedRows, rows] = [Number(counts?.["n"]), Number(counts?.["of"])];
  if (failedRows === 0) return [];
  const sample = await train.engine.query(
    `SELECT concat_ws(', ', ${names.map((name) => `${quoteName(name)}::VARCHAR`).join(", ")}) AS e FROM (${shared}) ORDER BY 1 LIMIT 5`,
  );
  return [
    {
      expectation: `the same ${names.join(" and ")} is on both sides of the split`,
      column: names.length === 1 ? (names[0] ?? null) : null,
      severity: "critical",
      passed: false,
      failedRows,
      rows,
      sample: sample.map((row) => String(row["e"])),
    },
  ];
}
