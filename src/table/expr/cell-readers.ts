/** @file How a cell of each kind of column is read by a row function: checked, and null where missing. */
import type { Cell, ColumnKind } from "../../flow.ts";
import { fail } from "./errors.ts";
import type { Value } from "./node.ts";

type Reader = (cell: Cell | undefined, column: string) => Value;

const number = (cell: number): number | null => (Number.isNaN(cell) ? null : cell);
const mismatch = (column: string, expected: string, got: unknown): never =>
  fail("table/mismatch-type", { column, expected, got });
const text: Reader = (cell, column) =>
  typeof cell === "string" || cell === null ? cell : mismatch(column, "text", cell);

/** How a cell of each kind of column is read: checked, a NaN as null, a moment as milliseconds. */
export const readers: Readonly<Record<ColumnKind, Reader>> = {
  text,
  category: text,
  bool: (cell, column) =>
    typeof cell === "boolean" || cell === null ? cell : mismatch(column, "true or false", cell),
  float: (cell, column) => {
    if (cell === null) return null;
    return typeof cell === "number" ? number(cell) : mismatch(column, "a number", cell);
  },
  int: (cell, column) => {
    if (cell === null || Number.isNaN(cell)) return null;
    const whole = typeof cell === "number" && Number.isInteger(cell);
    return whole ? cell : mismatch(column, "a whole number", cell);
  },
  timestamp: (cell, column) => {
    if (cell === null) return null;
    const moment = cell instanceof Date ? number(cell.getTime()) : null;
    return moment ?? mismatch(column, "a valid Date", cell);
  },
};
