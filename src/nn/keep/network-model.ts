/** @file A trained network as a model among others: kept as files, registered and served. */
import { Buffer } from "node:buffer";
import { checkNames, hashOf } from "../../core/index.ts";
import type {
  Cells,
  ModelFiles,
  Prediction,
  ServedModel,
  Signature,
  TensorSpec,
} from "../../flow.ts";
import { sizeOf } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import type { TrainedNetwork } from "../train/trained-network.ts";
import { checkKept } from "./check-kept.ts";
import {
  formatHistory,
  formatNetwork,
  historyFile,
  type Labelling,
  networkFile,
  onnxFile,
  parseNetwork,
} from "./network-file.ts";

/** What a network is asked and tells, as others see it. */
export interface NetworkModelOptions {
  /** The name of the column that holds a row. Default "x". */
  readonly input?: string;
  /** Whether a row comes as bytes, 0 to 255, which are divided by 255 as in training. Default false: numbers. */
  readonly bytes?: boolean;
  /** The name of what it tells. Default "y". */
  readonly output?: string;
  /** Names of the classes in order, k of them; default "0", "1", …. Of "crossEntropy" only. */
  readonly classes?: readonly string[];
  /** Further files that belong to it, such as a tokeniser; its hash covers them. */
  readonly files?: ModelFiles;
}

/** A network that is kept, registered and served: what was trained is what answers. */
export interface NetworkModel extends ServedModel {
  readonly kind: "network";
  readonly trained: TrainedNetwork;
  /** The names of the classes; null where it tells something else. */
  readonly classes: readonly string[] | null;
  readonly bytes: boolean;
  predict(row: Cells): Promise<Prediction>;
  predictAll(rows: readonly Cells[]): Promise<readonly Prediction[]>;
}

/**
 * A trained network as a model. A row is one cell: an array of the network's input shape in base64, as an endpoint makes it of lists. Of one label
 * a row ("crossEntropy") it tells the class and the probability of each, of one logit ("binaryCrossEntropy") whether something holds, of one number
 * that number, and of anything else the array that `trained.predict` gives.
 *
 * @param trained - What `train` gave.
 * @param options - Names; see {@link NetworkModelOptions}.
 * @returns A model whose files are `network.json`, `history.json` and `model.onnx`; what it says is never NaN, but `nn/failed-answer`.
 * @throws `nn/mismatch-output`, `option/unknown-name`; `nn/unsupported-layer` of a layer of your own, which no file could hold
 */
export function networkModel(
  trained: TrainedNetwork,
  options: NetworkModelOptions = {},
): NetworkModel {
  checkNames("networkModel", options, ["input", "bytes", "output", "classes", "files"]);
  const { input = "x", bytes = false, output = "y", files: more = {} } = options;
  checkKept(trained.network.layers);
  const classes = classesOf(trained, options.classes);
  const labelling: Labelling = { input, bytes, output, classes };
  const own: ModelFiles = { [networkFile]: formatNetwork(trained, labelling), ...more };
  const tensor: TensorSpec = {
    type: bytes ? "uint8" : "float32",
    shape: trained.network.inputShape,
  };
  const signature: Signature = {
    inputs: { [input]: { kind: "text", nullable: false, tensor } },
    output: outputOf(trained, labelling),
  };
  const answer = answerOf(signature.output);
  const predictAll = async (rows: readonly Cells[]): Promise<readonly Prediction[]> => {
    if (rows.length === 0) return [];
    const told = await trained.predict(numbersOf(rows, input, tensor));
    const width = told.length / rows.length;
    return rows.map((_, row) => {
      const numbers = told.subarray(row * width, (row + 1) * width);
      if (numbers.some(Number.isNaN)) fail("nn/failed-answer", { row, output });
      return answer(numbers);
    });
  };
  return {
    ...{ kind: "network", trained, classes, bytes, signature, predictAll },
    hash: hashOf(
      Object.keys(own)
        .sort()
        .map((path) => `${path} ${hashOf(own[path] ?? "")}`)
        .join("\n"),
    ),
    importances: [],
    predict: async (row) =>
      (await predictAll([row]))[0] ?? { value: null, probability: Number.NaN },
    files: () => ({
      ...own,
      [historyFile]: formatHistory(trained.history),
      [onnxFile]: trained.onnx({ input, bytes }),
    }),
  };
}

/**
 * The network of some files: it tells the same bits as the one that wrote them, and has its hash.
 *
 * @throws `nn/unsupported-format`, `nn/corrupt-files`
 */
export function loadNetwork(files: ModelFiles): NetworkModel {
  const { [networkFile]: _, [historyFile]: __, [onnxFile]: ___, ...more } = files;
  return parseNetwork(files, (trained, { classes, ...names }) =>
    networkModel(trained, { ...names, ...(classes === null ? {} : { classes }), files: more }),
  );
}

const isClassifier = ({ loss, network }: TrainedNetwork): boolean =>
  loss === "crossEntropy" && network.outputShape.length === 1;

/** The names of classes, as many as the network has. */
function classesOf(
  trained: TrainedNetwork,
  named: readonly string[] | undefined,
): readonly string[] | null {
  if (!isClassifier(trained)) {
    if (named !== undefined)
      fail("nn/mismatch-output", {
        expected: "no classes, since it tells something else",
        got: `${named.length}`,
      });
    return null;
  }
  const count = trained.network.outputShape[0] ?? 0;
  const classes = named ?? Array.from({ length: count }, (_, i) => `${i}`);
  if (classes.length !== count || new Set(classes).size !== count)
    fail("nn/mismatch-output", { expected: `${count} different names`, got: classes.join(", ") });
  return classes;
}

function outputOf(
  { loss, network }: TrainedNetwork,
  { output: name, classes }: Labelling,
): Signature["output"] {
  if (classes !== null) return { name, kind: "category", levels: classes };
  if (sizeOf(network.outputShape) === 1)
    return { name, kind: loss === "binaryCrossEntropy" ? "bool" : "float" };
  return { name, kind: "text", tensor: { type: "float32", shape: network.outputShape } };
}

/** Cells of base64 as the numbers of all rows. */
export function numbersOf(
  rows: readonly Cells[],
  input: string,
  { type, shape }: TensorSpec,
): Float32Array | Uint8Array {
  const size = sizeOf(shape);
  const all = new Uint8Array(rows.length * size * (type === "uint8" ? 1 : 4));
  const each = all.length / rows.length;
  for (const [i, row] of rows.entries()) {
    const bytes = Buffer.from(String(row[input] ?? ""), "base64");
    if (bytes.length !== each)
      fail("nn/mismatch-rows", {
        at: "predict",
        what: `${input} of row ${i}`,
        expected: `${each} bytes in base64`,
        got: `${bytes.length}`,
      });
    all.set(bytes, i * each);
  }
  return type === "uint8" ? all : new Float32Array(all.buffer);
}

/** What the numbers of a row mean. */
function answerOf({ kind, levels }: Signature["output"]): (told: Float32Array) => Prediction {
  if (kind === "category" && levels !== undefined) return (told) => classAnswer(told, levels);
  if (kind === "bool") return ([p = Number.NaN]) => ({ value: p >= 0.5, probability: p });
  if (kind === "float") return ([value = Number.NaN]) => ({ value, probability: null });
  return (told) => ({
    value: Buffer.from(told.slice().buffer).toString("base64"),
    probability: null,
  });
}

function classAnswer(told: Float32Array, levels: readonly string[]): Prediction<string> {
  const place = told.reduce((best, p, i) => (p > (told[best] ?? 0) ? i : best), 0);
  const probabilities = Object.fromEntries(
    levels.map((level, i) => [level, told[i] ?? Number.NaN]),
  );
  return { value: levels[place] ?? "", probability: told[place] ?? Number.NaN, probabilities };
}
