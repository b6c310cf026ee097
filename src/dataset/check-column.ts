/** @file Options that name a column, checked for programs without types. */
import { fail } from "./errors.ts";

/**
 * Refuses an option that names no column of the rows: `checkColumn("split", { by }, columns)`.
 *
 * @throws `dataset/missing-column` when it is absent or no text, `dataset/unknown-column`
 */
export function checkColumn(
  at: string,
  option: Readonly<Record<string, unknown>>,
  columns: readonly string[],
): void {
  for (const [name, column] of Object.entries(option))
    if (typeof column !== "string")
      fail("dataset/missing-column", { at, option: name, columns, got: column });
    else if (!columns.includes(column)) fail("dataset/unknown-column", { at, column, columns });
}
