/** @file Cells of a result as text: exact, in SQL, so that no number is rounded on its way out. */
import type { Cell, ColumnKind } from "../flow.ts";
import { type Frame, quoteName } from "../table/index.ts";

/** A row of a result as texts; null is a missing value. */
export type TextRow = readonly (string | null)[];

/** The columns of a result, with their kinds. */
export type ResultColumns = readonly { readonly name: string; readonly kind: ColumnKind }[];

/** The columns of a frame in order. */
export const columnsOf = ({ schema }: Pick<Frame, "schema">): ResultColumns =>
  Object.entries(schema.columns).map(([name, { kind }]) => ({ name, kind }));

/** A SELECT of a frame's cells as texts. */
export function textsSql(frame: Frame): string {
  const select = columnsOf(frame).map(({ name, kind }, i) => {
    const column = quoteName(name);
    const text =
      kind === "timestamp"
        ? `strftime(${column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%f')`
        : `CAST(${column} AS VARCHAR)`;
    return `${text} AS c${i}`;
  });
  return `SELECT ${select.join(", ")} FROM (${frame.sql})`;
}

/** The cells of one row of {@link textsSql}. */
export const textRow = (row: Readonly<Record<string, Cell>>, { length }: ResultColumns): TextRow =>
  Array.from({ length }, (_, i) => {
    const text = row[`c${i}`];
    return typeof text === "string" ? text : null;
  });

const hasSeconds = /:\d\d\.\d+$/;

/** A cell as people read it. */
export function cellForPeople(text: string | null, kind: ColumnKind): string {
  if (text === null) return "∅";
  if (kind !== "timestamp" || !hasSeconds.test(text)) return text;
  return secondsOf(text).replace("T", " ");
}

/** A moment without the zeros behind its seconds. */
const secondsOf = (moment: string): string => moment.replace(/\.?0+$/, "");

/** A cell as programs read it: a moment in ISO with its zone. */
export function cellForPrograms(text: string, kind: ColumnKind): string {
  return kind === "timestamp" && hasSeconds.test(text) ? `${secondsOf(text)}Z` : text;
}

/** A line of CSV: what needs quotes has them, a missing value is nothing, an empty text is `""`. */
export function csvLine(row: TextRow, columns: ResultColumns): string {
  return row
    .map((text, i) => {
      if (text === null) return "";
      const cell = cellForPrograms(text, columns[i]?.kind ?? "text");
      return /[",\r\n]|^$|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
    })
    .join(",");
}

/** A line of JSON: an object by column. Whole numbers keep all their digits; NaN and infinity are texts. */
export function jsonLine(row: TextRow, columns: ResultColumns): string {
  const members = columns.map(({ name, kind }, i) => {
    const text = row[i] ?? null;
    return `${JSON.stringify(name)}:${text === null ? "null" : jsonCell(text, kind)}`;
  });
  return `{${members.join(",")}}`;
}

function jsonCell(text: string, kind: ColumnKind): string {
  if (kind === "bool" || kind === "int") return text;
  if (kind === "float" && Number.isFinite(Number(text))) return text;
  return JSON.stringify(cellForPrograms(text, kind));
}

/** A row as an object; a whole number that JavaScript cannot hold stays a text. */
export function jsonRow(row: TextRow, columns: ResultColumns): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    columns.map(({ name, kind }, i) => {
      const text = row[i] ?? null;
      const isLong = kind === "int" && !Number.isSafeInteger(Number(text));
      if (text === null || isLong) return [name, text];
      return [name, JSON.parse(jsonCell(text, kind)) as unknown];
    }),
  );
}
