/** @file The readers of stored classifiers by likelihood. */
import type { Predictor } from "../../flow.ts";
import type { Fields } from "../state-fields.ts";
import { readCategoricalBayes } from "./categorical-bayes.ts";
import { readClassScores } from "./class-scores.ts";
import { readQuadraticDiscriminant } from "./discriminant.ts";
import { readGaussianBayes } from "./gaussian-bayes.ts";

/** The reader of each kind. */
export const bayesReaders: Readonly<Record<string, (state: Fields) => Predictor>> = {
  gaussianBayes: readGaussianBayes,
  multinomialBayes: readClassScores,
  complementBayes: readClassScores,
  bernoulliBayes: readClassScores,
  categoricalBayes: readCategoricalBayes,
  linearDiscriminant: readClassScores,
  quadraticDiscriminant: readQuadraticDiscriminant,
};
