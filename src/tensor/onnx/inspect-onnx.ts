/** @file What an ONNX file says of itself, and whether it is safe to be opened: read without running anything of it. */
import { fail } from "../errors.ts";
import { bytesIn, fieldsOf, type ReadField, textIn, wholeIn, wholesIn } from "./read-protobuf.ts";

/** What a file may have at most. */
export interface OnnxLimits {
  /** Default 2 · 2³⁰: 2 GiB. */
  readonly maxBytes?: number;
  /** Nodes, those of nested graphs included. Default 200,000. */
  readonly maxNodes?: number;
  /** Graphs inside graphs (loops and branches). Default 8. */
  readonly maxDepth?: number;
  /** Sets of operators that are taken. Default ONNX's own, its classic models and ONNX Runtime's. */
  readonly domains?: readonly string[];
}

/** A tensor that goes in or comes out. */
export interface OnnxPort {
  readonly name: string;
  /** Its type in words: "float", "int64". */
  readonly type: string;
  /** A text is a size that is known when the model runs; null where the file says nothing of the shape. */
  readonly shape: readonly (number | string)[] | null;
}

/** What an ONNX file says of itself. */
export interface OnnxFacts {
  readonly producer: string;
  /** What must be given: inputs that have a weight of the same name are left out. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  /** The version of each set of operators; "" is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
  /** How often each operator is there, by name: "Conv", "com.microsoft.Gelu". */
  readonly operators: Readonly<Record<string, number>>;
  readonly nodes: number;
  /** Numbers in weights. */
  readonly parameters: number;
  readonly sizeBytes: number;
  /** Names of the tensors that nodes of the outermost graph give, in order. */
  readonly tensors: readonly string[];
}

/** Types of elements by their number in ONNX's `TensorProto.DataType`, and the bytes of one, where that is whole. */
const types: readonly (readonly [string, number])[] = [["undefined", 0], ["float", 4], ["uint8", 1], ["int8", 1], ["uint16", 2], ["int16", 2], ["int32", 4], ["int64", 8], ["text", 0], ["bool", 1], ["float16", 2], ["double", 8], ["uint32", 4], ["uint64", 8], ["complex64", 8], ["complex128", 16], ["bfloat16", 2]]; // biome-ignore format: a table
const usualDomains = ["", "ai.onnx", "ai.onnx.ml", "com.microsoft"];

interface Found {
  readonly limits: Required<OnnxLimits>;
  readonly operators: Map<string, number>;
  readonly opsets: Map<string, number>;
  readonly inputs: OnnxPort[];
  readonly outputs: OnnxPort[];
  readonly weights: Set<string>;
  readonly tensors: string[];
  /** Sets that the file defines itself, as functions of operators. */
  readonly own: Set<string>;
  nodes: number;
  parameters: number;
  /** Names that were kept. */
  names: number;
}

/**
 * Reads what an ONNX file says of itself, and refuses what is damaged, too large, of unknown operators or elsewhere.
 *
 * @param bytes - The file.
 * @param limits - See {@link OnnxLimits}.
 * @throws `tensor/corrupt-onnx`, `tensor/out-of-range-onnx`, `tensor/unsupported-onnx`
 * @see ONNX `onnx.proto`, version 1.16.
 */
export function inspectOnnx(bytes: Uint8Array, limits: OnnxLimits = {}): OnnxFacts {
  const { maxBytes = 2 ** 31, maxNodes = 200_000, maxDepth = 8, domains = usualDomains } = limits;
  if (bytes.length > maxBytes)
    fail("tensor/out-of-range-onnx", { what: "bytes", got: bytes.length, most: maxBytes });
  const found: Found = {
    ...{ limits: { maxBytes, maxNodes, maxDepth, domains }, nodes: 0, parameters: 0, names: 0 },
    ...{ operators: new Map(), opsets: new Map(), weights: new Set(), own: new Set() },
    ...{ inputs: [], outputs: [], tensors: [] },
  };
  const producer = textOf(bytes, 2);
  for (const read of fieldsOf(bytes))
    if (read.field === 25) found.own.add(named(found, textOf(bytesIn(read), 10)));
  for (const read of fieldsOf(bytes)) {
    if (read.field === 7) graph(found, bytesIn(read), 0);
    if (read.field === 8)
      found.opsets.set(named(found, textOf(bytesIn(read), 1)), wholeOf(bytesIn(read), 2));
  }
  for (const one of fieldsOf(bytes))
    if (one.field === 25)
      for (const read of fieldsOf(bytesIn(one)))
        if (read.field === 7) node(found, bytesIn(read), 1);
  if (found.nodes === 0 || found.outputs.length === 0 || found.opsets.size === 0)
    fail("tensor/corrupt-onnx", { reason: "it has no nodes, no outputs or no operator sets" });
  const { operators, opsets, inputs, outputs, weights, tensors, nodes, parameters } = found;
  return {
    ...{ producer, nodes, parameters, sizeBytes: bytes.length, tensors, outputs },
    inputs: inputs.filter(({ name }) => !weights.has(name)),
    opsets: Object.fromEntries(opsets),
    operators: Object.fromEntries([...operators].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** A name that is kept: there are no more of them than nodes of models have. @throws `tensor/out-of-range-onnx` */
function named(found: Found, name: string): string {
  const most = 10 * (found.limits.maxNodes + 10);
  if (++found.names > most)
    fail("tensor/out-of-range-onnx", { what: "names", got: found.names, most });
  return name;
}

/** A graph, `depth` graphs deep. */
function graph(found: Found, message: Uint8Array, depth: number): void {
  const { maxDepth } = found.limits;
  if (depth > maxDepth)
    fail("tensor/out-of-range-onnx", { what: "graphs inside graphs", got: depth, most: maxDepth });
  for (const read of fieldsOf(message)) {
    if (read.field === 1) node(found, bytesIn(read), depth);
    else if (read.field === 5) weight(found, bytesIn(read));
    else if (read.field === 15)
      for (const part of fieldsOf(bytesIn(read))) {
        if (part.field <= 2) weight(found, bytesIn(part));
      }
    else if (read.field === 11 && depth === 0) found.inputs.push(port(found, bytesIn(read)));
    else if (read.field === 12 && depth === 0) found.outputs.push(port(found, bytesIn(read)));
  }
}

function node(found: Found, message: Uint8Array, depth: number): void {
  found.nodes++;
  const { maxNodes, domains } = found.limits;
  if (found.nodes > maxNodes)
    fail("tensor/out-of-range-onnx", { what: "nodes", got: found.nodes, most: maxNodes });
  const [operator, domain] = [textOf(message, 4), textOf(message, 7)];
  if (!domains.includes(domain) && !found.own.has(domain))
    fail("tensor/unsupported-onnx", {
      what: `the operator ${operator} of the set ${domain}`,
      expected: `one of the sets ${domains.map((one) => one || "ai.onnx").join(", ")}`,
    });
  const name = domain === "" || domain === "ai.onnx" ? operator : `${domain}.${operator}`;
  found.operators.set(name, (found.operators.get(name) ?? 0) + 1);
  for (const read of fieldsOf(message)) {
    if (read.field === 5) attribute(found, bytesIn(read), depth);
    else if (read.field === 2 && depth === 0) found.tensors.push(named(found, textIn(read)));
  }
}

function attribute(found: Found, message: Uint8Array, depth: number): void {
  for (const read of fieldsOf(message)) {
    if (read.field === 5 || read.field === 10) weight(found, bytesIn(read));
    else if (read.field === 6 || read.field === 11) graph(found, bytesIn(read), depth + 1);
    else if (read.field === 22 || read.field === 23)
      for (const part of fieldsOf(bytesIn(read))) {
        if (part.field <= 2) weight(found, bytesIn(part));
      }
  }
}

/** A tensor with numbers: they must be in the file, and as many as its shape says. */
function weight(found: Found, message: Uint8Array): void {
  let [name, type, raw, isElsewhere] = ["", 0, -1, false];
  const shape: number[] = [];
  for (const read of fieldsOf(message)) {
    if (read.field === 1) addSizes(shape, wholesIn(read));
    else if (read.field === 2) type = wholeIn(read);
    else if (read.field === 8) name = textIn(read);
    else if (read.field === 9) raw = bytesIn(read).length;
    else if (read.field === 13) isElsewhere = true;
    else if (read.field === 14) isElsewhere ||= wholeIn(read) === 1;
  }
  if (isElsewhere)
    fail("tensor/unsupported-onnx", {
      what: `the weight ${name} in another file`,
      expected: "all weights inside the file (save the model in one file)",
    });
  const length = shape.reduce((product, size) => product * size, 1);
  const size = types[type]?.[1] ?? 0;
  if (shape.some((dim) => dim < 0) || (raw >= 0 && size > 0 && raw !== length * size))
    fail("tensor/corrupt-onnx", {
      reason: `the weight ${name} of shape [${shape.join(", ")}] has ${raw} bytes`,
    });
  found.weights.add(named(found, name));
  found.parameters += length;
}

/** Axes of a shape at most. */
const mostAxes = 64;

function addSizes(shape: (number | string)[], sizes: readonly (number | string)[]): void {
  for (const size of sizes) shape.push(size);
  if (shape.length > mostAxes)
    fail("tensor/out-of-range-onnx", {
      what: "sizes in a shape",
      got: shape.length,
      most: mostAxes,
    });
}

function port(found: Found, message: Uint8Array): OnnxPort {
  const name = named(found, textOf(message, 1));
  const tensor = inside(inside(message, 2), 1);
  if (tensor === undefined) return { name, type: "no tensor", shape: null };
  const type = types[wholeOf(tensor, 1)]?.[0] ?? "undefined";
  const shape = inside(tensor, 2);
  if (shape === undefined) return { name, type, shape: null };
  const dims: (number | string)[] = [];
  for (const read of fieldsOf(shape))
    if (read.field === 1) addSizes(dims, [dimOf(bytesIn(read), dims.length)]);
  return { name, type, shape: dims };
}

function dimOf(message: Uint8Array, axis: number): number | string {
  let last: ReadField | undefined;
  for (const read of fieldsOf(message)) last = read;
  if (last === undefined) return `axis ${axis}`;
  return last.field === 2 ? textIn(last) : wholeIn(last);
}

/** The last field of a number in a message. */
function lastOf(message: Uint8Array, field: number): ReadField | undefined {
  let last: ReadField | undefined;
  for (const read of fieldsOf(message)) if (read.field === field) last = read;
  return last;
}
function textOf(message: Uint8Array, field: number): string {
  const read = lastOf(message, field);
  return read === undefined ? "" : textIn(read);
}
function wholeOf(message: Uint8Array, field: number): number {
  const read = lastOf(message, field);
  return read === undefined ? 0 : wholeIn(read);
}
function inside(message: Uint8Array | undefined, field: number): Uint8Array | undefined {
  const read = message && lastOf(message, field);
  return read && bytesIn(read);
}
