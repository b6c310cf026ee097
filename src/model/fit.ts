/** @file Fitting a model to typed rows: what an estimator's `fit` does and which types it asks for. */
import { checkNames, type LongWork } from "../core/index.ts";
import { dataset } from "../dataset/index.ts";
import { type Features, fitFeatures } from "../feature/index.ts";
import type { Dataset, Predictor } from "../flow.ts";
import { type Columns, checkFrame, type Frame, type Row } from "../table/index.ts";
import { type FittedModel, fittedModel } from "./fitted-model.ts";

/** A sentence that the compiler shows where a type does not fit; no value has this type. */
export interface Misuse<Sentence extends string> {
  readonly problem: Sentence;
}

/**
 * `unknown` when rows of the columns C have what features read, R, and L among them can be the
 * label; else the problem. Columns that are known only at run time are checked then.
 */
export type LabelProblem<
  C extends Columns,
  R extends string,
  L extends string,
> = string extends keyof C
  ? unknown
  : [R] extends [keyof C]
    ? L extends R
      ? Misuse<`the label "${L}" is among the columns that the features read`>
      : L extends keyof C
        ? C[L]["kind"] extends "bool"
          ? unknown
          : Misuse<`the label "${L}" is a ${C[L]["kind"]} column; expected a bool column`>
        : Misuse<`there is no column "${L}"`>
    : Misuse<`the rows have no column "${Exclude<R, keyof C>}", which the features read`>;

/** The row that a model asks for: the columns its features read, and no others. */
export type ModelInput<D extends Columns, R extends string> = Row<Pick<D, R & keyof D>>;

/** What a model learns from, and what it learns to tell. */
export interface FitOptions<D extends Columns, R extends string, L extends string> {
  /** Defined on the schema of the rows, or on another that has the columns they read. */
  readonly features: Features<D, R>;
  /** A bool column of the rows that the features do not read. */
  readonly label: L;
}

/** What can be fitted: `learn` turns numbers into a predictor. */
export interface Learner {
  learn(data: Dataset, work?: LongWork): Promise<Predictor>;
}

/**
 * Fits the features to the rows, learns from them, and gives the model of both.
 *
 * @throws What `fitFeatures`, `dataset` and `learn` throw: `feature/conflict-test-rows`,
 * `dataset/missing-label`, `model/missing-value` and others
 */
export type Fit = <C extends Columns, D extends Columns, R extends string, const L extends string>(
  rows: Frame<C>,
  options: FitOptions<D, R, L> & { readonly label: LabelProblem<C, R, L> },
  work?: LongWork,
) => Promise<FittedModel<ModelInput<D, R>>>;

/** The `fit` of an estimator that can learn. */
export function fitWith(learner: Learner): Fit {
  return async (rows, options, work) => {
    checkFrame("fit", rows);
    checkNames("fit", options, ["features", "label"]);
    const { features: definition, label } = options;
    const features = await fitFeatures(definition, rows, { label });
    const data = await dataset({ features, rows, label });
    const predictor = await learner.learn(data, work);
    return fittedModel({ features, predictor, label });
  };
}
