/** @file Pooling and enlarging of images [n, c, h, w], and their gradients. */
import { ofOne, type Tensor } from "../graph.ts";
import { sizeOf } from "../shape.ts";
import { reshape, sizesOf, zeros } from "./arrange.ts";
import { type WindowOptions, windowsOver } from "./convolve.ts";
import { above, where } from "./elementwise.ts";
import { mean } from "./reduce.ts";
import { sum } from "./sum.ts";

/** Rows and columns of a window, and how it moves. */
export interface PoolOptions {
  readonly size: readonly [number, number];
  /** Default the size: windows do not overlap. */
  readonly stride?: readonly [number, number];
}

/** The largest number of each window, [n, c, h′, w′]. @throws `tensor/mismatch-input` */
export function maxPool(x: Tensor, { size, stride = size }: PoolOptions): Tensor {
  const { graph } = x;
  const [n = 0, c = 0] = x.shape;
  const shape = [n, c, ...windowsOver("maxPool", x.shape, { size, stride, padding: [0, 0, 0, 0] })];
  const overlap = stride[0] < size[0] || stride[1] < size[1];
  const attributes = { kernel_shape: size, strides: stride };
  const raw = reluOf(x);
  const [y, places] = graph.add({
    ...{ operator: "MaxPool", inputs: [x], attributes, optional: true },
    outputs: [{ shape }, { shape, type: "int64" }],
    gradient: ofOne((flowing) => [back(flowing)]),
    ...(raw === undefined ? {} : { past: { sources: [raw], gradient: ofOne(pastRelu) } }),
  });
  return y ?? x;

  function back(g: Tensor): Tensor {
    return overlap ? scattered(g, places ?? g, x) : unpooled(g, places ?? g, x);
  }

  function pastRelu(flowing: Tensor): [Tensor] {
    const zero = graph.scalar(0);
    return [back(where(above(y ?? x, zero), flowing, zero))];
  }

  function unpooled(g: Tensor, at: Tensor, like: Tensor): Tensor {
    return graph.apply({
      operator: "MaxUnpool",
      inputs: [g, at, sizesOf(like)],
      attributes,
      shape: like.shape,
    });
  }
}

/** What relu was applied to: its gradient is cut to what is above 0 after pooling, where there are fewer numbers. */
function reluOf(a: Tensor): Tensor | undefined {
  const step = a.graph.steps.findLast(({ outputs }) => outputs[0]?.name === a.name);
  return step?.operator === "Relu" ? step.inputs[0] : undefined;
}

/** Windows that overlap may have the same largest number: what flows back to it is added. */
function scattered(g: Tensor, places: Tensor, x: Tensor): Tensor {
  const { graph } = x;
  const flat = (a: Tensor): Tensor => reshape(a, [sizeOf(a.shape)]);
  const zero = flat(zeros(x));
  const sums = graph.apply({
    operator: "ScatterElements",
    inputs: [zero, flat(places), flat(g)],
    attributes: { axis: 0, reduction: "add" },
    shape: zero.shape,
  });
  return reshape(sums, x.shape);
}

/** The mean of each window, [n, c, h′, w′]. @throws `tensor/mismatch-input` */
export function averagePool(x: Tensor, { size, stride = size }: PoolOptions): Tensor {
  const { graph } = x;
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const window: Required<WindowOptions> = { stride, padding: [0, 0, 0, 0] };
  const [rows, cols] = windowsOver("averagePool", x.shape, { ...window, size });
  const attributes = { kernel_shape: size, strides: stride };
  return graph.apply({
    ...{ operator: "AveragePool", inputs: [x], attributes, shape: [n, c, rows, cols] },
    // each number gets its share of every window that has it: a transposed convolution, channel by channel
    gradient: ofOne((g) => {
      const single = reshape(g, [n * c, 1, rows, cols]);
      const share = 1 / (size[0] * size[1]);
      const kernel = graph.constant(new Float32Array(size[0] * size[1]).fill(share), [
        1,
        1,
        ...size,
      ]);
      const rest = [h - ((rows - 1) * stride[0] + size[0]), w - ((cols - 1) * stride[1] + size[1])];
      const spread = graph.apply({
        operator: "ConvTranspose",
        inputs: [single, kernel],
        attributes: { ...attributes, output_padding: rest },
        shape: [n * c, 1, h, w],
      });
      return [reshape(spread, x.shape)];
    }),
  });
}

/** The mean of each channel, [n, c]. */
export const globalAveragePool = (x: Tensor): Tensor => mean(x, { axes: [2, 3] });

/** Each number as a square of `factor` × `factor` of it: nearest neighbour. */
export function upsample(x: Tensor, factor: number): Tensor {
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const shape = [n, c, h * factor, w * factor];
  const [none, factors] = [undefined, x.graph.constant([1, 1, factor, factor], [4])];
  return x.graph.apply({
    ...{ operator: "Resize", inputs: [x, none, factors], shape },
    attributes: {
      mode: "nearest",
      nearest_mode: "floor",
      coordinate_transformation_mode: "asymmetric",
    },
    gradient: ofOne((g) =>
      [sum(reshape(g, [n * c, h, factor, w * factor]), { axes: [2] })].map((rows) =>
        reshape(sum(reshape(rows, [n * c * h, w, factor]), { axes: [2] }), x.shape),
      ),
    ),
  });
}
