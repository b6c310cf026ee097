/** @file A graph as an ONNX model: only what its outputs need, with symbolic rows of the batch. */
import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx/index.ts";
import type { Graph, GraphStep, Tensor } from "./graph.ts";
import { formatDim } from "./shape.ts";
import { type Simplified, simplify } from "./simplify.ts";

/** What a model of a graph gives, by name. */
export type Outputs = Readonly<Record<string, Tensor>>;

/** What stands in place of inputs: weights that do not change any more. */
export interface EmitOptions {
  /** Inputs that become constants, by name. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * Whether constants are computed, and operations that change nothing or are there twice left out; what comes out is the same to the
   * last bit. Default true.
   */
  readonly simplify?: boolean;
}

/** Operators of ONNX, and those that ONNX Runtime has besides, as versions of their sets. */
const opsets = { "": 18 } as const;

/**
 * The model of a graph. Its inputs are those that its outputs need.
 *
 * @param graph - The operations.
 * @param outputs - What the model gives, by the names it has there.
 * @param options - See {@link EmitOptions}.
 */
export function emitOnnx(graph: Graph, outputs: Outputs, options: EmitOptions = {}): OnnxModel {
  const { weights = new Map<string, Float32Array>(), metadata, simplify: isShort = true } = options;
  const given = givenWeights(graph, weights);
  const { steps, constants, now }: Simplified = isShort
    ? simplify(graph, given)
    : {
        steps: graph.steps,
        constants: new Map([...graph.constants, ...given]),
        now: (tensor) => tensor,
      };
  const ends = Object.entries(outputs).map(([name, tensor]) => [name, now(tensor)] as const);
  const live = new Set(ends.map(([, { name }]) => name));
  const nodes: OnnxNode[] = [];
  for (const step of steps.toReversed()) {
    if (!step.outputs.some(({ name }) => live.has(name))) continue;
    for (const input of step.inputs) if (input !== undefined) live.add(input.name);
    nodes.push({
      operator: step.operator,
      inputs: step.inputs.map((input) => input?.name ?? ""),
      outputs: outputsOf(step, live),
      ...(step.attributes === undefined ? {} : { attributes: step.attributes }),
    });
  }
  nodes.reverse();
  for (const [name, tensor] of ends)
    nodes.push({ operator: "Identity", inputs: [tensor.name], outputs: [name] });
  const used = graph.inputs.filter(({ name }) => live.has(name) && !weights.has(name));
  const initializers: Record<string, OnnxTensor> = {};
  for (const name of live) {
    const value = constants.get(name);
    if (value !== undefined) initializers[name] = value;
  }
  return {
    graph: {
      name: "millrace",
      inputs: used.map((tensor) => onnxValue(tensor.name, tensor)),
      outputs: ends.map(([name, tensor]) => onnxValue(name, tensor)),
      ...{ nodes, initializers },
    },
    opsets,
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** Inputs that become constants, in their shapes. */
function givenWeights(
  { inputs }: Graph,
  weights: ReadonlyMap<string, Float32Array>,
): ReadonlyMap<string, OnnxTensor> {
  return new Map(
    inputs.flatMap(({ name, shape }): readonly [string, OnnxTensor][] => {
      const values = weights.get(name);
      return values === undefined ? [] : [[name, { type: "float", shape, values }]];
    }),
  );
}

const onnxValue = (name: string, { type, shape }: Tensor) => ({
  ...{ name, type },
  shape: shape.map((dim) => (dim < 0 ? formatDim(dim) : dim)),
});

/** Names of what a step gives; one that nobody reads has none, where that is allowed. */
function outputsOf({ outputs, optional = false }: GraphStep, live: ReadonlySet<string>) {
  if (!optional) return outputs.map(({ name }) => name);
  const names = outputs.map(({ name }, i) => (i === 0 || live.has(name) ? name : "")); // no operator lets its first be left out
  return names.slice(0, names.findLastIndex((name) => name !== "") + 1);
}
