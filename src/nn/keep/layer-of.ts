/** @file Layers and networks from what they are as data. */
import { isRecord } from "../../core/index.ts";
import { fail } from "../errors.ts";
import type { ShapelessLayer, Size } from "../layer.ts";
import { activation } from "../layers/activation.ts";
import { flatten, reshape } from "../layers/arrangement.ts";
import { attention, residual } from "../layers/attention.ts";
import { conv2d, convTranspose2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { averagePool2d, globalAveragePool, maxPool2d, upsample2d } from "../layers/pooling.ts";
import { batchNorm, dropout, layerNorm } from "../layers/regularisation.ts";
import { embedding, gru, lstm, placeEmbedding, simpleRnn, stepDense } from "../layers/sequence.ts";
import { input, type LayerSpec, type Network } from "../network.ts";

type Options = LayerSpec["options"];
type Make = (options: never) => unknown;

/** How each kind is made of its options: as its function names them, or the two that it takes one by one. */
const makers: Readonly<Record<string, Make>> = {
  activation: ({ name }: { name: Parameters<typeof activation>[0] }) => activation(name),
  attention: ({ keys, ...rest }: { keys: number | null; heads: number }) =>
    attention({ ...rest, ...(keys === null ? {} : { keys }) }),
  averagePool2d: ({ size, stride }: Window) => averagePool2d(size, stride),
  batchNorm,
  conv2d: ({ filters, ...rest }: { filters: number }) => conv2d(filters, rest),
  convTranspose2d: ({ filters, ...rest }: { filters: number }) => convTranspose2d(filters, rest),
  dense: ({ units, ...rest }: { units: number }) => dense(units, rest),
  dropout: ({ rate }: { rate: number }) => dropout(rate),
  embedding: ({ codes, width, ...rest }: { codes: number; width: number; padding?: number }) =>
    embedding(codes, width, rest),
  flatten: () => flatten(),
  globalAveragePool: () => globalAveragePool(),
  gru: ({ units, ...rest }: Recurrent) => gru(units, rest),
  layerNorm: ({ epsilon }: { epsilon: number }) => layerNorm(epsilon),
  lstm: ({ units, ...rest }: Recurrent) => lstm(units, rest),
  maxPool2d: ({ size, stride }: Window) => maxPool2d(size, stride),
  placeEmbedding: ({ places }: { places?: number }) => placeEmbedding(places),
  reshape: ({ shape }: { shape: Size }) => reshape(shape),
  residual: ({ layers }: { layers: readonly LayerSpec[] }) => residual(layers.map(layerOf)),
  simpleRnn: ({ units, ...rest }: Recurrent) => simpleRnn(units, rest),
  stepDense: ({
    units,
    activation: act,
  }: {
    units: number;
    activation: Parameters<typeof stepDense>[1];
  }) => stepDense(units, act),
  upsample2d: ({ factor }: { factor: number }) => upsample2d(factor),
};

interface Window {
  readonly size: number;
  readonly stride: number;
}
interface Recurrent {
  readonly units: number;
  readonly sequences: false;
}

/** Kinds of layers that are known. */
export const layerKinds: readonly string[] = Object.keys(makers);

/** The layer of a spec. @throws `nn/unknown-layer`, and what its function refuses */
export function layerOf({ kind, options }: LayerSpec): ShapelessLayer {
  const make = Object.hasOwn(makers, kind) ? makers[kind] : undefined;
  if (make === undefined) return fail("nn/unknown-layer", { kind, kinds: layerKinds });
  return (make as (options: Options) => ShapelessLayer)(options);
}

/**
 * The network of some specs, such as a network's own `layers`: it has the same weights in the same places.
 *
 * @param inputShape - The shape of a row.
 * @param layers - Kinds and options, one after the other; anything else in them is ignored.
 * @throws `nn/unknown-layer`, `nn/mismatch-layer`, and what a layer refuses
 * @example
 * ```ts
 * const { layers } = input([4]).add(dense(3));
 * networkFrom([4], layers).parameters // => 15
 * ```
 */
export function networkFrom(inputShape: Size, layers: readonly LayerSpec[]): Network {
  return layers.reduce<Network>((network, spec) => network.add(layerOf(spec)), input(inputShape));
}

/** The specs of layers that plain data holds, or undefined where it is something else. */
export function specsOf(value: unknown): readonly LayerSpec[] | undefined {
  const isSpec = (one: unknown): one is LayerSpec =>
    isRecord(one) && typeof one["kind"] === "string" && isRecord(one["options"]);
  return Array.isArray(value) && value.every(isSpec) ? value : undefined;
}
