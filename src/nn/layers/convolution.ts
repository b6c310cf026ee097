/** @file Convolutional layers over images [c, h, w]. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import { ops } from "../../tensor/index.ts";
import { type InitialiserName, initialiserNames, initialiserOf } from "../initialisers.ts";
import type { Layer, Size } from "../layer.ts";
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

/** Zeros before and after a side, so that ⌈side/stride⌉ windows fit: the odd one is at the end. */
function around(side: number, size: number, stride: number): readonly [number, number] {
  const needed = Math.max(0, (Math.ceil(side / stride) - 1) * stride + size - side);
  return [Math.floor(needed / 2), Math.ceil(needed / 2)];
}

/** In what the two ways differ. */
interface Way {
  readonly kind: "conv2d" | "convTranspose2d";
  /** The shape of the kernels for images of c channels. */
  readonly kernels: (c: number, size: readonly [number, number]) => Size;
  /** The side over which windows move by the stride: of what goes in, or of what comes out. */
  readonly side: (side: number, stride: number) => number;
  /** Rows or columns at the end that no window reaches, where the padding is "same". */
  readonly rest: (size: number, stride: number) => number;
}

function convolution(
  { kind, kernels, side, rest }: Way,
  filters: number,
  options: ConvolutionOptions,
): Layer<Image, Image> {
  checkNumber(kind, { filters }, { min: 1, integer: true });
  checkNames(kind, options, ["size", "stride", "padding", "activation", "initialiser"]);
  const { size: asked = 3, stride = 1, padding = "valid", activation = "linear" } = options;
  const { initialiser = usual(activation) } = options;
  const size = typeof asked === "number" ? ([asked, asked] as const) : asked;
  for (const one of size) checkNumber(kind, { size: one }, { min: 1, integer: true });
  checkNumber(kind, { stride }, { min: 1, integer: true });
  checkChoice(kind, { padding }, ["valid", "same"]);
  checkChoice(kind, { initialiser }, initialiserNames);
  const act = activationOf(kind, activation);
  const pads = (length: number, window: number): readonly [number, number] =>
    padding === "same" ? around(side(length, stride), window, stride) : [0, 0];
  const over = (window: number): number => (padding === "same" ? rest(window, stride) : 0);
  return {
    kind,
    options: { filters, size, stride, padding, activation, initialiser },
    build: (x, scope) => {
      const [c, h, w] = checkRank(kind, x, ["channels", "rows", "columns"]);
      const kernel = scope.weight("kernel", kernels(c, size), initialiserOf(initialiser));
      const bias = scope.weight("bias", [filters], { kind: "constant", value: 0 });
      const [top, bottom] = pads(h, size[0]);
      const [left, right] = pads(w, size[1]);
      const window = {
        stride: [stride, stride],
        padding: [top, left, bottom, right],
        outputPadding: [over(size[0]), over(size[1])],
      } as const;
      return act(ops[kind]([x, kernel, bias], window));
    },
  };
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
  options?: ConvolutionOptions,
): Layer<Image, readonly [Filters, number, number]>;
export function conv2d(filters: number, options: ConvolutionOptions = {}): Layer<Image, Image> {
  const kernels: Way["kernels"] = (c, size) => [filters, c, ...size];
  const way = { kind: "conv2d", kernels, side: (side: number) => side, rest: () => 0 } as const;
  return convolution(way, filters, options);
}

/**
 * A transposed convolution: each number puts its kernel of shape [filters, h, w] into the output, act(… + b). Images [c, h, w] become
 * [filters, h′, w′], with h′ = (h − 1)·stride + size where the padding is "valid", h·stride where it is "same": rows
 * that lie over are cut, the odd one at the end, and where stride > size the last stride − size are the bias (PyTorch's `output_padding`).
 *
 * @param filters - Channels that come out, ≥ 1.
 * @param options - See {@link ConvolutionOptions}.
 * @throws `option/out-of-range`, `option/unknown-name`
 */
export function convTranspose2d<const Filters extends number>(
  filters: Filters,
  options?: ConvolutionOptions,
): Layer<Image, readonly [Filters, number, number]>;
export function convTranspose2d(
  filters: number,
  options: ConvolutionOptions = {},
): Layer<Image, Image> {
  const kernels: Way["kernels"] = (c, size) => [c, filters, ...size];
  const side: Way["side"] = (length, stride) => length * stride;
  const rest: Way["rest"] = (size, stride) => Math.max(0, stride - size);
  return convolution({ kind: "convTranspose2d", kernels, side, rest }, filters, options);
}
