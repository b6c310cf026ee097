/** @file How much a Parquet file holds unpacked, found out before it is read: a few kilobytes can hold gigabytes. */
import type { Engine } from "../adapter/duckdb.ts";
import { quoteName } from "../sql-text.ts";
import { fail } from "./errors.ts";

/** A Parquet file, and its columns as the engine reads them. */
export interface PackedFile {
  readonly engine: Engine;
  /** What messages call it. */
  readonly file: string;
  /** Its path as a literal of SQL. */
  readonly path: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** The bytes of a value, by Parquet's physical types; a text has one at least. */
const widthSql =
  "CASE type WHEN 'INT32' THEN 4 WHEN 'FLOAT' THEN 4 WHEN 'INT64' THEN 8 WHEN 'DOUBLE' THEN 8 WHEN 'INT96' THEN 12 ELSE 1 END";
const bytesSql = `greatest(total_uncompressed_size, num_values * ${widthSql})::DOUBLE`;
const isText = "type LIKE '%BYTE_ARRAY'";
/** Encodings that write a text once for many rows, or only what it has not from the one before it. */
const isRepeated = "regexp_matches(encodings, 'DICTIONARY|DELTA_BYTE_ARRAY')";

/**
 * The content of a file must be within a limit: by what its footer says, and where texts that are written
 * once could come to more, by their lengths, which are added up without a copy of the texts.
 *
 * @param limit - In bytes.
 * @throws `table/out-of-range-size`
 */
export async function checkUnpacked(packed: PackedFile, limit: number): Promise<void> {
  const { engine, file, path } = packed;
  const [said = {}] = await engine.query(
    `SELECT coalesce(sum(${bytesSql}) FILTER (NOT ${isText}), 0) AS others,
      coalesce(sum(${bytesSql}) FILTER (${isText}), 0) AS texts,
      coalesce(sum(num_values::DOUBLE * total_uncompressed_size) FILTER (${isText} AND ${isRepeated}), 0) AS most
    FROM parquet_metadata(${path})`,
  );
  const [others, texts, most] = [said["others"], said["texts"], said["most"]].map(Number);
  let held = Number(others) + Number(texts);
  if (held <= limit && held + Number(most) > limit)
    held = Number(others) + Math.max(Number(texts), await textBytes(packed));
  if (held > limit)
    fail("table/out-of-range-size", {
      file,
      what: "unpacked, the file holds",
      limit,
      option: "limits.inflatedBytes",
    });
}

/** Whether a type of the engine is a list, a record or a map. */
export const isNested = (type: string): boolean =>
  /[[(]/.test(type) && !/^(DECIMAL|ENUM)/.test(type);
const isNumber = (type: string): boolean =>
  /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL|BOOLEAN|DATE|TIME|UUID|INTERVAL)/.test(
    type,
  );

/** The bytes of all texts, those within lists and records too. */
async function textBytes({ engine, path, columns }: PackedFile): Promise<number> {
  const from = `read_parquet(${path}, hive_partitioning = false)`;
  const add = (sql: string): string => `coalesce(sum(${sql}), 0)::DOUBLE`;
  const flat = columns.filter(({ type }) => !isNested(type) && !isNumber(type));
  const lengths = flat.map(({ name, type }, i) => {
    const column = quoteName(name);
    return `${add(type === "BLOB" ? `octet_length(${column})` : `strlen(${column}::VARCHAR)`)} AS c${i}`;
  });
  const nested = columns.filter(({ type }) => isNested(type) && /VARCHAR|BLOB|JSON/.test(type));
  const queries = nested.map(({ name, type }) => {
    const column = quoteName(name);
    const items = /^MAP.*\)$/.test(type) ? `map_entries(${column})` : column;
    return `SELECT ${add("strlen(COLUMNS(*)::VARCHAR)")} FROM (SELECT unnest(${items}, recursive := true) FROM ${from})`;
  });
  if (lengths.length > 0) queries.push(`SELECT ${lengths.join(", ")} FROM ${from}`);
  let total = 0;
  for (const query of queries)
    for (const row of await engine.query(query))
      for (const bytes of Object.values(row)) total += Number(bytes);
  return total;
}
