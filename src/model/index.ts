export * from "./advise/index.ts";
export {
  type AverageOptions,
  type AveragePredictor,
  type AverageState,
  average,
  averagePredictor,
} from "./average.ts";
export * from "./bayes/index.ts";
export { boost } from "./boost.ts";
export type { BoostObjective, BoostOptions, CustomObjective } from "./boost-options.ts";
export {
  type BoostPredictor,
  type BoostState,
  boostPredictor,
} from "./boost-predictor.ts";
export * from "./combine/index.ts";
export { modelErrors } from "./errors.ts";
export { checkWidth, type Estimator, type EstimatorParts, estimator, taskOf } from "./estimator.ts";
export {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type Judged,
  judge,
  type Scores,
} from "./evaluate.ts";
export * from "./explain/index.ts";
export {
  type Fit,
  type FitModelOptions,
  type FitOptions,
  fitModel,
  type LabelKind,
  type LabelProblem,
  type Learner,
  type Misuse,
  type ModelInput,
  type ModelOutput,
} from "./fit.ts";
export type { FittedModel } from "./fitted-model.ts";
export { type ImportedModelOptions, importedModel } from "./imported-model.ts";
export * from "./interchange/index.ts";
export * from "./linear/index.ts";
export {
  type MajorityPredictor,
  type MajorityState,
  majority,
  majorityPredictor,
} from "./majority.ts";
export { loadModel } from "./model-files.ts";
export * from "./neighbour/index.ts";
export * from "./onnx/index.ts";
export { type PredictorState, predictorFromState, predictorState } from "./predictor-state.ts";
export * from "./report/index.ts";
export * from "./svm/index.ts";
export * from "./tree/index.ts";
export { typedModel } from "./typed-model.ts";
