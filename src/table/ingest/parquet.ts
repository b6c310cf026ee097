/** @file A Parquet file as a SELECT: its own types, and text for what a table has no kind for. */
import { isMillraceError } from "../../core/index.ts";
import type { ColumnKind } from "../../flow.ts";
import type { Engine } from "../adapter/duckdb.ts";
import { plainPath, quoteName, quoteText } from "../sql-text.ts";
import { messageOf } from "./csv.ts";
import { fail } from "./errors.ts";
import { checkTwins } from "./header.ts";
import { checkUnpacked, isNested } from "./parquet-size.ts";
import type { Reader, ReaderSource } from "./reader.ts";

/**
 * Reads Parquet. Whole numbers of up to 64 bits are int where all of a column are within ±(2^53 - 1),
 * decimals of up to 15 digits and floating point are float, days and moments are timestamp; wider numbers,
 * times of day and identifiers are text, bytes are base64 and nested values are JSON.
 *
 * @throws `table/corrupt-file`, `table/duplicate-column`, `table/out-of-range-size`
 */
export async function parquetReader(source: ReaderSource): Promise<Reader> {
  const { engine, path, file, plan } = source;
  const rethrow = async (cause: unknown): Promise<never> => {
    if (isMillraceError(cause)) throw cause;
    const reason =
      /(No magic bytes|too small|Failed to|corrupt|Corrupt|TProtocol|thrift|Parquet)[^\n]*/.exec(
        messageOf(cause),
      );
    if (reason === null) throw cause;
    return fail("table/corrupt-file", { file, what: "Parquet", reason: reason[0] }, { cause });
  };
  const literal = quoteText(plainPath(path));
  const from = `read_parquet(${literal}, hive_partitioning = false)`;
  const columns = await engine.describe(`SELECT * FROM ${from}`).catch(rethrow);
  const names = columns.map(({ name }) => name);
  checkTwins(names, file);
  const packed = { engine, file, path: literal, columns };
  await checkUnpacked(packed, plan.limits.inflatedBytes).catch(rethrow);
  return {
    names,
    sql: (types) => {
      const select = columns.map(({ name, type }) => {
        const wanted = types.get(name) ?? "VARCHAR";
        return `${wanted === "VARCHAR" ? textSql(name, type) : `${quoteName(name)}::${wanted}`} AS ${quoteName(name)}`;
      });
      return `SELECT ${select.join(", ")} FROM ${from}`;
    },
    infer: async () => {
      const wide = await wideOf(engine, { columns, from }).catch(rethrow);
      const kind = (name: string, type: string): ColumnKind =>
        wide.has(name) ? "text" : kindOf(type);
      return new Map(
        columns.map(({ name, type }) => [name, { kind: kind(name, type), empty: false }]),
      );
    },
    rethrow,
  };
}

type Column = Awaited<ReturnType<Engine["describe"]>>[number];

/** The columns of 64-bit whole numbers with one that a double cannot hold, which an int column must. */
async function wideOf(
  engine: Engine,
  { columns, from }: { readonly columns: readonly Column[]; readonly from: string },
): Promise<ReadonlySet<string>> {
  const longs = columns.filter(({ type }) => /^U?BIGINT$/.test(type)).map(({ name }) => name);
  if (longs.length === 0) return new Set();
  const most = Number.MAX_SAFE_INTEGER;
  const fits = longs.map(
    (name, i) =>
      `min(${quoteName(name)}) >= -${most} AND max(${quoteName(name)}) <= ${most} AS c${i}`,
  );
  const [found] = await engine.query(`SELECT ${fits.join(", ")} FROM ${from}`);
  return new Set(longs.filter((_, i) => found?.[`c${i}`] === false));
}

function textSql(name: string, type: string): string {
  const column = quoteName(name);
  if (type === "BLOB") return `base64(${column})`;
  return isNested(type) ? `to_json(${column})::VARCHAR` : `${column}::VARCHAR`;
}

/** The kind of column that keeps a type of the engine. */
function kindOf(type: string): ColumnKind {
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/.test(type)) return "int";
  if (type === "FLOAT" || type === "DOUBLE") return "float";
  if (type === "BOOLEAN") return "bool";
  if (type === "DATE" || /^TIMESTAMP( WITH TIME ZONE|_S|_MS|_NS)?$/.test(type)) return "timestamp";
  const digits = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  return digits !== null && Number(digits[1]) <= 15 ? "float" : "text";
}
