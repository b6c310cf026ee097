export {
  type Coefficient,
  type Intervals,
  type LeastSquaresPredictor,
  type LeastSquaresState,
  leastSquares,
  leastSquaresPredictor,
} from "./least-squares.ts";
export {
  type RidgeOptions,
  type RidgePredictor,
  type RidgeState,
  ridge,
  ridgePredictor,
} from "./ridge.ts";
