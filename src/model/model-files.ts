/** @file Reading a model from its files. */
import { isMillraceError, isRecord, parseJson } from "../core/index.ts";
import { featuresFromState, withStoredLookups } from "../feature/index.ts";
import type { ModelFiles } from "../flow.ts";
import { fail } from "./errors.ts";
import { type FittedModel, fittedModel, modelFile, modelFormat, outputOf } from "./fitted-model.ts";
import { predictorFromState } from "./predictor-state.ts";

/**
 * The model of some files; it predicts the same bits as the one that wrote them, and has its hash.
 *
 * @param files - What a model's `files()` gave.
 * @returns A model that asks for the columns of its signature.
 * @throws `model/unsupported-format` for a model that a newer Millrace wrote, `model/unsupported-files` of a forecast,
 *   which `loadForecast` reads, `model/corrupt-files`
 * @example
 * ```ts
 * const node = { op: "column", name: "age", kind: "int" };
 * const age = { name: "age", transform: "numeric", options: {}, reads: ["age"], stats: {},
 *   outputs: [{ name: "age", node }] };
 * const inputs = { age: { kind: "int", nullable: false } };
 * const text = formatJson({
 *   format: 1,
 *   signature: { output: { name: "left", kind: "bool" } },
 *   features: { format: 1, inputs, features: [age] },
 *   predictor: predictorState(majorityPredictor({ share: 0.3, width: 1 })),
 * });
 * const model = loadModel({ "model.json": new TextEncoder().encode(text) });
 * model.predict({ age: 40 }) // => { value: false, probability: 0.3 }
 * ```
 */
export function loadModel(files: ModelFiles): FittedModel {
  const bytes = files[modelFile];
  for (const file of ["forecast.json", "network.json", "onnx.json"])
    if (bytes === undefined && file in files) fail("model/unsupported-files", { file });
  if (bytes === undefined)
    return corrupt(`there is no ${modelFile} among its files ${Object.keys(files).join(", ")}`);
  try {
    return withStoredLookups(modelOf(parseJson(new TextDecoder().decode(bytes), modelFile)), files);
  } catch (error) {
    const own = isMillraceError(error) && /\/(unsupported-format|corrupt-files)$/.test(error.code);
    if (own) throw error;
    return corrupt((error as Error).message, error);
  }
}

function modelOf(value: unknown): FittedModel {
  if (!isRecord(value)) return corrupt("it is no object");
  const { format, signature, features: state, predictor: learned } = value;
  if (typeof format !== "number") return corrupt("it has no format number");
  if (format > modelFormat)
    fail("model/unsupported-format", { kind: "model", got: format, known: modelFormat });
  const output = isRecord(signature) ? signature["output"] : undefined;
  const label = isRecord(output) ? output["name"] : undefined;
  if (!isRecord(output) || typeof label !== "string")
    return corrupt("its signature names no output");
  const features = featuresFromState(state);
  const predictor = predictorFromState(learned);
  const cols = features.names.length;
  predictor.predict({ rows: 1, cols, data: new Float64Array(cols) }); // refuses another width
  const told = outputOf(predictor, label, textsOf(output["levels"]));
  if (told.kind !== output["kind"])
    return corrupt(`its signature tells ${String(output["kind"])}, and its predictor ${told.kind}`);
  return fittedModel({ features, predictor, output: told });
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}

function corrupt(reason: string, cause?: unknown): never {
  return fail("model/corrupt-files", { reason }, { cause });
}
