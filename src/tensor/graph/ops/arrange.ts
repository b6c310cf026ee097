/** @file Operations that move numbers and leave them as they are, and their gradients. */
import { fail } from "../../errors.ts";
import { ofOne, type Tensor } from "../graph.ts";
import { axisOf, formatShape, type Shape, sameShape, sizeOf } from "../shape.ts";

/** The same numbers in another shape; one size may be of the batch. @throws `tensor/mismatch-shape` */
export function reshape(a: Tensor, shape: Shape): Tensor {
  if (sameShape(a.shape, shape)) return a;
  if (sizeOf(shape) !== sizeOf(a.shape))
    fail("tensor/mismatch-shape", {
      at: "reshape",
      expected: `as many numbers as ${formatShape(a.shape)}`,
      got: formatShape(shape),
    });
  const sizes = a.graph.whole(shape.map((dim) => Math.max(dim, -1)));
  const gradient = ofOne((g) => [reshape(g, a.shape)]);
  return a.graph.apply({ operator: "Reshape", inputs: [a, sizes], shape, type: a.type, gradient });
}

/** Axis i of what comes out is axis order[i] of what went in. */
export function transpose(a: Tensor, order: readonly number[]): Tensor {
  const shape = order.map((axis) => a.shape[axisOf("transpose", axis, a.shape)] ?? 1);
  const back = order.map((_, i) => order.indexOf(i));
  return a.graph.apply({
    ...{ operator: "Transpose", inputs: [a], attributes: { perm: order }, shape, type: a.type },
    gradient: ofOne((g) => [transpose(g, back)]),
  });
}

/** The matrices of the last two axes, turned. */
export function turned(a: Tensor): Tensor {
  const rank = a.shape.length;
  const order = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return transpose(a, order);
}

/** Numbers `begin` to `end` − 1 of an axis. */
export function slice(a: Tensor, axis: number, [begin, end]: readonly [number, number]): Tensor {
  const { graph } = a;
  const at = axisOf("slice", axis, a.shape);
  const size = a.shape[at] ?? 0;
  const shape = a.shape.map((dim, i) => (i === at ? end - begin : dim));
  return graph.apply({
    ...{ operator: "Slice", shape, type: a.type },
    inputs: [a, graph.whole([begin]), graph.whole([end]), graph.whole([at])],
    gradient: ofOne((g) => [pad(g, at, [begin, size - end])]),
  });
}

/** Pieces of an axis, of these sizes, which add up to it. */
export function split(a: Tensor, axis: number, sizes: readonly number[]): readonly Tensor[] {
  const { graph } = a;
  const at = axisOf("split", axis, a.shape);
  const shapes = sizes.map((size) => a.shape.map((dim, i) => (i === at ? size : dim)));
  const outputs: readonly Tensor[] = graph.add({
    ...{ operator: "Split", inputs: [a, graph.whole(sizes)], attributes: { axis: at } },
    outputs: shapes.map((shape) => ({ shape, type: a.type })),
    gradient: (given) => [
      concat(
        given.map((g, i) => g ?? zeros(outputs[i] ?? a)),
        at,
      ),
    ],
  });
  return outputs;
}

/** Tensors one after the other along an axis. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts;
  if (first === undefined || parts.length === 1)
    return (
      first ??
      fail("tensor/mismatch-input", { at: "concat", expected: "at least one tensor", got: "none" })
    );
  const at = axisOf("concat", axis, first.shape);
  const sizes = parts.map(({ shape }) => shape[at] ?? 0);
  const shape = first.shape.map((dim, i) => (i === at ? sizes.reduce((a, b) => a + b, 0) : dim));
  return first.graph.apply({
    ...{ operator: "Concat", inputs: parts, attributes: { axis: at }, shape, type: first.type },
    gradient: ofOne((g) => split(g, at, sizes)),
  });
}

/** Zeros before and after the numbers of an axis. */
export function pad(a: Tensor, axis: number, [before, after]: readonly [number, number]): Tensor {
  const { graph } = a;
  if (before === 0 && after === 0) return a;
  const at = axisOf("pad", axis, a.shape);
  const size = a.shape[at] ?? 0;
  const shape = a.shape.map((dim, i) => (i === at ? dim + before + after : dim));
  const gradient = ofOne((g) => [slice(g, at, [before, before + size])]);
  const pads = graph.whole([before, after]);
  return graph.apply({
    operator: "Pad",
    inputs: [a, pads, undefined, graph.whole([at])],
    shape,
    gradient,
  });
}

/** Repeats sizes of 1 up to the shape of another tensor. */
export function expandTo(a: Tensor, like: Tensor): Tensor {
  if (sameShape(a.shape, like.shape)) return a;
  return a.graph.apply({
    operator: "Expand",
    inputs: [a, sizesOf(like)],
    shape: like.shape,
    type: a.type,
  });
}

/** The sizes of a tensor when the graph runs, [rank]. */
export function sizesOf(a: Tensor): Tensor {
  const { graph, shape } = a;
  if (sizeOf(shape) >= 0) return graph.whole(shape);
  return graph.apply({ operator: "Shape", inputs: [a], shape: [shape.length], type: "int64" });
}

/** Zeros of a tensor's shape. */
export const zeros = (like: Tensor): Tensor =>
  like.graph.apply({ operator: "ConstantOfShape", inputs: [sizesOf(like)], shape: like.shape });
