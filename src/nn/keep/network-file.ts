/** @file The file of a trained network: layers, weights and what it is asked and tells. */
import { checkChoice, fieldsOf, formatJson, isMillraceError, parseJson } from "../../core/index.ts";
import type { ModelFiles } from "../../flow.ts";
import { fail } from "../errors.ts";
import { epochOf } from "../train/checkpoint.ts";
import { lossNames } from "../train/loss.ts";
import { type TrainedNetwork, trainedNetwork } from "../train/trained-network.ts";
import type { NetworkEpoch } from "../train/training.ts";
import { networkFrom, specsOf } from "./layer-of.ts";
import { aSize } from "./option-kinds.ts";

/** The file that decides what a network tells; no other model has one of this name. */
export const networkFile = "network.json";
/** How its training went: no part of the network's hash. */
export const historyFile = "history.json";
/** The same network for every runtime of ONNX. */
export const onnxFile = "model.onnx";
const fileFormat = 1;

/** What a network is asked and tells, as its file has it. */
export interface Labelling {
  /** The name of its input, and whether it is bytes that are divided by 255. */
  readonly input: string;
  readonly bytes: boolean;
  /** The name of what it tells, and, of classes, their names in order. */
  readonly output: string;
  readonly classes: readonly string[] | null;
}

/** The bytes of the file. */
export function formatNetwork(trained: TrainedNetwork, labelling: Labelling): Uint8Array {
  const { network, loss, vectors } = trained;
  const layers = network.layers.map(({ kind, options }) => ({ kind, options }));
  const { weights, kept } = vectors;
  const text = formatJson({
    format: fileFormat,
    inputShape: network.inputShape,
    layers,
    loss,
    ...labelling,
    weights,
    kept,
  });
  return new TextEncoder().encode(text);
}

/** The history of a training as a file. */
export const formatHistory = (history: readonly NetworkEpoch[]): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(history));

/** What is made of the network of some files. @throws `nn/unsupported-format`, `nn/corrupt-files` */
export function parseNetwork<T>(
  files: ModelFiles,
  make: (trained: TrainedNetwork, labelling: Labelling) => T,
): T {
  const bytes = files[networkFile];
  if (bytes === undefined)
    return corrupt(`there is no ${networkFile} among ${Object.keys(files).join(", ")}`);
  try {
    const { trained, labelling } = networkOf(
      parseJson(new TextDecoder().decode(bytes), networkFile),
      historyOf(files[historyFile]),
    );
    return make(trained, labelling);
  } catch (error) {
    if (isMillraceError(error) && /^nn\/(unsupported-format|corrupt-files)$/.test(error.code))
      throw error;
    return corrupt(error instanceof Error ? error.message : String(error), error);
  }
}

function networkOf(value: unknown, history: readonly NetworkEpoch[]) {
  const damaged = (field: string, expected: string, got: string): never =>
    corrupt(`${field}: expected ${expected}, got ${got}`);
  const file = fieldsOf(value, { name: networkFile, damaged });
  const format = file.number("format");
  if (format > fileFormat) fail("nn/unsupported-format", { got: format, known: fileFormat });
  if (format !== fileFormat) damaged("format", `${fileFormat}`, `${format}`);
  const { inputShape, layers: listed } = file.value;
  const layers = specsOf(listed) ?? damaged("layers", "a list of {kind, options}", typeof listed);
  const shape = aSize.is(inputShape)
    ? inputShape
    : damaged("inputShape", aSize.expected, typeof inputShape);
  const network = networkFrom(shape, layers);
  const loss = checkChoice(networkFile, { loss: file.text("loss") }, lossNames);
  const keptLength = network.kept.reduce((sum, { length }) => sum + length, 0);
  const state = {
    ...{ epoch: history.length, step: 0, slots: [], stopping: null, best: null, history },
    weights: file.array("weights", Float32Array, network.parameters),
    kept: file.array("kept", Float32Array, keptLength),
  };
  const classes = file.value["classes"] === null ? null : file.texts("classes");
  const labelling = {
    input: file.text("input"),
    bytes: file.boolean("bytes"),
    output: file.text("output"),
    classes,
  };
  return { trained: trainedNetwork({ network, loss, state }), labelling };
}

/** The epochs that were kept; none where there is no file. */
function historyOf(bytes: Uint8Array | undefined): readonly NetworkEpoch[] {
  if (bytes === undefined) return [];
  const damaged = (field: string, expected: string, got: string): never =>
    corrupt(`${historyFile}: ${field}: expected ${expected}, got ${got}`);
  const history = parseJson(new TextDecoder().decode(bytes), historyFile);
  return fieldsOf({ history }, { name: historyFile, damaged }).list("history").map(epochOf);
}

function corrupt(reason: string, cause?: unknown): never {
  return fail("nn/corrupt-files", { reason: reason.replace(/\.$/, "") }, { cause });
}
