/** @file The check of rows to predict that a model needs whole numbers of. */
import type { Matrix } from "../flow.ts";
import { findNotFinite } from "../tensor/index.ts";
import { fail } from "./errors.ts";

/** Refuses rows with a missing or infinite number. @throws `model/missing-value`, `model/out-of-range-value` */
export function checkNumbers(at: string, x: Matrix): void {
  const place = findNotFinite(x);
  if (place === undefined) return;
  const { row, column, value: got } = place;
  const where = { at, feature: `feature ${column}`, row };
  if (Number.isNaN(got)) fail("model/missing-value", where);
  fail("model/out-of-range-value", { ...where, got });
}
