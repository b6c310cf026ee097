/** @file Convolutions of images [n, c, h, w], and their gradients. */
import { fail } from "../../errors.ts";
import { ofOne, type Tensor } from "../graph.ts";
import { formatShape, type Shape } from "../shape.ts";
import { concat, pad, reshape, slice, turned } from "./arrange.ts";
import { matmul } from "./product.ts";
import { sum } from "./sum.ts";

/** How a window moves. */
export interface WindowOptions {
  /** Rows and columns a window moves by. Default [1, 1]. */
  readonly stride?: readonly [number, number];
  /** Zeros around the image: top, left, bottom, right. Default none. */
  readonly padding?: readonly [number, number, number, number];
}

type Window = Required<WindowOptions>;
const windowOf = ({ stride = [1, 1], padding = [0, 0, 0, 0] }: WindowOptions): Window => ({
  stride,
  padding,
});

/** How many windows of a size fit into a padded side. */
const windows = (
  side: number,
  size: number,
  move: { readonly stride: number; readonly padding: number },
): number => Math.floor((side + move.padding - size) / move.stride) + 1;

/** Rows and columns of windows over an image. @throws `tensor/mismatch-input` where none fits */
export function windowsOver(
  at: string,
  shape: Shape,
  { size: [kh, kw], stride, padding }: Window & { readonly size: readonly [number, number] },
): readonly [number, number] {
  const [h = 0, w = 0] = shape.slice(2);
  const [top, left, bottom, right] = padding;
  const rows = windows(h, kh, { stride: stride[0], padding: top + bottom });
  const cols = windows(w, kw, { stride: stride[1], padding: left + right });
  if (shape.length !== 4 || rows < 1 || cols < 1)
    fail("tensor/mismatch-input", {
      at,
      expected: `images [n, c, h, w] of at least ${kh} × ${kw}`,
      got: formatShape(shape),
    });
  return [rows, cols];
}

/**
 * The convolution (cross-correlation) of images x [n, c, h, w] with k kernels w [k, c, kh, kw] and a bias b [k]; gives [n, k, h′, w′],
 * h′ = ⌊(h + padding − kh) / stride⌋ + 1.
 *
 * @throws `tensor/mismatch-input`
 */
export function conv2d(
  [x, w, b]: readonly [Tensor, Tensor, Tensor],
  options: WindowOptions = {},
): Tensor {
  const window = windowOf(options);
  const [k = 0, channels = 0, kh = 0, kw = 0] = w.shape;
  const size = [kh, kw] as const;
  const [rows, cols] = windowsOver("conv2d", x.shape, { ...window, size });
  if (x.shape[1] !== channels)
    fail("tensor/mismatch-input", {
      at: "conv2d",
      expected: `images of ${channels} channels`,
      got: formatShape(x.shape),
    });
  const attributes = { kernel_shape: size, strides: window.stride, pads: window.padding };
  return x.graph.apply({
    ...{ operator: "Conv", inputs: [x, w, b], attributes, shape: [x.shape[0] ?? 0, k, rows, cols] },
    gradient: ofOne((g, [isX, isW, isB]) => [
      isX ? imageGradient(g, w, x.shape, window) : undefined,
      isW ? kernelGradient(g, x, w.shape, window) : undefined,
      isB ? sum(g, { axes: [0, 2, 3] }) : undefined,
    ]),
  });
}

/** What flows back into the images: a transposed convolution, with what no window reached at the end as zeros. */
function imageGradient(g: Tensor, w: Tensor, shape: Shape, { stride, padding }: Window): Tensor {
  const [h = 0, width = 0] = shape.slice(2);
  const [rows = 0, cols = 0] = g.shape.slice(2);
  const [kh = 0, kw = 0] = w.shape.slice(2);
  const [top, left, bottom, right] = padding;
  const rest = [
    h - ((rows - 1) * stride[0] + kh - top - bottom),
    width - ((cols - 1) * stride[1] + kw - left - right),
  ];
  const attributes = {
    kernel_shape: [kh, kw],
    strides: stride,
    pads: padding,
    output_padding: rest,
  };
  return g.graph.apply({ operator: "ConvTranspose", inputs: [g, w], attributes, shape });
}

/**
 * What flows back into the kernels: the products of g with every window of the images, image by image. Faster than a convolution with
 * axes exchanged, which ONNX Runtime does not lay out well.
 */
function kernelGradient(g: Tensor, x: Tensor, shape: Shape, { stride, padding }: Window): Tensor {
  const [k = 0, c = 0, kh = 0, kw = 0] = shape;
  const [n = 0, , rows = 0, cols = 0] = g.shape;
  const [top, left, bottom, right] = padding;
  const padded = pad(pad(x, 2, [top, bottom]), 3, [left, right]);
  const taps = Array.from({ length: kh * kw }, (_, tap) => {
    const [i, j] = [Math.floor(tap / kw), tap % kw];
    const some = strided(strided(padded, 2, { from: i, count: rows, step: stride[0] }), 3, {
      from: j,
      count: cols,
      step: stride[1],
    });
    return reshape(some, [n, c, 1, rows * cols]);
  });
  const laid = reshape(concat(taps, 2), [n, c * kh * kw, rows * cols]);
  const flowing = reshape(g, [n, k, rows * cols]);
  return reshape(sum(matmul(flowing, turned(laid)), { axes: [0] }), shape);
}

/** Every step-th number of an axis, `count` of them; nothing flows back where the step is above 1. */
function strided(
  a: Tensor,
  axis: number,
  { from, count, step }: { readonly from: number; readonly count: number; readonly step: number },
): Tensor {
  const end = from + (count - 1) * step + 1;
  if (step === 1) return slice(a, axis, [from, end]);
  const { graph } = a;
  const inputs = [a, ...[[from], [end], [axis], [step]].map((values) => graph.whole(values))];
  const shape = a.shape.map((dim, i) => (i === axis ? count : dim));
  return graph.apply({ operator: "Slice", inputs, shape });
}

/** How kernels lie in the output of a transposed convolution. */
export interface TransposedOptions extends WindowOptions {
  /** Rows and columns more at the end, which only the bias reaches, below the stride. Default [0, 0]. */
  readonly outputPadding?: readonly [number, number];
}

/**
 * The transposed convolution of x [n, c, h, w] with kernels w [c, k, kh, kw] and a bias b [k]: each number puts its kernel into the
 * output, which is [n, k, (h − 1)·stride + kh − padding + outputPadding, …].
 *
 * @throws `tensor/mismatch-input`
 */
export function convTranspose2d(
  [x, w, b]: readonly [Tensor, Tensor, Tensor],
  { outputPadding = [0, 0], ...options }: TransposedOptions = {},
): Tensor {
  const { stride, padding } = windowOf(options);
  const [channels = 0, k = 0, kh = 0, kw = 0] = w.shape;
  const [n = 0, c, h = 0, width = 0] = x.shape;
  if (x.shape.length !== 4 || c !== channels)
    fail("tensor/mismatch-input", {
      at: "convTranspose2d",
      expected: `images [n, ${channels}, h, w]`,
      got: formatShape(x.shape),
    });
  const [top, left, bottom, right] = padding;
  const rows = (h - 1) * stride[0] + kh - top - bottom + outputPadding[0];
  const cols = (width - 1) * stride[1] + kw - left - right + outputPadding[1];
  const attributes = {
    kernel_shape: [kh, kw],
    strides: stride,
    pads: padding,
    output_padding: outputPadding,
  };
  const zero = x.graph.constant(new Float32Array(channels), [channels]);
  return x.graph.apply({
    ...{ operator: "ConvTranspose", inputs: [x, w, b], attributes, shape: [n, k, rows, cols] },
    gradient: ofOne((g, [isX, isW, isB]) => [
      isX ? conv2d([g, w, zero], { stride, padding }) : undefined, // w is [c, k, kh, kw]: c kernels of k channels
      isW ? kernelGradient(x, g, w.shape, { stride, padding }) : undefined, // as of the convolution that it turns round
      isB ? sum(g, { axes: [0, 2, 3] }) : undefined,
    ]),
  });
}
