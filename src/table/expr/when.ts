/** @file A choice between two expressions. */
import { type BoolExpr, type BoolOperand, boolExpr, boolNode } from "./bool.ts";
import { call, type Expr, union } from "./build.ts";
import { fail } from "./errors.ts";
import type { ExprNode } from "./node.ts";
import { type NumberExpr, type NumberOperand, numberExpr, numberNode } from "./number.ts";
import { type TextExpr, type TextOperand, textExpr, textNode } from "./text.ts";

type Operand = NumberOperand | TextOperand | BoolOperand;
type Optional<O> = O | undefined;

/** What may stand beside A in a choice. */
export type SameKind<A> = A extends NumberOperand
  ? NumberOperand
  : A extends TextOperand
    ? TextOperand
    : BoolOperand;

/** The columns that an operand reads; a literal reads none. */
export type OperandReads<A> = A extends Expr<Expr["kind"], infer R> ? R : never;

/** The expression of the kind of A over the columns R. */
export type Chosen<A, R extends string> = A extends NumberOperand
  ? NumberExpr<R>
  : A extends TextOperand
    ? TextExpr<R>
    : BoolExpr<R>;

/**
 * The second argument where the condition is true, the third where it is false or missing; missing
 * there when no third is given. Both are numbers, texts (or levels), or truth values.
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
export function when<R extends string, A extends Operand, B extends SameKind<A> = never>(
  condition: Expr<"bool", R>,
  then: A,
  otherwise?: B,
): Chosen<A, R | OperandReads<A> | OperandReads<B>>;
export function when(condition: Expr<"bool", string>, then: Operand, otherwise?: Operand): Expr {
  const choose = (a: ExprNode, b: ExprNode | undefined) =>
    b === undefined ? call("keepIf", condition.node, a) : call("when", condition.node, a, b);
  const reads = union(condition.reads, union(readsOf(then), readsOf(otherwise)));
  if (isNumber(then) && isNumber(otherwise))
    return numberExpr(choose(numberNode("when", then), optional(numberNode, otherwise)), reads);
  if (isText(then) && isText(otherwise))
    return textExpr(choose(textNode("when", then), optional(textNode, otherwise)), reads);
  if (isBool(then) && isBool(otherwise))
    return boolExpr(choose(boolNode("when", then), optional(boolNode, otherwise)), reads);
  const expected = "two numbers, two texts or two truth values";
  const got = `${kindOf(then)} and ${kindOf(otherwise)}`;
  return fail("table/unsupported-literal", { at: "when", expected, got });
}

const readsOf = (operand: Optional<Operand>): readonly string[] =>
  typeof operand === "object" ? operand.reads : [];
const optional = <O>(node: (at: string, operand: O) => ExprNode, operand: Optional<O>) =>
  operand === undefined ? undefined : node("when", operand);
const kindOf = (operand: Optional<Operand>): string =>
  typeof operand === "object" ? operand.kind : typeof operand;
const among = (operand: Optional<Operand>, ...kinds: readonly string[]): boolean =>
  kinds.includes(kindOf(operand));
const isNumber = <O extends Optional<Operand>>(
  operand: O,
): operand is O & Optional<NumberOperand> => among(operand, "number", "undefined");
const isText = <O extends Optional<Operand>>(operand: O): operand is O & Optional<TextOperand> =>
  among(operand, "string", "text", "category", "undefined");
const isBool = <O extends Optional<Operand>>(operand: O): operand is O & Optional<BoolOperand> =>
  among(operand, "boolean", "bool", "undefined");
