/** @file Networks: layers one after the other, whose shapes the compiler follows as far as it can. */
import { checkNumber, isMillraceError } from "../core/index.ts";
import type { Json } from "../flow.ts";
import {
  batch,
  Graph,
  type GraphLimits,
  type Shape,
  sizeOf,
  type Tensor,
} from "../tensor/index.ts";
import { fail } from "./errors.ts";
import type { Initialiser } from "./initialisers.ts";
import type { Layer, Scope, ShapelessLayer, Size } from "./layer.ts";
import { scopeOf } from "./scope.ts";

/** A layer as data. */
export interface LayerSpec {
  readonly kind: string;
  readonly options: Readonly<Record<string, Json>>;
}

/** What a layer of a network gives, and how many numbers it has. */
export interface LayerSummary extends LayerSpec {
  /** Its name in the network: "2 conv2d". */
  readonly name: string;
  readonly shape: Size;
  /** Numbers that are trained. */
  readonly parameters: number;
  /** Numbers that are kept, but not trained: moving moments. */
  readonly kept: number;
}

/** A weight of a network: where it lies in the vector of all. */
export interface WeightSpec {
  /** The layer's name and the weight's: "2 conv2d/kernel". */
  readonly name: string;
  readonly shape: Size;
  /** Its first number in the vector. */
  readonly offset: number;
  readonly length: number;
  readonly initialiser: Initialiser;
}

/** What the compiler says where a layer does not take what comes out of the one before. */
export type Misfit<Takes extends Size, Gets extends Size> = {
  readonly "this layer takes rows of shape": Takes;
  readonly "but the layer before gives": Gets;
};

/**
 * Layers one after the other. `In` is the shape of a row that goes in, `Out` of what comes out; the batch is not counted.
 *
 * @example
 * ```ts no-run
 * const mlp = input([1, 28, 28]).add(flatten()).add(dense(128, { activation: "relu" })).add(dense(10));
 * mlp.parameters // => 101770
 * ```
 */
export interface Network<In extends Size = Size, Out extends Size = Size> {
  readonly inputShape: In;
  readonly outputShape: Size;
  readonly layers: readonly LayerSummary[];
  /** Numbers that are trained. */
  readonly parameters: number;
  /** Where each weight lies in the vector [parameters]. */
  readonly weights: readonly WeightSpec[];
  /** Where each number that is kept lies in the vector of those. */
  readonly kept: readonly WeightSpec[];
  /**
   * The network with a layer more.
   *
   * @throws `nn/mismatch-layer`, `tensor/mismatch-input` where the shapes do not fit; `nn/out-of-range-network` past {@link networkLimits}
   */
  add(layer: ShapelessLayer): Network<In, Out>;
  add<Takes extends Size, Gives extends Size>(
    layer: Layer<Takes, Gives> & (Out extends Takes ? unknown : Misfit<Takes, Out>),
  ): Network<In, Gives>;
  /** Writes the layers into a graph; `seen` is told what each of them gives. */
  build(x: Tensor, scope: Scope, seen?: (value: Tensor, layer: number) => void): Tensor;
  /** Types only. */
  readonly gives?: Out;
}

type AnyLayer = Layer | ShapelessLayer;

/** What a network may be at most, so that neither a slip nor a file asks for more than a machine has: operations, and numbers of a row in one tensor. */
export const networkLimits: GraphLimits = { operations: 100_000, numbers: 2 ** 26 };

/**
 * Begins a network that takes rows of a shape: [784], an image as [channels, rows, columns], or steps as [t] or [t, d].
 *
 * @throws `option/out-of-range`
 */
export function input<const In extends Size>(shape: In): Network<In, In> {
  return networkOf(shape, []);
}

/** The network of some layers, of whose shapes the compiler knows what it is told. @throws as {@link input} and `add` */
export function networkOf<In extends Size, Out extends Size>(
  inputShape: In,
  layers: readonly AnyLayer[],
): Network<In, Out> {
  for (const size of inputShape) checkNumber("input", { size }, { min: 1, integer: true });
  const build: Network["build"] = (x, scope, seen) =>
    layers.reduce((value, layer, i) => {
      const given = layer.build(value, scope.within(`${i + 1} ${layer.kind}`));
      seen?.(given, i);
      return given;
    }, x);
  const found = described(inputShape, layers);
  return {
    inputShape,
    ...found,
    add: <Next extends Size>(layer: AnyLayer) =>
      networkOf<In, Next>(inputShape, [...layers, layer]),
    build,
  };
}

/** Writes the network into a graph of its own, to see what it needs. */
function described(inputShape: Size, layers: readonly AnyLayer[]) {
  const graph = new Graph(networkLimits);
  const [weights, kept] = [openSpecs(graph), openSpecs(graph)];
  const scope = scopeOf({
    training: true,
    weight: weights.add,
    kept: (name, shape, value) => kept.add(name, shape, { kind: "constant", value }),
    mask: (like) => graph.input("mask", like.shape, "uint8"),
  });
  const [got, most] = [sizeOf(inputShape), networkLimits.numbers];
  if (got > most)
    fail("nn/out-of-range-network", { layer: "input", what: "numbers in a row", got, most });
  let value: Tensor = graph.input("x", [batch, ...inputShape]);
  const summaries = layers.map(({ build, kind, options }, i): LayerSummary => {
    const [before, keptBefore] = [weights.length(), kept.length()];
    const name = `${i + 1} ${kind}`;
    value = within(name, () => build(value, scope.within(name)));
    const counts = { parameters: weights.length() - before, kept: kept.length() - keptBefore };
    return { name, kind, options, shape: value.shape.slice(1), ...counts };
  });
  return {
    outputShape: value.shape.slice(1),
    layers: summaries,
    parameters: weights.length(),
    ...{ weights: weights.specs, kept: kept.specs },
  };
}

/** What a layer writes; where that is too much, the error names the layer. */
function within<T>(layer: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!isMillraceError(error, "tensor/out-of-range-graph")) throw error;
    const { what, got, most } = error.details;
    return fail(
      "nn/out-of-range-network",
      { layer, what: String(what), got: Number(got), most: Number(most) },
      { cause: error },
    );
  }
}

function openSpecs(graph: Graph) {
  const specs: WeightSpec[] = [];
  let length = 0;
  const add = (name: string, shape: Shape, initialiser: Initialiser): Tensor => {
    const size = sizeOf(shape);
    specs.push({ name, shape, offset: length, length: size, initialiser });
    length += size;
    return graph.input(name, shape);
  };
  return { specs, length: (): number => length, add };
}
