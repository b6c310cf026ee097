/** @file On-demand features: expressions of request columns and features, as columns. */
import type { Cell, Cells } from "../../flow.ts";
import {
  type CategoryExpr,
  type Column,
  type Compilable,
  type Expr,
  type ExprNode,
  toRow,
  toSql,
} from "../../table/index.ts";

/** What an on-demand feature can be. */
export type DemandExpr = Expr<"number" | "text" | "category" | "bool" | "timestamp">;

/** The column that an on-demand feature makes. */
export type DemandColumn<E> =
  E extends CategoryExpr<string, infer L>
    ? Column<L | null, "category">
    : E extends Expr<"number">
      ? Column<number | null, "float">
      : E extends Expr<"text">
        ? Column<string | null, "text">
        : E extends Expr<"bool">
          ? Column<boolean | null, "bool">
          : E extends Expr<"timestamp">
            ? Column<Date | null, "timestamp">
            : never;

/** One on-demand feature as data. */
export interface Demand {
  readonly name: string;
  readonly column: Column;
  readonly node: ExprNode;
  readonly reads: readonly string[];
}

/** On-demand features of expressions, in their order. */
export function demandsOf(byName: Readonly<Record<string, DemandExpr>>): readonly Demand[] {
  return Object.entries(byName).map(([name, expr]) => ({
    ...{ name, column: columnOf(expr), node: expr.node, reads: expr.reads },
  }));
}

function columnOf(expr: DemandExpr): Column {
  if (expr.kind === "category") {
    const levels = "levels" in expr && Array.isArray(expr.levels) ? expr.levels.map(String) : [];
    return { kind: "category", nullable: true, levels };
  }
  return { kind: expr.kind === "number" ? "float" : expr.kind, nullable: true };
}

/** The value in SQL: of the kind of the column. */
export function demandSql({ node, column }: Pick<Demand, "node" | "column">): string {
  const sql = toSql({ node });
  if (column.kind === "timestamp") return `make_timestamptz(CAST(${sql} AS BIGINT) * 1000)`;
  return sql;
}

/** The value of one row, equal to {@link demandSql}. */
export function demandRow(demand: {
  readonly node: ExprNode;
  readonly kind: string;
}): (row: Cells) => Cell {
  const expr: Compilable = { node: demand.node };
  const value = toRow(expr);
  if (demand.kind !== "timestamp") return value as (row: Cells) => Cell;
  return (row) => {
    const ms = value(row);
    return typeof ms === "number" ? new Date(ms) : null;
  };
}
