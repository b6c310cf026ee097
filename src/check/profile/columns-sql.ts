/** @file The first scan: what every column holds, and the relation both scans read. */
import type { ColumnKind } from "../../flow.ts";
import { type AnyRows, quoteName } from "../../table/index.ts";

/** Texts longer than this are cut when they are listed. */
export const textLimit = 200;
/** Candidates for values that stand in many rows of a column with many values. */
const candidates = 20;
/** Texts from which a pattern is guessed. */
const guesses = 32;
/** Numbers from here on have no variance in double precision. */
const hugeNumber = "1e150";

/** How a kind is measured. */
export type Measure = "number" | "moment" | "flag" | "text";

/** How the kinds are measured: what is not a number, a time or a truth value is text. */
export function measureOf(kind: ColumnKind): Measure {
  if (kind === "int" || kind === "float") return "number";
  if (kind === "timestamp") return "moment";
  return kind === "bool" ? "flag" : "text";
}

/** A column with its place: `c3` is its value, `v3` its finite number, `k3` how it is listed. */
export interface Place {
  readonly at: number;
  readonly name: string;
  readonly kind: ColumnKind;
  readonly measure: Measure;
}

/** The places of a schema's columns. */
export function placesOf(rows: AnyRows): readonly Place[] {
  return Object.entries(rows.schema.columns).map(([name, { kind }], at) => ({
    at,
    name,
    kind,
    measure: measureOf(kind),
  }));
}

/** Which rows a scan sees: a share of all, and of those a share that is measured. */
export interface Shares {
  readonly looked: number;
  readonly measured: number;
}

/**
 * One row per row, its columns named by place. Where only a share of the rows is measured, `d` says
 * whether a row is. The same rows are drawn each time: by their numbers.
 */
export function placedSql(
  rows: AnyRows,
  places: readonly Place[],
  { looked, measured }: Shares,
): string {
  const inner = places.map(({ at, name, kind }) => {
    const column = quoteName(name);
    // Adding nothing makes −0 and 0 one value.
    if (kind === "float")
      return `CASE WHEN NOT isnan(${column}) THEN ${column} + 0::DOUBLE END AS c${at}`;
    return `${column} AS c${at}`;
  });
  const number = looked < 1 || measured < 1 ? ["row_number() OVER () AS r"] : [];
  const chosen = measured < 1 ? [`${drawn(measured, "measure")} AS d`] : [];
  const named = `SELECT ${[...inner, ...number].join(", ")} FROM (${rows.sql})`;
  const kept = looked < 1 ? ` WHERE ${drawn(looked, "sample")}` : "";
  return `SELECT ${[...places.flatMap(cellsSql), ...chosen].join(", ")} FROM (${named})${kept}`;
}

function cellsSql({ at, measure }: Place): readonly string[] {
  if (measure === "text") return [`c${at}`, `left(c${at}::VARCHAR, ${textLimit}) AS k${at}`];
  const own = [`c${at}`, `c${at} AS k${at}`];
  if (measure === "flag") return own;
  const [type, value] =
    measure === "moment" ? ["TIMESTAMP", `epoch_ms(c${at})`] : ["DOUBLE", `c${at}`];
  return [...own, `CASE WHEN isfinite(c${at}::${type}) THEN ${value}::DOUBLE END AS v${at}`];
}

const drawn = (share: number, name: string): string =>
  `hash(r, '${name}') % 1000000 < ${Math.ceil(share * 1_000_000)}`;

/** SQL of the first scan: one row, one struct per column. */
export function firstScanSql(
  placed: string,
  places: readonly Place[],
  key: readonly number[],
): string {
  const cells = places.map(({ at }) => `c${at}`);
  const missing = balanced(cells.map((cell) => `(${cell} IS NULL)::INTEGER`));
  const keys = key.map((at) => `c${at}`).join(", ");
  const table = [
    "count(*) AS n",
    `count(*) - count(DISTINCT hash(${cells.join(", ")})) AS duplicates`,
    `map_entries(histogram(${missing})) AS missing`,
    `${key.length === 0 ? "NULL" : `count(*) - count(DISTINCT row(${keys}))`} AS key_duplicates`,
  ];
  const structs = places.map((place) => `${columnSql(place)} AS s${place.at}`);
  return `SELECT ${[...table, ...structs].join(", ")} FROM (${placed})`;
}

function columnSql({ at, measure }: Place): string {
  const [c, v, k] = [`c${at}`, `v${at}`, `k${at}`];
  const facts = [
    `n: count(${c})`,
    `near: approx_count_distinct(${c})`,
    `heavy: approx_top_k(${k}, ${candidates})::VARCHAR[]`,
  ];
  if (measure === "text")
    facts.push(
      `shortest: min(length(${c}::VARCHAR))`,
      `longest: max(length(${c}::VARCHAR))`,
      `mean: avg(length(${c}::VARCHAR))`,
      `empty: count_if(${c}::VARCHAR = '')`,
      `padded: count_if(${k} <> trim(${k}))`,
      `guesses: min_by(${k}, hash(${k}), ${guesses})`,
    );
  else if (measure !== "flag")
    facts.push(
      `finite: count(${v})`,
      `zeros: count_if(${v} = 0)`,
      `negatives: count_if(${v} < 0)`,
      `low: min(${v})`,
      `high: max(${v})`,
      `mean: avg(${v})`,
      // A filter for each aggregate makes planning slow: hundreds of columns would take seconds.
      `std: stddev_samp(CASE WHEN abs(${v}) < ${hugeNumber} THEN ${v} END)`,
      `huge: count_if(abs(${v}) >= ${hugeNumber})`,
    );
  return `{${facts.join(", ")}}`;
}

/** A sum as a tree that is not deep: engines limit how deep an expression is. */
function balanced(terms: readonly string[]): string {
  if (terms.length <= 1) return terms[0] ?? "0";
  const half = terms.length >> 1;
  return `(${balanced(terms.slice(0, half))} + ${balanced(terms.slice(half))})`;
}
