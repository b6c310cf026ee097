/** @file The six optimisers of gradient descent: from a gradient to a step. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import { fail } from "../errors.ts";

/** Options of {@link optimiser}, by its kind. */
export type OptimiserOptions =
  | { readonly kind: "sgd"; readonly learningRate?: number }
  | {
      readonly kind: "momentum";
      readonly learningRate?: number;
      /** Share of the last step that goes on, 0 to below 1. Default 0.9. */
      readonly momentum?: number;
      /** Whether the step looks ahead along the momentum. Default false. */
      readonly nesterov?: boolean;
    }
  | {
      readonly kind: "rmsprop";
      readonly learningRate?: number;
      /** Share of the mean of squares that is kept, 0 to below 1. Default 0.99. */
      readonly decay?: number;
      readonly epsilon?: number;
    }
  | { readonly kind: "adagrad"; readonly learningRate?: number; readonly epsilon?: number }
  | {
      readonly kind: "adam" | "adamw";
      readonly learningRate?: number;
      /** Shares of the means of gradients and of their squares that are kept. Default 0.9 and 0.999. */
      readonly beta1?: number;
      readonly beta2?: number;
      readonly epsilon?: number;
      /** Share of each parameter that a step takes away, times the learning rate: adamw only. Default 0.01. */
      readonly weightDecay?: number;
    };

/** What an optimiser remembers from step to step: plain data, so that it can be stored. */
export interface OptimiserState {
  readonly steps: number;
  /** As many arrays [p] as the optimiser has means. */
  readonly slots: readonly Float64Array[];
}

/** From a gradient to a step. */
export interface Optimiser {
  readonly kind: OptimiserOptions["kind"];
  /** Every option, defaults included. */
  readonly options: Readonly<Record<string, Json>>;
  /** What it remembers before the first step on p parameters. */
  start(parameters: number): OptimiserState;
  /**
   * Moves the parameters [p] by one step against the gradient [p], in place, the state's slots too.
   *
   * @param rate - Instead of the learning rate of the options, for a schedule.
   * @returns The state with one step more.
   */
  step(
    parameters: Float64Array,
    gradient: Float64Array,
    from: { readonly state: OptimiserState; readonly rate?: number },
  ): OptimiserState;
}

type Numbers = Readonly<Record<string, number>>;
type Update = (at: Step) => void;

/** One step, with everything it reads and writes: θ, g, the slots, and the number of the step from 1 on. */
interface Step {
  readonly theta: Float64Array;
  readonly g: Float64Array;
  readonly slots: readonly Float64Array[];
  readonly t: number;
  readonly rate: number;
}

const defaults = {
  sgd: { learningRate: 0.01 },
  momentum: { learningRate: 0.01, momentum: 0.9 },
  rmsprop: { learningRate: 0.01, decay: 0.99, epsilon: 1e-8 },
  adagrad: { learningRate: 0.01, epsilon: 1e-10 },
  adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  adamw: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
} as const satisfies Readonly<Record<OptimiserOptions["kind"], Numbers>>;
const slots = { sgd: 0, momentum: 1, rmsprop: 1, adagrad: 1, adam: 2, adamw: 2 } as const;

/**
 * One of six optimisers, with learning rate η, gradient g and parameters θ; as PyTorch has them:
 *
 * - `sgd`: θ ← θ − η·g; gradient descent where a batch is all rows.
 * - `momentum`: v ← μ·v + g; θ ← θ − η·v, with Nesterov's look ahead θ ← θ − η·(g + μ·v).
 * - `rmsprop`: s ← ρ·s + (1−ρ)·g²; θ ← θ − η·g/(√s + ε).
 * - `adagrad`: s ← s + g²; θ ← θ − η·g/(√s + ε).
 * - `adam`: m ← β₁·m + (1−β₁)·g; s ← β₂·s + (1−β₂)·g²; θ ← θ − η·m̂/(√ŝ + ε), with m̂ = m/(1−β₁ᵗ), ŝ = s/(1−β₂ᵗ).
 * - `adamw`: first θ ← θ − η·λ·θ, then as adam: the decay is not divided by √ŝ.
 *
 * @param options - The kind, and what it takes; see {@link OptimiserOptions}.
 * @returns The optimiser.
 * @throws `option/out-of-range`, `option/unknown-name`; on a step `tensor/mismatch-shape`
 * @example
 * ```ts
 * const { start, step } = optimiser({ kind: "momentum", learningRate: 0.1, momentum: 0.5 });
 * const theta = Float64Array.of(1);
 * const state = step(theta, Float64Array.of(2), { state: start(1) });
 * step(theta, Float64Array.of(2), { state });
 * theta // => Float64Array.of(0.5)
 * ```
 * @see Kingma & Ba, ICLR 2015 (Adam); Loshchilov & Hutter, ICLR 2019 (AdamW). Peer: PyTorch `torch.optim`.
 */
export function optimiser(options: OptimiserOptions): Optimiser {
  checkNames("optimiser", options, ["kind"].concat(Object.keys(allowed(options.kind))));
  const kind = checkChoice("optimiser", { kind: options.kind }, kinds);
  const { kind: _, ...given } = options;
  const nesterov = "nesterov" in given && given.nesterov === true;
  const numbers: Numbers = { ...defaults[kind], ...withoutFlags(given) };
  for (const [name, value] of Object.entries(numbers)) checkOne(name, value);
  const update = updates[kind](numbers, nesterov);
  const { learningRate = 0 } = numbers;
  return {
    kind,
    options: { kind, ...numbers, ...(kind === "momentum" ? { nesterov } : {}) },
    start: (parameters) => ({
      steps: 0,
      slots: Array.from({ length: slots[kind] }, () => new Float64Array(parameters)),
    }),
    step: (theta, g, { state, rate = learningRate }) => {
      if (g.length !== theta.length)
        fail("tensor/mismatch-shape", {
          at: `optimiser ${kind}`,
          expected: `a gradient [${theta.length}]`,
          got: `[${g.length}]`,
        });
      const t = state.steps + 1;
      update({ theta, g, slots: state.slots, t, rate });
      return { steps: t, slots: state.slots };
    },
  };
}

const kinds = ["sgd", "momentum", "rmsprop", "adagrad", "adam", "adamw"] as const;

function allowed(kind: OptimiserOptions["kind"]): Readonly<Record<string, unknown>> {
  return { ...(defaults[kind] ?? {}), ...(kind === "momentum" ? { nesterov: false } : {}) };
}

function withoutFlags(given: Readonly<Record<string, unknown>>): Numbers {
  const numbers = Object.entries(given).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number",
  );
  return Object.fromEntries(numbers);
}

function checkOne(name: string, value: number): void {
  const positive = name === "learningRate" || name === "epsilon";
  const share = !positive && name !== "weightDecay";
  checkNumber(
    "optimiser",
    { [name]: value },
    positive ? { above: 0 } : { min: 0, ...(share ? { below: 1 } : {}) },
  );
}

const updates: Readonly<
  Record<OptimiserOptions["kind"], (numbers: Numbers, nesterov: boolean) => Update>
> = {
  sgd:
    () =>
    ({ theta, g, rate }) => {
      for (let i = 0; i < theta.length; i++) theta[i] = theta[i]! - rate * g[i]!;
    },
  momentum:
    ({ momentum = 0 }, nesterov) =>
    ({ theta, g, rate, slots: [v] }) => {
      for (let i = 0; i < theta.length; i++) {
        const velocity = momentum * v![i]! + g[i]!;
        v![i] = velocity;
        theta[i] = theta[i]! - rate * (nesterov ? g[i]! + momentum * velocity : velocity);
      }
    },
  rmsprop:
    ({ decay = 0, epsilon = 0 }) =>
    ({ theta, g, rate, slots: [s] }) => {
      for (let i = 0; i < theta.length; i++) {
        s![i] = decay * s![i]! + (1 - decay) * g[i]! * g[i]!;
        theta[i] = theta[i]! - (rate * g[i]!) / (Math.sqrt(s![i]!) + epsilon);
      }
    },
  adagrad:
    ({ epsilon = 0 }) =>
    ({ theta, g, rate, slots: [s] }) => {
      for (let i = 0; i < theta.length; i++) {
        s![i] = s![i]! + g[i]! * g[i]!;
        theta[i] = theta[i]! - (rate * g[i]!) / (Math.sqrt(s![i]!) + epsilon);
      }
    },
  adam: (numbers) => adamUpdate(numbers),
  adamw: (numbers) => {
    const { weightDecay = 0 } = numbers;
    const adam = adamUpdate(numbers);
    return (at) => {
      for (let i = 0; i < at.theta.length; i++)
        at.theta[i] = at.theta[i]! * (1 - at.rate * weightDecay);
      adam(at);
    };
  },
};

function adamUpdate({ beta1 = 0, beta2 = 0, epsilon = 0 }: Numbers): Update {
  return ({ theta, g, rate, t, slots: [m, s] }) => {
    const [first, second] = [1 - beta1 ** t, 1 - beta2 ** t];
    for (let i = 0; i < theta.length; i++) {
      m![i] = beta1 * m![i]! + (1 - beta1) * g[i]!;
      s![i] = beta2 * s![i]! + (1 - beta2) * g[i]! * g[i]!;
      theta[i] = theta[i]! - (rate * (m![i]! / first)) / (Math.sqrt(s![i]! / second) + epsilon);
    }
  };
}
