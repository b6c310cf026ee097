/** @file How well one column alone tells the label. */
import type { ColumnSpec } from "../../flow.ts";
import { type Frame, quoteName } from "../../table/index.ts";

/** How much one column alone says of the label. */
export interface Strength {
  readonly column: string;
  /**
   * 0.5 says nothing and 1 everything: the area under the ROC curve for a label that is true or false;
   * (1 + |ρ|) / 2 with Spearman's rank correlation ρ for a label that is a number. Null where the
   * label is the same in all rows.
   */
  readonly strength: number | null;
}

/** Numbers are also judged by so many buckets, so that a label that is high in the middle is found. */
const buckets = 20;

/**
 * The strength of a column: of numbers by their order and by buckets, of labels by their rate of the label in
 * the other half of the rows, so that a column in which all values differ is worth nothing.
 */
export async function strengthOf(
  rows: Frame,
  column: string,
  label: { readonly name: string; readonly kind: ColumnSpec["kind"] },
): Promise<Strength> {
  const kind = rows.schema.columns[column]?.kind;
  const isOrdered = kind !== "text" && kind !== "category";
  const x = isOrdered ? orderedSql(column, kind) : quoteName(column);
  const source = `SELECT ${x} AS x, CAST(${quoteName(label.name)} AS DOUBLE) AS y FROM (${rows.sql}) WHERE ${quoteName(label.name)} IS NOT NULL`; // biome-ignore format: one line
  if (label.kind !== "bool")
    return { column, strength: isOrdered ? await rankStrength(rows, source) : null };
  const bucket = `CASE WHEN x IS NOT NULL THEN ntile(${buckets}) OVER (ORDER BY x) END`;
  const found = isOrdered
    ? [
        await areaOf(rows, byOrder(source)),
        await areaOf(rows, byRate(`SELECT ${bucket} AS x, y FROM (${source})`)),
      ]
    : [await areaOf(rows, byRate(source))];
  const known = found.filter((area) => area !== null);
  return { column, strength: known.length === 0 ? null : Math.max(...known) };
}

function orderedSql(column: string, kind: ColumnSpec["kind"] | undefined): string {
  const name = quoteName(column);
  return kind === "timestamp" ? `epoch_us(${name})` : `CAST(${name} AS DOUBLE)`;
}

/** Groups of rows with a score: how many are true and how many false. Missing values come first. */
const byOrder = (source: string): string =>
  `SELECT coalesce(x, '-inf'::DOUBLE) AS s, sum(y) AS p, sum(1 - y) AS n FROM (${source}) GROUP BY ALL`;

/** The score is the rate of the label among equal values in the other half of the rows. */
const byRate = (source: string): string => `
  WITH halves AS (
    SELECT x, row_number() OVER () % 2 AS f, y FROM (${source})
  ), counts AS (
    SELECT x, f, sum(y) AS p, sum(1 - y) AS n FROM halves GROUP BY ALL
  ), prior AS (
    SELECT avg(y) AS rate FROM halves
  )
  SELECT (coalesce(b.p, 0) + rate) / (coalesce(b.p + b.n, 0) + 1) AS s, sum(a.p) AS p, sum(a.n) AS n
  FROM counts a LEFT JOIN counts b ON a.x IS NOT DISTINCT FROM b.x AND b.f = 1 - a.f, prior
  GROUP BY ALL`;

/** The area under the ROC curve of scores, ties counted half; the larger of it and its mirror. */
async function areaOf(rows: Frame, scored: string): Promise<number | null> {
  const [found] = await rows.engine.query(`
    WITH ranked AS (
      SELECT p, n, sum(n) OVER (ORDER BY s ROWS UNBOUNDED PRECEDING) - n AS below FROM (${scored})
    )
    SELECT sum(p * (below + n / 2)) / nullif(sum(p) * sum(n), 0) AS area FROM ranked`);
  const area = found?.["area"];
  return typeof area === "number" && !Number.isNaN(area) ? Math.max(area, 1 - area) : null;
}

async function rankStrength(rows: Frame, source: string): Promise<number | null> {
  const [found] = await rows.engine.query(`
    SELECT corr(a, b) AS rho FROM (
      SELECT rank() OVER (ORDER BY x) + count(*) OVER (PARTITION BY x) / 2 AS a,
        rank() OVER (ORDER BY y) + count(*) OVER (PARTITION BY y) / 2 AS b
      FROM (${source}) WHERE x IS NOT NULL)`);
  const rho = found?.["rho"];
  return typeof rho === "number" && !Number.isNaN(rho) ? (1 + Math.abs(rho)) / 2 : null;
}
