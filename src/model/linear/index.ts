export type { ClassWeights } from "./class-weights.ts";
export {
  type ElasticNetOptions,
  type ElasticNetPredictor,
  type ElasticNetState,
  elasticNet,
  elasticNetPredictor,
  lasso,
} from "./elastic-net.ts";
export {
  type GeneralisedLinearOptions,
  type GeneralisedLinearPredictor,
  type GeneralisedLinearState,
  generalisedLinear,
  generalisedLinearPredictor,
} from "./generalised-linear.ts";
export {
  type GradientLinearOptions,
  type GradientLinearPredictor,
  type GradientLinearState,
  gradientLinear,
  gradientLinearPredictor,
} from "./gradient-linear.ts";
export {
  type Coefficient,
  type Intervals,
  type LeastSquaresPredictor,
  type LeastSquaresState,
  leastSquares,
  leastSquaresPredictor,
} from "./least-squares.ts";
export {
  type Influence,
  type LinearDiagnostics,
  linearDiagnostics,
} from "./linear-diagnostics.ts";
export {
  type LogisticOptions,
  type LogisticPredictor,
  type LogisticState,
  logistic,
  logisticPredictor,
} from "./logistic.ts";
export {
  type RidgeOptions,
  type RidgePredictor,
  type RidgeState,
  ridge,
  ridgePredictor,
} from "./ridge.ts";
export { shapiroWilk, type TestResult } from "./shapiro-wilk.ts";
export type { Family } from "./smooth-loss.ts";
