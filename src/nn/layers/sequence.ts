/** @file Layers over steps: tables of codes, places, recurrent layers. A row is [t] whole codes, or t steps of d numbers, [t, d]. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { ops, type Tensor } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { initialiserOf } from "../initialisers.ts";
import type { Layer, Scope } from "../layer.ts";
import { type ActivationName, activationOf } from "./activation.ts";
import { checkRank } from "./check-rank.ts";
import { usual } from "./dense.ts";

/** t steps of d numbers. */
export type Steps = readonly [number, number];

/**
 * A table of vectors, one for each code: codes [t] become [t, d]. Codes are whole numbers from 0 to below `codes`.
 *
 * @param codes - How many codes there are, v ≥ 1.
 * @param width - d ≥ 1.
 * @param options - See {@link EmbeddingOptions}.
 * @throws `option/out-of-range`, `option/unknown-name`
 */
export function embedding<const Width extends number>(
  codes: number,
  width: Width,
  options: EmbeddingOptions = {},
): Layer<readonly [number], readonly [number, Width]> {
  checkNames("embedding", options, ["padding"]);
  const { padding } = options;
  if (padding !== undefined)
    checkNumber("embedding", { padding }, { min: 0, below: codes, integer: true });
  checkNumber("embedding", { codes }, { min: 1, integer: true });
  checkNumber("embedding", { width }, { min: 1, integer: true });
  return {
    kind: "embedding",
    options: { codes, width, ...(padding === undefined ? {} : { padding }) },
    build: (x, scope) => {
      checkRank("embedding", x, ["steps"]);
      const table = scope.weight("table", [codes, width], { kind: "normal", deviation: 0.02 });
      if (padding !== undefined) scope.share("padding", isCode(x, padding));
      return ops.embedding(table, ops.toWhole(x));
    },
  };
}

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** The code that only fills rows up: attention does not see such steps, and places are counted without them. Default none. */
  readonly padding?: number;
}

/** 1 where a whole number is a code, else 0; nothing flows back. */
const isCode = (x: Tensor, code: number): Tensor =>
  ops.toFloat(ops.above(x.graph.scalar(0.25), ops.square(ops.shift(x, -code))));

/**
 * Adds a vector for each place to the steps: [t, d] stays [t, d]. Where rows are filled up, the first step that is none of that has the
 * first place.
 *
 * @param places - How many places there are, at least the steps. Default as many.
 *
 * @see Radford et al., Improving Language Understanding by Generative Pre-Training, 2018: learned places.
 */
export function placeEmbedding(places?: number): Layer<Steps, Steps> {
  if (places !== undefined) checkNumber("placeEmbedding", { places }, { min: 1, integer: true });
  return {
    kind: "placeEmbedding",
    options: places === undefined ? {} : { places },
    build: (x, scope) => {
      const [t, d] = checkRank("placeEmbedding", x, ["steps", "features"]);
      const all = places ?? t;
      if (all < t)
        fail("nn/mismatch-layer", {
          layer: "placeEmbedding",
          expected: `at most ${all} steps`,
          got: `${t}`,
        });
      const table = scope.weight("table", [all, d], { kind: "normal", deviation: 0.02 });
      const padding = scope.shared("padding");
      if (padding !== undefined) return ops.add(x, ops.embedding(table, placesOf(padding, t)));
      return ops.add(x, all === t ? table : ops.slice(table, 0, [0, t]));
    },
  };
}

/** The place of each step, [n, t]: how many steps before it are not padding. */
function placesOf(padding: Tensor, t: number): Tensor {
  const { graph } = padding;
  const real = ops.shift(ops.negate(padding), 1);
  const upper = graph.filled([t, t], (i) => Number(i % t > Math.floor(i / t)));
  return ops.toWhole(ops.shift(ops.matmul(real, upper), 0.5)); // a sum, cut to a whole number
}

/**
 * A dense layer for each step, with the same weights: [t, d] becomes [t, units].
 *
 * @param units - How many numbers a step becomes, ≥ 1.
 * @param activation - Default "linear".
 * @throws `option/out-of-range`
 */
export function stepDense<const Units extends number>(
  units: Units,
  activation: ActivationName = "linear",
): Layer<Steps, readonly [number, Units]> {
  checkNumber("stepDense", { units }, { min: 1, integer: true });
  const act = activationOf("stepDense", activation);
  return {
    kind: "stepDense",
    options: { units, activation },
    build: (x, scope) => {
      const [, d] = checkRank("stepDense", x, ["steps", "features"]);
      const w = scope.weight("kernel", [d, units], initialiserOf(usual(activation)));
      const b = scope.weight("bias", [units], { kind: "constant", value: 0 });
      return act(ops.linear(x, w, b));
    },
  };
}

/** Options of the recurrent layers. */
export interface RecurrentOptions {
  /** Whether what comes out of every step is given, [t, units], or of the last, [units]. Default false: the last. */
  readonly sequences?: boolean;
}

interface AllSteps extends RecurrentOptions {
  readonly sequences: true;
}
interface LastStep extends RecurrentOptions {
  readonly sequences?: false;
}

/** What comes out of a step, and what else the next one reads. */
type State = readonly [Tensor, ...Tensor[]];

/** The state of a recurrent layer, and what its steps share. */
interface Cell {
  readonly kind: string;
  /** Gates that one product makes together. */
  readonly gates: number;
  /** From the gates of a step, [n, gates·units], to the next state. */
  readonly next: (fromInput: Tensor, state: State, scope: Recurrence) => State;
  readonly start: (zero: Tensor) => State;
}

interface Recurrence {
  readonly units: number;
  /** [units, gates·units]. */
  readonly kernel: Tensor;
  readonly bias: Tensor;
}

function recurrent(
  cell: Cell,
  units: number,
  { sequences = false }: RecurrentOptions,
): Layer<Steps> {
  const { kind, gates, start, next } = cell;
  checkNumber(kind, { units }, { min: 1, integer: true });
  return {
    kind,
    options: { units, sequences },
    build: (x: Tensor, scope: Scope): Tensor => {
      const [t, d] = checkRank(kind, x, ["steps", "features"]);
      const n = x.shape[0] ?? 0;
      const w = scope.weight("kernel", [d, gates * units], { kind: "xavierUniform" });
      const kernel = scope.weight("recurrent kernel", [units, gates * units], {
        kind: "xavierUniform",
      });
      const bias = scope.weight("bias", [gates * units], { kind: "constant", value: 0 });
      const all = ops.linear(x, w, bias); // [n, t, gates·units]: of all steps at once
      const again = scope.weight("recurrent bias", [gates * units], { kind: "constant", value: 0 });
      const zero = ops.scale(
        ops.reshape(ops.slice(ops.slice(all, 1, [0, 1]), 2, [0, units]), [n, units]),
        0,
      );
      let state = start(zero);
      const told: Tensor[] = [];
      for (let step = 0; step < t; step++) {
        const fromInput = ops.reshape(ops.slice(all, 1, [step, step + 1]), [n, gates * units]);
        state = next(fromInput, state, { units, kernel, bias: again });
        told.push(state[0]);
      }
      if (!sequences) return state[0];
      return ops.concat(
        told.map((one) => ops.reshape(one, [n, 1, units])),
        1,
      );
    },
  };
}

const pieces = (a: Tensor, count: number, units: number): readonly Tensor[] =>
  ops.split(
    a,
    1,
    Array.from({ length: count }, () => units),
  );

/**
 * A plain recurrent layer: h′ = tanh(x·W + b + h·U + c).
 *
 * @param units - Numbers of its state, ≥ 1.
 * @throws `option/out-of-range`
 */
export function simpleRnn<const Units extends number>(
  units: Units,
  options: AllSteps,
): Layer<Steps, readonly [number, Units]>;
export function simpleRnn<const Units extends number>(
  units: Units,
  options?: LastStep,
): Layer<Steps, readonly [Units]>;
export function simpleRnn(units: number, options: RecurrentOptions): Layer<Steps>;
export function simpleRnn(units: number, options: RecurrentOptions = {}): Layer<Steps> {
  const next: Cell["next"] = (x, [h], { kernel, bias }) => [
    ops.tanh(ops.add(x, ops.linear(h, kernel, bias))),
  ];
  return recurrent({ kind: "simpleRnn", gates: 1, start: (zero) => [zero], next }, units, options);
}

/**
 * Long short-term memory: gates i, f, g, o of x·W + b + h·U + c; c′ = σ(f)·c + σ(i)·tanh(g), h′ = σ(o)·tanh(c′).
 *
 * @param units - Numbers of its state, ≥ 1.
 * @throws `option/out-of-range`
 * @see Hochreiter & Schmidhuber, Neural Computation 9(8), 1997. Peer: PyTorch `nn.LSTM`.
 */
export function lstm<const Units extends number>(
  units: Units,
  options: AllSteps,
): Layer<Steps, readonly [number, Units]>;
export function lstm<const Units extends number>(
  units: Units,
  options?: LastStep,
): Layer<Steps, readonly [Units]>;
export function lstm(units: number, options: RecurrentOptions): Layer<Steps>;
export function lstm(units: number, options: RecurrentOptions = {}): Layer<Steps> {
  const next: Cell["next"] = (x, [h = x, c = x], { kernel, bias, units: size }) => {
    const [i = x, f = x, g = x, o = x] = pieces(ops.add(x, ops.linear(h, kernel, bias)), 4, size);
    const kept = ops.multiply(ops.sigmoid(f), c);
    const cell = ops.add(kept, ops.multiply(ops.sigmoid(i), ops.tanh(g)));
    return [ops.multiply(ops.sigmoid(o), ops.tanh(cell)), cell];
  };
  return recurrent({ kind: "lstm", gates: 4, start: (zero) => [zero, zero], next }, units, options);
}

/**
 * A gated recurrent unit: r and z of σ(x·W + b + h·U + c); m = tanh(x·Wₘ + bₘ + r·(h·Uₘ + cₘ)), h′ = (1 − z)·m + z·h.
 *
 * @param units - Numbers of its state, ≥ 1.
 * @throws `option/out-of-range`
 * @see Cho et al., EMNLP 2014. Peer: PyTorch `nn.GRU`, which has the reset after the product, too.
 */
export function gru<const Units extends number>(
  units: Units,
  options: AllSteps,
): Layer<Steps, readonly [number, Units]>;
export function gru<const Units extends number>(
  units: Units,
  options?: LastStep,
): Layer<Steps, readonly [Units]>;
export function gru(units: number, options: RecurrentOptions): Layer<Steps>;
export function gru(units: number, options: RecurrentOptions = {}): Layer<Steps> {
  const next: Cell["next"] = (x, [h], { kernel, bias, units: size }) => {
    const [rx = x, zx = x, mx = x] = pieces(x, 3, size);
    const [rh = x, zh = x, mh = x] = pieces(ops.linear(h, kernel, bias), 3, size);
    const reset = ops.sigmoid(ops.add(rx, rh));
    const update = ops.sigmoid(ops.add(zx, zh));
    const made = ops.tanh(ops.add(mx, ops.multiply(reset, mh)));
    return [ops.add(made, ops.multiply(update, ops.subtract(h, made)))];
  };
  return recurrent({ kind: "gru", gates: 3, start: (zero) => [zero], next }, units, options);
}
