/** @file The SQL of a node. */
import { invariant } from "../../core/index.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import type { CallNode, ColumnNode, ExprNode, LiteralNode } from "./node.ts";
import { findOperation } from "./operations/index.ts";
import { nanSql, numberSql, type Operation } from "./operations/operation.ts";

/**
 * NaN becomes missing where it leaves the arithmetic, once: the engine writes `nullif` out as its
 * operand twice, so that doing it at every step would double the text with each.
 */
export function nodeSql(node: ExprNode, inArithmetic = false): string {
  if (node.op === "column") return columnSql(node);
  if (node.op === "literal") return literalSql(node);
  const { sql, mayBeNan = false } = operationOf(node);
  const text = sql(...node.args.map((arg) => nodeSql(arg, mayBeNan)));
  return mayBeNan && !inArithmetic ? `nullif(${text}, ${nanSql})` : text;
}

function columnSql({ name, kind }: ColumnNode): string {
  const column = quoteName(name);
  if (kind === "int") return `CAST(${column} AS DOUBLE)`;
  if (kind === "float") return `nullif(CAST(${column} AS DOUBLE), ${nanSql})`;
  return kind === "timestamp" ? `CAST(epoch_ms(${column}) AS DOUBLE)` : column;
}

function literalSql({ value }: LiteralNode): string {
  if (typeof value === "string") return quoteText(value);
  if (typeof value === "boolean") return String(value);
  return numberSql(value);
}

function operationOf({ operation: name, params }: CallNode): Operation {
  const operation = findOperation(name, params);
  invariant(operation, `the operation ${JSON.stringify(name)} of a checked expression is known`);
  return operation;
}
