/** @file Least squares on other columns: fitted, in SQL, and for a row. */
import type { Cells } from "../../../flow.ts";
import { type ExprNode, toRow, toSql, type Value } from "../../expr/index.ts";
import { valueSql } from "../values.ts";
import type { Filling, RegressionTerm } from "./state.ts";

/** What {@link Filling} says of a regression. */
export type Regression = Extract<Filling, { readonly by: "regression" }>;

const number = (value: number): ExprNode => ({ op: "literal", kind: "number", value });
const call = (operation: string, ...args: readonly ExprNode[]): ExprNode => ({
  op: "call",
  operation,
  args,
});

/**
 * bias + Σ weight · term, in SQL: added from left to right, as {@link regressionFiller} does, so
 * that both give the same bits; missing where that is no number.
 */
export function regressionSql({ bias, terms }: Regression): string {
  const products = terms.map(
    (term) => `${valueSql(term.weight)} * ${toSql({ node: termNode(term) })}`,
  );
  const sum = [valueSql(bias), ...products].join(" + ");
  return `(CASE WHEN isnan(${sum}) THEN NULL ELSE ${sum} END)`;
}

/** {@link regressionSql} as a function of one row. */
export function regressionFiller({ bias, terms }: Regression): (row: Cells) => Value {
  const reads = terms.map((term) => ({ ...term, read: toRow({ node: termNode(term) }) }));
  return (row) => {
    const sum = reads.reduce((total, { weight, read }) => total + weight * Number(read(row)), bias);
    return Number.isNaN(sum) ? null : sum;
  };
}

/** A term as a number that is never missing. */
export function termNode({
  name,
  kind,
  level,
  otherwise,
}: Omit<RegressionTerm, "weight">): ExprNode {
  const column: ExprNode = { op: "column", name, kind };
  if (level !== null) {
    const is = call("equal", column, { op: "literal", kind: "text", value: level });
    return call("orElse", call("when", is, number(1), number(0)), number(otherwise));
  }
  const value = kind === "bool" ? boolNumber(column) : column;
  return call("orElse", value, number(otherwise));
}

/** 1 or 0, missing where the truth is. */
function boolNumber(column: ExprNode): ExprNode {
  const known = call("not", call("missing", column));
  return call("keepIf", known, call("when", column, number(1), number(0)));
}

/**
 * The w and b that minimise ‖y − Xw − b‖². A column that the ones before it explain gets weight 0.
 * Time O(n·d² + d³).
 *
 * @param columns - d columns of n numbers.
 * @param y - n numbers.
 */
export function leastSquares(
  columns: readonly Float64Array[],
  y: Float64Array,
): { readonly weights: readonly number[]; readonly bias: number } {
  const centred = columns.map(standardised);
  const target = standardised(y);
  const gram = centred.map((a) => centred.map((b) => dot(a.values, b.values)));
  const moments = centred.map((a) => dot(a.values, target.values));
  const solved = solve(gram, moments);
  const weights = centred.map(({ scale }, j) => ((solved[j] ?? 0) * target.scale) / scale);
  const bias = centred.reduce((b, { mean }, j) => b - (weights[j] ?? 0) * mean, target.mean);
  return { weights, bias };
}

interface Standardised {
  readonly values: Float64Array;
  readonly mean: number;
  /** The standard deviation, or 1 where it is 0. */
  readonly scale: number;
}

function standardised(column: Float64Array): Standardised {
  const n = column.length;
  const mean = column.reduce((a, b) => a + b, 0) / n;
  const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
  const scale = variance > 0 ? Math.sqrt(variance) : 1;
  return { values: column.map((x) => (x - mean) / scale), mean, scale };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum / a.length;
}

/** Solves a positive semi-definite system by elimination; a pivot of nothing makes its unknown 0. */
function solve(matrix: readonly (readonly number[])[], b: readonly number[]): readonly number[] {
  const rows = matrix.map((row, i) => [...row, b[i] ?? 0]);
  const solved = new Set<number>();
  for (const k of b.keys()) {
    const pivot = rows[k]?.[k] ?? 0;
    if (pivot < 1e-10) continue; // of standardised columns: the ones before it explain this one
    solved.add(k);
    const unit = (rows[k] ?? []).map((value) => value / pivot);
    for (const [i, row] of rows.entries())
      rows[i] = i === k ? unit : row.map((value, j) => value - (row[k] ?? 0) * (unit[j] ?? 0));
  }
  return rows.map((row, k) => (solved.has(k) ? (row.at(-1) ?? 0) : 0));
}
