/** @file A detector of anomalies as a model among others: an image goes in, its error and whether it is an anomaly come out. */
import { checkNames, fieldsOf, formatJson, isMillraceError, parseJson } from "../../core/index.ts";
import type { Cells, ModelFiles, Prediction, ServedModel, Signature } from "../../flow.ts";
import { batch, emitOnnx, formatOnnx, Graph, ops, type Tensor } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { frozenScope } from "../frozen-scope.ts";
import { answered } from "../train/loss.ts";
import {
  type AnomalyDetector,
  anomalyDetector,
  anomalyErrors,
  leastSquare,
} from "../vision/anomalies.ts";
import { onnxFile } from "./network-file.ts";
import { loadNetwork, type NetworkModel, networkModel, numbersOf } from "./network-model.ts";

/** The file with the threshold; no other model has one of this name. */
export const anomaliesFile = "anomalies.json";
const fileFormat = 1;

/** What a detector is asked, as others see it. */
export interface AnomalyModelOptions {
  /** The name of the column that holds an image, as bytes. Default "image". */
  readonly input?: string;
}

/** A detector that is kept, registered and served. */
export interface AnomalyModel extends ServedModel<Cells, number> {
  readonly kind: "anomalies";
  readonly detector: AnomalyDetector;
  predict(row: Cells): Promise<Prediction<number>>;
  predictAll(rows: readonly Cells[]): Promise<readonly Prediction<number>[]>;
}

/**
 * A detector as a model. It tells the error of an image, and beside it whether that is above the threshold: `isAnomaly`. Its ONNX file
 * tells both of bytes, too.
 *
 * @param detector - What `fitAnomalies` gave.
 * @param options - See {@link AnomalyModelOptions}.
 * @returns A model whose files are those of its autoencoder and `anomalies.json`.
 * @throws `option/unknown-name`
 */
export function anomalyModel(
  detector: AnomalyDetector,
  options: AnomalyModelOptions = {},
): AnomalyModel {
  checkNames("anomalyModel", options, ["input"]);
  const { input = "image" } = options;
  const { trained, error, threshold, mean, deviation } = detector;
  const state = formatJson({ format: fileFormat, error, threshold, mean, deviation });
  const base = networkModel(trained, {
    ...{ input, bytes: true, output: "reconstruction" },
    files: { [anomaliesFile]: new TextEncoder().encode(state) },
  });
  return modelOf(base, detector, input);
}

/**
 * The detector of some files: it tells the same numbers as the one that wrote them, and has its hash.
 *
 * @throws `nn/unsupported-format`, `nn/corrupt-files`
 */
export function loadAnomalyModel(files: ModelFiles): AnomalyModel {
  const base = loadNetwork(files);
  const [input = "image"] = Object.keys(base.signature.inputs);
  const damaged = (reason: string, cause?: unknown): never =>
    fail("nn/corrupt-files", { reason: `${anomaliesFile}: ${reason}` }, { cause });
  try {
    const value = parseJson(new TextDecoder().decode(files[anomaliesFile]), anomaliesFile);
    const file = fieldsOf(value, {
      name: anomaliesFile,
      damaged: (field, expected, got) => damaged(`${field}: expected ${expected}, got ${got}`),
    });
    const format = file.number("format");
    if (format > fileFormat) fail("nn/unsupported-format", { got: format, known: fileFormat });
    const asked = file.text("error");
    const error = anomalyErrors.find((one) => one === asked) ?? damaged(`the error "${asked}"`);
    const [threshold, mean] = [file.number("threshold"), file.number("mean")];
    const deviation = file.number("deviation");
    const { trained } = base;
    return modelOf(base, anomalyDetector({ trained, error, threshold, mean, deviation }), input);
  } catch (error) {
    if (isMillraceError(error) && /^nn\/(unsupported-format|corrupt-files)$/.test(error.code))
      throw error;
    return damaged((error as Error).message, error);
  }
}

function modelOf(base: NetworkModel, detector: AnomalyDetector, input: string): AnomalyModel {
  const { threshold } = detector;
  const { hash, importances, signature: own } = base;
  const signature: Signature = {
    inputs: own.inputs,
    output: { name: "error", kind: "float" },
    others: { isAnomaly: { kind: "bool", nullable: false } },
  };
  const tensor = { type: "uint8", shape: detector.trained.network.inputShape } as const;
  const predictAll = async (rows: readonly Cells[]): Promise<readonly Prediction<number>[]> => {
    if (rows.length === 0) return [];
    const pixels = Uint8Array.from(numbersOf(rows, input, tensor));
    const errors = await detector.errors({ pixels });
    return Array.from(errors, (value) => ({
      ...{ value, probability: null },
      others: { isAnomaly: value > threshold },
    }));
  };
  return {
    ...{ kind: "anomalies", detector, signature, hash, importances, predictAll },
    predict: async (row) =>
      (await predictAll([row]))[0] ?? { value: Number.NaN, probability: null },
    files: () => ({ ...base.files(), [onnxFile]: onnxOf(detector, input) }),
  };
}

/** The autoencoder, the error and the threshold as one file: `input` of bytes, `error` and `isAnomaly`, [n] each. */
function onnxOf({ trained, error: kind, threshold }: AnomalyDetector, input: string): Uint8Array {
  const { network, loss, vectors } = trained;
  const graph = new Graph();
  const { scope, values } = frozenScope(graph, network, vectors);
  const given = graph.input(input, [batch, ...network.inputShape], "uint8");
  const x = ops.divide(ops.toFloat(given), graph.scalar(255));
  const axes = network.inputShape.map((_, i) => i + 1);
  const meanSquare = (a: Tensor): Tensor => ops.mean(ops.square(a), { axes });
  const squared = meanSquare(ops.subtract(answered(loss, network.build(x, scope)), x));
  const [ink, least] = [meanSquare(x), graph.scalar(leastSquare)];
  const floored = ops.where(ops.above(ink, least), ink, least);
  const error = kind === "squared" ? squared : ops.divide(squared, floored);
  const isAnomaly = ops.above(error, graph.scalar(threshold));
  const metadata = { producer: "millrace", loss };
  return formatOnnx(emitOnnx(graph, { error, isAnomaly }, { weights: values, metadata }));
}
