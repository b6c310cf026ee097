/** @file A model whose large weights are written with fewer bits; the runtime makes reals of 32 bits of them and computes as before. */
import type { OnnxModel, OnnxNode, OnnxTensor } from "./format-onnx.ts";

/** How many bits weights are written with: reals of 16, or whole numbers of 8 with a scale for each column or kernel. */
export type WeightPrecision = "float16" | "int8";

/** Weights of fewer numbers stay as they are: they would save nothing. */
const fewest = 64;

/**
 * A model with smaller weights: half the size with float16, a quarter with int8. What is computed stays float32, so that answers differ by the
 * rounding of the weights only; it is not faster.
 *
 * @param model - Weights of rank 2 are scaled by columns, others by their first axis.
 */
export function withSmallerWeights(model: OnnxModel, precision: WeightPrecision): OnnxModel {
  const initializers: Record<string, OnnxTensor> = {};
  const nodes: OnnxNode[] = [];
  for (const [name, tensor] of Object.entries(model.graph.initializers ?? {})) {
    if (tensor.type !== "float" || tensor.values.length < fewest) initializers[name] = tensor;
    else if (precision === "float16") {
      initializers[`${name}/half`] = { ...tensor, type: "float16" };
      nodes.push({
        operator: "Cast",
        inputs: [`${name}/half`],
        outputs: [name],
        attributes: { to: 1 },
      });
    } else {
      const axis = tensor.shape.length === 2 ? 1 : 0;
      const { scales, codes } = quantised(tensor, axis);
      initializers[`${name}/codes`] = { type: "int8", shape: tensor.shape, values: codes };
      initializers[`${name}/scales`] = { type: "float", shape: [scales.length], values: scales };
      nodes.push({
        operator: "DequantizeLinear",
        inputs: [`${name}/codes`, `${name}/scales`],
        outputs: [name],
        attributes: { axis },
      });
    }
  }
  return {
    ...model,
    graph: { ...model.graph, initializers, nodes: [...nodes, ...model.graph.nodes] },
  };
}

/** Numbers as whole ones from −127 to 127, times a scale for each place of an axis: the largest becomes 127. */
function quantised({ shape, values }: OnnxTensor, axis: number) {
  const after = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const count = shape[axis] ?? 1;
  const of = (i: number): number => Math.floor(i / after) % count;
  const numbers = Array.from({ length: values.length }, (_, i) => Number(values[i]));
  const largest = new Float32Array(count);
  for (const [i, value] of numbers.entries())
    largest[of(i)] = Math.max(largest[of(i)] ?? 0, Math.abs(value));
  const scales = largest.map((most) => (most === 0 ? 1 : most / 127));
  const codes = numbers.map((value, i) => Math.round(value / (scales[of(i)] ?? 1)));
  return { scales, codes };
}
