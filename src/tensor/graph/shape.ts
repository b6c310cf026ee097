/** @file Shapes of tensors in a graph: sizes that are known, and one that is the rows of the batch. */
import { fail } from "../errors.ts";

/**
 * A size: a number of 0 or more, or, below 0, a multiple of the rows of the batch, which are known when the graph runs: −1 is
 * n rows, −64 is 64·n. At most one size of a shape is below 0.
 */
export type Dim = number;
export type Shape = readonly Dim[];

/** The rows of the batch, as a size. */
export const batch = -1;

/** A shape as an error shows it: [n, 28, 28]. */
export const formatShape = (shape: Shape): string => `[${shape.map(formatDim).join(", ")}]`;

/** A size as an error and a file show it: 28, n, 64n. */
export function formatDim(dim: Dim): string {
  if (dim >= 0) return `${dim}`;
  return dim === batch ? "n" : `${-dim}n`;
}

/** How many numbers a tensor has: below 0, a multiple of the rows of the batch. */
export const sizeOf = (shape: Shape): Dim => shape.reduce((product, dim) => product * dim, 1);

/** Whether two shapes are the same. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

/** The shape of an operation on numbers at the same place: sizes of 1 are repeated. @throws `tensor/mismatch-operands` */
export function broadcast(at: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [left, right] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    if (left === 1 || left === right) return right;
    if (right === 1) return left;
    return fail("tensor/mismatch-operands", { at, a: formatShape(a), b: formatShape(b) });
  });
}

/** An axis from 0 on; negative ones count from the last. @throws `tensor/out-of-range-axis` */
export function axisOf(at: string, axis: number, shape: Shape): number {
  const found = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(found) || found < 0 || found >= shape.length)
    fail("tensor/out-of-range-axis", { at, axis, shape: formatShape(shape) });
  return found;
}
