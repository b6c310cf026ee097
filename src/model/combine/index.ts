export {
  type CalibratedOptions,
  type CalibratedPredictor,
  type CalibratedState,
  type CalibrateOptions,
  type CalibrationMethod,
  calibrate,
  calibrated,
  calibratedPredictor,
} from "./calibrated.ts";
export {
  type ChooseThresholdOptions,
  type ChosenThreshold,
  chooseThreshold,
  type ThresholdRule,
} from "./choose-threshold.ts";
export {
  type ClassPairsPredictor,
  type ClassPairsState,
  classPairsPredictor,
  oneVsOne,
  oneVsRest,
} from "./class-pairs.ts";
export {
  type CrossValidateFrameOptions,
  type CrossValidateOptions,
  type CrossValidation,
  crossValidate,
  crossValidateFrame,
  type FoldResult,
  type FoldSpread,
} from "./cross-validate.ts";
export type { Curve, SigmoidCurve } from "./curves.ts";
export { type IsotonicLine, isotonic } from "./isotonic.ts";
export { type DealOptions, type OutOfFoldOptions, outOfFold } from "./out-of-fold.ts";
export {
  type StackedOptions,
  type StackedPredictor,
  type StackedState,
  stacked,
  stackedPredictor,
} from "./stacked.ts";
export { type ThresholdedOptions, thresholded, withThreshold } from "./thresholded.ts";
export {
  type VotingOptions,
  type VotingPredictor,
  type VotingState,
  voting,
  votingPredictor,
} from "./voting.ts";
export { withCalibration, withChosenThreshold, withPredictor } from "./with-predictor.ts";
