/** @file Expressions over the columns of a table: one definition, SQL and TypeScript. */
export type { BoolExpr, BoolOperand } from "./bool.ts";
export type { Expr, ExprKind } from "./build.ts";
export { type CellsOf, cells, type ExprOf } from "./cells.ts";
export { type Compilable, toMatrix, toRow, toRows, toSql, toTokens } from "./compile.ts";
export { exprErrors } from "./errors.ts";
export type { LookupTable } from "./lookup-table.ts";
export type { MatrixProgram } from "./matrix-program.ts";
export {
  type CallNode,
  type ColumnNode,
  type ExprNode,
  type LiteralNode,
  readsOf,
  type Value,
} from "./node.ts";
export type { NumberExpr, NumberOperand } from "./number.ts";
export { type DatePart, dateParts } from "./operations/date-part.ts";
export type { OperationName } from "./operations/index.ts";
export type { Lookup } from "./operations/lookup.ts";
export { normalQuantileTables, type QuantileBound } from "./operations/normal-quantile.ts";
export { characterTables, type OperationParams, paramsOf } from "./operations/params.ts";
export type { Cut } from "./operations/tokens.ts";
export { parseNode } from "./parse-node.ts";
export type { CategoryExpr, TextExpr, TextMethods, TextOperand } from "./text.ts";
export type { TimestampExpr, TimestampOperand, ZoneOptions } from "./timestamp.ts";
export type { TokensExpr, TokensOptions } from "./tokens.ts";
export { type Chosen, type OperandReads, type SameKind, when } from "./when.ts";
