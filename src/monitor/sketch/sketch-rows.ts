/** @file The sketch of rows, made by the engine and in one pass over what it hands out. */
import type { ColumnKind } from "../../flow.ts";
import { quoteName } from "../../table/index.ts";
import type { TableView } from "../columns.ts";
import {
  hashed,
  type LabelSketch,
  labelHashSql,
  labelSketch,
  mostLabels,
  sampleOf,
} from "./label-sketch.ts";
import { type NumberSketch, numberSketcher } from "./number-sketch.ts";
import type { ColumnSketch, TableSketch } from "./table-sketch.ts";

/**
 * Sketches the columns of a table: numbers as they are streamed, labels grouped by the engine, texts by
 * their lengths and words. Timestamps have no sketch. Memory does not grow with the rows.
 *
 * @param rows - A frame, or what has its schema, SQL and engine.
 * @param columns - Default: all but keys and timestamps.
 * @returns What {@link compareSketches} compares and {@link mergeSketches} merges.
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const sql = "SELECT range AS x FROM range(1000)";
 * const rows = frame({ engine: lake.engine, schema: schema("s", { x: int() }), sql });
 * (await sketchRows(rows)).rows // => 1000
 * ```
 */
export async function sketchRows(
  rows: TableView,
  columns: readonly string[] = sketched(rows),
): Promise<TableSketch> {
  const kinds = columns.map((name) => ({ name, kind: rows.schema.columns[name]?.kind ?? "text" }));
  const numbers = kinds.filter(({ kind }) => isNumber(kind)).map(({ name }) => name);
  const texts = kinds.filter(({ kind }) => kind === "text").map(({ name }) => name);
  const labels = kinds.filter(({ kind }) => !isNumber(kind)).map(({ name }) => name);
  const measured = [
    ...numbers.map((name) => `${quoteName(name)}::DOUBLE`),
    ...texts.flatMap((name) => [
      `length(${quoteName(name)})::DOUBLE`,
      `${wordCount(name)}::DOUBLE`,
    ]),
  ];
  const found = await sketchNumbers(rows, measured);
  const byLabel = new Map<string, LabelSketch>();
  for (let at = 0; at < labels.length; at += groupedAtOnce)
    for (const [name, own] of await sketchLabels(rows, labels.slice(at, at + groupedAtOnce)))
      byLabel.set(name, own);
  const tokens = await Promise.all(texts.map((name) => sketchTokens(rows, name)));
  const sketchOf = ({ name, kind }: { name: string; kind: ColumnKind }): ColumnSketch => {
    if (isNumber(kind)) return found.sketches[numbers.indexOf(name)] ?? empty;
    const own = byLabel.get(name) ?? labelSketch({ rows: 0, missing: 0 }, []);
    if (kind !== "text") return own;
    const at = texts.indexOf(name);
    return {
      shape: "texts",
      labels: own,
      lengths: found.sketches[numbers.length + 2 * at] ?? empty,
      words: found.sketches[numbers.length + 2 * at + 1] ?? empty,
      tokens: tokens[at] ?? own,
    };
  };
  const first = [...byLabel.values()][0]?.rows;
  return {
    rows: measured.length > 0 ? found.rows : (first ?? 0),
    columns: new Map(kinds.map((column) => [column.name, sketchOf(column)])),
  };
}

/** `grouping_id` has a bit for each column. */
const groupedAtOnce = 30;
const empty: NumberSketch = numberSketcher().end();
const isNumber = (kind: ColumnKind): boolean => kind === "int" || kind === "float";

/** The columns that are sketched: all but keys and timestamps. */
export function sketched({ schema }: Pick<TableView, "schema">): readonly string[] {
  return Object.entries(schema.columns)
    .filter(([, { kind, key }]) => kind !== "timestamp" && key !== true)
    .map(([name]) => name);
}

async function sketchNumbers(
  { engine, sql }: TableView,
  expressions: readonly string[],
): Promise<{ readonly rows: number; readonly sketches: readonly NumberSketch[] }> {
  const sketchers = expressions.map(() => numberSketcher());
  let rows = 0;
  if (expressions.length > 0) {
    const select = expressions.map((expression, i) => `${expression} AS c${i}`);
    await engine.eachDoubles(`SELECT ${select.join(", ")} FROM (${sql})`, (part) => {
      rows += part[0]?.length ?? 0;
      for (const [i, sketcher] of sketchers.entries()) sketcher.add(part[i] ?? new Float64Array());
    });
  }
  return { rows, sketches: sketchers.map((sketcher) => sketcher.end()) };
}

/** All columns grouped in one scan, each by itself. */
async function sketchLabels(
  { engine, sql }: TableView,
  names: readonly string[],
): Promise<ReadonlyMap<string, LabelSketch>> {
  if (names.length === 0) return new Map();
  const columns = names.map((_, i) => `c${i}`);
  const value = columns.map((column, i) => `WHEN ${maskOf(i, names.length)} THEN ${column}`);
  const cells = names.map((name, i) => `${quoteName(name)}::VARCHAR AS c${i}`);
  const found = await engine.query(
    picked(`SELECT which, CASE which ${value.join(" ")} END AS label, n FROM (
      SELECT grouping_id(${columns.join(", ")})::DOUBLE AS which, ${columns.join(", ")}, count(*)::DOUBLE AS n
      FROM (SELECT ${cells.join(", ")} FROM (${sql}))
      GROUP BY GROUPING SETS (${columns.map((column) => `(${column})`).join(", ")}))`),
  );
  return new Map(
    names.map((name, i) => [
      name,
      labelsOf(found.filter(({ which }) => which === maskOf(i, names.length))),
    ]),
  );
}

/** Of counted labels the missing one, the most frequent and one more, and the sample, with the rows of all. */
const picked = (counted: string): string => `
  SELECT which, label, n, total, place <= ${mostLabels + 2} AS is_frequent, near <= ${mostLabels} AS is_sampled FROM (
    SELECT which, label, n, sum(n) OVER (PARTITION BY which)::DOUBLE AS total,
      row_number() OVER (PARTITION BY which ORDER BY label IS NULL DESC, n DESC, label) AS place,
      row_number() OVER (PARTITION BY which ORDER BY ${labelHashSql("label")} NULLS LAST) AS near
    FROM (${counted}))
  WHERE place <= ${mostLabels + 2} OR near <= ${mostLabels}`;

/** The sketch of what {@link picked} gave of one column. */
function labelsOf(found: readonly Readonly<Record<string, unknown>>[]): LabelSketch {
  const missing = Number(found.find(({ label }) => label === null)?.["n"] ?? 0);
  const of = (choice: "is_frequent" | "is_sampled") =>
    found
      .filter((row) => row["label"] !== null && row[choice] === true)
      .map(({ label, n }) => [String(label), Number(n)] as const);
  const sample = () => sampleOf(hashed(of("is_sampled")));
  return labelSketch(
    { rows: Number(found[0]?.["total"] ?? 0), missing, sample },
    of("is_frequent"),
  );
}

/** What `grouping_id` gives where only one of the columns is grouped by: a bit for each that is not. */
const maskOf = (i: number, columns: number): number => 2 ** columns - 1 - 2 ** (columns - 1 - i);

const wordPattern = "'[\\p{L}\\p{N}]+'";
const wordCount = (name: string): string =>
  `len(regexp_extract_all(${quoteName(name)}, ${wordPattern}))`;

async function sketchTokens({ engine, sql }: TableView, name: string): Promise<LabelSketch> {
  const tokens = `unnest(regexp_extract_all(lower(${quoteName(name)}), ${wordPattern}))`;
  return labelsOf(
    await engine.query(
      picked(
        `SELECT 0 AS which, label, count(*)::DOUBLE AS n FROM (SELECT ${tokens} AS label FROM (${sql})) GROUP BY label`,
      ),
    ),
  );
}
