/** @file A model: fitted features and a predictor, from raw rows to answers, and its files. */
import { formatJson, hashOf } from "../core/index.ts";
import type { FittedFeatures } from "../feature/index.ts";
import type { Cells, Matrix, Model, ModelFiles, Predictor, Signature } from "../flow.ts";
import { predictorState } from "./predictor-format.ts";

/** A model of a yes-or-no label, with its two halves in view. */
export interface FittedModel<In = Cells> extends Model<In, boolean> {
  readonly features: FittedFeatures;
  readonly predictor: Predictor;
}

/** What a model is made of; fitting and loading both end here. */
export interface ModelParts {
  readonly features: FittedFeatures;
  readonly predictor: Predictor;
  /** The name of the column it predicts. */
  readonly label: string;
}

/** The format of `model.json` that this version writes. */
export const modelFormat = 1;
/** The one file of a model. */
export const modelFile = "model.json";

/**
 * The model of some features and a predictor. Its hash is that of its file, in which there are
 * neither times nor ids.
 */
export function fittedModel<In extends Cells>(parts: ModelParts): FittedModel<In> {
  const { features, predictor, label } = parts;
  const signature: Signature = { inputs: features.reads, output: { name: label, kind: "bool" } };
  const bytes = new TextEncoder().encode(formatModel(parts, signature));
  const predictAll = (rows: readonly In[]) => {
    const x = matrixOf(features, rows); // [n, d]
    const probabilities = predictor.predict(x); // [n]
    return Array.from(probabilities, (probability) => ({ value: probability >= 0.5, probability }));
  };
  return {
    kind: predictor.kind,
    signature,
    hash: hashOf(bytes),
    features,
    predictor,
    importances: importancesOf(parts),
    predict: (row) => predictAll([row])[0] ?? { value: false, probability: Number.NaN },
    predictAll,
    files: (): ModelFiles => ({ [modelFile]: bytes.slice() }),
  };
}

function formatModel({ features, predictor }: ModelParts, signature: Signature): string {
  return formatJson({
    format: modelFormat,
    kind: predictor.kind,
    signature,
    features: features.state,
    predictor: predictorState(predictor),
  });
}

function matrixOf<In extends Cells>(features: FittedFeatures, rows: readonly In[]): Matrix {
  const cols = features.names.length;
  const data = new Float64Array(rows.length * cols);
  for (const [i, row] of rows.entries()) data.set(features.row(row), i * cols);
  return { rows: rows.length, cols, data };
}

function importancesOf({ features, predictor }: ModelParts): Model["importances"] {
  const { importances = [] } = predictor;
  const named = Array.from(importances, (share, j) => ({ name: features.names[j] ?? "", share }));
  return named.sort((a, b) => b.share - a.share);
}
