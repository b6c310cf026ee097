/** @file Operations on numbers at the same place, and their gradients. Shapes fit as `broadcast` says. */
import { type GradientRule, ofOne, type Tensor } from "../graph.ts";
import { broadcast, type Shape, sameShape } from "../shape.ts";
import { reshape } from "./arrange.ts";
import { sum } from "./sum.ts";

/** a + b. */
export const add = (a: Tensor, b: Tensor): Tensor =>
  binary("Add", a, b, (g) => [summedTo(g, a.shape), summedTo(g, b.shape)]);

/** a − b. */
export const subtract = (a: Tensor, b: Tensor): Tensor =>
  binary("Sub", a, b, (g, [, right]) => [
    summedTo(g, a.shape),
    right ? summedTo(negate(g), b.shape) : undefined,
  ]);

/** a · b, number by number. */
export const multiply = (a: Tensor, b: Tensor): Tensor =>
  binary("Mul", a, b, (g, [left, right]) => [
    left ? summedTo(multiply(g, b), a.shape) : undefined,
    right ? summedTo(multiply(g, a), b.shape) : undefined,
  ]);

/** a / b, number by number. */
export const divide = (a: Tensor, b: Tensor): Tensor =>
  binary("Div", a, b, (g, [left, right]) => [
    left ? summedTo(divide(g, b), a.shape) : undefined,
    right ? summedTo(negate(divide(multiply(g, a), square(b))), b.shape) : undefined,
  ]);

/** a · factor. */
export const scale = (a: Tensor, factor: number): Tensor =>
  factor === 1 ? a : multiply(a, a.graph.scalar(factor));

/** a + number. */
export const shift = (a: Tensor, by: number): Tensor => (by === 0 ? a : add(a, a.graph.scalar(by)));

/** −a. */
export const negate = (a: Tensor): Tensor => unary("Neg", a, (g) => negate(g));

/** a². */
export const square = (a: Tensor): Tensor => multiply(a, a);

/** √a. */
export const sqrt = (a: Tensor): Tensor => unary("Sqrt", a, (g, y) => divide(scale(g, 0.5), y));

/** eᵃ. */
export const exp = (a: Tensor): Tensor => unary("Exp", a, (g, y) => multiply(g, y));

/** The natural logarithm. */
export const log = (a: Tensor): Tensor => unary("Log", a, (g) => divide(g, a));

/** |a|; its gradient at 0 is 0. */
export const abs = (a: Tensor): Tensor => unary("Abs", a, (g) => multiply(g, sign(a)));

/** −1, 0 or 1; nothing flows back. */
export const sign = (a: Tensor): Tensor =>
  a.graph.apply({ operator: "Sign", inputs: [a], shape: a.shape });

/** The error function, 2/√π · ∫₀ᵃ e^(−t²) dt. */
export const erf = (a: Tensor): Tensor =>
  unary("Erf", a, (g) => multiply(g, scale(exp(negate(square(a))), 2 / Math.sqrt(Math.PI))));

/** Reals of whole numbers, bytes or truth values; nothing flows back. */
export const toFloat = (a: Tensor): Tensor =>
  a.type === "float"
    ? a
    : a.graph.apply({ operator: "Cast", inputs: [a], attributes: { to: 1 }, shape: a.shape });

/** Whole numbers of reals, the part after the point left out; nothing flows back. */
export const toWhole = (a: Tensor): Tensor =>
  a.type === "int64"
    ? a
    : a.graph.apply({
        operator: "Cast",
        inputs: [a],
        attributes: { to: 7 },
        shape: a.shape,
        type: "int64",
      });

/** Where a > b; nothing flows back. */
export const above = (a: Tensor, b: Tensor): Tensor =>
  a.graph.apply({
    operator: "Greater",
    inputs: [a, b],
    shape: broadcast("above", a.shape, b.shape),
    type: "bool",
  });

/** `yes` where a truth value is true, `no` elsewhere. */
export function where(condition: Tensor, yes: Tensor, no: Tensor): Tensor {
  const { graph } = condition;
  const shape = broadcast("where", broadcast("where", condition.shape, yes.shape), no.shape);
  const zero = graph.scalar(0);
  const gradient: GradientRule = ofOne((g, [, isYes, isNo]) => [
    undefined,
    isYes ? summedTo(where(condition, g, zero), yes.shape) : undefined,
    isNo ? summedTo(where(condition, zero, g), no.shape) : undefined,
  ]);
  return graph.apply({ operator: "Where", inputs: [condition, yes, no], shape, gradient });
}

/** An operation of one tensor whose output has its shape; `rule` says what flows back, by what flows in and the output. */
export function unary(
  operator: string,
  a: Tensor,
  rule: (g: Tensor, y: Tensor) => Tensor,
  attributes: Readonly<Record<string, { readonly float: number } | number>> = {},
): Tensor {
  const y: Tensor = a.graph.apply({
    ...{ operator, inputs: [a], attributes, shape: a.shape },
    gradient: ofOne((g) => [rule(g, y)]),
  });
  return y;
}

function binary(
  operator: string,
  a: Tensor,
  b: Tensor,
  rule: (g: Tensor, asked: readonly boolean[]) => readonly (Tensor | undefined)[],
): Tensor {
  const shape = broadcast(operator.toLowerCase(), a.shape, b.shape);
  return a.graph.apply({ operator, inputs: [a, b], shape, gradient: ofOne(rule) });
}

/** What flowed into a tensor that was repeated to a larger shape: the sum over its repetitions. */
export function summedTo(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const before = g.shape.length - shape.length;
  const axes = g.shape.flatMap((dim, i) =>
    i < before || (shape[i - before] === 1 && dim !== 1) ? [i] : [],
  );
  const some = axes.length === 0 ? g : sum(g, { axes, keep: true });
  return reshape(some, shape);
}
