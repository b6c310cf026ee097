export {
  type CategoricalBayesOptions,
  type CategoricalBayesPredictor,
  type CategoricalBayesState,
  categoricalBayes,
  categoricalBayesPredictor,
} from "./categorical-bayes.ts";
export {
  type ClassScoresPredictor,
  type ClassScoresState,
  classScoresPredictor,
} from "./class-scores.ts";
export {
  type BernoulliBayesOptions,
  bernoulliBayes,
  type ComplementBayesOptions,
  complementBayes,
  type MultinomialBayesOptions,
  multinomialBayes,
} from "./count-bayes.ts";
export {
  type LinearDiscriminantOptions,
  linearDiscriminant,
  type QuadraticDiscriminantOptions,
  type QuadraticDiscriminantPredictor,
  type QuadraticDiscriminantState,
  quadraticDiscriminant,
  quadraticDiscriminantPredictor,
} from "./discriminant.ts";
export {
  type GaussianBayesOptions,
  type GaussianBayesPredictor,
  type GaussianBayesState,
  gaussianBayes,
  gaussianBayesPredictor,
} from "./gaussian-bayes.ts";
export type { Priors } from "./posterior.ts";
