/** @file The columns of a schema as expressions. */
import type { ColumnSpec } from "../../flow.ts";
import type { CellOf, Column, Columns, Schema } from "../schema.ts";
import { type BoolExpr, boolExpr } from "./bool.ts";
import type { Expr } from "./build.ts";
import { type NumberExpr, numberExpr } from "./number.ts";
import { type CategoryExpr, categoryExpr, type TextExpr, textExpr } from "./text.ts";
import { type TimestampExpr, timestampExpr } from "./timestamp.ts";

/** The expressions of each kind of column, named N, with levels L. */
interface ExprByKind<N extends string, L extends string> {
  readonly text: TextExpr<N>;
  readonly int: NumberExpr<N>;
  readonly float: NumberExpr<N>;
  readonly bool: BoolExpr<N>;
  readonly category: CategoryExpr<N, L>;
  readonly timestamp: TimestampExpr<N>;
}

/** The expression that reads the column K by its name N. */
export type ExprOf<K extends Column, N extends string> = ExprByKind<
  N,
  CellOf<K> & string
>[K["kind"]];

/** The columns of a table as expressions, by name. */
export type CellsOf<C extends Columns> = {
  readonly [N in keyof C & string]: ExprOf<C[N], N>;
};

/**
 * The columns of a schema as expressions: what `where` and `features` hand to their functions.
 *
 * @example
 * ```ts
 * const orders = schema("orders", { total: float(), items: int() });
 * const { total, items } = cells(orders);
 * toRow(total.over(items))({ total: 12, items: 4 }) // => 3
 * ```
 */
export function cells<C extends Columns>(schema: Schema<C>): CellsOf<C> {
  const entries = Object.entries(schema.columns).map(([name, spec]) => [name, cellOf(name, spec)]);
  return Object.fromEntries(entries);
}

function cellOf(name: string, { kind, levels = [] }: ColumnSpec): Expr {
  const node = { op: "column", name, kind } as const;
  const reads = [name];
  if (kind === "text") return textExpr(node, reads);
  if (kind === "bool") return boolExpr(node, reads);
  if (kind === "category") return categoryExpr({ node, reads, levels });
  if (kind === "timestamp") return timestampExpr(node, reads);
  return numberExpr(node, reads);
}
