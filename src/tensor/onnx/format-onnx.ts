/** @file Writing a graph as an ONNX model, which any ONNX runtime loads. */
import { halfBits } from "./half-bits.ts";
import { bytes, type Field, float, joined, message, text, whole, wholes } from "./protobuf.ts";

/** What a tensor holds. */
export type OnnxType =
  | "float"
  | "float16"
  | "uint8"
  | "int8"
  | "int64"
  | "text"
  | "bool"
  | "double";

/** Numbers of the types in ONNX's `TensorProto.DataType`. */
const typeNumbers: Readonly<Record<OnnxType, number>> = {
  float: 1,
  uint8: 2,
  int8: 3,
  int64: 7,
  text: 8,
  bool: 9,
  float16: 10,
  double: 11,
};

/** A constant tensor. */
export interface OnnxTensor {
  readonly type: OnnxType;
  readonly shape: readonly number[];
  /** Row by row; true is 1. */
  readonly values: readonly number[] | readonly string[] | Float32Array;
}

/** What an attribute of a node can be. Numbers are whole unless they are `{ float }`. */
export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly tensor: OnnxTensor }
  | { readonly graph: OnnxGraph };

/** One operation: names of tensors in, names of tensors out. */
export interface OnnxNode {
  readonly operator: string;
  /** The set of operators it is of; absent: ONNX's own. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A tensor that goes into a graph or comes out: a text in its shape is a size known at run time. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly (number | string)[];
}

/** Nodes in an order in which each follows what it reads. */
export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  /** Constants by name: weights. */
  readonly initializers?: Readonly<Record<string, OnnxTensor>>;
}

/** A graph with what a runtime must know of it. */
export interface OnnxModel {
  readonly graph: OnnxGraph;
  /** The version of each set of operators; "" is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Texts for people and programs that read the model. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of an `.onnx` file, in intermediate representation 9. The same model gives the same bytes.
 *
 * @param model - The graph, its operator sets and its metadata.
 * @returns What `onnxruntime` loads.
 * @example
 * ```ts
 * const value = (name: string) => ({ name, type: "double", shape: ["n"] }) as const;
 * const twice = { operator: "Add", inputs: ["x", "x"], outputs: ["y"] };
 * const graph = { name: "twice", inputs: [value("x")], outputs: [value("y")], nodes: [twice] };
 * formatOnnx({ graph, opsets: { "": 20 } }).length // => 79
 * ```
 * @see ONNX `onnx.proto`, version 1.16.
 */
export function formatOnnx(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const { graph, opsets, metadata = {} } = model;
  return joined([
    whole(1, 9),
    text(2, "millrace"),
    message(7, graphFields(graph)),
    ...Object.entries(opsets).map(([domain, version]) =>
      message(8, [text(1, domain), whole(2, version)]),
    ),
    ...Object.entries(metadata).map(([key, value]) => message(14, [text(1, key), text(2, value)])),
  ]);
}

function graphFields(graph: OnnxGraph): readonly Field[] {
  const { name, inputs, outputs, nodes, initializers = {} } = graph;
  return [
    ...nodes.map((node) => message(1, nodeFields(node))),
    text(2, name),
    ...Object.entries(initializers).map(([key, tensor]) =>
      message(5, [...tensorFields(tensor), text(8, key)]),
    ),
    ...inputs.map((value) => message(11, valueFields(value))),
    ...outputs.map((value) => message(12, valueFields(value))),
  ];
}

function nodeFields({ operator, domain, inputs, outputs, attributes = {} }: OnnxNode) {
  return [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value))),
    ...(domain === undefined ? [] : [text(7, domain)]),
  ];
}

/** Numbers of the kinds in ONNX's `AttributeProto.AttributeType`. */
const kinds = { float: 1, int: 2, text: 3, tensor: 4, graph: 5, ints: 7, texts: 8 };

function attribute(name: string, value: OnnxAttribute): readonly Field[] {
  const of = (kind: keyof typeof kinds, fields: readonly Field[]): readonly Field[] => [
    text(1, name),
    ...fields,
    whole(20, kinds[kind]),
  ];
  if (typeof value === "number") return of("int", [whole(3, value)]);
  if (typeof value === "string") return of("text", [text(4, value)]);
  if ("float" in value) return of("float", [float(2, value.float)]);
  if ("tensor" in value) return of("tensor", [message(5, tensorFields(value.tensor))]);
  if ("graph" in value) return of("graph", [message(6, graphFields(value.graph))]);
  if (areTexts(value))
    return of(
      "texts",
      [...value].map((one) => text(9, one)),
    );
  const numbers = value.map(Number);
  if (numbers.every((one) => one >= 0)) return of("ints", [wholes(8, numbers)]);
  return of(
    "ints",
    numbers.map((one) => whole(8, one)),
  );
}

const areTexts = (values: readonly (number | string)[]): values is readonly string[] =>
  values.some((value) => typeof value === "string");

function tensorFields({ type, shape, values }: OnnxTensor): readonly Field[] {
  return [
    ...shape.map((size) => whole(1, size)),
    whole(2, typeNumbers[type]),
    ...(type === "text"
      ? [...values].map((value) => text(6, String(value)))
      : [bytes(9, raw(type, values))]),
  ];
}

function raw(type: Exclude<OnnxType, "text">, values: OnnxTensor["values"]): Uint8Array {
  if (values instanceof Float32Array && type === "float" && isLittle)
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const size = sizes[type];
  const view = new DataView(new ArrayBuffer(values.length * size));
  for (const [i, value] of values.entries())
    if (type === "double") view.setFloat64(i * size, Number(value), true);
    else if (type === "float") view.setFloat32(i * size, Number(value), true);
    else if (type === "int64") view.setBigInt64(i * size, BigInt(value), true);
    else if (type === "float16") view.setUint16(i * size, halfBits(Number(value)), true);
    else view.setUint8(i, Number(value)); // of int8 too: modulo 256 is its two's complement
  return new Uint8Array(view.buffer);
}

/** Bytes of a number of each type. */
const sizes = { float: 4, float16: 2, double: 8, int64: 8, uint8: 1, int8: 1, bool: 1 } as const;
const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function valueFields({ name, type, shape }: OnnxValue): readonly Field[] {
  const sizes = shape.map((size) =>
    message(1, [typeof size === "number" ? whole(1, size) : text(2, size)]),
  );
  const tensor = [whole(1, typeNumbers[type]), message(2, sizes)];
  return [text(1, name), message(2, [message(1, tensor)])];
}
