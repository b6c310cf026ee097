/** @file Which pixels an answer depends on: the gradient of its logit, and Grad-CAM. */
import { checkNumber } from "../../core/index.ts";
import { gradients, ops, type Tensor, type Values } from "../../tensor/index.ts";
import type { TrainedNetwork } from "../train/trained-network.ts";
import { batchOf, convolutionOf, type Inside, openInside } from "./inside.ts";

/** How much each place of an image matters. */
export interface SaliencyMap {
  /** Rows and columns. */
  readonly shape: readonly [number, number];
  /** [rows, columns], 0 to 1; the largest is 1 where any is above 0. */
  readonly map: Float32Array;
  /** The number of the output that was explained. */
  readonly class: number;
}

/** Options of {@link saliency} and {@link gradCam}. */
export interface SaliencyOptions {
  /** The number of the output to explain. Default the largest. */
  readonly class?: number;
}

/**
 * How fast the likeliest class's logit changes with each pixel: |∂z/∂x|, the largest of the channels.
 *
 * @param image - One image of the network's input shape; bytes count as 0 to 1.
 * @throws `nn/mismatch-network` where rows are no images, `nn/mismatch-rows`, `nn/missing-runtime`, `option/out-of-range`
 * @see Simonyan, Vedaldi & Zisserman, ICLR workshop 2014.
 */
export async function saliency(
  trained: TrainedNetwork,
  image: Float32Array | Uint8Array,
  options: SaliencyOptions = {},
): Promise<SaliencyMap> {
  const [channels = 1, rows = 1, columns = 1] = trained.network.inputShape;
  const asked = await explained("saliency", trained, { image, options });
  const told = await asked.told(({ x }, score) => ({
    flowing: gradients(score, [x])[0] as Tensor,
  }));
  const flowing = told["flowing"] ?? new Float32Array();
  const map = new Float32Array(rows * columns);
  for (let i = 0; i < channels * map.length; i++)
    map[i % map.length] = Math.max(map[i % map.length] ?? 0, Math.abs(flowing[i] ?? 0));
  return { shape: [rows, columns], map: stretched(map), class: asked.class };
}

/** Options of {@link gradCam}. */
export interface GradCamOptions extends SaliencyOptions {
  /** The convolution to look at, by name or number. Default the last. */
  readonly layer?: string | number;
}

/**
 * Where a convolution found what speaks for a class: max(0, Σ aₖ·Aₖ) of its maps Aₖ, with aₖ the mean gradient of the logit by the map,
 * enlarged to the size of the image.
 *
 * @param image - One image of the network's input shape; bytes count as 0 to 1.
 * @throws as {@link saliency}, and `nn/unknown-convolution`
 * @see Selvaraju et al., ICCV 2017.
 */
export async function gradCam(
  trained: TrainedNetwork,
  image: Float32Array | Uint8Array,
  options: GradCamOptions = {},
): Promise<SaliencyMap> {
  const name = convolutionOf("gradCam", trained, { layer: options.layer, otherwise: "last" });
  const [, rows = 1, columns = 1] = trained.network.inputShape;
  const asked = await explained("gradCam", trained, { image, options });
  const told = await asked.told(({ layers, out }, score) => {
    const maps = layers.get(name) ?? out;
    return { maps, flowing: gradients(score, [maps])[0] as Tensor };
  });
  const [filters = 1, high = 1, wide = 1] =
    trained.network.layers.find((one) => one.name === name)?.shape ?? [];
  const { maps = new Float32Array(), flowing = new Float32Array() } = told;
  const small = new Float32Array(high * wide);
  for (let k = 0; k < filters; k++) {
    const own = flowing.subarray(k * small.length, (k + 1) * small.length);
    const weight = own.reduce((sum, value) => sum + value, 0) / small.length;
    for (let i = 0; i < small.length; i++)
      small[i] = (small[i] ?? 0) + weight * (maps[k * small.length + i] ?? 0);
  }
  const map = enlarged(
    small.map((value) => Math.max(0, value)),
    [high, wide],
    [rows, columns],
  );
  return { shape: [rows, columns], map: stretched(map), class: asked.class };
}

/** The class to explain, and what may be asked of its logit. */
async function explained(
  at: string,
  trained: TrainedNetwork,
  {
    image,
    options,
  }: { readonly image: Float32Array | Uint8Array; readonly options: SaliencyOptions },
) {
  const size = trained.network.inputShape.reduce((product, side) => product * side, 1);
  const x = batchOf(at, trained, image.subarray(0, Math.max(size, image.length)));
  const classes = trained.network.outputShape.reduce((product, side) => product * side, 1);
  const probabilities = await trained.predict(image);
  const chosen =
    options.class ?? probabilities.indexOf(Math.max(...probabilities.subarray(0, classes)));
  checkNumber(at, { class: chosen }, { min: 0, max: classes - 1, integer: true });
  const which = new Float32Array(x.shape[0] === 1 ? classes : 0);
  which[chosen] = 1;
  const told = async (
    outputs: (inside: Inside, score: Tensor) => Readonly<Record<string, Tensor>>,
  ) => {
    const session = await openInside(trained, (inside) => {
      const one = inside.graph.input(
        "which",
        inside.out.shape.map((dim) => Math.abs(dim)),
      );
      return outputs(inside, ops.sum(ops.multiply(inside.out, one)));
    });
    try {
      const chosenOne: Values = {
        type: "float",
        shape: [1, ...trained.network.outputShape],
        data: which,
      };
      return await session.run({ x, which: chosenOne });
    } finally {
      await session.close();
    }
  };
  return { class: chosen, told };
}

/** Divides by the largest. */
function stretched(map: Float32Array): Float32Array {
  const most = map.reduce((largest, value) => Math.max(largest, value), 0);
  return most > 0 ? map.map((value) => value / most) : map;
}

/** A map in a larger size, straight between the middles of its squares. */
export function enlarged(
  map: Float32Array,
  [high, wide]: readonly [number, number],
  [rows, columns]: readonly [number, number],
): Float32Array {
  const at = (y: number, x: number): number =>
    map[Math.max(0, Math.min(high - 1, y)) * wide + Math.max(0, Math.min(wide - 1, x))] ?? 0;
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const y = ((Math.floor(i / columns) + 0.5) * high) / rows - 0.5;
    const x = (((i % columns) + 0.5) * wide) / columns - 0.5;
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [down, right] = [y - top, x - left];
    const above = at(top, left) * (1 - right) + at(top, left + 1) * right;
    return (
      above * (1 - down) + (at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right) * down
    );
  });
}
