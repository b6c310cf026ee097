/** @file Layers and networks from what they are as data. */
import { isRecord } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import { fail } from "../errors.ts";
import { initialiserNames } from "../initialisers.ts";
import { type ShapelessLayer, type Size, shapeless } from "../layer.ts";
import { activation, activationNames } from "../layers/activation.ts";
import { flatten, reshape } from "../layers/arrangement.ts";
import { attention, residual } from "../layers/attention.ts";
import { conv2d, convTranspose2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { averagePool2d, globalAveragePool, maxPool2d, upsample2d } from "../layers/pooling.ts";
import { batchNorm, dropout, layerNorm } from "../layers/regularisation.ts";
import { embedding, gru, lstm, placeEmbedding, simpleRnn, stepDense } from "../layers/sequence.ts";
import { type LayerSpec, type Network, networkOf } from "../network.ts";
import {
  aNumber,
  aNumberOrNull,
  aSize,
  aTruth,
  aWindow,
  type Kind,
  type Maker,
  maker,
  oneOf,
} from "./option-kinds.ts";

const anActivation = oneOf(activationNames);
const anInitialiser = oneOf(initialiserNames);
const specs: Kind<readonly LayerSpec[]> = {
  expected: "a list of layers, {kind, options} each",
  is: (value): value is readonly LayerSpec[] => Array.isArray(value) && value.every(isSpec),
};

const pool = { must: {}, may: { size: aNumber, stride: aNumber } };
const convolution = {
  must: { filters: aNumber },
  may: {
    size: aWindow,
    stride: aNumber,
    padding: oneOf(["valid", "same"]),
    activation: anActivation,
    initialiser: anInitialiser,
  },
};
const cell = { must: { units: aNumber }, may: { sequences: aTruth } };
/** Layers inside layers, at most: deeper ones are no network that anybody makes. */
const deepest = 32;

/** How each kind is made of its options: as its function names them, or the two that it takes one by one. */
const makers: Readonly<Record<string, Maker>> = {
  activation: maker({ must: { name: anActivation }, may: {} }, ({ name }) => activation(name)),
  attention: maker(
    { must: { heads: aNumber }, may: { keys: aNumberOrNull, causal: aTruth } },
    ({ keys = null, ...rest }) => attention(keys === null ? rest : { ...rest, keys }),
  ),
  averagePool2d: maker(pool, ({ size, stride }) => averagePool2d(size, stride)),
  batchNorm: maker({ must: {}, may: { momentum: aNumber, epsilon: aNumber } }, (given) =>
    batchNorm(given),
  ),
  conv2d: maker(convolution, ({ filters, ...rest }) => conv2d(filters, rest)),
  convTranspose2d: maker(convolution, ({ filters, ...rest }) => convTranspose2d(filters, rest)),
  dense: maker(
    { must: { units: aNumber }, may: { activation: anActivation, initialiser: anInitialiser } },
    ({ units, ...rest }) => dense(units, rest),
  ),
  dropout: maker({ must: { rate: aNumber }, may: {} }, ({ rate }) => dropout(rate)),
  embedding: maker(
    { must: { codes: aNumber, width: aNumber }, may: { padding: aNumber } },
    ({ codes, width, ...rest }) => embedding(codes, width, rest),
  ),
  flatten: maker({ must: {}, may: {} }, () => flatten()),
  globalAveragePool: maker({ must: {}, may: {} }, () => globalAveragePool()),
  gru: maker(cell, ({ units, ...rest }) => gru(units, rest)),
  layerNorm: maker({ must: {}, may: { epsilon: aNumber } }, ({ epsilon }) => layerNorm(epsilon)),
  lstm: maker(cell, ({ units, ...rest }) => lstm(units, rest)),
  maxPool2d: maker(pool, ({ size, stride }) => maxPool2d(size, stride)),
  placeEmbedding: maker({ must: {}, may: { places: aNumber } }, ({ places }) =>
    placeEmbedding(places),
  ),
  reshape: maker({ must: { shape: aSize }, may: {} }, ({ shape }) => reshape(shape)),
  residual: maker({ must: { layers: specs }, may: {} }, ({ layers }, at) =>
    residual(layers.map((one, i) => layerOf(one, `${at}, layer ${i + 1} (${one.kind})`))),
  ),
  simpleRnn: maker(cell, ({ units, ...rest }) => simpleRnn(units, rest)),
  stepDense: maker(
    { must: { units: aNumber }, may: { activation: anActivation } },
    ({ units, activation: act }) => stepDense(units, act),
  ),
  upsample2d: maker({ must: {}, may: { factor: aNumber } }, ({ factor }) => upsample2d(factor)),
};

/** Kinds of layers that are known. */
export const layerKinds: readonly string[] = Object.keys(makers);

/** The layer of a spec; `at` is where it stands. @throws `nn/unknown-layer`, `nn/mismatch-option`, and what its function refuses */
export function layerOf({ kind, options }: LayerSpec, at: string): ShapelessLayer {
  const make = Object.hasOwn(makers, kind) ? makers[kind] : undefined;
  if (make === undefined) return fail("nn/unknown-layer", { kind, kinds: layerKinds });
  return shapeless(make(options, at));
}

/**
 * The network of some specs, such as a network's own `layers`: it has the same weights in the same places.
 *
 * @param inputShape - The shape of a row.
 * @param layers - Kinds and options, one after the other; anything else in them is ignored.
 * @throws `nn/unknown-layer`, `nn/mismatch-option`, `nn/mismatch-layer`, `nn/out-of-range-network`, and what a layer refuses
 * @example
 * ```ts
 * const { layers } = input([4]).add(dense(3));
 * networkFrom([4], layers).parameters // => 15
 * ```
 */
export function networkFrom(inputShape: Size, layers: readonly LayerSpec[]): Network {
  return networkOf(
    inputShape,
    layers.map((one, i) => layerOf(one, `layer ${i + 1} (${one.kind})`)),
  );
}

/** The specs of layers that plain data holds, or undefined where it is something else. */
export const specsOf = (value: unknown): readonly LayerSpec[] | undefined =>
  specs.is(value) ? value : undefined;

/** Whether something is a layer as data, and its options are: no deeper than networks are. */
function isSpec(value: unknown): value is LayerSpec {
  return (
    isRecord(value) &&
    typeof value["kind"] === "string" &&
    isRecord(value["options"]) &&
    isJson(value["options"], deepest)
  );
}

function isJson(value: unknown, depth: number): value is Json {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return true;
  if (depth === 0 || ArrayBuffer.isView(value)) return false;
  const inside = Array.isArray(value)
    ? value
    : isRecord(value)
      ? Object.values(value)
      : [undefined];
  return inside.every((one) => isJson(one, depth - 1));
}
