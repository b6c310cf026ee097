/** @file Text in columns for a terminal: wrapped, hanging, and under each other; numbers, sizes and times. */

/** Characters that a text takes. */
const lengthOf = (text: string): number => [...text].length;

/** Words in lines of at most `width` characters; a longer word has a line of its own. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && lengthOf(last) + 1 + lengthOf(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/**
 * Names on the left, what they mean on the right and wrapped there; below the name where the
 * terminal is too narrow for both.
 *
 * @param left - Width of the names; that of the longest when absent.
 */
export function hanging(
  rows: readonly (readonly [string, string])[],
  width: number,
  left: number = Math.max(...rows.map(([name]) => lengthOf(name))),
): readonly string[] {
  const indent = left + 4;
  if (width - indent < 24)
    return rows.flatMap(([name, text]) => [
      `  ${name}`,
      ...wrap(text, Math.max(width - 4, 20)).map((line) => `    ${line}`),
    ]);
  return rows.flatMap(([name, text]) =>
    wrap(text, width - indent).map((line, i) =>
      i === 0 ? `  ${padded(name, left)}  ${line}` : `${" ".repeat(indent)}${line}`,
    ),
  );
}

/** How columns stand under each other. */
export interface ColumnsOptions {
  /** Columns that are aligned on the right, by their place from 0. */
  readonly right?: readonly number[];
  /** Where a line is longer, the widest column is cut. Default: any length. */
  readonly width?: number;
  /** Stands before each line. */
  readonly indent?: string;
}

/** The least that is left of a column that is cut. */
export const leastWidth = 6;

/** Cells that stand under each other, a line a row; the first row has the headings. */
export function columns(
  rows: readonly (readonly string[])[],
  options: ColumnsOptions = {},
): readonly string[] {
  const { right = [], width = Number.POSITIVE_INFINITY, indent = "" } = options;
  const widths = (rows[0] ?? []).map((_, j) =>
    Math.max(...rows.map((row) => lengthOf(row[j] ?? ""))),
  );
  shrink(widths, width - indent.length - 2 * (widths.length - 1));
  return rows.map((row) => {
    const cells = row.map((cell, j) => {
      const space = widths[j] ?? 0;
      const text = cutTo(cell, space);
      return right.includes(j)
        ? `${" ".repeat(space - lengthOf(text))}${text}`
        : padded(text, space);
    });
    return `${indent}${cells.join("  ")}`.trimEnd();
  });
}

/** Takes from the widest until all fit, or nothing can be taken any more. */
function shrink(widths: number[], room: number): void {
  for (;;) {
    const over = widths.reduce((sum, one) => sum + one, 0) - room;
    const widest = widths.indexOf(Math.max(...widths));
    const now = widths[widest] ?? 0;
    if (!(over > 0) || now <= leastWidth) return;
    const next = Math.max(0, ...widths.filter((_, j) => j !== widest && (widths[j] ?? 0) < now));
    widths[widest] = Math.max(now - over, Math.min(next, now - 1), leastWidth);
  }
}

/** A text cut to at most so many characters. */
export function cutTo(text: string, width: number): string {
  const signs = [...text];
  return signs.length > width ? `${signs.slice(0, Math.max(0, width - 1)).join("")}…` : text;
}

const padded = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - lengthOf(text)));

/** A whole number with its thousands apart. */
export const number = (value: number): string => value.toLocaleString("en-US");

const units = ["bytes", "kB", "MB", "GB", "TB", "PB"];

/** A size in the unit that fits: "3.2 MB". */
export function size(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  if (power === 0) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

/** A moment in UTC to the second; "–" where it is not known. */
export const moment = (ms: number | null): string =>
  ms === null ? "–" : new Date(ms).toISOString().replace("T", " ").slice(0, 19);
