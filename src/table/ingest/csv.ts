/** @file A CSV file as a SELECT of texts, and the engine's complaints about it as ours. */
import { fail } from "../errors.ts";
import { quoteName, quoteText } from "../sql-text.ts";

/** The largest row, in bytes, that a CSV file may have. */
export const maxRowBytes = 20_000_000;

/**
 * A SELECT of every cell of a CSV file as text, exactly as delivered; an empty cell is missing.
 * RFC 4180: comma, double quotes doubled inside quotes, a header line.
 */
export function csvSql(path: string, header: readonly string[]): string {
  const columns = header.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(", ");
  const select = header.map(quoteName).join(", ");
  return `SELECT ${select} FROM read_csv(${quoteText(oneFile(path))}, columns = {${columns}}, header = true,
    auto_detect = false, delim = ',', quote = '"', escape = '"', strict_mode = true,
    null_padding = false, ignore_errors = false, max_line_size = ${maxRowBytes})`;
}

/** A path that the engine takes as one file and not as a pattern of names. */
const oneFile = (path: string): string => path.replaceAll(/[*?[]/g, "[$&]");

/**
 * Throws the engine's complaint about a CSV file as one of ours, with the line; others as they are.
 *
 * @throws `table/mismatch-cells`, `table/corrupt-text`, `table/conflict-file`
 */
export function rethrowCsv(file: string, cause: unknown): never {
  const message = cause instanceof Error ? messageOf(cause) : "";
  const line = Number(/CSV Error on Line: (\d+)/.exec(message)?.[1] ?? 0);
  const cells = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (cells !== null)
    fail(
      "table/mismatch-cells",
      { file, line, expected: Number(cells[1]), got: Number(cells[2]) },
      { cause },
    );
  const reason = reasonOf(message);
  if (reason !== undefined) fail("table/corrupt-text", { file, line, reason }, { cause });
  throw cause;
}

/** Our own wrapping keeps the engine's full text in the cause. */
function messageOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function reasonOf(message: string): string | undefined {
  if (message.includes("unterminated quote"))
    return "a quote is opened and not closed, or text follows a closing quote";
  if (message.includes("invalid unicode") || message.includes("Invalid unicode"))
    return "a byte is not UTF-8; save the file as UTF-8";
  if (message.includes("state machine"))
    return "the line ends are mixed (some lines end in CRLF, others in LF); write them one way";
  if (message.includes("Maximum line size"))
    return `a row is longer than ${maxRowBytes.toLocaleString("en-US")} bytes; a quote may be missing`;
  return undefined;
}
