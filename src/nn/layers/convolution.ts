/** @file Convolutional layers over images [c, h, w]. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import { ops } from "../../tensor/index.ts";
import { type InitialiserName, initialiserNames, initialiserOf } from "../initialisers.ts";
import type { Layer } from "../layer.ts";
import { type ActivationName, activationOf } from "./activation.ts";
import { checkRank } from "./check-rank.ts";
import { usual } from "./dense.ts";

/** The shape of an image: channels, rows, columns. */
export type Image = readonly [number, number, number];

/** Options of {@link conv2d} and {@link convTranspose2d}. */
export interface ConvolutionOptions {
  /** Rows and columns of a kernel, ≥ 1: a number, or both. Default 3. */
  readonly size?: number | readonly [number, number];
  /** By how much a window moves, ≥ 1. Default 1. */
  readonly stride?: number;
  /**
   * "valid": windows stay inside the image; "same": zeros around it, so that ⌈h/stride⌉ rows come out (of a transposed convolution
   * h·stride). Default "valid".
   */
  readonly padding?: "valid" | "same";
  /** Default "linear". */
  readonly activation?: ActivationName;
  /** Default "xavierUniform", or "heUniform" before relu. */
  readonly initialiser?: InitialiserName;
}

function settingsOf(at: string, filters: number, options: ConvolutionOptions) {
  checkNumber(at, { filters }, { min: 1, integer: true });
  checkNames(at, options, ["size", "stride", "padding", "activation", "initialiser"]);
  const { size = 3, stride = 1, padding = "valid", activation = "linear" } = options;
  const { initialiser = usual(activation) } = options;
  const [height, width] = typeof size === "number" ? [size, size] : size;
  for (const one of [height, width]) checkNumber(at, { size: one }, { min: 1, integer: true });
  checkNumber(at, { stride }, { min: 1, integer: true });
  checkChoice(at, { padding }, ["valid", "same"]);
  checkChoice(at, { initialiser }, initialiserNames);
  const act = activationOf(at, activation);
  return { height, width, stride, padding, activation, initialiser, act };
}

/** Zeros before and after a side, so that ⌈side/stride⌉ windows fit: the odd one is at the end. */
function around(side: number, size: number, stride: number): readonly [number, number] {
  const needed = Math.max(0, (Math.ceil(side / stride) - 1) * stride + size - side);
  return [Math.floor(needed / 2), Math.ceil(needed / 2)];
}

/**
 * A convolution: act(x ∗ K + b), with `filters` kernels K of shape [filters, c, h, w]. Images [c, h, w] become
 * [filters, h′, w′], with h′ = ⌊(h − size)/stride⌋ + 1 where the padding is "valid".
 *
 * @param filters - How many kernels, and channels that come out, ≥ 1.
 * @param options - See {@link ConvolutionOptions}.
 * @throws `option/out-of-range`, `option/unknown-name`
 */
export function conv2d<const Filters extends number>(
  filters: Filters,
  options: ConvolutionOptions = {},
): Layer<Image, readonly [Filters, number, number]> {
  const { act, height, width, stride, padding, activation, initialiser } = settingsOf("conv2d", filters, options); // biome-ignore format: one line
  return {
    kind: "conv2d",
    options: { filters, size: [height, width], stride, padding, activation, initialiser },
    build: (x, scope) => {
      const [c, h, w] = checkRank("conv2d", x, ["channels", "rows", "columns"]);
      const kernel = scope.weight(
        "kernel",
        [filters, c, height, width],
        initialiserOf(initialiser),
      );
      const bias = scope.weight("bias", [filters], { kind: "constant", value: 0 });
      const [top, bottom] = padding === "same" ? around(h, height, stride) : [0, 0];
      const [left, right] = padding === "same" ? around(w, width, stride) : [0, 0];
      const pads = [top, left, bottom, right] as const;
      return act(ops.conv2d([x, kernel, bias], { stride: [stride, stride], padding: pads }));
    },
  };
}

/**
 * A transposed convolution: each number puts its kernel of shape [filters, h, w] into the output, act(… + b). Images [c, h, w] become
 * [filters, h′, w′], with h′ = (h − 1)·stride + size where the padding is "valid", h·stride where it is "same".
 *
 * @param filters - Channels that come out, ≥ 1.
 * @param options - See {@link ConvolutionOptions}.
 * @throws `option/out-of-range`, `option/unknown-name`
 */
export function convTranspose2d<const Filters extends number>(
  filters: Filters,
  options: ConvolutionOptions = {},
): Layer<Image, readonly [Filters, number, number]> {
  const { act, height, width, stride, padding, activation, initialiser } = settingsOf("convTranspose2d", filters, options); // biome-ignore format: one line
  return {
    kind: "convTranspose2d",
    options: { filters, size: [height, width], stride, padding, activation, initialiser },
    build: (x, scope) => {
      const [c, h, w] = checkRank("convTranspose2d", x, ["channels", "rows", "columns"]);
      const kernel = scope.weight(
        "kernel",
        [c, filters, height, width],
        initialiserOf(initialiser),
      );
      const bias = scope.weight("bias", [filters], { kind: "constant", value: 0 });
      const [top, bottom] = padding === "same" ? around(h * stride, height, stride) : [0, 0];
      const [left, right] = padding === "same" ? around(w * stride, width, stride) : [0, 0];
      const pads = [top, left, bottom, right] as const;
      return act(
        ops.convTranspose2d([x, kernel, bias], { stride: [stride, stride], padding: pads }),
      );
    },
  };
}
