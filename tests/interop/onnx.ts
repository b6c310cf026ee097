/** @file ONNX Runtime, native in Python and as WebAssembly: runs a model on columns of rows. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cells, ColumnSpecs } from "../../src/flow.ts";
import { missingText } from "../../src/index.ts";
import type { Peer } from "./peer.ts";

/** A model and the rows it is run on. */
export interface OnnxRun {
  readonly model: Uint8Array;
  readonly reads: ColumnSpecs;
  readonly rows: readonly Cells[];
}

/** `run`: the output `features` of a model; `answers`: every output by its name; non-finite numbers as texts. */
export const onnxScript = `
import base64, numpy as np, onnx, onnxruntime as ort
def cell(value):
  if isinstance(value, str): return value
  if isinstance(value, (bool, np.bool_)): return bool(value)
  return float(value) if np.isfinite(value) else str(value)
def listed(value): return [listed(v) for v in value] if isinstance(value, np.ndarray) else cell(value)
def opened(model, columns):
  data = base64.b64decode(model)
  onnx.checker.check_model(onnx.load_from_string(data), full_check=False)
  session = ort.InferenceSession(data, providers=["CPUExecutionProvider"])
  feeds = {}
  for name, (kind, values) in columns.items():
    feeds[name] = np.array(values, dtype=object if kind == "text" else np.float64).reshape(-1, 1)
  return session, feeds
def run(model, columns):
  session, feeds = opened(model, columns)
  features, = session.run(["features"], feeds)
  return listed(features)
def answers(model, columns):
  session, feeds = opened(model, columns)
  names = [o.name for o in session.get_outputs()]
  outputs = {n: listed(v) for n, v in zip(names, session.run(names, feeds))}
  return {"outputs": outputs, "metadata": session.get_modelmeta().custom_metadata_map}
`;

/** The features that ONNX Runtime in Python computes, [n, d]; NaN is missing. */
export async function runOnnx(peer: Peer, run: OnnxRun): Promise<number[][]> {
  const model = Buffer.from(run.model).toString("base64");
  const found = await peer.ask("run", { model, columns: columnsOf(run) });
  return (found as (number | string)[][]).map((row) => row.map(readNumber));
}

const webScript = `
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web";
ort.env.wasm.numThreads = 1;
const [folder] = process.argv.slice(2);
const session = await ort.InferenceSession.create(readFileSync(folder + "/model.onnx"));
const feeds = {};
for (const [name, [kind, values]] of Object.entries(JSON.parse(readFileSync(folder + "/columns.json", "utf8"))))
  feeds[name] = kind === "text"
    ? new ort.Tensor("string", values, [values.length, 1])
    : new ort.Tensor("float64", Float64Array.from(values, (v) => Number(String(v).replace("inf", "Infinity"))), [values.length, 1]);
const told = Object.entries(await session.run(feeds)).map(([name, { type, dims, data }]) => {
  const cell = (v) => (type === "bool" ? v === 1 : typeof v === "string" || Number.isFinite(v) ? v : String(v));
  return [name, { dims, data: Array.from(data, cell) }];
});
process.stdout.write(JSON.stringify(Object.fromEntries(told)));
`;

/** What a runtime for the web tells: sizes and values, row by row. */
interface WebTensor {
  readonly dims: readonly number[];
  readonly data: readonly (number | string | boolean)[];
}

/** Every output of a model in ONNX Runtime for the web, in the folder where it is installed. */
export function answersOfOnnxWeb(installed: string, run: OnnxRun): Record<string, WebTensor> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-onnx-"));
  const script = join(installed, `run-${process.pid}.js`); // other test files run theirs meanwhile
  try {
    writeFileSync(join(folder, "model.onnx"), run.model);
    writeFileSync(join(folder, "columns.json"), JSON.stringify(columnsOf(run)));
    writeFileSync(script, webScript);
    const done = spawnSync(process.execPath, [script, folder], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    if (done.status !== 0) throw new Error(done.stderr);
    return JSON.parse(done.stdout);
  } finally {
    rmSync(folder, { recursive: true });
    rmSync(script, { force: true });
  }
}

/** The features that ONNX Runtime for the web computes, [n, d]. */
export function runOnnxWeb(installed: string, run: OnnxRun): number[][] {
  const { dims: [rows = 0, cols = 0] = [], data = [] } =
    answersOfOnnxWeb(installed, run)["features"] ?? {};
  return Array.from({ length: rows }, (_, i) =>
    data.slice(i * cols, (i + 1) * cols).map(readNumber),
  );
}

function columnsOf({ reads, rows }: OnnxRun) {
  return Object.fromEntries(
    Object.entries(reads).map(([name, { kind }]) => {
      const isText = kind === "text" || kind === "category";
      const values = rows.map((row) => (isText ? (row[name] ?? missingText) : numberOf(row[name])));
      return [name, [isText ? "text" : "number", values]];
    }),
  );
}

/** A cell as JSON can carry it: numbers that are not finite are texts that numpy reads. */
function numberOf(cell: Cells[string] | undefined): number | string {
  if (cell === null || cell === undefined) return "nan";
  const number = cell instanceof Date ? cell.getTime() : Number(cell);
  if (Object.is(number, -0)) return "-0.0";
  return Number.isFinite(number) ? number : String(number).replace("Infinity", "inf");
}

/** A number that Python told, as a text where it is not finite. */
export const readNumber = (value: number | string | boolean): number =>
  typeof value === "string" ? Number(value.replace("inf", "Infinity")) : Number(value);

/** What a whole model of ONNX answers. */
export interface OnnxAnswers {
  readonly outputs: {
    readonly value: readonly (number | boolean | string)[];
    readonly probability?: readonly (number | string)[];
    readonly probabilities?: readonly (readonly (number | string)[])[];
  };
  readonly metadata: Readonly<Record<string, string>>;
}

/** Every output of a model in ONNX Runtime in Python. */
export async function answersOfOnnx(peer: Peer, run: OnnxRun): Promise<OnnxAnswers> {
  const model = Buffer.from(run.model).toString("base64");
  const found = await peer.ask("answers", { model, columns: columnsOf(run) });
  return found as OnnxAnswers;
}
