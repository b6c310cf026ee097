/** @file Sums over axes, and their gradient. */
import { ofOne, type Tensor } from "../graph.ts";
import { axisOf, type Shape } from "../shape.ts";
import { expandTo, reshape } from "./arrange.ts";

/** Which axes are summed, and whether they stay as sizes of 1. */
export interface ReduceOptions {
  /** Default all. */
  readonly axes?: readonly number[];
  /** Default false. */
  readonly keep?: boolean;
}

/** The sum over axes. */
export function sum(a: Tensor, { axes, keep = false }: ReduceOptions = {}): Tensor {
  const over = axesOf("sum", a.shape, axes);
  if (over.length === 0) return a;
  const kept = a.shape.map((dim, i) => (over.includes(i) ? 1 : dim));
  const shape = keep ? kept : a.shape.filter((_, i) => !over.includes(i));
  return a.graph.apply({
    ...{ operator: "ReduceSum", inputs: [a, a.graph.whole(over)], shape },
    attributes: { keepdims: Number(keep) },
    gradient: ofOne((g) => [expandTo(reshape(g, kept), a)]),
  });
}

/** Axes from 0 on, ascending; all where none are named. @throws `tensor/out-of-range-axis` */
export function axesOf(
  at: string,
  shape: Shape,
  axes: readonly number[] | undefined,
): readonly number[] {
  if (axes === undefined) return shape.map((_, i) => i);
  return [...new Set(axes.map((axis) => axisOf(at, axis, shape)))].sort((a, b) => a - b);
}
