/** @file Text in columns for a terminal: wrapped, hanging, and under each other; numbers, sizes and times. */

import { cutTo, padTo, shown, widthOf } from "../core/index.ts";

/** Words in lines of at most `width` places; a longer word has a line of its own. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Lines of prose that are too long, folded under themselves; a table's lines should fit by now. */
export const folded = (lines: readonly string[], width: number): readonly string[] =>
  lines.flatMap((line) => {
    if (widthOf(line) <= width) return [line];
    const indent = /^ */.exec(line)?.[0] ?? "";
    return wrap(line.slice(indent.length), width - indent.length - 2).map((part, i) =>
      i === 0 ? `${indent}${part}` : `${indent}  ${part}`,
    );
  });

/**
 * Names on the left, what they mean on the right and wrapped there; below the name where the
 * terminal is too narrow for both.
 *
 * @param left - Width of the names; that of the longest when absent.
 */
export function hanging(
  rows: readonly (readonly [string, string])[],
  width: number,
  left: number = Math.max(...rows.map(([name]) => widthOf(name))),
): readonly string[] {
  const indent = left + 4;
  if (width - indent < 24)
    return rows.flatMap(([name, text]) => [
      `  ${name}`,
      ...wrap(text, Math.max(width - 4, 20)).map((line) => `    ${line}`),
    ]);
  return rows.flatMap(([name, text]) =>
    wrap(text, width - indent).map((line, i) =>
      i === 0 ? `  ${padTo(name, left)}  ${line}` : `${" ".repeat(indent)}${line}`,
    ),
  );
}

/** How columns stand under each other; columns are named by their place from 0. */
export interface ColumnsOptions {
  /** Columns that are aligned on the right. */
  readonly right?: readonly number[];
  /** Columns that are never cut. */
  readonly whole?: readonly number[];
  /** Columns that are left out where there is no room, the first of them first. */
  readonly spare?: readonly number[];
  /** Where a line is longer, the widest columns are cut. Default: any length. */
  readonly width?: number;
  /** Stands before each line. */
  readonly indent?: string;
}

/** The least that is left of a column that is cut. */
export const leastWidth = 6;

/** Cells that stand under each other, a line a row, hidden signs shown; the first row has the headings. */
export function columns(
  given: readonly (readonly string[])[],
  options: ColumnsOptions = {},
): readonly string[] {
  const { right = [], width = Number.POSITIVE_INFINITY, indent = "" } = options;
  const rows = given.map((row) => row.map(shown));
  const all = (rows[0] ?? []).map((_, at) => ({
    at,
    width: Math.max(...rows.map((row) => widthOf(row[at] ?? ""))),
    isWhole: options.whole?.includes(at) === true,
  }));
  const places = fitted(all, width - indent.length, options.spare ?? []);
  return rows.map((row) => {
    const cells = places.map(({ at, width: space }) => {
      const text = cutTo(row[at] ?? "", space);
      return right.includes(at)
        ? `${" ".repeat(space - widthOf(text))}${text}`
        : padTo(text, space);
    });
    return `${indent}${cells.join("  ")}`.trimEnd();
  });
}

/** A column as it is shown. */
interface Shown {
  readonly at: number;
  readonly width: number;
  readonly isWhole: boolean;
}

/** The columns cut so that they fit; while they do not, the first spare one is left out. */
function fitted(all: readonly Shown[], room: number, spare: readonly number[]): readonly Shown[] {
  const cut = shrunk(all, room - 2 * (all.length - 1));
  const total = cut.reduce((sum, { width }) => sum + width, 2 * (cut.length - 1));
  const [first, ...rest] = spare;
  if (total <= room || first === undefined) return cut;
  const others = all.filter(({ at }) => at !== first);
  return fitted(others, room, rest);
}

/** Takes from the widest until all fit, or nothing can be taken any more. */
function shrunk(all: readonly Shown[], room: number): readonly Shown[] {
  const over = all.reduce((sum, { width }) => sum + width, 0) - room;
  const able = all.filter(({ width, isWhole }) => !isWhole && width > leastWidth);
  const widest = able.toSorted((a, b) => b.width - a.width)[0];
  if (!(over > 0) || widest === undefined) return all;
  const next = Math.max(
    leastWidth,
    ...able.map(({ width }) => width).filter((width) => width < widest.width),
  );
  const width = Math.max(widest.width - over, Math.min(next, widest.width - 1));
  return shrunk(
    all.map((one) => (one === widest ? { ...one, width } : one)),
    room,
  );
}

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
