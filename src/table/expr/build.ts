/** @file What every expression is made with: calls, literals, and the union of what they read. */
import { fail } from "./errors.ts";
import type { CallNode, ExprNode, LiteralNode } from "./node.ts";
import { findOperation } from "./operations/index.ts";

/** What an expression gives; a category is a text that knows its levels. */
export type ExprKind = "number" | "text" | "category" | "bool" | "timestamp" | "tokens";

/**
 * An expression over the columns `R` of a table: plain data in `node`, and methods that make new
 * expressions. It compiles to SQL and to a function of a row.
 */
export interface Expr<K extends ExprKind = ExprKind, R extends string = string> {
  readonly kind: K;
  /** The columns it reads, each once. */
  readonly reads: readonly R[];
  readonly node: ExprNode;
}

/** An operation on other expressions. */
export function call(operation: string, ...args: readonly ExprNode[]): CallNode {
  return { op: "call", operation, args };
}

/**
 * An operation with parameters on another expression; they become what JSON keeps of them. Throws `table/unsupported-literal` when the
 * parameters are not what it needs.
 */
export function callWith(
  operation: { readonly name: string; readonly expected: string },
  params: NonNullable<CallNode["params"]>,
  arg: ExprNode,
): CallNode {
  const { name, expected } = operation;
  if (findOperation(name, params) === null) refuse(name, expected, JSON.stringify(params));
  return { op: "call", operation: name, args: [arg], params: JSON.parse(JSON.stringify(params)) };
}

/** Columns of both, each once. */
export function union<R extends string, S extends string>(
  a: readonly R[],
  b: readonly S[],
): readonly (R | S)[] {
  return [...new Set<R | S>([...a, ...b])];
}

/**
 * A number in an expression; -0 is written as 0, which is all that JSON keeps of it. Throws
 * `table/unsupported-literal` unless it is finite.
 */
export function numberLiteral(at: string, value: number): LiteralNode {
  if (!Number.isFinite(value)) refuse(at, "a finite number", value);
  return { op: "literal", kind: "number", value: value === 0 ? 0 : value };
}

/** A text in an expression. Throws `table/unsupported-literal` for a lone surrogate. */
export function textLiteral(at: string, value: string): LiteralNode {
  if (typeof value !== "string" || !value.isWellFormed()) refuse(at, "well-formed text", value);
  return { op: "literal", kind: "text", value };
}

/** True or false in an expression. */
export function boolLiteral(at: string, value: boolean): LiteralNode {
  if (typeof value !== "boolean") refuse(at, "true or false", value);
  return { op: "literal", kind: "bool", value };
}

/** A moment in an expression. Throws `table/unsupported-literal` for an invalid date. */
export function timestampLiteral(at: string, value: Date): LiteralNode {
  const milliseconds = value.getTime();
  if (Number.isNaN(milliseconds)) refuse(at, "a valid Date", value);
  return { op: "literal", kind: "timestamp", value: milliseconds };
}

/** The literals of a list to compare with. Throws `table/missing-choices` for an empty one. */
export function choices<T>(
  at: string,
  values: readonly T[],
  literal: (at: string, value: T) => LiteralNode,
): readonly LiteralNode[] {
  if (values.length === 0) fail("table/missing-choices", { at });
  return values.map((value) => literal(at, value));
}

function refuse(at: string, expected: string, got: unknown): never {
  return fail("table/unsupported-literal", { at, expected, got: String(got) });
}
