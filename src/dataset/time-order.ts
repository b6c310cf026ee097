/** @file Whether rows that follow each other in time are alike: then a split at random leaks. */
import { type Frame, quoteName } from "../table/index.ts";

/** Below so many rows, and so many different moments, nothing is said. */
const fewRows = 30;
/** Correlation with the row before from which on a split at random is warned of. */
const alike = 0.3;

/**
 * A sentence for each column of moments by which other columns are correlated with themselves, from one row to the
 * next: r₁ = corr(xᵢ, xᵢ₋₁) of rows in the order of time. Keys, technical columns and columns that rise
 * or fall with time in nearly every row (counters) are not looked at.
 */
export async function timeWarnings(rows: Frame, by: string): Promise<readonly string[]> {
  const columns = Object.entries(rows.schema.columns).filter(([name]) => !name.startsWith("_"));
  const times = columns.filter(([, { kind }]) => kind === "timestamp").map(([name]) => name);
  const values = columns
    .filter(([name, { kind, key }]) => numbers.has(kind) && key !== true && name !== by)
    .map(([name]) => name);
  const found: string[] = [];
  for (const time of values.length === 0 ? [] : times) {
    const correlated = await correlatedIn(rows, time, values);
    if (correlated === null) continue;
    const { column, correlation } = correlated;
    found.push(
      `split: rows that follow each other by ${time} are alike (${column} is correlated with the row before: ${correlation.toFixed(2)}), so a split at random lets a model learn from the future of what it is tested on; use splitByTime(rows, { time: ${JSON.stringify(time)} }), or time: null if the order does not matter`,
    );
  }
  return found;
}

const numbers: ReadonlySet<string> = new Set(["int", "float", "bool"]);

async function correlatedIn(rows: Frame, time: string, values: readonly string[]) {
  const order = `OVER (ORDER BY ${quoteName(time)})`;
  const cells = values.map((name, i) => `CAST(${quoteName(name)} AS DOUBLE) AS v${i}`);
  const before = values.map((_, i) => `v${i}, lag(v${i}) ${order} AS w${i}`);
  const pairs = values.map(
    (_, i) => `corr(v${i}, w${i}) FILTER (isfinite(v${i}) AND isfinite(w${i})) AS r${i}`,
  );
  const [row] = await rows.engine.query(`
    SELECT count(DISTINCT ${quoteName(time)}) AS moments, ${pairs.join(", ")} FROM (
      SELECT ${quoteName(time)}, ${before.join(", ")} FROM (
        SELECT ${quoteName(time)}, ${cells.join(", ")} FROM (${rows.sql})
        WHERE ${quoteName(time)} IS NOT NULL))`);
  if (Number(row?.["moments"]) < fewRows) return null;
  const all = values.flatMap((column, i) => {
    const correlation = row?.[`r${i}`];
    return typeof correlation === "number" ? [{ column, correlation }] : [];
  });
  const [strongest] = all.toSorted((a, b) => b.correlation - a.correlation);
  return strongest !== undefined && strongest.correlation >= alike ? strongest : null;
}
