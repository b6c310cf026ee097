/** @file A model: fitted features and a predictor, from raw rows to answers, and its files. */
import { formatJson, hashOf } from "../core/index.ts";
import type { FittedFeatures } from "../feature/index.ts";
import type { Cell, Cells, Matrix, Model, ModelFiles, Predictor, Signature } from "../flow.ts";
import { answersOf } from "./answers.ts";
import { predictNamed } from "./predict-named.ts";
import { predictorState } from "./predictor-format.ts";

/** A model with its two halves in view; `P` is what its estimator learned, with all that it tells. */
export interface FittedModel<In = Cells, Out = Cell, P extends Predictor = Predictor>
  extends Model<In, Out> {
  readonly features: FittedFeatures;
  readonly predictor: P;
}

/** What a model is made of; fitting and loading both end here. */
export interface ModelParts<P extends Predictor = Predictor> {
  readonly features: FittedFeatures;
  readonly predictor: P;
  /** What it tells. */
  readonly output: Signature["output"];
}

/** The format of `model.json` that this version writes. */
export const modelFormat = 1;
/** The one file of a model. */
export const modelFile = "model.json";

/**
 * What a predictor tells of a label: bool, category or float. The levels are those of the label's column, of
 * which a class of the predictor is always one.
 */
export function outputOf(
  { task }: Predictor,
  name: string,
  declared: readonly string[] = [],
): Signature["output"] {
  switch (task?.kind) {
    case "multiclass": {
      const others = task.classes.filter((level) => !declared.includes(level));
      return { name, kind: "category", levels: [...declared, ...others] };
    }
    case "regression":
      return { name, kind: "float" };
    default:
      return { name, kind: "bool" };
  }
}

/**
 * The model of some features and a predictor. Its hash is that of its file, in which there are
 * neither times nor ids.
 */
export function fittedModel<In extends Cells, Out extends Cell, P extends Predictor = Predictor>(
  parts: ModelParts<P>,
): FittedModel<In, Out, P>;
export function fittedModel(parts: ModelParts): FittedModel {
  const { features, predictor, output } = parts;
  const signature: Signature = { inputs: features.reads, output };
  const bytes = new TextEncoder().encode(formatModel(parts, signature));
  const answers = answersOf(predictor, output.levels);
  const predictAll = (rows: readonly Cells[]) => {
    const x = matrixOf(features, rows); // [n, d]
    return answers.of(predictNamed(predictor, x, features.names), rows.length);
  };
  return {
    kind: predictor.kind,
    signature,
    hash: hashOf(bytes),
    features,
    predictor,
    importances: importancesOf(parts),
    predict: (row) => predictAll([row])[0] ?? answers.none,
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

function matrixOf(features: FittedFeatures, rows: readonly Cells[]): Matrix {
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
