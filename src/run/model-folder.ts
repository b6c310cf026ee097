/** @file A model as an MLflow model folder: its files, `MLmodel`, and an example of its input. */
import { Buffer } from "node:buffer";
import { hashOf } from "../core/index.ts";
import type {
  Cell,
  Cells,
  ColumnKind,
  ColumnSpec,
  ColumnSpecs,
  Json,
  ModelFiles,
  ServedModel,
  Signature,
  TensorSpec,
} from "../flow.ts";
import { formatYaml } from "./adapter/yaml.ts";
import { fail } from "./errors.ts";

/** The files of a model folder that are about the model and not of it. */
export const aboutFiles = { facts: "MLmodel", example: "input_example.json" } as const;

/** The number of the layout under `flavors.millrace` that a loader has to know. */
export const loaderFormat = 1;

/** Where and when a model folder is made. */
export interface FolderFacts {
  readonly runId: string;
  readonly uuid: string;
  readonly atMs: number;
  /** The folder's path among the run's artifacts. */
  readonly artifactPath: string;
  readonly inputExample: readonly Cells[];
}

/**
 * The files of an MLflow model folder. `MLmodel` comes last, so that a folder that has it is whole. Signature and
 * example are of what an endpoint asks for: whole rows, or requests of a model that looks features up.
 *
 * @throws `run/duplicate-file`, `run/mismatch-example`
 * @see MLflow's model format: https://mlflow.org/docs/latest/ml/model/
 */
export function modelFolder(
  model: ServedModel,
  facts: FolderFacts,
): readonly [string, Uint8Array][] {
  const files = model.files();
  for (const path of Object.values(aboutFiles))
    if (path in files) fail("run/duplicate-file", { path, kind: model.kind });
  // A model that looks features up is asked by key: that is its input for whoever reads the folder.
  const asked: Signature = {
    ...model.signature,
    inputs: model.lookups?.request ?? model.signature.inputs,
  };
  const example = encode(exampleJson(asked, facts.inputExample));
  const sizeBytes = Object.values(files).reduce((sum, file) => sum + file.byteLength, 0);
  const about = formatYaml({
    artifact_path: facts.artifactPath,
    flavors: { millrace: flavour(model, files), ...onnxFlavours(files) },
    model_size_bytes: sizeBytes,
    model_uuid: facts.uuid,
    run_id: facts.runId,
    saved_input_example_info: { artifact_path: aboutFiles.example, ...exampleForm(asked) },
    signature: mlflowSignature(asked),
    utc_time_created: new Date(facts.atMs).toISOString().replace("T", " ").replace("Z", "000"),
  });
  const inOrder = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return [...inOrder, [aboutFiles.example, example], [aboutFiles.facts, encode(about)]];
}

/**
 * A signature in MLflow's form: JSON in strings.
 *
 * @example
 * ```ts
 * const output = { name: "churn", kind: "bool" } as const;
 * mlflowSignature({ inputs: { tenure: { kind: "int", nullable: true } }, output }).inputs
 * // => '[{"type":"long","name":"tenure","required":false}]'
 * ```
 */
export function mlflowSignature(signature: Signature): { inputs: string; outputs: string } {
  const { inputs, output, others = {} } = signature;
  const { name, ...spec } = output;
  const outputs = [
    field([name, { ...spec, nullable: false }]),
    ...Object.entries(others).map(field),
  ];
  return {
    inputs: JSON.stringify(Object.entries(inputs).map(field)),
    outputs: JSON.stringify(outputs),
  };
}

const field = ([name, { kind, nullable, tensor }]: readonly [string, ColumnSpec]) =>
  tensor === undefined
    ? { type: mlflowTypes[kind], name, required: !nullable }
    : tensorField(name, tensor);

/** An array in MLflow's form: the rows are open. */
const tensorField = (name: string, { type, shape }: TensorSpec) => ({
  ...{ name, type: "tensor", "tensor-spec": { dtype: type, shape: [-1, ...shape] } },
});

const mlflowTypes: Readonly<Record<ColumnKind, string>> = {
  text: "string",
  category: "string",
  int: "long",
  float: "double",
  bool: "boolean",
  timestamp: "datetime",
};

/** What MLflow's own loaders read of a model that has an ONNX file. */
function onnxFlavours(files: ModelFiles): Readonly<Record<string, Json>> {
  const data = "model.onnx";
  if (!(data in files)) return {};
  return {
    onnx: { data, onnx_version: "1.17.0", providers: ["CPUExecutionProvider"] },
    python_function: { data, loader_module: "mlflow.onnx" },
  };
}

function flavour(model: ServedModel, files: ModelFiles): Json {
  const hashes = Object.entries(files).map(([path, bytes]) => [path, hashOf(bytes)] as const);
  const { kind, hash } = model;
  return { format: loaderFormat, kind, hash, files: Object.fromEntries(hashes) };
}

/** The rows as pandas' "split" form. Throws `run/mismatch-example`. */
function exampleJson({ inputs }: Signature, rows: readonly Cells[]): string {
  const columns = Object.keys(inputs);
  const unknown = [...new Set(rows.flatMap(Object.keys))].filter((name) => !(name in inputs));
  const needed = columns.filter((name) => inputs[name]?.nullable === false);
  const missing = needed.filter((name) => rows.some((row) => (row[name] ?? null) === null));
  if (unknown.length > 0 || missing.length > 0)
    fail("run/mismatch-example", { asked: columns, unknown, missing });
  if (hasArrays(inputs)) return arraysJson(inputs, rows);
  const data = rows.map((row) => columns.map((name) => cellJson(row[name] ?? null)));
  return JSON.stringify({ columns, data });
}

/** Arrays are shown as MLflow shows those of TensorFlow Serving, tables as pandas splits them. */
const exampleForm = ({ inputs }: Signature): Readonly<Record<string, string>> =>
  hasArrays(inputs)
    ? { type: "ndarray", format: "tf-serving" }
    : { type: "dataframe", pandas_orient: "split" };

const hasArrays = (inputs: ColumnSpecs): boolean =>
  Object.values(inputs).some(({ tensor }) => tensor !== undefined);

/** Columns of arrays, each as the lists of its rows. */
function arraysJson(inputs: ColumnSpecs, rows: readonly Cells[]): string {
  const columns = Object.entries(inputs).map(([name, { tensor }]) => {
    const cells = rows.map((row) =>
      tensor === undefined ? cellJson(row[name] ?? null) : nested(String(row[name] ?? ""), tensor),
    );
    return [name, cells] as const;
  });
  return JSON.stringify({ inputs: Object.fromEntries(columns) });
}

/** A cell of base64 as lists of its shape. */
function nested(text: string, { type, shape }: TensorSpec): Json {
  const numbers: Json[] = numbersIn(Uint8Array.from(Buffer.from(text, "base64")), type);
  return shape
    .slice(1)
    .reduceRight<readonly Json[]>(
      (all, side) =>
        Array.from({ length: all.length / side }, (_, i) => all.slice(i * side, (i + 1) * side)),
      numbers,
    );
}

function numbersIn(bytes: Uint8Array<ArrayBuffer>, type: TensorSpec["type"]): number[] {
  if (type === "uint8") return Array.from(bytes);
  if (type === "float32") return Array.from(new Float32Array(bytes.buffer));
  return Array.from(new BigInt64Array(bytes.buffer), Number);
}

const cellJson = (cell: Cell): Json => (cell instanceof Date ? cell.toISOString() : cell);

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
