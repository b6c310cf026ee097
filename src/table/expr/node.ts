/** @file An expression as plain JSON: columns, literals and operations on them. */
import type { ColumnKind, Json } from "../../flow.ts";

/** What an expression gives. Levels of a category are texts; moments are milliseconds in UTC. */
export type NodeKind = "number" | "text" | "bool" | "timestamp" | "tokens";

/** What an expression evaluates to in TypeScript; null is missing, and NaN never occurs. */
export type Value = number | string | boolean | null;

/** What an operation works on: a value, or the tokens of a text. */
export type Operand = Value | readonly string[];

/** The value of a column of the row. */
export interface ColumnNode {
  readonly op: "column";
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A value written in the expression; a timestamp is its milliseconds since 1970 in UTC. */
export interface LiteralNode {
  readonly op: "literal";
  readonly kind: Exclude<NodeKind, "tokens">;
  readonly value: number | string | boolean;
}

/** An operation on other nodes. */
export interface CallNode {
  readonly op: "call";
  /** A name in the table of operations. */
  readonly operation: string;
  readonly args: readonly ExprNode[];
  /** What an operation needs besides: a table to look up in, a pattern. */
  readonly params?: Readonly<Record<string, Json>>;
}

/** An expression as plain data. */
export type ExprNode = ColumnNode | LiteralNode | CallNode;

/** The columns that an expression reads, each once, in the order of first use. */
export function readsOf(node: ExprNode): readonly ColumnNode[] {
  const found = new Map<string, ColumnNode>();
  const visit = (at: ExprNode): void => {
    if (at.op === "column" && !found.has(at.name)) found.set(at.name, at);
    if (at.op === "call") at.args.forEach(visit);
  };
  visit(node);
  return [...found.values()];
}

/** What cells of a column of this kind are in an expression. */
export function nodeKindOf(kind: ColumnKind): NodeKind {
  if (kind === "int" || kind === "float") return "number";
  return kind === "category" ? "text" : kind;
}

/** Whether a node is 1 where a condition is true, and 0 elsewhere. */
export function isOneOrZero({ operation, args: [, then, otherwise] }: CallNode): boolean {
  const is = (node: ExprNode | undefined, value: number): boolean =>
    node?.op === "literal" && node.value === value;
  return operation === "when" && is(then, 1) && is(otherwise, 0);
}
