/** @file Products of matrices, and their gradients. */
import { fail } from "../../errors.ts";
import { ofOne, type Tensor } from "../graph.ts";
import { broadcast, formatShape, type Shape, sizeOf } from "../shape.ts";
import { reshape, transpose, turned } from "./arrange.ts";
import { summedTo } from "./elementwise.ts";

/**
 * The products of the matrices in the last two axes, [.., m, k] · [.., k, n] → [.., m, n]; axes before them fit as of numbers.
 *
 * @throws `tensor/mismatch-operands`
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const shape = productShape(a.shape, b.shape);
  return a.graph.apply({
    ...{ operator: "MatMul", inputs: [a, b], shape },
    gradient: ofOne((g, [left, right]) => [
      left ? summedTo(matmul(g, turned(b)), a.shape) : undefined,
      right ? rightGradient(a, b, g) : undefined,
    ]),
  });
}

/** aᵀ·g: of one matrix b, all rows of a and g are one matrix each. */
function rightGradient(a: Tensor, b: Tensor, g: Tensor): Tensor {
  if (b.shape.length > 2) return summedTo(matmul(turned(a), g), b.shape);
  const [k = 1, n = 1] = b.shape;
  const rows = (one: Tensor, width: number): Tensor =>
    reshape(one, [sizeOf(one.shape) / width, width]);
  return matmul(transpose(rows(a, k), [1, 0]), rows(g, n));
}

function productShape(a: Shape, b: Shape): Shape {
  const [m, k] = [a.at(-2), a.at(-1)];
  const [rows, n] = [b.at(-2), b.at(-1)];
  if (m === undefined || n === undefined || k !== rows)
    return fail("tensor/mismatch-operands", { at: "matmul", a: formatShape(a), b: formatShape(b) });
  return [...broadcast("matmul", a.slice(0, -2), b.slice(0, -2)), m, n];
}

/** x·w + b for rows x of shape [.., d], w of shape [d, k] and b of shape [k]; gives [.., k]. */
export function linear(x: Tensor, w: Tensor, b: Tensor): Tensor {
  if (x.shape.length !== 2) {
    const [d = 1, k = 1] = w.shape;
    const rows = sizeOf(x.shape) / (x.shape.at(-1) ?? 1);
    if (x.shape.at(-1) !== d) productShape(x.shape, w.shape); // throws
    return reshape(linear(reshape(x, [rows, d]), w, b), [...x.shape.slice(0, -1), k]);
  }
  const shape = productShape(x.shape, w.shape);
  return x.graph.apply({
    ...{ operator: "Gemm", inputs: [x, w, b], shape },
    gradient: ofOne((g, [isX, isW, isB]) => [
      isX ? gemm(g, w, { transB: 1 }, x.shape) : undefined,
      isW ? gemm(x, g, { transA: 1 }, w.shape) : undefined,
      isB ? summedTo(g, b.shape) : undefined,
    ]),
  });
}

/** A product with one side turned; only for gradients, nothing flows back. */
const gemm = (
  a: Tensor,
  b: Tensor,
  attributes: Readonly<Record<string, number>>,
  shape: Shape,
): Tensor => a.graph.apply({ operator: "Gemm", inputs: [a, b], attributes, shape });
