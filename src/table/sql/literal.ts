/** @file Cells written into SQL: values of parameters, and small tables made of rows in memory. */
import type { Cell } from "../../flow.ts";
import { duckTypes, type EngineColumn } from "../adapter/duckdb.ts";
import { quoteName, quoteText } from "../sql-text.ts";

/** A cell as SQL spells it; whole numbers are whole, and no text can become code. */
export function literalSql(cell: Cell): string {
  if (cell === null) return "NULL";
  if (typeof cell === "string") return quoteText(cell);
  if (typeof cell === "boolean") return String(cell);
  if (cell instanceof Date) return `make_timestamptz(${cell.getTime() * 1000})`;
  return Number.isSafeInteger(cell) ? String(cell) : `'${cell}'::DOUBLE`;
}

/** A SELECT of rows in memory. */
export function rowsSql(
  columns: readonly EngineColumn[],
  rows: readonly (readonly Cell[])[],
): string {
  const select = columns.map(
    ({ name, kind }, i) => `CAST("c${i}" AS ${duckTypes[kind]}) AS ${quoteName(name)}`,
  );
  const names = columns.map((_, i) => `"c${i}"`).join(", ");
  const cells = (row: readonly Cell[]): string => `(${row.map(literalSql).join(", ")})`;
  const none = `(${columns.map(() => "NULL").join(", ")})`;
  const values = rows.length === 0 ? none : rows.map(cells).join(", ");
  return `SELECT ${select.join(", ")} FROM (VALUES ${values}) AS v(${names})${rows.length === 0 ? " WHERE false" : ""}`;
}
