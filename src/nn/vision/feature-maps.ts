/** @file What the filters of a network see: their maps of an image, and those that never answer. */
import type { Images } from "../../dataset/index.ts";
import type { TrainedNetwork } from "../train/trained-network.ts";
import { batchOf, convolutionOf, openInside } from "./inside.ts";

/** The maps of one layer. */
export interface FeatureMaps {
  /** "1 conv2d". */
  readonly layer: string;
  /** Filters, rows and columns. */
  readonly shape: readonly [number, number, number];
  /** [filters, rows, columns], after the activation. */
  readonly maps: Float32Array;
}

/**
 * What each filter of a convolution gives for an image.
 *
 * @param trained - A network with a convolution.
 * @param image - One image of its input shape; bytes count as 0 to 1.
 * @param layer - A name such as "3 conv2d", or its number. Default the first convolution.
 * @throws `nn/unknown-convolution`, `nn/mismatch-network`, `nn/mismatch-rows`, `nn/missing-runtime`
 */
export async function featureMaps(
  trained: TrainedNetwork,
  image: Float32Array | Uint8Array,
  layer?: string | number,
): Promise<FeatureMaps> {
  const x = batchOf("featureMaps", trained, image);
  const name = convolutionOf("featureMaps", trained, { layer, otherwise: "first" });
  const session = await openInside(trained, ({ layers, out }) => ({
    maps: layers.get(name) ?? out,
  }));
  const { maps = new Float32Array() } = await session.run({ x });
  await session.close();
  const [filters = 0, rows = 0, columns = 0] =
    trained.network.layers.find((one) => one.name === name)?.shape ?? [];
  return {
    layer: name,
    shape: [filters, rows, columns],
    maps: maps.subarray(0, filters * rows * columns),
  };
}

/** The filters or units of a layer, and which of them tell nothing. */
export interface DeadFilters {
  readonly layer: string;
  readonly units: number;
  /** Numbers of those that gave the same for every place of every image, from 0 on. */
  readonly dead: readonly number[];
}

/** Images that are looked at together. */
const together = 64;

/**
 * Filters of convolutions and units of dense layers that give one number whatever they are shown: after relu those that are never above 0.
 * They cost time and tell nothing; a lower learning rate, another initialiser or leakyRelu keeps them alive. O(images).
 *
 * @param images - A sample to try, n ≥ 1.
 * @throws `nn/mismatch-rows`, `nn/missing-runtime`
 */
export async function deadFilters(
  trained: TrainedNetwork,
  images: Pick<Images, "pixels">,
): Promise<readonly DeadFilters[]> {
  const { network } = trained;
  const x = batchOf("deadFilters", trained, images.pixels);
  const size = x.data.length / (x.shape[0] ?? 1);
  const watched = network.layers.filter(({ kind }) => /^(conv|dense)/.test(kind));
  const session = await openInside(trained, ({ layers, out }) =>
    Object.fromEntries(watched.map(({ name }, i) => [`layer ${i}`, layers.get(name) ?? out])),
  );
  const ranges = watched.map(({ shape: [units = 0] }) => ({
    low: new Float32Array(units).fill(Infinity),
    high: new Float32Array(units).fill(-Infinity),
  }));
  for (let from = 0; from < x.data.length; from += together * size) {
    const data = Float32Array.from(x.data.subarray(from, from + together * size) as Float32Array);
    const told = await session.run({
      x: { type: "float", shape: [data.length / size, ...network.inputShape], data },
    });
    for (const [i, range] of ranges.entries())
      widen(range, told[`layer ${i}`] ?? data, watched[i]?.shape ?? []);
  }
  await session.close();
  return watched.map(({ name, shape: [units = 0] }, i) => ({
    ...{ layer: name, units },
    dead: Array.from({ length: units }, (_, unit) => unit).filter(
      (unit) => (ranges[i]?.high[unit] ?? 0) - (ranges[i]?.low[unit] ?? 0) <= 1e-6,
    ),
  }));
}

function widen(
  { low, high }: { readonly low: Float32Array; readonly high: Float32Array },
  values: Float32Array,
  [units = 1, rows = 1, columns = 1]: readonly number[],
): void {
  const places = rows * columns;
  for (let i = 0; i < values.length; i++) {
    const unit = Math.floor(i / places) % units;
    const value = values[i] ?? 0;
    if (value < (low[unit] ?? 0)) low[unit] = value;
    if (value > (high[unit] ?? 0)) high[unit] = value;
  }
}
