/** @file A choice between two expressions. */
import { type BoolExpr, type BoolOperand, boolExpr, boolNode, boolReads } from "./bool.ts";
import { call, type Expr, union } from "./build.ts";
import { fail } from "./errors.ts";
import type { ExprNode } from "./node.ts";
import {
  type NumberExpr,
  type NumberOperand,
  numberExpr,
  numberNode,
  numberReads,
} from "./number.ts";
import { type TextExpr, type TextOperand, textExpr, textNode, textReads } from "./text.ts";

type Condition<R extends string> = Expr<"bool", R>;

/**
 * The second argument where the condition is true, the third where it is false or missing.
 * Both are numbers, texts (or levels), or truth values.
 *
 * @throws `table/unsupported-literal` when the two are of different kinds
 * @example
 * ```ts
 * const people = schema("people", { age: int({ nullable: true }) });
 * const { age } = cells(people);
 * const fare = toRow(when(age.isBelow(12), 0.5, 1));
 * [fare({ age: 7 }), fare({ age: 30 }), fare({ age: null })] // => [0.5, 1, 1]
 * ```
 */
export function when<R extends string, S extends string = never, T extends string = never>(
  condition: Condition<R>,
  then: NumberOperand<S>,
  otherwise: NumberOperand<T>,
): NumberExpr<R | S | T>;
/** The same for texts and levels. */
export function when<R extends string, S extends string = never, T extends string = never>(
  condition: Condition<R>,
  then: TextOperand<S>,
  otherwise: TextOperand<T>,
): TextExpr<R | S | T>;
/** The same for truth values. */
export function when<R extends string, S extends string = never, T extends string = never>(
  condition: Condition<R>,
  then: BoolOperand<S>,
  otherwise: BoolOperand<T>,
): BoolExpr<R | S | T>;
export function when(condition: Condition<string>, then: Operand, otherwise: Operand): Expr {
  const choose = (a: ExprNode, b: ExprNode) => call("when", condition.node, a, b);
  const reads = (a: readonly string[], b: readonly string[]) => union(condition.reads, union(a, b));
  if (isNumber(then) && isNumber(otherwise))
    return numberExpr(
      choose(numberNode("when", then), numberNode("when", otherwise)),
      reads(numberReads(then), numberReads(otherwise)),
    );
  if (isText(then) && isText(otherwise))
    return textExpr(
      choose(textNode("when", then), textNode("when", otherwise)),
      reads(textReads(then), textReads(otherwise)),
    );
  if (isBool(then) && isBool(otherwise))
    return boolExpr(
      choose(boolNode("when", then), boolNode("when", otherwise)),
      reads(boolReads(then), boolReads(otherwise)),
    );
  const expected = "two numbers, two texts or two truth values";
  return fail("table/unsupported-literal", {
    at: "when",
    expected,
    got: `${kindOf(then)} and ${kindOf(otherwise)}`,
  });
}

type Operand = NumberOperand | TextOperand | BoolOperand;

const kindOf = (operand: Operand): string =>
  typeof operand === "object" ? operand.kind : typeof operand;
const isNumber = (operand: Operand): operand is NumberOperand => kindOf(operand) === "number";
const isText = (operand: Operand): operand is TextOperand =>
  ["string", "text", "category"].includes(kindOf(operand));
const isBool = (operand: Operand): operand is BoolOperand =>
  ["boolean", "bool"].includes(kindOf(operand));
