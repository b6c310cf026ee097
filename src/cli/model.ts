/** @file `millrace model`: one registered model looked at, and carried to and from XGBoost, LightGBM and ONNX. */
import { basename, dirname, resolve } from "node:path";
import { count } from "../core/index.ts";
import type { ColumnSpec, ModelFiles } from "../flow.ts";
import { forecastFile } from "../forecast/index.ts";
import {
  type FittedModel,
  formatLightgbm,
  formatXgboost,
  loadModel,
  modelToOnnx,
} from "../model/index.ts";
import type { LoadedVersion } from "../registry/index.ts";
import { folderBytes } from "../store/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { importFile } from "./import-model.ts";
import { registeredVersion, versionOptions } from "./registered-model.ts";
import { columns, moment, wrap } from "./text.ts";
import { dir } from "./workspace-folder.ts";

const actions = ["show", "export", "import"] as const;
const formats = ["xgboost", "lightgbm", "onnx"] as const;
type Format = (typeof formats)[number];

export const model = command({
  name: "model",
  summary: "One registered model: its inputs and output; to and from XGBoost, LightGBM and ONNX.",
  about: [
    "show NAME describes a version: its columns, features, importances and metrics. export NAME writes the trees of a",
    "boosted model, a forest or a tree for XGBoost (.json, or .ubj) or LightGBM (.txt): trees alone, so that whoever asks",
    "them gives the features, in the order that is shown, and not the raw columns. As ONNX (.onnx) it writes any model with its",
    "features, and a network as it was trained. import FILE registers a model",
    "that XGBoost or LightGBM wrote as a version of --name: each feature of the file is a column of numbers that may be",
    "missing. Of an ONNX file the inputs are the columns, and all outputs are told; it is inspected and asked once before, and",
    "files with weights elsewhere, of unknown operators or too large are refused. The first version of a model becomes its",
    "champion, which serve answers with.",
  ],
  arguments: {
    action: { type: "string", choices: actions, help: "what to do" },
    subject: { type: "string", value: "NAME|FILE", help: "the model; for import the file" },
  },
  options: {
    ...versionOptions,
    format: {
      type: "string",
      choices: formats,
      help: "whose file it is; its ending says it if not given",
    },
    to: {
      type: "string",
      value: "FILE",
      help: "with export: the file to write; NAME-VERSION.json, .txt or .onnx if not given",
    },
    name: {
      type: "string",
      value: "NAME",
      help: "with import: the model to register a version of",
    },
    label: {
      type: "string",
      value: "NAME",
      help: "with import of trees: the name of what the model predicts; prediction if not given",
    },
    classes: {
      type: "string",
      many: true,
      value: "A,B",
      help: "with import of trees: the classes by their numbers; 0, 1 … if not given",
    },
    dir,
  },
  examples: [
    "model show churn",
    "model export churn --format lightgbm --to churn.txt",
    "model export digits --to digits.onnx",
    "model import booster.json --name churn --label left",
    "model import booster.txt --format lightgbm --name kinds --classes setosa,virginica --json",
    "model import resnet.onnx --name photos",
  ],
  run: async (values) => {
    const { action, subject, dir } = values;
    await using workspace = await openWorkspace(dir, { create: action === "import" });
    if (action === "import")
      return await importFile(workspace, {
        ...values,
        file: subject,
        format: chosenFormat(values.format, subject),
      });
    const task = { ...values, command: "model", name: subject };
    if (action === "show")
      return { shown: shownOf(await registeredVersion(workspace.registry, task)) };
    return { written: await exported(await registeredVersion(workspace.registry, task), values) };
  },
  render: (result, { width, program }) => {
    if ("shown" in result) return showLines(result.shown, width);
    if ("written" in result) return writtenLines(result.written, Math.min(width, 100));
    const { registered, inputs } = result;
    const { name, number, aliases } = registered;
    const told = aliases.includes("champion")
      ? `it is the champion, and answers with: ${program} serve --model ${name}`
      : `it waits to be promoted; look at it with: ${program} model show ${name} --version ${number}`;
    const what = result.format === "onnx" ? "" : " of numbers";
    return [`${name}/${number} registered, of ${count(inputs.length, "column")}${what}`, told];
  },
});

interface ExportTask {
  readonly format: Format | undefined;
  readonly to: string | undefined;
}

/** By a file's ending; null where it says nothing. */
function formatOf(file: string): Format | null {
  if (/\.(json|ubj)$/i.test(file)) return "xgboost";
  if (/\.onnx$/i.test(file)) return "onnx";
  return /\.(txt|lgb|model)$/i.test(file) ? "lightgbm" : null;
}

function chosenFormat(asked: Format | undefined, file: string | undefined): Format {
  const found = asked ?? (file === undefined ? null : formatOf(file));
  return (
    found ??
    fail("cli/missing-option", {
      command: "model",
      option: "format",
      value: formats.join("|"),
      help: "the ending .json, .ubj, .txt or .onnx would say it too",
    })
  );
}

const endings: Readonly<Record<Format, string>> = {
  xgboost: "json",
  lightgbm: "txt",
  onnx: "onnx",
};

/** A network has no trees: it is written as ONNX, or not at all. */
function networkFormat({ format: asked, to }: ExportTask): Format {
  const found = asked ?? (to === undefined ? null : formatOf(to));
  if (found === null)
    return fail("cli/missing-option", {
      command: "model",
      option: "to",
      value: "FILE.onnx",
      help: "a network is written as ONNX alone",
    });
  if (found !== "onnx")
    fail("cli/mismatch-option", {
      command: "model",
      option: asked === undefined ? "to" : "format",
      expected: asked === undefined ? "FILE.onnx with a network" : "onnx with a network",
      got: asked ?? to ?? "",
    });
  return found;
}

async function exported({ version, model }: LoadedVersion, task: ExportTask) {
  const { format: asked, to } = task;
  const files = model.files();
  const format = "network.json" in files ? networkFormat(task) : chosenFormat(asked, to);
  const path = resolve(to ?? `${version.name}-${version.number}.${endings[format]}`);
  const { written, features } =
    format === "onnx" ? asOnnx(files) : asTrees(loadModel(files), format, path);
  await folderBytes(dirname(path)).put(basename(path), Buffer.from(written));
  return { file: path, format, model: `${version.name}/${version.number}`, features };
}

/** The trees of a model, and the features that they ask for. */
function asTrees({ features: { names }, predictor }: FittedModel, format: Format, path: string) {
  const form = /\.ubj$/i.test(path) ? "ubj" : "json";
  const written =
    format === "lightgbm"
      ? formatLightgbm(predictor, { names })
      : formatXgboost(predictor, { names, format: form });
  return { written, features: names };
}

/** A network as it was trained, or a model with its features. */
function asOnnx(files: ModelFiles) {
  return { written: files["model.onnx"] ?? modelToOnnx(loadModel(files)), features: [] };
}

function shownOf({ version, model }: LoadedVersion) {
  const { signature, importances, kind } = model;
  const files = model.files();
  const others = [forecastFile, "network.json", "onnx.json"]; // those have neither features nor trees
  const isOfRows = !others.some((file) => file in files);
  const ofRows = isOfRows ? loadModel(files) : null;
  const features = ofRows?.features.names ?? [];
  const exportable = ofRows !== null && "trees" in ofRows.predictor;
  const hasOnnx = "model.onnx" in files;
  return { ...version, kind, signature, features, importances, exportable, hasOnnx };
}

const mostShown = 20;

const specText = ({
  kind,
  nullable,
  levels,
  tensor,
}: Pick<ColumnSpec, "kind" | "nullable" | "levels" | "tensor">): string =>
  `${tensor === undefined ? kind : `${tensor.type} [${tensor.shape.join(", ")}]`}${levels === undefined ? "" : ` of ${levels.slice(0, 10).join(", ")}${levels.length > 10 ? " …" : ""}`}${nullable ? ", may be missing" : ""}`;

function showLines(shown: ReturnType<typeof shownOf>, width: number): readonly string[] {
  const { name, number, aliases, kind, signature, importances, metrics } = shown;
  const { output, inputs, others = {} } = signature;
  const also = aliases.length === 0 ? "" : ` (${aliases.join(", ")})`;
  const takes = Object.entries(inputs).map(([input, spec]) => [input, specText(spec)]);
  const matter = importances
    .slice(0, mostShown)
    .map((one) => [one.name, one.share.toFixed(3), "█".repeat(Math.round(one.share * 20))]);
  const scores = Object.entries(metrics).map(([metric, value]) => [
    metric,
    String(Number(value.toPrecision(6))),
  ]);
  const how = { width };
  return [
    `${name}/${number}${also}: ${kind}, predicts ${output.name} (${specText({ ...output, nullable: false })})`,
    ...Object.entries(others).map(([name, spec]) => `beside it: ${name} (${specText(spec)})`),
    `registered ${moment(shown.createdAtMs)}, run ${shown.runId.slice(0, 8)}, ${shown.modelHash.slice(0, 19)}`,
    ...["", ...columns([["column", "what it holds"], ...takes], { ...how, whole: [0] })],
    ...(matter.length === 0
      ? []
      : ["", ...columns([["feature", "importance", ""], ...matter], { ...how, right: [1] })]),
    ...(scores.length === 0
      ? []
      : ["", ...columns([["metric", "value"], ...scores], { ...how, right: [1] })]),
    "",
    shown.features.length === 0
      ? `${kind}: it has no features, and no trees to export${shown.hasOnnx ? "; export it as ONNX" : ""}`
      : shown.exportable
        ? `${count(shown.features.length, "feature")}; its trees can be exported`
        : `${count(shown.features.length, "feature")}; it has no trees to export`,
  ];
}

function writtenLines(
  { file, model: of, format, features }: Awaited<ReturnType<typeof exported>>,
  width: number,
): readonly string[] {
  const some = features.slice(0, 10).join(", ");
  const more = features.length > 10 ? ` and ${features.length - 10} more` : "";
  const note = `The file holds trees: it takes the ${count(features.length, "feature")} that the model makes of its columns (${some}${more}), in this order, a missing one as NaN.`;
  return [`${of} written for ${format}: ${file}`, ...(format === "onnx" ? [] : wrap(note, width))];
}
