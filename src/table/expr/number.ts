/** @file Expressions that are a number or missing. */
import { type BoolExpr, boolExpr } from "./bool.ts";
import { call, callWith, type Expr, numberLiteral, union } from "./build.ts";
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
  /** The natural logarithm; missing at and below 0. */
  log(): NumberExpr<R>;
  /** e to the power of it. */
  exp(): NumberExpr<R>;
  /** The square root; missing below 0. */
  sqrt(): NumberExpr<R>;
  /** Raised to a power; missing where that is no number. */
  power(exponent: number): NumberExpr<R>;
  /** The sine of an angle in radians; missing where it is infinite. */
  sin(): NumberExpr<R>;
  /** The cosine of an angle in radians; missing where it is infinite. */
  cos(): NumberExpr<R>;
  abs(): NumberExpr<R>;
  /** The largest whole number not above it. */
  floor(): NumberExpr<R>;
  /** What is left of it after whole divisors: 0 to below the divisor, also for negative numbers. */
  mod(divisor: number): NumberExpr<R>;
  /** The number of the bucket it falls into: how many of the increasing edges are at most it. */
  bucketOf(edges: readonly number[]): NumberExpr<R>;
  /** k increasing edges make k + 1 buckets; the value of the one it falls into. */
  step(edges: readonly number[], values: readonly number[]): NumberExpr<R>;
  /** The height at it of the line through k ≥ 2 points, xs increasing; flat beyond its ends. */
  interpolate(xs: readonly number[], ys: readonly number[]): NumberExpr<R>;
  /**
   * Of a share: the number below which such a share of the normal distribution lies. Shares nearer to 0
   * and 1 than the bound count as the bound.
   */
  normalQuantile(bound: number): NumberExpr<R>;
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
    ...mathOf(node, reads),
    isMissing: () => boolExpr(call("missing", node), reads),
    orElse: number("orElse"),
  };
}

const stepParams = {
  name: "step",
  expected: "increasing finite edges, and one finite value more than edges",
};
const quantileParams = { name: "normalQuantile", expected: "a bound above 0 and below 0.5" };
const lineParams = {
  name: "line",
  expected: "at least two points with increasing finite xs, and as many finite ys",
};

function mathOf<R extends string>(node: ExprNode, reads: readonly R[]) {
  const of = (operation: string, ...args: readonly ExprNode[]): NumberExpr<R> =>
    numberExpr(call(operation, node, ...args), reads);
  const step = (edges: readonly number[], values: readonly number[]): NumberExpr<R> =>
    numberExpr(callWith(stepParams, { edges: [...edges], values: [...values] }, node), reads);
  return {
    log: () => of("log"),
    exp: () => of("exp"),
    sqrt: () => of("squareRoot"),
    power: (exponent: number) => of("power", numberLiteral("power", exponent)),
    sin: () => of("sine"),
    cos: () => of("cosine"),
    abs: () => of("larger", call("minus", numberLiteral("abs", 0), node)),
    floor: () => of("floor"),
    mod: (divisor: number) => {
      const whole = call("floor", call("over", node, numberLiteral("mod", divisor)));
      return of("minus", call("times", whole, numberLiteral("mod", divisor)));
    },
    bucketOf: (edges: readonly number[]) =>
      step(
        edges,
        [...edges, 0].map((_, i) => i),
      ),
    step,
    interpolate: (xs: readonly number[], ys: readonly number[]) =>
      numberExpr(callWith(lineParams, { xs: [...xs], ys: [...ys] }, node), reads),
    normalQuantile: (bound: number) => numberExpr(callWith(quantileParams, { bound }, node), reads),
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
