/** @file Buckets counted by the engine, all columns of a table in one scan. */
import { quoteName } from "../table/index.ts";
import { type BucketCounts, type Buckets, commonLabels, countLabels, edgesOf } from "./buckets.ts";
import type { ComparedColumn, TableView } from "./columns.ts";

/**
 * Makes the buckets of a reference table and counts its rows. Numbers are cut at the quantiles
 * 1/bins … (bins − 1)/bins, each a value of the column. Two scans.
 */
export async function profileReference(
  table: TableView,
  columns: readonly ComparedColumn[],
  bins: number,
): Promise<readonly BucketCounts[]> {
  const shares = Array.from({ length: bins - 1 }, (_, i) => `${i + 1}::DOUBLE / ${bins}`);
  const selects = columns.flatMap(({ shape }, i) =>
    shape === "labels"
      ? labelSelects(i)
      : [`to_json(quantile_disc(c${i}, [${shares.join(", ")}]))::VARCHAR AS quantiles${i}`],
  );
  const row = await oneRow(table, { columns, selects });
  const buckets = columns.map(({ shape }, i): Buckets => {
    if (shape === "labels") return { shape, labels: commonLabels(readCounts(row, i).labels) };
    return { shape, edges: edgesOf(readJson<number[] | null>(row, `quantiles${i}`) ?? []) };
  });
  return countCurrent(table, columns, buckets);
}

/** Counts the rows of another table in the same buckets. */
export async function countCurrent(
  table: TableView,
  columns: readonly ComparedColumn[],
  buckets: readonly Buckets[],
): Promise<readonly BucketCounts[]> {
  const selects = columns.flatMap((_, i) => {
    const own = buckets[i];
    if (own?.shape !== "numbers") return labelSelects(i);
    return numberSelects(i, own.edges.map(doubleSql));
  });
  const row = await oneRow(table, { columns, selects });
  return buckets.map((own, i) => {
    const { rows, missing, counts, labels } = readCounts(row, i);
    const counted = own.shape === "labels" ? countLabels(own.labels, labels) : { counts, other: 0 };
    return { buckets: own, rows, missing, ...counted };
  });
}

/** Runs one SELECT over the columns c0, c1 …; NaN is missing. */
async function oneRow(
  { engine, sql }: TableView,
  query: {
    readonly columns: readonly ComparedColumn[];
    readonly selects: readonly string[];
  },
): Promise<Readonly<Record<string, unknown>>> {
  const cells = query.columns.map(({ name, shape }, i) =>
    shape === "numbers"
      ? `CASE WHEN isnan(${quoteName(name)}::DOUBLE) THEN NULL ELSE ${quoteName(name)}::DOUBLE END AS c${i}`
      : `${quoteName(name)}::VARCHAR AS c${i}`,
  );
  const [row] = await engine.query(
    `SELECT count(*)::DOUBLE AS "rows", ${query.selects.join(", ")}
     FROM (SELECT ${cells.join(", ")} FROM (${sql}))`,
  );
  return row ?? {};
}

function numberSelects(i: number, edges: readonly string[]): readonly string[] {
  const between = [undefined, ...edges].map((from, k) => {
    const to = edges[k];
    const conditions = [
      `c${i} IS NOT NULL`,
      ...(from === undefined ? [] : [`c${i} >= ${from}`]),
      ...(to === undefined ? [] : [`c${i} < ${to}`]),
    ];
    return `count(*) FILTER (${conditions.join(" AND ")})`;
  });
  return [
    `to_json([${between.join(", ")}])::VARCHAR AS counts${i}`,
    `count(*) FILTER (c${i} IS NULL)::DOUBLE AS missing${i}`,
  ];
}

function labelSelects(i: number): readonly string[] {
  return [
    `to_json(histogram(c${i}))::VARCHAR AS labels${i}`,
    `count(*) FILTER (c${i} IS NULL)::DOUBLE AS missing${i}`,
  ];
}

function readCounts(row: Readonly<Record<string, unknown>>, i: number) {
  return {
    rows: Number(row["rows"] ?? 0),
    missing: Number(row[`missing${i}`] ?? 0),
    counts: readJson<number[] | null>(row, `counts${i}`) ?? [],
    labels: readJson<Record<string, number> | null>(row, `labels${i}`) ?? {},
  };
}

function readJson<T>(row: Readonly<Record<string, unknown>>, name: string): T | null {
  const text = row[name];
  return typeof text === "string" ? (JSON.parse(text) as T) : null;
}

/** A number as SQL reads it back bit for bit. */
const doubleSql = (value: number): string => `'${value}'::DOUBLE`;
