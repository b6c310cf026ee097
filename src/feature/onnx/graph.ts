/** @file A graph of ONNX that grows node by node; the same node twice is one. */
import type {
  OnnxAttribute,
  OnnxGraph,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from "../../tensor/index.ts";

/** The name of a tensor in the graph. */
export type TensorName = string;

/** What a node is made with besides its inputs. */
export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly domain?: string;
  /** Which of its outputs is meant. Default the first, 0. */
  readonly output?: number;
}

/** Operators of machine learning: LabelEncoder. */
export const mlDomain = "ai.onnx.ml";
/** Operators that ONNX Runtime has besides: Tokenizer, MurmurHash3. */
export const runtimeDomain = "com.microsoft";

/** A number that JSON does not have as a text, so that nodes with different ones differ. */
const written = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

/** Collects nodes. All columns have the shape [n], all lists of tokens [n, m]. */
export class GraphBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #made = new Map<string, TensorName>();
  readonly #inputs: OnnxValue[] = [];
  readonly #prefix: string;
  #zeros: TensorName | undefined;

  /** A graph whose tensors have no names that begin like one of the columns. */
  constructor(columns: readonly string[]) {
    let prefix = "t";
    while (columns.some((column) => column.startsWith(prefix))) prefix += "_";
    this.#prefix = prefix;
  }

  /** A column of the table as an input of shape [n, 1], read as [n]. */
  input(name: string, type: "double" | "text"): TensorName {
    const known = this.#inputs.some((input) => input.name === name);
    if (!known) this.#inputs.push({ name, type, shape: ["n", 1] });
    const column = this.add("Reshape", [name, this.whole([-1])]);
    this.#zeros ??= this.add("ConstantOfShape", [this.add("Shape", [column])], {
      attributes: { value: { tensor: { type: "int64", shape: [1], values: [0] } } },
    });
    return column;
  }

  /** A node, of which one output is used. */
  add(operator: string, inputs: readonly TensorName[], options: NodeOptions = {}): TensorName {
    const key = JSON.stringify([operator, inputs, options], written);
    const found = this.#made.get(key);
    if (found !== undefined) return found;
    const output = `${this.#prefix}${this.#made.size}`;
    this.#made.set(key, output);
    const { output: place = 0, ...rest } = options;
    const unused = Array.from({ length: place }, (_, i) => `${output}.${i}`);
    this.#nodes.push({ operator, inputs, outputs: [...unused, output], ...rest });
    return output;
  }

  /** A tensor that never changes. */
  constant(tensor: OnnxTensor): TensorName {
    return this.add("Constant", [], { attributes: { value: { tensor } } });
  }

  /** Numbers, [k]. */
  numbers(values: readonly number[]): TensorName {
    return this.constant({ type: "double", shape: [values.length], values });
  }

  /** One number, which stands for a column of it. */
  number(value: number): TensorName {
    return this.constant({ type: "double", shape: [], values: [value] });
  }

  /** Whole numbers, [k]. */
  whole(values: readonly number[]): TensorName {
    return this.constant({ type: "int64", shape: [values.length], values });
  }

  /** Texts, [k]. */
  texts(values: readonly string[]): TensorName {
    return this.constant({ type: "text", shape: [values.length], values });
  }

  /** A value for each row, [n]. Needs an input. */
  repeated(values: TensorName): TensorName {
    return this.add("Gather", [values, this.zeros()]);
  }

  /** The number 0 as a whole number for each row, [n]. */
  zeros(): TensorName {
    if (this.#zeros === undefined) throw new RangeError("a graph needs an input before its rows");
    return this.#zeros;
  }

  /** The graph, with its outputs. */
  graph(name: string, outputs: readonly OnnxValue[], last: readonly OnnxNode[]): OnnxGraph {
    return { name, inputs: this.#inputs, outputs, nodes: [...this.#nodes, ...last] };
  }
}
