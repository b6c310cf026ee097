/** @file Expressions that are true, false or missing. */
import { boolLiteral, call, type Expr, union } from "./build.ts";
import type { ExprNode } from "./node.ts";

/** A truth value: a literal or an expression. */
export type BoolOperand<R extends string = string> = boolean | Expr<"bool", R>;

/** An expression that is true, false or missing; the methods follow SQL's three-valued logic. */
export interface BoolExpr<R extends string = string> extends Expr<"bool", R> {
  /** False when either is false, missing when that is open, else true. */
  and<S extends string = never>(other: Expr<"bool", S>): BoolExpr<R | NoInfer<S>>;
  /** True when either is true, missing when that is open, else false. */
  or<S extends string = never>(other: Expr<"bool", S>): BoolExpr<R | NoInfer<S>>;
  not(): BoolExpr<R>;
  /** Whether it is this value; missing when it is missing. */
  is(value: boolean): BoolExpr<R>;
  /** Whether it is missing; never missing itself. */
  isMissing(): BoolExpr<R>;
  /** The value given, where it is missing. */
  orElse<S extends string = never>(value: boolean | Expr<"bool", S>): BoolExpr<R | NoInfer<S>>;
}

/** Makes a bool expression of a node and the columns it reads. */
export function boolExpr<R extends string>(node: ExprNode, reads: readonly R[]): BoolExpr<R> {
  return {
    kind: "bool",
    node,
    reads,
    and: (other) => boolExpr(call("and", node, other.node), union(reads, other.reads)),
    or: (other) => boolExpr(call("or", node, other.node), union(reads, other.reads)),
    not: () => boolExpr(call("not", node), reads),
    is: (value) => boolExpr(call("equal", node, boolLiteral("is", value)), reads),
    isMissing: () => boolExpr(call("missing", node), reads),
    orElse: (value) =>
      boolExpr(call("orElse", node, boolNode("orElse", value)), union(reads, boolReads(value))),
  };
}

/** The node of a bool operand. */
export function boolNode(at: string, operand: BoolOperand): ExprNode {
  return typeof operand === "object" ? operand.node : boolLiteral(at, operand);
}

/** The columns that a bool operand reads. */
export function boolReads<S extends string>(operand: BoolOperand<S>): readonly S[] {
  return typeof operand === "object" ? operand.reads : [];
}
