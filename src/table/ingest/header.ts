/** @file The names of a CSV file's columns, from its first line. */
import { twinsTexts } from "../fault-texts.ts";
import { fail } from "./errors.ts";
import type { CsvOptions } from "./options.ts";

/**
 * The cells of the first line of a text, quotes undone. O(length of the line).
 *
 * @throws `table/corrupt-text` for a quote that is not closed
 */
export function firstCells(
  text: string,
  csv: Required<CsvOptions>,
  file: string,
): readonly string[] {
  const { delimiter, quote } = csv;
  const [d, q] = [escaped(delimiter), escaped(quote)];
  const plain = `((?:(?!${d}|[\r\n])${quote === "" ? "[^]" : `[^${q}]`})*)`;
  const quoted = quote === "" ? "(?!)()" : `${q}((?:[^${q}]|${q}${q})*)${q}`;
  const pattern = new RegExp(`(?:${quoted}|${plain})(${d}|\\r?\\n|\\r|$)`, "uy");
  const cells: string[] = [];
  for (;;) {
    const cell = pattern.exec(text);
    if (cell === null)
      return fail("table/corrupt-text", { file, line: 1, reason: "a quote is not closed" });
    cells.push(cell[1]?.replaceAll(quote + quote, quote) ?? cell[2] ?? "");
    if (cell[3] !== delimiter) return cells;
  }
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/**
 * The names of the columns: the header's, an empty one as "column" and its position; or, without a
 * header, the names that are known for so many columns, or "column1", "column2" …
 *
 * @throws `table/duplicate-column`, `table/corrupt-text` for a header that is a blank line
 */
export function columnNames(
  cells: readonly string[],
  what: { file: string; header: boolean; known: readonly string[] },
): readonly string[] {
  const { file, header, known } = what;
  if (!header && known.length === cells.length) return known;
  if (header && cells.length === 1 && cells[0] === "")
    fail("table/corrupt-text", {
      file,
      line: 1,
      reason: "the line is blank; expected the names of the columns",
    });
  const names = cells.map((name, i) => (header && name !== "" ? name : `column${i + 1}`));
  checkTwins(names, file);
  return names;
}

/**
 * Refuses names that become one column: those that are the same, or differ only in case.
 *
 * @param columnOf - The column of the table that a name becomes.
 * @throws `table/duplicate-column`
 */
export function checkTwins(
  names: readonly string[],
  file: string,
  columnOf: (name: string) => string = (name) => name,
): void {
  const together = Map.groupBy(names, (name) => columnOf(name).toLowerCase());
  const several = [...together.values()].filter(({ length }) => length > 1);
  if (several.length === 0) return;
  const columns = several.flatMap((same) => same.slice(1));
  const twins = several.map((same) => ({ names: same, column: columnOf(same[0] ?? "") }));
  fail("table/duplicate-column", { file, columns, what: twinsTexts(twins) });
}
