/** @file Expressions over the columns of a table: one definition, SQL and TypeScript. */
export type { BoolExpr, BoolOperand } from "./bool.ts";
export type { Expr, ExprKind } from "./build.ts";
export { type CellsOf, cells, type ExprOf } from "./cells.ts";
export { type Compilable, toRow, toSql } from "./compile.ts";
export { exprErrors } from "./errors.ts";
export {
  type CallNode,
  type ColumnNode,
  type ExprNode,
  type LiteralNode,
  readsOf,
  type Value,
} from "./node.ts";
export type { NumberExpr, NumberOperand } from "./number.ts";
export { parseNode } from "./parse-node.ts";
export type { CategoryExpr, TextExpr, TextOperand } from "./text.ts";
export type { TimestampExpr, TimestampOperand } from "./timestamp.ts";
export { type Chosen, type OperandReads, type SameKind, when } from "./when.ts";
