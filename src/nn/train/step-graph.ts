/** @file The graphs of training: forward, backward and update as one, and what is lost without a step. */
import type { Json } from "../../flow.ts";
import {
  batch,
  emitOnnx,
  formatOnnx,
  Graph,
  gradients,
  type OptimiserOptions,
  ops,
  type Shape,
  type Tensor,
} from "../../tensor/index.ts";
import type { Network, WeightSpec } from "../network.ts";
import { scopeOf } from "../scope.ts";
import { type LossName, lossOf, meanOf } from "./loss.ts";
import { scalarInputs, slotCounts, stepOf } from "./optimise.ts";

/** A mask of dropout that the graph asks for. */
export interface MaskSpec {
  readonly name: string;
  /** Sizes after the batch. */
  readonly shape: Shape;
  readonly rate: number;
}

/** What decides the graph of a step. */
export interface StepOptions {
  readonly loss: LossName;
  readonly optimiser: {
    readonly kind: OptimiserOptions["kind"];
    readonly options: Readonly<Record<string, Json>>;
  };
  /** The norm that the gradient is cut to; absent: not at all. */
  readonly clipNorm?: number | undefined;
  /** Penalties on kernels: α·Σ|w| and α/2·Σw². */
  readonly l1?: number | undefined;
  readonly l2?: number | undefined;
  /** Weights that stay as they are, by name. */
  readonly frozen?: ((weight: string) => boolean) | undefined;
}

/** A model of training, with what it must be given. */
export interface StepModel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly masks: readonly MaskSpec[];
  /** What a batch tells besides the vectors: names of scalars, "next kept" among them where something is kept. */
  readonly told: readonly string[];
}

/** A vector split into tensors, by the specs of its parts. */
function parts(vector: Tensor, specs: readonly WeightSpec[]): ReadonlyMap<string, Tensor> {
  if (specs.length === 0) return new Map();
  const pieces = ops.split(
    vector,
    0,
    specs.map(({ length }) => length),
  );
  return new Map(
    specs.map(({ name, shape }, i) => [name, ops.reshape(pieces[i] as Tensor, shape)]),
  );
}

/** A scope in which weights are parts of vectors. */
function openScope(
  graph: Graph,
  network: Network,
  { training, frozen }: { readonly training: boolean } & Pick<StepOptions, "frozen">,
) {
  const weights = graph.input("weights", [network.parameters]);
  const keptLength = network.kept.reduce((sum, { length }) => sum + length, 0);
  const kept = graph.input("kept", [keptLength]);
  const [weightOf, keptOf] = [parts(weights, network.weights), parts(kept, network.kept)];
  const masks: MaskSpec[] = [];
  const next = new Map<string, Tensor>();
  const isFrozen = (path: string): boolean => {
    const own = network.weights.filter(({ name }) => name.startsWith(`${path}/`));
    return own.length > 0 && own.every(({ name }) => frozen?.(name) === true);
  };
  const scope = scopeOf({
    training,
    isFrozen,
    weight: (name) => weightOf.get(name) as Tensor,
    kept: (name) => keptOf.get(name) as Tensor,
    keep: (name, value) => void next.set(name, value),
    mask: (like, rate) => {
      const name = `mask ${masks.length}`;
      masks.push({ name, shape: like.shape.slice(1), rate });
      return graph.input(name, like.shape, "uint8");
    },
  });
  const keptNext = (): Tensor =>
    network.kept.length === 0
      ? kept
      : ops.concat(
          network.kept.map((one) =>
            ops.reshape(next.get(one.name) ?? (keptOf.get(one.name) as Tensor), [one.length]),
          ),
          0,
        );
  return { scope, weights, kept, keptNext, masks, weightOf };
}

/** A batch through the network and back. */
interface Flow {
  readonly graph: Graph;
  readonly weights: Tensor;
  /** Of the mean loss with its penalties, by all weights, [p]. */
  readonly gradient: Tensor;
  /** What a step tells: `loss`, of classes `accuracy`, and `next kept` where something is kept. */
  readonly told: Readonly<Record<string, Tensor>>;
  readonly masks: readonly MaskSpec[];
  /** What each layer gives. */
  readonly given: readonly Tensor[];
}

/** More classes than these are not counted on the way: it would cost as much as a layer. */
const countedClasses = 100;

/** Writes forward and backward. */
function flowOf(network: Network, options: StepOptions): Flow {
  const graph = new Graph();
  const { scope, weights, keptNext, masks, weightOf } = openScope(graph, network, {
    training: true,
    frozen: options.frozen,
  });
  const x = graph.input("x", [batch, ...network.inputShape]);
  const given: Tensor[] = [];
  const out = network.build(x, scope, (value) => given.push(value));
  const { lost, right, counted } = lossOf(options.loss, out, graph);
  const loss = meanOf(lost, counted);
  const penalised = ops.add(loss, penaltyOf(network, weightOf, options) ?? graph.scalar(0));
  const moving = network.weights.filter(({ name }) => options.frozen?.(name) !== true);
  const found = gradients(
    penalised,
    moving.map(({ name }) => weightOf.get(name) as Tensor),
  );
  const gradientOf = new Map(moving.map(({ name }, i) => [name, found[i] as Tensor]));
  const flowing = network.weights.map(({ name, length }) =>
    ops.reshape(gradientOf.get(name) ?? graph.constant(new Float32Array(length), [length]), [
      length,
    ]),
  );
  const isCounted = right !== undefined && (out.shape.at(-1) ?? 0) <= countedClasses;
  const told = {
    loss,
    ...(isCounted ? { accuracy: meanOf(right, counted) } : {}),
    ...(network.kept.length === 0 ? {} : { "next kept": keptNext() }),
  };
  return { graph, weights, gradient: ops.concat(flowing, 0), told, masks, given };
}

/** What the optimiser makes of a gradient: `next weights`, `next slot i`, and `norm`. */
function updateOf(
  network: Network,
  { weights, gradient: whole }: Pick<Flow, "weights" | "gradient">,
  { clipNorm, optimiser, frozen }: StepOptions,
) {
  const { graph } = weights;
  const norm = ops.sqrt(ops.sum(ops.square(whole)));
  const gradient = clipNorm === undefined ? whole : clipped(whole, norm, clipNorm);
  const slots = Array.from({ length: slotCounts[optimiser.kind] }, (_, i) =>
    graph.input(`slot ${i}`, weights.shape),
  );
  const stepped = stepOf(optimiser.kind, optimiser.options)(
    { weights, gradient, slots },
    scalarInputs(graph),
  );
  return {
    "next weights":
      frozen === undefined
        ? stepped.weights
        : ops.where(movingMask(graph, network, frozen), stepped.weights, weights),
    ...Object.fromEntries(stepped.slots.map((slot, i) => [`next slot ${i}`, slot])),
    norm,
  };
}

/** Which weights move, [p]. */
function movingMask(graph: Graph, network: Network, frozen: (weight: string) => boolean): Tensor {
  const mask = new Float32Array(network.parameters);
  for (const { name, offset, length } of network.weights)
    mask.fill(Number(!frozen(name)), offset, offset + length);
  return ops.above(graph.constant(mask, [network.parameters]), graph.scalar(0.5));
}

/**
 * The step of training as an ONNX model: weights, what the optimiser remembers and a batch in, the next of them, the mean loss and the
 * gradient's norm out.
 */
export function stepModel(network: Network, options: StepOptions): StepModel {
  const { graph, weights, gradient, told, masks } = flowOf(network, options);
  const bytes = formatOnnx(
    emitOnnx(graph, { ...told, ...updateOf(network, { weights, gradient }, options) }),
  );
  return { bytes, masks, told: Object.keys(told) };
}

/**
 * A part of a batch as an ONNX model: `next gradient` is `gradient` + `share` · the part's own. What it tells is of the part alone.
 */
export function gradientModel(network: Network, options: StepOptions): Uint8Array<ArrayBuffer> {
  const { graph, gradient, told } = flowOf(network, options);
  const before = graph.input("gradient", gradient.shape);
  const next = ops.add(before, ops.multiply(gradient, graph.input("share", [])));
  return formatOnnx(emitOnnx(graph, { ...told, "next gradient": next }));
}

/** The update by a gradient that was gathered from parts, as an ONNX model. */
export function updateModel(network: Network, options: StepOptions): Uint8Array<ArrayBuffer> {
  const graph = new Graph();
  const size = [network.parameters];
  const [weights, gradient] = [graph.input("weights", size), graph.input("gradient", size)];
  return formatOnnx(emitOnnx(graph, updateOf(network, { weights, gradient }, options)));
}

/** What is asked where numbers are no longer finite: the gradient, and of each layer a number that is finite if all that it gives are. */
export function inspectionModel(network: Network, options: StepOptions): Uint8Array<ArrayBuffer> {
  const { graph, gradient, given } = flowOf(network, options);
  const outputs = given.map((value, i) => [`layer ${i}`, ops.sum(ops.scale(value, 0))] as const);
  return formatOnnx(emitOnnx(graph, { gradient, ...Object.fromEntries(outputs) }));
}

/** The gradient, cut to a norm: times min(1, most / norm). */
function clipped(gradient: Tensor, norm: Tensor, most: number): Tensor {
  const { graph } = gradient;
  const ratio = ops.divide(graph.scalar(most), ops.shift(norm, 1e-12));
  const factor = ops.where(ops.above(graph.scalar(1), ratio), ratio, graph.scalar(1));
  return ops.multiply(gradient, factor);
}

/** Penalties on kernels, what multiplies: biases, the parameters of normalisation and tables of embeddings go free. */
function penaltyOf(
  { weights }: Network,
  weightOf: ReadonlyMap<string, Tensor>,
  { l1 = 0, l2 = 0 }: StepOptions,
): Tensor | undefined {
  const kernels = weights
    .filter(({ name, shape }) => shape.length > 1 && !name.endsWith("/table"))
    .map(({ name }) => weightOf.get(name) as Tensor);
  const terms = [
    ...(l1 > 0 ? kernels.map((w) => ops.scale(ops.sum(ops.abs(w)), l1)) : []),
    ...(l2 > 0 ? kernels.map((w) => ops.scale(ops.sum(ops.square(w)), l2 / 2)) : []),
  ];
  return terms.length === 0 ? undefined : terms.reduce((a, b) => ops.add(a, b));
}

/** What a batch loses, and what the network gives for it, without a step: `lost` [n], `right` [n] of classes, and `out`. */
export function evaluationModel(network: Network, loss: LossName): Uint8Array<ArrayBuffer> {
  const graph = new Graph();
  const { scope } = openScope(graph, network, { training: false });
  const x = graph.input("x", [batch, ...network.inputShape]);
  const out = network.build(x, scope);
  const { lost, right, counted } = lossOf(loss, out, graph);
  return formatOnnx(
    emitOnnx(graph, {
      lost,
      ...(right === undefined ? {} : { right }),
      ...(counted === undefined ? {} : { counted }),
    }),
  );
}
