/** @file A predictor back from plain data, without changing a bit of what it predicts. */
import type { Predictor } from "../flow.ts";
import { readAverage } from "./average.ts";
import { bayesReaders } from "./bayes/readers.ts";
import { readBoost } from "./boost-predictor.ts";
import { combineReaders } from "./combine/readers.ts";
import { withThreshold } from "./combine/thresholded.ts";
import { fail } from "./errors.ts";
import { readElasticNet } from "./linear/elastic-net.ts";
import { readGeneralisedLinear } from "./linear/generalised-linear.ts";
import { readGradientLinear } from "./linear/gradient-linear.ts";
import { readLeastSquares } from "./linear/least-squares.ts";
import { readLogistic } from "./linear/logistic.ts";
import { readRidge } from "./linear/ridge.ts";
import { readMajority } from "./majority.ts";
import { readNeighbours } from "./neighbour/neighbours.ts";
import { predictorFormat } from "./predictor-format.ts";
import { type Fields, fieldsOf } from "./state-fields.ts";
import { readLinearSvm } from "./svm/linear-svm.ts";
import { readTreesPredictor } from "./tree/trees-predictor.ts";

export { type PredictorState, predictorState } from "./predictor-format.ts";

/**
 * The predictor of a state; it predicts the same bits as the one that was stored.
 *
 * @param value - What `parseJson` read.
 * @returns The predictor.
 * @throws `model/unsupported-format` for a newer format, `model/unknown-kind`,
 *   `model/corrupt-state`
 * @example
 * ```ts
 * const text = formatJson(predictorState(majorityPredictor({ share: 0.3, width: 1 })));
 * predictorFromState(parseJson(text)).predict(matrix([[1]])) // => Float64Array.of(0.3)
 * ```
 */
export function predictorFromState(value: unknown): Predictor {
  return fromFields(fieldsOf(value, "the state"));
}

function fromFields(state: Fields): Predictor {
  const [kind, written] = [state.text("kind"), state.number("format")];
  if (written > predictorFormat)
    fail("model/unsupported-format", { kind, got: written, known: predictorFormat });
  const read = Object.entries(readers).find(([name]) => name === kind)?.[1];
  if (read === undefined)
    return fail("model/unknown-kind", { got: kind, known: Object.keys(readers) });
  const predictor = read(state, fromFields);
  return state.has("threshold") ? withThreshold(predictor, state.number("threshold")) : predictor;
}

/** The reader of each kind: the one line that a new algorithm adds here. */
const readers: Readonly<
  Record<string, (state: Fields, read: (state: Fields) => Predictor) => Predictor>
> = {
  majority: readMajority,
  average: readAverage,
  logistic: readLogistic,
  boost: readBoost,
  leastSquares: readLeastSquares,
  ridge: readRidge,
  generalisedLinear: readGeneralisedLinear,
  gradientLinear: readGradientLinear,
  elasticNet: readElasticNet,
  trees: readTreesPredictor,
  neighbours: readNeighbours,
  ...bayesReaders,
  ...combineReaders,
  linearSvm: readLinearSvm,
};
