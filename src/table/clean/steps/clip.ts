/** @file A number raised to the smallest, or lowered to the largest, that is allowed. */
import { quoteName } from "../../sql-text.ts";
import { cellOfValue, type Place, readSql, valueSql } from "../values.ts";

/** The bounds of a number; either may be absent. */
export interface Fences {
  readonly min?: number;
  readonly max?: number;
}

/** The condition that a number lies below the smallest or above the largest. */
export function beyondSql(where: Place, { min, max }: Fences): string {
  const value = readSql(where);
  const sides = [
    ...(min === undefined ? [] : [`${value} < ${valueSql(min)}`]),
    ...(max === undefined ? [] : [`${value} > ${valueSql(max)}`]),
  ];
  return sides.length === 0 ? "false" : `coalesce(${sides.join(" OR ")}, false)`;
}

/**
 * The number within its bounds, in SQL. A whole number stays one: its bounds are taken inwards to
 * the next whole numbers.
 */
export function clipSql(where: Place, { min, max }: Fences): string {
  const whole = where.spec.kind === "int";
  const value = readSql(where);
  const cell = (bound: number) => cellOfValue(where, valueSql(bound));
  const low =
    min === undefined
      ? ""
      : `WHEN ${value} < ${valueSql(min)} THEN ${cell(whole ? Math.ceil(min) : min)}`;
  const high =
    max === undefined
      ? ""
      : `WHEN ${value} > ${valueSql(max)} THEN ${cell(whole ? Math.floor(max) : max)}`;
  const old = `t.${quoteName(where.column)}`;
  return low === "" && high === "" ? old : `(CASE ${low} ${high} ELSE ${old} END)`;
}
