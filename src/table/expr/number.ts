/** @file Expressions that are a number or missing. */
import { type BoolExpr, boolExpr } from "./bool.ts";
import { call, type Expr, numberLiteral, union } from "./build.ts";
import type { ExprNode } from "./node.ts";

/** A number: a literal or an expression. */
export type NumberOperand<R extends string = string> = number | Expr<"number", R>;

/**
 * An expression that is a number in double precision, or missing. Whatever touches a missing value
 * is missing; a result that is no number (∞ − ∞, 0 · ∞, division by zero) is missing.
 */
export interface NumberExpr<R extends string = string> extends Expr<"number", R> {
  plus<S extends string = never>(other: number | Expr<"number", S>): NumberExpr<R | NoInfer<S>>;
  minus<S extends string = never>(other: number | Expr<"number", S>): NumberExpr<R | NoInfer<S>>;
  times<S extends string = never>(other: number | Expr<"number", S>): NumberExpr<R | NoInfer<S>>;
  /** Divided by; missing where the divisor is zero. */
  over<S extends string = never>(divisor: number | Expr<"number", S>): NumberExpr<R | NoInfer<S>>;
  /** The larger of the two: raised to the floor where it is below. */
  atLeast<S extends string = never>(floor: number | Expr<"number", S>): NumberExpr<R | NoInfer<S>>;
  /** The smaller of the two: lowered to the ceiling where it is above. */
  atMost<S extends string = never>(ceiling: number | Expr<"number", S>): NumberExpr<R | NoInfer<S>>;
  is<S extends string = never>(other: number | Expr<"number", S>): BoolExpr<R | NoInfer<S>>;
  isBelow<S extends string = never>(other: number | Expr<"number", S>): BoolExpr<R | NoInfer<S>>;
  isAtMost<S extends string = never>(other: number | Expr<"number", S>): BoolExpr<R | NoInfer<S>>;
  isAbove<S extends string = never>(other: number | Expr<"number", S>): BoolExpr<R | NoInfer<S>>;
  isAtLeast<S extends string = never>(other: number | Expr<"number", S>): BoolExpr<R | NoInfer<S>>;
  /** Whether it is missing; never missing itself. */
  isMissing(): BoolExpr<R>;
  /** The value given, where it is missing. */
  orElse<S extends string = never>(value: number | Expr<"number", S>): NumberExpr<R | NoInfer<S>>;
}

/** Makes a number expression of a node and the columns it reads. */
export function numberExpr<R extends string>(node: ExprNode, reads: readonly R[]): NumberExpr<R> {
  const number =
    (operation: string) =>
    <S extends string = never>(other: NumberOperand<S>): NumberExpr<R | S> =>
      numberExpr(call(operation, node, numberNode(operation, other)), both(reads, other));
  const compare =
    (operation: string) =>
    <S extends string = never>(other: NumberOperand<S>): BoolExpr<R | S> =>
      boolExpr(call(operation, node, numberNode(operation, other)), both(reads, other));
  const compareBack =
    (operation: string) =>
    <S extends string = never>(other: NumberOperand<S>): BoolExpr<R | S> =>
      boolExpr(call(operation, numberNode(operation, other), node), both(reads, other));
  return {
    kind: "number",
    node,
    reads,
    plus: number("plus"),
    minus: number("minus"),
    times: number("times"),
    over: number("over"),
    atLeast: number("larger"),
    atMost: number("smaller"),
    is: compare("equal"),
    isBelow: compare("below"),
    isAtMost: compare("atMost"),
    isAbove: compareBack("below"),
    isAtLeast: compareBack("atMost"),
    isMissing: () => boolExpr(call("missing", node), reads),
    orElse: number("orElse"),
  };
}

/** The node of a number operand. Throws `table/unsupported-literal` for NaN and infinities. */
export function numberNode(at: string, operand: NumberOperand): ExprNode {
  return typeof operand === "object" ? operand.node : numberLiteral(at, operand);
}

/** The columns that a number operand reads. */
export function numberReads<S extends string>(operand: NumberOperand<S>): readonly S[] {
  return typeof operand === "object" ? operand.reads : [];
}

function both<R extends string, S extends string>(
  reads: readonly R[],
  operand: NumberOperand<S>,
): readonly (R | S)[] {
  return union(reads, numberReads(operand));
}
