/** @file Whether rows that follow each other in time are alike: then a split at random leaks. */
import type { ColumnSpec } from "../flow.ts";
import { type Frame, quoteName } from "../table/index.ts";

/** With fewer pairs of rows that follow each other nothing is said. */
const fewPairs = 29;
/** Correlation with the row before from which on a split at random is warned of, if it is three standard errors too. */
const alike = 0.3;
/** A number that rises, or falls, in so many steps is a counter, and says nothing. */
const counter = 0.99;
/** An entity has so many rows on average, or it has no history. */
const rowsEach = 3;
/** Of more rows than about so many, some entities are looked at, with all their rows. */
const enoughRows = 50_000;
/** A deviation of so much of a number is none. */
const rounding = 1e-12;
/** At most so many columns are looked at as entities, those of the most values first. */
const mostEntities = 6;

/**
 * A sentence for each column of moments by which other columns are correlated with themselves, from one row to the
 * next: r₁ = corr(xᵢ, xᵢ₋₁). Looked at are the means of all rows of a moment, in the order of the moments, and the rows of
 * each entity, as deviations from the entity's mean: a panel of customers and months is alike within customers.
 * An entity is a column of texts, labels or whole numbers that names 3 rows or more, each of another moment; rows of
 * equal `by` stay together in a split, and are none. Keys, technical columns and counters are not looked at.
 */
export async function timeWarnings(rows: Frame, by: string): Promise<readonly string[]> {
  const columns = Object.entries(rows.schema.columns).filter(([name]) => !name.startsWith("_"));
  const times = columns.filter(([, { kind }]) => kind === "timestamp").map(([name]) => name);
  const values = columns
    .filter(([name, { kind, key }]) => numbers.has(kind) && key !== true && name !== by)
    .map(([name]) => name);
  const found: string[] = [];
  for (const time of values.length === 0 ? [] : times) {
    const entities = await entitiesOf(
      rows,
      time,
      columns.filter(([name]) => name !== by),
    );
    const seen = [...(await correlatedIn(rows, { time, share: 1 }, values))];
    for (const { name: entity, share } of entities)
      seen.push(...(await correlatedIn(rows, { time, entity, share }, values)));
    const [strongest] = seen.toSorted((a, b) => b.correlation - a.correlation);
    if (strongest === undefined) continue;
    const { column, correlation, entity } = strongest;
    const whose = entity === undefined ? "" : ` of one ${entity}`;
    found.push(
      `split: rows${whose} that follow each other by ${time} are alike (${column} is correlated with the row before: ${correlation.toFixed(2)}), so a split at random lets a model learn from the future of what it is tested on; use splitByTime(rows, { time: ${JSON.stringify(time)} }), or time: null if the order does not matter`,
    );
  }
  return found;
}

const numbers: ReadonlySet<string> = new Set(["int", "float", "bool"]);
const names: ReadonlySet<string> = new Set(["text", "category", "int"]);

/** Columns that name rows of different moments. */
async function entitiesOf(
  rows: Frame,
  time: string,
  columns: readonly (readonly [string, ColumnSpec])[],
): Promise<readonly { readonly name: string; readonly share: number }[]> {
  const candidates = columns.filter(([, { kind }]) => names.has(kind)).map(([name]) => name);
  if (candidates.length === 0) return [];
  const counts = candidates.flatMap((name, i) => [
    `count(${quoteName(name)}) AS n${i}`,
    `count(DISTINCT ${quoteName(name)}) AS d${i}`,
    `count(DISTINCT (${quoteName(name)}, ${quoteName(time)})) FILTER (${quoteName(name)} IS NOT NULL) AS m${i}`,
  ]);
  const [row] = await rows.engine.query(
    `SELECT ${counts.join(", ")} FROM (${rows.sql}) WHERE ${quoteName(time)} IS NOT NULL`,
  );
  return candidates
    .map((name, i) => {
      const [n, values, moments] = ["n", "d", "m"].map((what) => Number(row?.[`${what}${i}`]));
      return { name, n: n ?? 0, values: values ?? 0, moments: moments ?? 0 };
    })
    .filter(
      ({ n, values, moments }) => values >= 2 && n >= rowsEach * values && moments >= 0.95 * n,
    )
    .toSorted((a, b) => b.values - a.values)
    .slice(0, mostEntities)
    .map(({ name, n }) => ({ name, share: Math.min(1, enoughRows / n) }));
}

/** Rows in the order of time, or those of each entity; of many rows some of the entities. */
interface Order {
  readonly time: string;
  readonly entity?: string;
  readonly share: number;
}

interface Correlated {
  readonly column: string;
  readonly correlation: number;
  readonly entity: string | undefined;
}

/** The correlations of columns with the row, or the moment, before. */
async function correlatedIn(
  rows: Frame,
  { time, entity, share }: Order,
  values: readonly string[],
): Promise<readonly Correlated[]> {
  const columns = values.filter((name) => name !== entity);
  const means = columns.map((name, i) => {
    const x = `CAST(${quoteName(name)} AS DOUBLE)`;
    return `avg(${x}) FILTER (isfinite(${x})) AS x${i}`;
  });
  // rows of one moment as one, so that it does not matter in which order they come
  const keys = [time, ...(entity === undefined ? [] : [entity])].map(quoteName);
  const there = keys.map((name) => `${name} IS NOT NULL`).join(" AND ");
  const some =
    entity === undefined ? "" : ` AND hash(${quoteName(entity)}) % 1000 < ${share * 1000}`;
  const moments = `SELECT ${keys.map((name, i) => `${name} AS k${i}`).join(", ")}, ${means.join(", ")} FROM (${rows.sql}) WHERE ${there}${some} GROUP BY ${keys.join(", ")}`;
  const whose = entity === undefined ? "" : "PARTITION BY k1";
  const deviations = columns.map((_, i) => {
    const mean = `avg(x${i}) OVER (${whose})`;
    const isRounding = `abs(x${i} - ${mean}) <= abs(x${i}) * ${rounding}`; // of a mean of equal numbers
    return `CASE WHEN ${isRounding} THEN 0 ELSE x${i} - ${mean} END AS v${i}`;
  });
  const source = `SELECT ${keys.map((_, i) => `k${i}`).join(", ")}, ${deviations.join(", ")} FROM (${moments})`;
  const order = `OVER (${whose} ORDER BY k0)`;
  const pairs = columns.flatMap((_, i) => {
    const both = `FILTER (v${i} IS NOT NULL AND w${i} IS NOT NULL)`;
    return [
      `corr(v${i}, w${i}) ${both} AS r${i}`,
      `count(*) ${both} AS n${i}`,
      `greatest(count(*) FILTER (v${i} > w${i}), count(*) FILTER (v${i} < w${i})) AS s${i}`,
    ];
  });
  if (pairs.length === 0) return [];
  const before = columns.map((_, i) => `v${i}, lag(v${i}) ${order} AS w${i}`);
  const [row] = await rows.engine.query(
    `SELECT ${pairs.join(", ")} FROM (SELECT ${before.join(", ")} FROM (${source}))`,
  );
  return columns.flatMap((column, i) => {
    const correlation = row?.[`r${i}`];
    const [n, steps] = [Number(row?.[`n${i}`]), Number(row?.[`s${i}`])];
    const isTold =
      typeof correlation === "number" &&
      n >= fewPairs &&
      steps < counter * n &&
      correlation >= Math.max(alike, 3 / Math.sqrt(n));
    return isTold ? [{ column, correlation, entity }] : [];
  });
}
