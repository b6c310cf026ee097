/** @file One step of an optimiser, as operations on the vector of all weights: the formulas of `optimiser` in tensor/descent. */
import type { Json } from "../../flow.ts";
import { type Graph, type OptimiserOptions, ops, type Tensor } from "../../tensor/index.ts";

/** Numbers that change from step to step: scalars of the graph. */
export interface StepScalars {
  readonly rate: Tensor;
  /** 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ); 1 of optimisers without. */
  readonly first: Tensor;
  readonly second: Tensor;
}

/** Vectors [p] as they go into a step. */
export interface StepVectors {
  readonly weights: Tensor;
  readonly gradient: Tensor;
  readonly slots: readonly Tensor[];
}

/** What a step makes of them. */
export interface Stepped {
  readonly weights: Tensor;
  readonly slots: readonly Tensor[];
}

const { add, divide, multiply, scale, shift, sqrt, square, subtract } = ops;

/** How many vectors each optimiser remembers. */
export const slotCounts = {
  sgd: 0,
  momentum: 1,
  rmsprop: 1,
  adagrad: 1,
  adam: 2,
  adamw: 2,
} as const;

type Rule = (at: StepVectors, scalars: StepScalars, numbers: Numbers) => Stepped;
type Numbers = (name: string) => number;

/** a·share + b·(1 − share): a moving mean. */
const mixed = (a: Tensor, b: Tensor, share: number): Tensor =>
  add(scale(a, share), scale(b, 1 - share));
const minus = (weights: Tensor, { rate }: StepScalars, direction: Tensor): Tensor =>
  subtract(weights, multiply(direction, rate));
const first = ([slot]: readonly Tensor[]): Tensor => slot as Tensor;

const adam: Rule = ({ weights, gradient, slots }, scalars, number) => {
  const [m, s] = slots as readonly [Tensor, Tensor];
  const mean = mixed(m, gradient, number("beta1"));
  const squares = mixed(s, square(gradient), number("beta2"));
  const size = shift(sqrt(multiply(squares, scalars.second)), number("epsilon"));
  const direction = divide(multiply(mean, scalars.first), size);
  return { weights: minus(weights, scalars, direction), slots: [mean, squares] };
};

const rules: Readonly<Record<OptimiserOptions["kind"], Rule>> = {
  sgd: ({ weights, gradient }, scalars) => ({
    weights: minus(weights, scalars, gradient),
    slots: [],
  }),
  momentum: ({ weights, gradient, slots }, scalars, number) => {
    const velocity = add(scale(first(slots), number("momentum")), gradient);
    const ahead =
      number("nesterov") === 1 ? add(gradient, scale(velocity, number("momentum"))) : velocity;
    return { weights: minus(weights, scalars, ahead), slots: [velocity] };
  },
  rmsprop: ({ weights, gradient, slots }, scalars, number) => {
    const squares = mixed(first(slots), square(gradient), number("decay"));
    const direction = divide(gradient, shift(sqrt(squares), number("epsilon")));
    return { weights: minus(weights, scalars, direction), slots: [squares] };
  },
  adagrad: ({ weights, gradient, slots }, scalars, number) => {
    const squares = add(first(slots), square(gradient));
    const direction = divide(gradient, shift(sqrt(squares), number("epsilon")));
    return { weights: minus(weights, scalars, direction), slots: [squares] };
  },
  adam,
  adamw: (at, scalars, number) => {
    const decayed = multiply(at.weights, shift(scale(scalars.rate, -number("weightDecay")), 1));
    return adam({ ...at, weights: decayed }, scalars, number);
  },
};

/** The weights and what the optimiser remembers after one step against the gradient. */
export function stepOf(
  kind: OptimiserOptions["kind"],
  options: Readonly<Record<string, Json>>,
): (at: StepVectors, scalars: StepScalars) => Stepped {
  const number: Numbers = (name) => Number(options[name] ?? 0);
  return (at, scalars) => rules[kind](at, scalars, number);
}

/** The scalars of step t, from 1 on. */
export function scalarsAt(options: Readonly<Record<string, Json>>, rate: number, t: number) {
  const of = (beta: unknown): number => (typeof beta === "number" ? 1 / (1 - beta ** t) : 1);
  return { rate, first: of(options["beta1"]), second: of(options["beta2"]) };
}

/** The inputs of the scalars. */
export function scalarInputs(graph: Graph): StepScalars {
  return {
    rate: graph.input("rate", []),
    first: graph.input("first", []),
    second: graph.input("second", []),
  };
}
