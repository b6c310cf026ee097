/** @file Expressions that are a moment or missing. */
import { type BoolExpr, boolExpr } from "./bool.ts";
import { call, type Expr, numberLiteral, timestampLiteral, union } from "./build.ts";
import type { ExprNode } from "./node.ts";
import { type NumberExpr, numberExpr } from "./number.ts";

/** A moment: a literal or an expression. */
export type TimestampOperand<R extends string = string> = Date | Expr<"timestamp", R>;

/** An expression that is a moment in UTC, to the millisecond, or missing. */
export interface TimestampExpr<R extends string = string> extends Expr<"timestamp", R> {
  isBefore<S extends string = never>(moment: Date | Expr<"timestamp", S>): BoolExpr<R | NoInfer<S>>;
  isAfter<S extends string = never>(moment: Date | Expr<"timestamp", S>): BoolExpr<R | NoInfer<S>>;
  /** How many days of 24 hours it lies after the moment; negative when before. */
  daysSince<S extends string = never>(
    moment: Date | Expr<"timestamp", S>,
  ): NumberExpr<R | NoInfer<S>>;
  /** Whether it is missing; never missing itself. */
  isMissing(): BoolExpr<R>;
  /** The moment given, where it is missing. */
  orElse<S extends string = never>(
    moment: Date | Expr<"timestamp", S>,
  ): TimestampExpr<R | NoInfer<S>>;
}

const dayMs = 86_400_000;

/** Makes a timestamp expression of a node and the columns it reads. */
export function timestampExpr<R extends string>(
  node: ExprNode,
  reads: readonly R[],
): TimestampExpr<R> {
  return {
    kind: "timestamp",
    node,
    reads,
    isBefore: (moment) =>
      boolExpr(call("below", node, momentNode("isBefore", moment)), both(reads, moment)),
    isAfter: (moment) =>
      boolExpr(call("below", momentNode("isAfter", moment), node), both(reads, moment)),
    daysSince: (moment) => {
      const elapsed = call("minus", node, momentNode("daysSince", moment)); // milliseconds
      const days = call("over", elapsed, numberLiteral("daysSince", dayMs));
      return numberExpr(days, both(reads, moment));
    },
    isMissing: () => boolExpr(call("missing", node), reads),
    orElse: (moment) =>
      timestampExpr(call("orElse", node, momentNode("orElse", moment)), both(reads, moment)),
  };
}

function momentNode(at: string, operand: TimestampOperand): ExprNode {
  return operand instanceof Date ? timestampLiteral(at, operand) : operand.node;
}

function both<R extends string, S extends string>(
  reads: readonly R[],
  operand: TimestampOperand<S>,
): readonly (R | S)[] {
  return operand instanceof Date ? reads : union(reads, operand.reads);
}
