/** @file A CSV file as a SELECT, and the engine's complaints about it as ours. */
import { plainPath, quoteName, quoteText } from "../sql-text.ts";
import { checkDelimiter } from "./delimiter.ts";
import { fail } from "./errors.ts";
import { momentSql } from "./fit.ts";
import { columnNames, firstCells } from "./header.ts";
import { inferTexts } from "./infer.ts";
import { lineOfMixedEnd } from "./locate.ts";
import type { Reader, ReaderSource } from "./reader.ts";

/**
 * Reads CSV: each cell exactly as delivered, an empty one is missing. RFC 4180 with the delimiter
 * and the quote of the plan.
 *
 * @throws `table/missing-rows`, `table/duplicate-column`, `table/corrupt-text`, `table/mismatch-delimiter`
 */
export async function csvReader(source: ReaderSource): Promise<Reader> {
  const { engine, plan, file, head, known } = source;
  const { header } = plan.csv;
  if (head === "") fail("table/missing-rows", { file, what: "its text is empty" });
  const cells = firstCells(head, plan.csv, file);
  if (cells.length === 1 && !plan.csv.isNamed) checkDelimiter(head, file, plan.csv.delimiter);
  const names = columnNames(cells, { file, header, known });
  const sql = (types: ReadonlyMap<string, string>): string => csvSql(source, names, types);
  return {
    names,
    sql,
    infer: () => inferTexts(engine, { names, sql: sql(new Map()) }),
    rethrow: async (cause) => rethrowCsv(source, cause),
  };
}

function csvSql(
  { plan, path, gzip }: ReaderSource,
  names: readonly string[],
  types: ReadonlyMap<string, string>,
): string {
  const { csv, limits } = plan;
  const readAs = (name: string): string => {
    const type = types.get(name) ?? "VARCHAR";
    return type === "TIMESTAMPTZ" ? "VARCHAR" : type; // the engine's CSV reader makes NULL of bad times
  };
  const columns = names.map((name) => `${quoteText(name)}: '${readAs(name)}'`);
  const select = names.map((name) => {
    const cast = readAs(name) === types.get(name) ? undefined : types.get(name);
    return castTo(cast, quoteName(name));
  });
  const quote = quoteText(csv.quote);
  return `SELECT ${select.join(", ")} FROM read_csv(${quoteText(plainPath(path))},
    columns = {${columns.join(", ")}}, header = ${csv.header}, auto_detect = false,
    delim = ${quoteText(csv.delimiter)}, quote = ${quote}, escape = ${quote},
    strict_mode = true, null_padding = false, ignore_errors = false,
    max_line_size = ${limits.rowBytes}, buffer_size = ${bufferBytes(limits.rowBytes)},
    compression = '${gzip ? "gzip" : "none"}')`;
}

/** A column, cast if it is to be; a cell that cannot be cast fails the query. */
function castTo(type: string | undefined, column: string): string {
  if (type === undefined || type === "VARCHAR") return column;
  return `${type === "TIMESTAMPTZ" ? momentSql(column) : `${column}::${type}`} AS ${column}`;
}

/** A buffer holds the longest row; larger ones use memory and gain nothing. */
const bufferBytes = (rowBytes: number): number => Math.max(32_000_000, Math.ceil(rowBytes * 1.2));

/**
 * Throws the engine's complaint about a CSV file as one of ours, with the line; others as they are.
 *
 * @throws `table/mismatch-cells`, `table/corrupt-text`
 */
function rethrowCsv({ file, head, plan }: ReaderSource, cause: unknown): never {
  const message = messageOf(cause);
  const line = Number(/CSV Error on Line: (\d+)/.exec(message)?.[1] ?? 0);
  const cells = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (cells !== null)
    fail(
      "table/mismatch-cells",
      { file, line, expected: Number(cells[1]), got: Number(cells[2]) },
      { cause },
    );
  if (message.includes("state machine"))
    fail(
      "table/corrupt-text",
      {
        file,
        line: lineOfMixedEnd(head),
        reason:
          "the line ends are mixed (some lines end in CRLF, others in LF); write them one way",
      },
      { cause },
    );
  const reason = reasonOf(message, plan.limits.rowBytes);
  if (reason !== undefined) fail("table/corrupt-text", { file, line, reason }, { cause });
  throw cause;
}

/** The engine's full text of an error, which our own wrapping keeps in the cause. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function reasonOf(message: string, rowBytes: number): string | undefined {
  if (message.includes("unterminated quote"))
    return "a quote is opened and not closed, or text follows a closing quote";
  if (/invalid unicode/i.test(message)) return "a byte is not UTF-8; save the file as UTF-8";
  if (message.includes("Maximum line size"))
    return `a row is longer than ${rowBytes.toLocaleString("en-US")} bytes; a quote may be missing`;
  return undefined;
}
