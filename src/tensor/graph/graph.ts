/**
 * @file A graph of operations on tensors, written by calling functions on them. It is run by ONNX Runtime; each operation also knows the
 * gradient of its inputs, as operations of the same graph.
 */
import { fail } from "../errors.ts";
import type { OnnxAttribute, OnnxTensor } from "../onnx/index.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** What a tensor holds: reals of 32 bits, whole numbers, bytes, or truth values. */
export type ElementType = "float" | "int64" | "uint8" | "bool";

/** A tensor of a graph: what an operation gives, an input, or a constant. */
export interface Tensor {
  readonly name: string;
  readonly shape: Shape;
  readonly type: ElementType;
  readonly graph: Graph;
}

/** The gradient of an operation's inputs by those of its outputs; undefined where nothing depends on one, or none is asked for. */
export type GradientRule = (
  outputs: readonly (Tensor | undefined)[],
  asked: readonly boolean[],
) => readonly (Tensor | undefined)[];

/** What one output of an operation is. */
export interface OutputSpec {
  readonly shape: Shape;
  /** Default "float". */
  readonly type?: ElementType;
}

/** One operation of ONNX. */
export interface Operation {
  readonly operator: string;
  /** Absent inputs of an operator are undefined. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly outputs: readonly OutputSpec[];
  /** Whether outputs that nobody reads may be left out; those of some operators must all be there. */
  readonly optional?: boolean;
  /** Absent: nothing flows back. */
  readonly gradient?: GradientRule;
  /** What the gradient is of, where the rule goes past several operations at once. Default the inputs. */
  readonly sources?: readonly Tensor[];
  /** A shorter way past the operation that made an input: taken where nobody asks for the gradient of that input itself. */
  readonly past?: { readonly sources: readonly Tensor[]; readonly gradient: GradientRule };
}

/** An operation in the graph, with the tensors it gives. */
export interface GraphStep extends Omit<Operation, "outputs"> {
  readonly outputs: readonly Tensor[];
}

/** What a graph may have at most. */
export interface GraphLimits {
  readonly operations: number;
  /** Numbers of one tensor: of all its rows where they are known, else of a row. */
  readonly numbers: number;
}

/** Collects operations in an order in which each follows what it reads. */
export class Graph {
  readonly #steps: GraphStep[] = [];
  readonly #inputs: Tensor[] = [];
  readonly #constants = new Map<string, OnnxTensor>();
  readonly #known = new Map<string, Tensor>();
  readonly #limits: GraphLimits;
  #made = 0;

  /** @param limits - Past these nothing is added. Default none. */
  constructor(limits: GraphLimits = { operations: Infinity, numbers: Infinity }) {
    this.#limits = limits;
  }

  /** Every operation so far, in order. */
  get steps(): readonly GraphStep[] {
    return this.#steps;
  }

  /** Every input so far. */
  get inputs(): readonly Tensor[] {
    return this.#inputs;
  }

  /** What is given when the graph runs. */
  input(name: string, shape: Shape, type: ElementType = "float"): Tensor {
    const tensor: Tensor = { name, shape, type, graph: this };
    this.#inputs.push(tensor);
    return tensor;
  }

  /** Numbers that never change; the same few numbers twice are one tensor. */
  constant(
    values: readonly number[] | Float32Array,
    shape: Shape,
    type: ElementType = "float",
  ): Tensor {
    const key =
      values.length <= 64
        ? `${type} ${shape.join()} ${Array.from(values, (value) => (Object.is(value, -0) ? "-0" : `${value}`)).join()}`
        : undefined;
    const found = key === undefined ? undefined : this.#known.get(key);
    if (found !== undefined) return found;
    const tensor: Tensor = { name: this.#name("c"), shape, type, graph: this };
    this.#constants.set(tensor.name, { type, shape, values });
    if (key !== undefined) this.#known.set(key, tensor);
    return tensor;
  }

  /** Reals that never change, each made of its place in the tensor. @throws `tensor/out-of-range-graph` */
  filled(shape: Shape, at: (place: number) => number): Tensor {
    this.#fits(shape);
    return this.constant(
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => at(i)),
      shape,
    );
  }

  /** One real, which stands for a tensor of any shape of it. */
  scalar(value: number): Tensor {
    return this.constant([value], []);
  }

  /** Whole numbers, [k]: sizes and axes. */
  whole(values: readonly number[]): Tensor {
    return this.constant(values, [values.length], "int64");
  }

  /** The constants, by their names. */
  get constants(): ReadonlyMap<string, OnnxTensor> {
    return this.#constants;
  }

  /** Adds an operation; gives its outputs. @throws `tensor/out-of-range-graph` */
  add({ outputs, ...rest }: Operation): readonly Tensor[] {
    const { operations: most } = this.#limits;
    if (this.#steps.length >= most)
      fail("tensor/out-of-range-graph", { what: "operations", got: most + 1, most });
    for (const { shape } of outputs) this.#fits(shape);
    const tensors = outputs.map(
      ({ shape, type = "float" }): Tensor => ({ name: this.#name("t"), shape, type, graph: this }),
    );
    this.#steps.push({ ...rest, outputs: tensors });
    return tensors;
  }

  /** Adds an operation of one output; gives it. @throws `tensor/out-of-range-graph` */
  apply({ shape, type, ...rest }: Omit<Operation, "outputs"> & OutputSpec): Tensor {
    const [tensor] = this.add({
      ...rest,
      outputs: [type === undefined ? { shape } : { shape, type }],
    });
    return tensor as Tensor;
  }

  #fits(shape: Shape): void {
    const [got, most] = [Math.abs(sizeOf(shape)), this.#limits.numbers];
    if (got > most) fail("tensor/out-of-range-graph", { what: "numbers in a tensor", got, most });
  }

  #name(kind: string): string {
    return `${kind}${this.#made++}`;
  }
}

/** The gradient rule of an operation of one output. */
export const ofOne =
  (rule: (g: Tensor, asked: readonly boolean[]) => readonly (Tensor | undefined)[]): GradientRule =>
  ([g], asked) =>
    g === undefined ? [] : rule(g, asked);
