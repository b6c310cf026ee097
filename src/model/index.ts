export {
  type BoostOptions,
  type BoostPredictor,
  type BoostState,
  boost,
  boostPredictor,
} from "./boost.ts";
export { modelErrors } from "./errors.ts";
export { checkWidth, type Estimator, type EstimatorParts, estimator } from "./estimator.ts";
export {
  type LogisticOptions,
  type LogisticPredictor,
  type LogisticState,
  logistic,
  logisticPredictor,
} from "./logistic.ts";
export {
  type MajorityPredictor,
  type MajorityState,
  majority,
  majorityPredictor,
} from "./majority.ts";
export { type PredictorState, predictorFromState, predictorState } from "./predictor-state.ts";
