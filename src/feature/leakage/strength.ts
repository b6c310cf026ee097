/** @file How well one column alone tells the label. */
import { type Frame, quoteName } from "../../table/index.ts";
import type { LabelNumbers } from "./label.ts";

/** How much one column alone says of the label. */
export interface Strength {
  readonly column: string;
  /**
   * 0.5 says nothing and 1 everything. For a label that is true or false the area under the ROC curve. For one
   * that is a number (1 + r) / 2, where r is the larger of |ρ|, Spearman's rank correlation, and η, the
   * correlation ratio: η² is the share of the variance of the label's ranks that the mean rank of equal labels,
   * or of 20 buckets of about as many numbers each, tells of rows in the other half of the table; so a
   * parabola is found too. The order of rows changes nothing. Null where the label is the same in all rows, or rows
   * are too few.
   */
  readonly strength: number | null;
}

/** Numbers are also judged by so many buckets, so that a label that is high in the middle is found. */
const buckets = 20;
/** With so many rows a value or more, numbers are judged value by value too, as labels are: they may be codes. */
const rowsAValue = 5;

/**
 * The strength of a column: of numbers (texts of numbers are numbers too) by their order, by buckets and, where each comes
 * 5 times or more on average, value by value; of labels by what equal ones have in the other half of the rows, so that a
 * column in which all values differ is worth nothing.
 */
export async function strengthOf(
  rows: Frame,
  column: string,
  { sql: y, isBool, enough }: LabelNumbers,
): Promise<Strength> {
  if (!enough) return { column, strength: null };
  const ordered = await orderedSql(rows, column);
  const value = isBool
    ? y
    : `rank() OVER (ORDER BY ${y}) + count(*) OVER (PARTITION BY ${y}) / 2.0`;
  const x = ordered ?? quoteName(column);
  const source = `SELECT ${x} AS x, ${value} AS y FROM (${rows.sql}) WHERE ${y} IS NOT NULL`;
  const told = (groups: string) =>
    isBool ? areaOf(rows, byRate(groups)).then(notWorse) : ratioStrength(rows, groups);
  const found =
    ordered === undefined
      ? [await told(source)]
      : [
          await (isBool
            ? areaOf(rows, byOrder(source)).then(eitherWay)
            : rankStrength(rows, source)),
          await told(bucketed(source)),
          ...((await comesOften(rows, source)) ? [await told(source)] : []),
        ];
  const known = found.filter((one) => one !== null);
  return { column, strength: known.length === 0 ? null : Math.max(...known) };
}

/** Numbers by the twentieth of the rows in which the middle one of equal ones is, so that equal ones stay together. */
const bucketed = (source: string): string => `
  SELECT CASE WHEN x IS NOT NULL THEN (2 * rank() OVER (ORDER BY x) - 2 + count(*) OVER (PARTITION BY x))
    * ${buckets} // (2 * count(x) OVER ()) END AS x, y FROM (${source})`;

async function comesOften(rows: Frame, source: string): Promise<boolean> {
  const [found] = await rows.engine.query(
    `SELECT count(DISTINCT x) * ${rowsAValue} <= count(x) AS often FROM (${source})`,
  );
  return found?.["often"] === true;
}

/** A column as numbers in order; undefined for labels. */
async function orderedSql(rows: Frame, column: string): Promise<string | undefined> {
  const name = quoteName(column);
  const kind = rows.schema.columns[column]?.kind;
  if (kind === "timestamp") return `epoch_us(${name})::DOUBLE`;
  if (kind === "category") return undefined;
  if (kind !== "text") return `CAST(${name} AS DOUBLE)`;
  const [row] = await rows.engine.query(
    `SELECT count(TRY_CAST(${name} AS DOUBLE)) AS numbers, count(${name}) AS texts FROM (${rows.sql})`,
  );
  const [numbers, texts] = [Number(row?.["numbers"]), Number(row?.["texts"])];
  return texts > 0 && numbers === texts ? `TRY_CAST(${name} AS DOUBLE)` : undefined;
}

/** Groups of rows with a score: how many are true and how many false. Missing values come first. */
const byOrder = (source: string): string =>
  `SELECT coalesce(x, '-inf'::DOUBLE) AS s, sum(y) AS p, sum(1 - y) AS n FROM (${source}) GROUP BY ALL`;

/**
 * Equal values by halves of the rows, and the mean of all rows. Rows that are equal in value and label count as the
 * first, second … of their kind, and a hash of all three says the half: chance that no order of rows decides. Hashed
 * twice, as the engine's hash of several values is the exclusive or of theirs at last.
 */
const halves = (source: string): string => `
  WITH kinds AS (SELECT x, y, count(*) AS n FROM (${source}) GROUP BY x, y), counts AS (
    SELECT x, f, count(*) AS n, sum(y) AS p, sum(y * y) AS q
    FROM (
      SELECT x, y, hash(hash(x, y, k)) % 2 AS f FROM (SELECT x, y, unnest(range(n)) AS k FROM kinds)
    ) GROUP BY x, f
  ), prior AS (
    SELECT sum(p) / sum(n) AS mean, sum(q) / sum(n) - (sum(p) / sum(n)) ** 2 AS variance FROM counts
  ), told AS (
    SELECT (coalesce(b.p, 0) + mean) / (coalesce(b.n, 0) + 1) AS s, a.n, a.p, a.q, variance
    FROM counts a LEFT JOIN counts b ON a.x IS NOT DISTINCT FROM b.x AND b.f = 1 - a.f, prior
  )`;

/** The score is the rate of the label among equal values in the other half of the rows. */
const byRate = (source: string): string =>
  `${halves(source)} SELECT s, sum(p) AS p, sum(n - p) AS n FROM told GROUP BY s`;

/** The area under the ROC curve of scores, ties counted half. */
async function areaOf(rows: Frame, scored: string): Promise<number | null> {
  const [found] = await rows.engine.query(`
    WITH ranked AS (
      SELECT p, n, sum(n) OVER (ORDER BY s ROWS UNBOUNDED PRECEDING) - n AS below FROM (${scored})
    )
    SELECT sum(p * (below + n / 2)) / nullif(sum(p) * sum(n), 0) AS area FROM ranked`);
  const area = found?.["area"];
  return typeof area === "number" && !Number.isNaN(area) ? area : null;
}

/** A score that falls where the label rises tells as much as one that rises. */
const eitherWay = (area: number | null) => (area === null ? null : Math.max(area, 1 - area));

/** What was learned in one half and is wrong in the other is chance. */
const notWorse = (area: number | null) => (area === null ? null : Math.max(area, 0.5));

async function rankStrength(rows: Frame, source: string): Promise<number | null> {
  const [found] = await rows.engine.query(`
    SELECT corr(rank, y) AS rho FROM (
      SELECT rank() OVER (ORDER BY x) + count(*) OVER (PARTITION BY x) / 2 AS rank, y
      FROM (${source}) WHERE x IS NOT NULL)`);
  const rho = found?.["rho"];
  return typeof rho === "number" && !Number.isNaN(rho) ? (1 + Math.abs(rho)) / 2 : null;
}

/** η by what the other half tells: √(1 − Σ(y − s)² / Σ(y − ȳ)²), 0 where that is worse than the mean. */
async function ratioStrength(rows: Frame, source: string): Promise<number | null> {
  const [found] = await rows.engine.query(
    `${halves(source)} SELECT 1 - sum(q - 2 * s * p + n * s * s) / nullif(sum(n * variance), 0) AS told FROM told`,
  );
  const told = found?.["told"];
  return typeof told === "number" && !Number.isNaN(told)
    ? (1 + Math.sqrt(Math.max(0, told))) / 2
    : null;
}
