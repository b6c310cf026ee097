/** @file An ONNX file of others as a model among others: kept, registered, and served with the answers of its own outputs. */
import { Buffer } from "node:buffer";
import { checkNames, hashOf, isMillraceError } from "../../core/index.ts";
import type {
  Cell,
  Cells,
  ColumnSpec,
  ColumnSpecs,
  ModelFiles,
  Prediction,
  ServedModel,
  Signature,
  TensorSpec,
} from "../../flow.ts";
import { type OnnxFacts, type OnnxLimits, type OnnxPort, sizeOf } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { type ImportedAnswer, type ImportedNetwork, importOnnx } from "../import/import-onnx.ts";
import { formatPort, type ImportedNumbers, type ImportedValues } from "../import/ports.ts";
import { onnxFile } from "./network-file.ts";

/** The file that says that `model.onnx` is all there is; no other model has one of this name. */
export const onnxMark = "onnx.json";
const fileFormat = 1;

/** An ONNX file that is kept, registered and served. */
export interface OnnxFileModel extends ServedModel {
  readonly kind: "onnx";
  /** What its file says of itself. */
  readonly facts: OnnxFacts;
  predict(row: Cells): Promise<Prediction>;
  predictAll(rows: readonly Cells[]): Promise<readonly Prediction[]>;
  /** Gives back what the runtime holds. */
  close(): Promise<void>;
}

/**
 * An ONNX file as a model. Each input is a column of its name: a number where a row has one, else an array in base64, as an endpoint makes it of lists. It
 * tells the first output, and all others beside it. The file is inspected, opened and asked once, so that what cannot be served is refused at once.
 *
 * @param bytes - The file, with all weights inside. The first axis of inputs and outputs is that of rows, of any number or of 1; the
 *   others have known sizes.
 * @param limits - What the file may have at most; see {@link OnnxLimits}.
 * @returns A model whose files are `model.onnx`, byte for byte, and `onnx.json`.
 * @throws `tensor/corrupt-onnx`, `tensor/out-of-range-onnx`, `tensor/unsupported-onnx`, `nn/unsupported-model`, `nn/failed-model`,
 *   `nn/missing-runtime`, `option/unknown-name`
 */
export async function onnxModel(
  bytes: Uint8Array,
  limits: OnnxLimits = {},
): Promise<OnnxFileModel> {
  checkNames("onnxModel", limits, ["maxBytes", "maxNodes", "maxDepth", "domains"]);
  const network = await importOnnx(bytes, limits);
  try {
    return await modelOf(network, bytes);
  } catch (error) {
    await network.close();
    throw error;
  }
}

/** The model of some files: it tells the same bits as the one that wrote them. @throws as {@link onnxModel}; `nn/unsupported-format`, `nn/corrupt-files` */
export async function loadOnnxModel(files: ModelFiles): Promise<OnnxFileModel> {
  const [bytes, mark] = [files[onnxFile], files[onnxMark]];
  if (bytes === undefined || mark === undefined)
    return fail("nn/corrupt-files", { reason: `there is no ${onnxFile} beside ${onnxMark}` });
  const got = /"format":\s*(\d+)/.exec(new TextDecoder().decode(mark))?.[1];
  if (got === undefined) fail("nn/corrupt-files", { reason: `${onnxMark} has no format` });
  if (Number(got) > fileFormat)
    fail("nn/unsupported-format", { got: Number(got), known: fileFormat });
  return onnxModel(bytes);
}

async function modelOf(network: ImportedNetwork, bytes: Uint8Array): Promise<OnnxFileModel> {
  const { inputs, outputs, facts } = network;
  const odd = outputs.find(({ type }) => !(type in elements));
  if (odd !== undefined || inputs.length === 0)
    fail("nn/unsupported-model", {
      what:
        odd === undefined
          ? "no inputs"
          : `the output ${JSON.stringify(odd.name)} of type ${odd.type}`,
      expected: "inputs, and outputs of float, int64, uint8 or bool",
    });
  const sizes = new Map(inputs.map((port) => [port.name, rowShape(port)]));
  const isSingle = inputs.some(({ shape }) => shape?.[0] === 1);
  const blank: Cells = Object.fromEntries(
    inputs.map((port) => [port.name, blankCell(port, sizes.get(port.name) ?? [])]),
  );
  const ask = (rows: readonly Cells[]) =>
    network.predict(
      Object.fromEntries(inputs.map((port) => [port.name, valuesOf(port, rows, sizes)])),
    );
  const tried = isSingle ? 1 : 2;
  const told = await answersTo(ask, Array(tried).fill(blank));
  const specs = outputs.map(({ name }) => [name, outputSpec(name, told[name], tried)] as const);
  const [[name, { nullable: _, ...first }] = unnamed, ...rest] = specs;
  const signature: Signature = {
    inputs: Object.fromEntries(
      inputs.map((port) => [port.name, inputSpec(port, sizes.get(port.name) ?? [])]),
    ),
    output: { name, ...first },
    ...(rest.length === 0 ? {} : { others: Object.fromEntries(rest) }),
  };
  const predictAll = async (rows: readonly Cells[]): Promise<readonly Prediction[]> => {
    const all: Prediction[] = [];
    const most = isSingle ? 1 : 32;
    for (let from = 0; from < rows.length; from += most) {
      if (from > 0) await new Promise(setImmediate); // others have their turn
      const some = rows.slice(from, from + most);
      const answers = await ask(some);
      all.push(...some.map((__, row) => predictionOf(signature, answers, [row, some.length])));
    }
    return all;
  };
  const mark = new TextEncoder().encode(JSON.stringify({ format: fileFormat }));
  return {
    ...{ kind: "onnx", facts, signature, hash: hashOf(bytes), importances: [], predictAll },
    predict: async (row) =>
      (await predictAll([row]))[0] ?? { value: null, probability: Number.NaN },
    files: () => ({ [onnxFile]: bytes, [onnxMark]: mark }),
    close: () => network.close(),
  };
}

const unnamed = ["", { kind: "float", nullable: false }] as const;

/** The shape of one row of an input. @throws `nn/unsupported-model` */
function rowShape(port: OnnxPort): readonly number[] {
  const [rows, ...rest] = port.shape ?? [];
  const known = rest.filter((size) => typeof size === "number");
  if (rows === undefined || !(typeof rows === "string" || rows === 1) || known.length < rest.length)
    fail("nn/unsupported-model", {
      what: `the input ${JSON.stringify(port.name)} of shape ${formatPort(port)}`,
      expected: "a first axis of any number of rows, or of 1, and known sizes of the others",
    });
  return known;
}

const elements = { float: "float32", int64: "int64", uint8: "uint8", bool: "uint8" } as const;

/** The type of a port's numbers; `importOnnx` has refused inputs of other types. */
const elementOf = ({ type }: Pick<OnnxPort, "type">): TensorSpec["type"] =>
  type === "int64" || type === "uint8" || type === "bool" ? elements[type] : "float32";

/** One number a row is a number; more are an array. */
function specOf(type: TensorSpec["type"], shape: readonly number[]): ColumnSpec {
  if (sizeOf(shape) === 1) return { kind: type === "float32" ? "float" : "int", nullable: false };
  return { kind: "text", nullable: false, tensor: { type, shape } };
}

function inputSpec(port: OnnxPort, shape: readonly number[]): ColumnSpec {
  const spec = specOf(elementOf(port), shape);
  return port.type === "bool" ? { ...spec, min: 0, max: 1 } : spec;
}

/** What an output is, by what it was for some rows. @throws `nn/unsupported-model` */
function outputSpec(name: string, told: ImportedAnswer | undefined, rows: number): ColumnSpec {
  const [first, ...shape] = told?.shape ?? [];
  if (told === undefined || first !== rows)
    return fail("nn/unsupported-model", {
      what: `the output ${JSON.stringify(name)}, of shape [${told?.shape.join(", ") ?? ""}] for ${rows} row${rows === 1 ? "" : "s"}`,
      expected: "a row of each output for each row that goes in",
    });
  const { data } = told;
  const type = data instanceof BigInt64Array ? "int64" : undefined;
  return specOf(type ?? (data instanceof Uint8Array ? "uint8" : "float32"), shape);
}

/** The first answers of a model: where it fails, so would every request. @throws `nn/failed-model` */
async function answersTo(
  ask: (rows: readonly Cells[]) => Promise<Readonly<Record<string, ImportedAnswer>>>,
  rows: readonly Cells[],
): Promise<Readonly<Record<string, ImportedAnswer>>> {
  try {
    return await ask(rows);
  } catch (error) {
    if (isMillraceError(error)) throw error;
    return fail("nn/failed-model", { reason: String(error).slice(0, 300) }, { cause: error });
  }
}

const bytesOfNumber = { float32: 4, int64: 8, uint8: 1 } as const;

function blankCell(port: OnnxPort, shape: readonly number[]): Cell {
  const size = sizeOf(shape);
  return size === 1 ? 0 : Buffer.alloc(size * bytesOfNumber[elementOf(port)]).toString("base64");
}

/** The cells of an input as the numbers of all rows. @throws `nn/mismatch-rows` */
function valuesOf(
  port: OnnxPort,
  rows: readonly Cells[],
  sizes: ReadonlyMap<string, readonly number[]>,
): ImportedValues {
  const shape = sizes.get(port.name) ?? [];
  const type = elementOf(port);
  const each = sizeOf(shape) * bytesOfNumber[type];
  const all = new Uint8Array(rows.length * each);
  for (const [i, row] of rows.entries()) {
    const cell = row[port.name];
    const bytes =
      sizeOf(shape) === 1 && typeof cell !== "string"
        ? bytesOf(Number(cell), type)
        : Buffer.from(String(cell ?? ""), "base64");
    if (bytes.length !== each)
      fail("nn/mismatch-rows", {
        at: "predict",
        what: `${port.name} of row ${i}`,
        expected: `${each} bytes in base64`,
        got: `${bytes.length}`,
      });
    all.set(bytes, i * each);
  }
  return { data: numbersOf(all, type), shape: [rows.length, ...shape] };
}

function numbersOf(bytes: Uint8Array<ArrayBuffer>, type: TensorSpec["type"]): ImportedNumbers {
  if (type === "uint8") return bytes;
  return type === "int64" ? new BigInt64Array(bytes.buffer) : new Float32Array(bytes.buffer);
}

function bytesOf(value: number, type: TensorSpec["type"]): Uint8Array {
  if (type === "uint8") return Uint8Array.of(value);
  const of =
    type === "int64" ? BigInt64Array.of(BigInt(Math.trunc(value))) : Float32Array.of(value);
  return new Uint8Array(of.buffer);
}

/** What the outputs say of one of some rows. */
function predictionOf(
  { output, others = {} }: Signature,
  answers: Readonly<Record<string, ImportedAnswer>>,
  [row, rows]: readonly [number, number],
): Prediction {
  const cellOf = (name: string, { tensor }: Pick<ColumnSpec, "tensor">): Cell => {
    const { data = new Float32Array(0) } = answers[name] ?? {};
    const size = data.length / rows;
    if (tensor === undefined) return Number(data[row * size] ?? Number.NaN);
    const part = data.slice(row * size, (row + 1) * size);
    return Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("base64");
  };
  const more = (specs: ColumnSpecs): Cells =>
    Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, cellOf(name, spec)]));
  return {
    ...{ value: cellOf(output.name, output), probability: null },
    ...(Object.keys(others).length === 0 ? {} : { others: more(others) }),
  };
}
