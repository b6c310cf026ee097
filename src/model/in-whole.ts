/** @file Errors about some rows of a dataset, told anew with the numbers that the whole dataset has for them. */
import { retold } from "../core/index.ts";
import type { Dataset } from "../flow.ts";
import { tensorErrors } from "../tensor/index.ts";
import { modelErrors } from "./errors.ts";

/** The error with the row of the whole: row i of the part is `rows[i]` there. */
export function inWhole(error: unknown, rows: ArrayLike<number>): unknown {
  return retold({ ...tensorErrors, ...modelErrors }, error, ({ row, ...details }) =>
    typeof row === "number" ? { ...details, row: rows[row] ?? row } : details,
  );
}

/** The error of a part that lacks the dataset's rows of weight 0, with the dataset's row. */
export function withZerosBack(error: unknown, { weights }: Dataset): unknown {
  if (weights === undefined || !weights.includes(0)) return error;
  const kept = Array.from(weights.keys()).filter((i) => weights[i] !== 0);
  return inWhole(error, kept);
}
