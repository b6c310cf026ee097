/** @file Models that others made, as ONNX files: asked as they are, or cut before their end as a backbone that is not trained any more. */
import { checkNames, checkNumber, isMillraceError } from "../../core/index.ts";
import {
  type Device,
  inspectOnnx,
  type OnnxFacts,
  type OnnxLimits,
  type OnnxPort,
  type Session,
  type Values,
  withOutput,
} from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { checkRuntime, openModel, type RuntimeOptions } from "../runtime.ts";
import { type ImportedNumbers, type ImportedValues, kindOf, rowsFor, valuesFor } from "./ports.ts";

/** Options of {@link importOnnx}. */
export interface ImportOnnxOptions extends RuntimeOptions, OnnxLimits {
  /** Rows that are asked about at once, ≥ 1, where the model takes one input and any number of them. Default 32. */
  readonly batchRows?: number;
}

/** What a model is asked about: rows of its one input, numbers with a shape, or those of each input by name. */
export type ImportedInput =
  | ImportedNumbers
  | ImportedValues
  | Readonly<Record<string, ImportedNumbers | ImportedValues>>;

/** What one output of a model says. */
export interface ImportedAnswer {
  readonly data: Values["data"];
  /** The batch included. */
  readonly shape: readonly number[];
}

/** An imported model, ready to be asked. */
export interface ImportedNetwork {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  /** What its file says of itself. */
  readonly facts: OnnxFacts;
  readonly device: Device;
  /** Every output by name. @throws `nn/mismatch-rows` with both shapes, `nn/missing-session` after `close` */
  predict(x: ImportedInput): Promise<Readonly<Record<string, ImportedAnswer>>>;
  /**
   * One tensor of reals: by default the first output, else any tensor inside the model (`facts.tensors`), so that its last layers are
   * left out.
   *
   * @throws `nn/mismatch-rows`, `nn/unknown-tensor`, `nn/unsupported-model` where it holds no reals, `nn/missing-session` after `close`
   */
  features(
    x: ImportedInput,
    tensor?: string,
  ): Promise<ImportedAnswer & { readonly data: Float32Array }>;
  /** Gives back what is opened; a second time nothing happens. */
  close(): Promise<void>;
}

const known = ["runtime", "provider", "maxBytes", "maxNodes", "maxDepth", "domains", "batchRows"];

/**
 * Opens an ONNX model: what PyTorch, TensorFlow or scikit-learn exported. Its file is inspected before anything of it runs.
 *
 * @param bytes - The file, with all weights inside.
 * @param options - See {@link ImportOnnxOptions}.
 * @throws `tensor/corrupt-onnx`, `tensor/out-of-range-onnx`, `tensor/unsupported-onnx`, `nn/unsupported-model`, `nn/failed-model`,
 *   `nn/missing-runtime`, `option/out-of-range`, `option/unknown-name`
 */
export async function importOnnx(
  bytes: Uint8Array,
  options: ImportOnnxOptions = {},
): Promise<ImportedNetwork> {
  checkNames("importOnnx", options, known);
  const { batchRows = 32 } = options;
  checkNumber("importOnnx", { batchRows }, { min: 1, integer: true });
  const on = checkRuntime("importOnnx", options);
  const facts = inspectOnnx(bytes, options);
  const { inputs, outputs } = facts;
  for (const port of inputs)
    if (kindOf(port) === undefined)
      fail("nn/unsupported-model", {
        what: `the input ${JSON.stringify(port.name)} of type ${port.type}`,
        expected: "inputs of float, int64, uint8 or bool",
      });
  const main = await opened(bytes, on);
  const others = new Map<string, Promise<Session>>();
  const cut = (tensor: string): Promise<Session> => {
    const known = others.get(tensor);
    if (known !== undefined) return known;
    const made = opened(withOutput(bytes, tensor), on).catch((error: unknown) => {
      others.delete(tensor); // it may be there the next time
      throw error;
    });
    others.set(tensor, made);
    return made;
  };
  let isClosed = false;
  const checkOpen = (at: string): void => {
    if (isClosed) fail("nn/missing-session", { at });
  };
  const rowsAtOnce = (told: readonly OnnxPort[]): number =>
    areByRows(inputs, told) ? batchRows : Number.POSITIVE_INFINITY;
  return {
    ...{ inputs, outputs, facts, device: main.device },
    predict: async (x) => {
      checkOpen("predict");
      return answered(main, batchesOf(inputs, x, rowsAtOnce(outputs)));
    },
    features: async (x, tensor = outputs[0]?.name ?? "") => {
      checkOpen("features");
      const isOutput = outputs.some(({ name }) => name === tensor);
      if (!isOutput && !facts.tensors.includes(tensor))
        fail("nn/unknown-tensor", { name: tensor, known: facts.tensors });
      const told = outputs.filter(({ name }) => name === tensor);
      const batches = batchesOf(inputs, x, rowsAtOnce(told));
      const answers = await answered(isOutput ? main : await cut(tensor), batches, [tensor]);
      const { data, shape } = answers[tensor] ?? { data: new Float32Array(0), shape: [] };
      if (!(data instanceof Float32Array))
        return fail("nn/unsupported-model", {
          what: `whole numbers in the tensor ${JSON.stringify(tensor)}`,
          expected: "a tensor of reals as features",
        });
      return { data, shape };
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await main.close();
      for (const other of await Promise.allSettled(others.values()))
        if (other.status === "fulfilled") await other.value.close();
    },
  };
}

async function opened(bytes: Uint8Array, on: RuntimeOptions): Promise<Session> {
  try {
    return await openModel(bytes, on);
  } catch (error) {
    if (isMillraceError(error)) throw error;
    return fail("nn/failed-model", { reason: String(error).slice(0, 300) });
  }
}

/** Whether outputs have a row for each row that goes in, as far as the model says: only then rows may be asked about in pieces. */
function areByRows(inputs: readonly OnnxPort[], outputs: readonly OnnxPort[]): boolean {
  const rows = inputs[0]?.shape?.[0];
  return outputs.every(({ shape }) => shape?.[0] === rows);
}

/** What is asked, in the pieces in which the model is asked. */
function batchesOf(
  inputs: readonly OnnxPort[],
  x: ImportedInput,
  most: number,
): readonly Readonly<Record<string, Values>>[] {
  const [first] = inputs;
  const given = namesOf(inputs, x);
  const missing = inputs.find(({ name }) => given[name] === undefined);
  if (missing !== undefined || first === undefined)
    return fail("nn/mismatch-rows", {
      at: "predict",
      what: `the input ${JSON.stringify(missing?.name ?? "")}`,
      expected: "numbers",
      got: "nothing",
    });
  const all = Object.fromEntries(
    inputs.map((port) => [port.name, checked(port, given[port.name])]),
  );
  const [whole] = Object.values(all);
  const size = typeof first.shape?.[0] === "string" ? most : (first.shape?.[0] ?? 0);
  const rows = whole?.shape[0] ?? 0;
  if (inputs.length > 1 || whole === undefined || size < 1 || rows <= size)
    return [fitting(inputs, all)];
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) =>
    fitting(inputs, { [first.name]: rowsOf(whole, i * size, Math.min(rows, (i + 1) * size)) }),
  );
}

/** What is given, by the names of inputs. */
function namesOf(
  inputs: readonly OnnxPort[],
  x: ImportedInput,
): Readonly<Record<string, ImportedNumbers | ImportedValues | undefined>> {
  if (!isNumbers(x) && !isValues(x)) return x;
  if (inputs.length !== 1)
    return fail("nn/mismatch-rows", {
      at: "predict",
      what: "what is given",
      expected: `numbers for each of ${inputs.map(({ name }) => name).join(", ")}, by name`,
      got: "those of one input",
    });
  return { [inputs[0]?.name ?? ""]: x };
}

const isNumbers = (x: ImportedInput): x is ImportedNumbers => ArrayBuffer.isView(x);
const isValues = (x: Exclude<ImportedInput, ImportedNumbers>): x is ImportedValues =>
  Array.isArray(x["shape"]) && ArrayBuffer.isView(x["data"]);

const checked = (
  port: OnnxPort,
  x: ImportedNumbers | ImportedValues | undefined,
): ImportedValues =>
  x !== undefined && ArrayBuffer.isView(x)
    ? rowsFor(port, x)
    : (x ?? { data: new Float32Array(0), shape: [] });

const fitting = (
  inputs: readonly OnnxPort[],
  all: Readonly<Record<string, ImportedValues>>,
): Readonly<Record<string, Values>> =>
  Object.fromEntries(
    inputs.map((port) => [
      port.name,
      valuesFor(port, all[port.name] ?? { data: new Float32Array(0), shape: [] }),
    ]),
  );

function rowsOf({ data, shape }: ImportedValues, from: number, to: number): ImportedValues {
  const [, ...rest] = shape;
  const size = rest.reduce((product, dim) => product * dim, 1);
  return { data: data.subarray(from * size, to * size), shape: [to - from, ...rest] };
}

/** What a session says of batches, put together row by row. */
async function answered(
  session: Session,
  batches: readonly Readonly<Record<string, Values>>[],
  only?: readonly string[],
): Promise<Readonly<Record<string, ImportedAnswer>>> {
  const parts = new Map<string, ImportedAnswer[]>();
  for (const batch of batches)
    for (const [name, { data, shape }] of Object.entries(await session.run(batch)))
      if (only === undefined || only.includes(name))
        parts.set(name, [...(parts.get(name) ?? []), { data: data.slice(), shape }]);
  return Object.fromEntries([...parts].map(([name, some]) => [name, joined(some)]));
}

function joined(parts: readonly ImportedAnswer[]): ImportedAnswer {
  const [first = { data: new Float32Array(0), shape: [] }, ...others] = parts;
  if (others.length === 0) return first;
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  if (length !== rows * first.shape.slice(1).reduce((product, side) => product * side, 1))
    fail("nn/unsupported-model", {
      what: "a tensor whose first axis is not that of rows",
      expected: "fewer rows at once, or another tensor",
    });
  const { data } = first;
  const all =
    data instanceof Float32Array
      ? new Float32Array(length)
      : data instanceof Uint8Array
        ? new Uint8Array(length)
        : new BigInt64Array(length);
  let at = 0;
  for (const part of parts) {
    put(all, part.data, at);
    at += part.data.length;
  }
  return { data: all, shape: [rows, ...first.shape.slice(1)] };
}

function put(into: Values["data"], from: Values["data"], at: number): void {
  if (into instanceof BigInt64Array && from instanceof BigInt64Array) into.set(from, at);
  else if (into instanceof Float32Array && from instanceof Float32Array) into.set(from, at);
  else if (into instanceof Uint8Array && from instanceof Uint8Array) into.set(from, at);
}
