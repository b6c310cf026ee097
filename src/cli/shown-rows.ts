/** @file The first rows of a frame, and how people see them. */
import { count, cutTo } from "../core/index.ts";
import type { Frame } from "../table/index.ts";
import {
  cellForPeople,
  columnsOf,
  jsonRow,
  type ResultColumns,
  type TextRow,
  textRow,
  textsSql,
} from "./result-text.ts";
import { columns as aligned, leastWidth, number, wrap } from "./text.ts";

/** How many rows are shown where nobody says, to people and with --json. */
const fewRows = { table: 50, json: 1000 } as const;

/** The first rows of an answer. */
export interface ShownRows {
  readonly columns: ResultColumns;
  readonly rows: readonly TextRow[];
  /** How many rows there are. */
  readonly total: number;
}

/** The first rows of a frame, and the number of all; its query runs once. */
export async function firstRows(
  frame: Frame,
  asked: { readonly limit: number | undefined; readonly json: boolean },
): Promise<ShownRows> {
  const limit = asked.limit ?? (asked.json ? fewRows.json : fewRows.table);
  const columns = columnsOf(frame);
  const rows: TextRow[] = [];
  let total = 0;
  await frame.engine.stream(textsSql(frame), (part) => {
    total += part.count;
    if (rows.length >= limit) return;
    const some = part.rows().slice(0, limit - rows.length);
    rows.push(...some.map((row) => textRow(row, columns)));
  });
  return { columns, rows, total };
}

/** What `--json` prints of them. */
export const rowsData = ({ columns, rows, total }: ShownRows) => ({
  columns,
  rows: rows.map((row) => jsonRow(row, columns)),
  total,
});

/** The widest that a cell gets where the output is no terminal. */
const widestCell = 200;

/**
 * Rows under each other; columns for which there is no room are named below.
 *
 * @param more - What else there is for who wants all rows.
 */
export function rowLines(
  { columns, rows, total }: ShownRows,
  { width, more = "" }: { readonly width: number; readonly more?: string },
): readonly string[] {
  if (columns.length === 0) return [];
  const fitting = Math.max(1, Math.min(columns.length, Math.floor((width + 2) / (leastWidth + 2))));
  const shown = columns.slice(0, fitting);
  const cells = rows.map((row) =>
    shown.map(({ kind }, i) => cutTo(cellForPeople(row[i] ?? null, kind), widestCell)),
  );
  const right = shown.flatMap(({ kind }, i) => (kind === "int" || kind === "float" ? [i] : []));
  const lines = aligned([shown.map(({ name }) => name), ...cells], { width, right });
  const hidden = columns.slice(fitting).map(({ name }) => name);
  const left = total - rows.length;
  const notes = [
    ...(left === 0
      ? []
      : [`${number(left)} more of ${count(total, "row")}: --limit ${total} shows all${more}`]),
    ...(hidden.length === 0
      ? []
      : [`${count(hidden.length, "more column")}: ${cutTo(hidden.join(", "), widestCell)}`]),
  ];
  return [...lines, ...notes.flatMap((note) => ["", ...wrap(note, width)])];
}
