/** @file Statistics of a data file: what DuckDB returns from COPY, as Delta's `stats` text. */
import { plainPath, quoteText } from "../sql-text.ts";

/** One row of `COPY … (RETURN_STATS)`. */
export interface CopiedFile {
  readonly filename: string;
  readonly count: number;
  readonly sizeBytes: number;
  /** By column, as DuckDB quotes it: min, max, null_count, has_nan. */
  readonly columns: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Reads a row that `queryJson` gave for a COPY with RETURN_STATS. */
export function copiedFile(row: Readonly<Record<string, unknown>>): CopiedFile {
  type Entry = { readonly key: string; readonly value: unknown };
  const entries = (value: unknown): readonly Entry[] => (value ?? []) as readonly Entry[];
  const columns = entries(row["column_statistics"]).map(({ key, value }) => {
    const facts = entries(value).map((fact) => [fact.key, String(fact.value)] as const);
    return [key, Object.fromEntries(facts)] as const;
  });
  return {
    filename: String(row["filename"]),
    count: Number(row["count"]),
    sizeBytes: Number(row["file_size_bytes"]),
    columns: new Map(columns),
  };
}

/** No row group but the last of a file has fewer rows: the engine's vector. */
const leastGroupRows = 2048;

/**
 * The file with what the engine forgets of one of several row groups: whether a column of floats has
 * a NaN, which it tells of the last group alone. A group with one has no bounds in the file's footer,
 * which is all that is read here.
 *
 * @param groups - Runs a SELECT and gives its rows.
 */
export async function withNaN(
  file: CopiedFile,
  path: string,
  groups: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>,
): Promise<CopiedFile> {
  const unsure = [...file.columns.values()].some((facts) => facts["has_nan"] === "false");
  if (file.count <= leastGroupRows || !unsure) return file;
  const rows = await groups(
    `SELECT DISTINCT path_in_schema AS name FROM parquet_metadata(${quoteText(plainPath(path))})
      WHERE type IN ('FLOAT', 'DOUBLE') AND stats_max_value IS NULL AND stats_null_count < num_values`,
  );
  const found = new Set(rows.map(({ name }) => statName(String(name))));
  const columns = [...file.columns].map(
    ([key, facts]) => [key, found.has(key) ? { ...facts, has_nan: "true" } : facts] as const,
  );
  return { ...file, columns: new Map(columns) };
}

/** How many cells of a column are missing in the file. */
export function nullCount(file: CopiedFile, column: string): number {
  return Number(file.columns.get(statName(column))?.["null_count"] ?? 0);
}

/**
 * Delta's `stats` text: rows, smallest and largest value, and missing cells of each column.
 *
 * @param types - Delta's type of each column of the file.
 */
export function deltaStats(file: CopiedFile, types: ReadonlyMap<string, string>): string {
  const low: string[] = [];
  const high: string[] = [];
  const nulls: string[] = [];
  for (const [name, type] of types) {
    const facts = file.columns.get(statName(name));
    if (facts === undefined) continue;
    const key = JSON.stringify(name);
    nulls.push(`${key}:${Number(facts["null_count"] ?? 0)}`);
    const min = bound(type, facts["min"], false);
    const max = facts["has_nan"] === "true" ? undefined : bound(type, facts["max"], true);
    if (min !== undefined) low.push(`${key}:${min}`);
    if (max !== undefined) high.push(`${key}:${max}`);
  }
  return `{"numRecords":${file.count},"minValues":{${low.join()}},"maxValues":{${high.join()}},"nullCount":{${nulls.join()}}}`;
}

const statName = (column: string): string => `"${column.replaceAll('"', '""')}"`;

const whole = new Set(["byte", "short", "integer", "long"]);

/** A bound as JSON text, so that 64-bit integers stay exact; undefined where Delta allows none. */
function bound(type: string, value: string | undefined, up: boolean): string | undefined {
  if (value === undefined) return undefined;
  if (whole.has(type)) return value;
  if (type === "double" || type === "float")
    return Number.isFinite(Number(value)) ? String(Number(value)) : undefined;
  if (type === "date") return /^\d{4}-\d\d-\d\d$/.test(value) ? JSON.stringify(value) : undefined;
  if (type === "timestamp") return timeBound(value, up, "Z");
  if (type === "timestamp_ntz") return timeBound(value, up, "");
  return type === "string" ? textBound(value, up) : undefined;
}

/** ISO time cut to milliseconds; the upper bound is rounded up. */
function timeBound(value: string, up: boolean, zone: string): string | undefined {
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:\+00)?$/.exec(value);
  if (parts === null) return undefined;
  const micros = Number((parts[3] ?? "").padEnd(6, "0"));
  const rest = Math.floor(micros / 1000) + (up && micros % 1000 > 0 ? 1 : 0);
  const iso = new Date(Date.parse(`${parts[1]}T${parts[2]}Z`) + rest).toISOString();
  // past the year 9999 readers know no date, so there is no bound
  return iso.startsWith("+") ? undefined : JSON.stringify(iso.replace("Z", zone));
}

const largest = "\u{10FFFF}";

/**
 * The first 32 characters. The upper bound of a cut text gets the largest character appended, which
 * must lie above what was cut: characters that are the largest themselves are not cut off.
 */
function textBound(value: string, up: boolean): string {
  const characters = [...value.slice(0, 128)];
  if (value.length <= 32 || characters.length <= 32) return JSON.stringify(value);
  const cut = characters.slice(0, 32).join("");
  if (!up) return JSON.stringify(cut);
  const rest = value.slice(cut.length);
  const same = /^\u{10FFFF}*/u.exec(rest)?.[0] ?? "";
  return JSON.stringify(same === rest ? value : `${cut}${same}${largest}`);
}
