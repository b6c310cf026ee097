/** @file Nodes that a predictor adds behind the features in a graph of ONNX. */
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "../../tensor/index.ts";

/** The name of a tensor in the graph. */
export type TensorName = string;

/** Collects nodes; the tensors between them have names that nothing else in the graph has. */
export class Nodes {
  readonly #nodes: OnnxNode[] = [];
  readonly #prefix: string;

  /** Nodes for a graph in which these names are taken. */
  constructor(taken: readonly string[]) {
    let prefix = "p";
    while (taken.some((name) => name.startsWith(prefix))) prefix += "_";
    this.#prefix = prefix;
  }

  /** A node with one output. */
  add(
    operator: string,
    inputs: readonly TensorName[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): TensorName {
    return this.named(`${this.#prefix}${this.#nodes.length}`, { operator, inputs, attributes });
  }

  /** A node whose output has a name of its own. */
  named(output: TensorName, node: Omit<OnnxNode, "outputs">): TensorName {
    this.#nodes.push({ ...node, outputs: [output] });
    return output;
  }

  /** A node of the operators of machine learning. */
  learned(operator: string, input: TensorName, attributes: OnnxNode["attributes"]): TensorName {
    const output = `${this.#prefix}${this.#nodes.length}`;
    return this.named(output, {
      ...{ operator, domain: mlDomain, inputs: [input] },
      ...(attributes === undefined ? {} : { attributes }),
    });
  }

  /** A tensor that never changes. */
  constant(tensor: OnnxTensor): TensorName {
    return this.add("Constant", [], { value: { tensor } });
  }

  /** One number. */
  number(value: number): TensorName {
    return this.constant({ type: "double", shape: [], values: [value] });
  }

  /** Numbers, [k]. */
  numbers(values: ArrayLike<number>): TensorName {
    return this.constant({ type: "double", shape: [values.length], values: Array.from(values) });
  }

  /** Whole numbers, [k]. */
  whole(values: readonly number[]): TensorName {
    return this.constant({ type: "int64", shape: [values.length], values });
  }

  /** Every node so far. */
  get all(): readonly OnnxNode[] {
    return this.#nodes;
  }
}

/** Operators of machine learning: TreeEnsemble. */
export const mlDomain = "ai.onnx.ml";
