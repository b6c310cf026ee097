/** @file A file of another library as a version of a registered model: trees of XGBoost and LightGBM, and ONNX. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Cells, ServedModel } from "../flow.ts";
import { importedModel, lightgbmModel, xgboostModel } from "../model/index.ts";
import { onnxModel } from "../nn/index.ts";
import type { Workspace } from "../workspace/index.ts";
import { fail } from "./errors.ts";
import { failTable } from "./fail-table.ts";
import { namesOf } from "./options.ts";
import { registerModel } from "./register-model.ts";

/** A file and what it is to become. */
export interface ImportTask {
  readonly file: string;
  readonly format: "xgboost" | "lightgbm" | "onnx";
  readonly name: string | undefined;
  readonly label: string | undefined;
  readonly classes: readonly string[];
}

/** Registers what a file holds, as the model of a run that says where it came from. */
export async function importFile(
  { tracking, registry }: Pick<Workspace, "tracking" | "registry">,
  task: ImportTask,
) {
  const { file } = task;
  const name =
    task.name ??
    fail("cli/missing-option", {
      command: "model",
      option: "name",
      value: "NAME",
      help: "the model to register a version of",
    });
  const { format } = task;
  const bytes = await readFile(file).catch(() => failTable("table/missing-file", { path: file }));
  const { model, inputs, categorical, params } =
    format === "onnx" ? await onnxFile(bytes, task) : treesOf(bytes, format, task);
  await using run = await tracking.startRun({ experiment: "imported", name: basename(file) });
  await run.logParams({ file: basename(file), format, ...params });
  await run.logModel(model, { inputExample: blankRow(model) });
  await run.end();
  const reason = `imported from ${basename(file)}`;
  const registered = await registerModel(registry, name, {
    model,
    runId: run.id,
    tags: { imported: format },
    reason,
  });
  return { registered, format, inputs, categorical };
}

/** The trees of a file, as a model that takes its features. */
function treesOf(bytes: Buffer, format: "xgboost" | "lightgbm", task: ImportTask) {
  const { label = "prediction" } = task;
  const named = namesOf(task.classes);
  const classes = named.length === 0 ? {} : { classes: named };
  const read =
    format === "xgboost" ? xgboostModel(bytes, classes) : lightgbmModel(bytes.toString(), classes);
  const { names: inputs, categorical } = read;
  return { model: importedModel(read, { label }), inputs, categorical, params: { label } };
}

/** An ONNX file, which names itself what it takes and tells. */
async function onnxFile(bytes: Uint8Array, { label, classes }: ImportTask) {
  const option = label === undefined ? "classes" : "label";
  if (label !== undefined || classes.length > 0)
    fail("cli/mismatch-option", {
      ...{ command: "model", option, expected: "no such option with an ONNX file" },
      got: label ?? classes.join(","),
    });
  const model = await onnxModel(bytes);
  const { facts, signature } = model;
  const { producer, nodes, parameters } = facts;
  const inputs = Object.keys(signature.inputs);
  return { model, inputs, categorical: [], params: { producer, nodes, parameters } };
}

/** A row of zeros, as the example of what a model takes. */
function blankRow({ signature }: ServedModel): Cells {
  const cells = Object.entries(signature.inputs).map(([name, { tensor }]) => {
    if (tensor === undefined) return [name, 0] as const;
    const numbers = tensor.shape.reduce((product, side) => product * side, 1);
    return [name, Buffer.alloc(numbers * bytesOf[tensor.type]).toString("base64")] as const;
  });
  return Object.fromEntries(cells);
}

const bytesOf = { uint8: 1, float32: 4, int64: 8 } as const;
