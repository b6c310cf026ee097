/** @file Fitting a model to typed rows: what an estimator's `fit` does and which types it asks for. */
import { checkNames, type LongWork } from "../core/index.ts";
import { dataset } from "../dataset/index.ts";
import { type Features, fitFeatures } from "../feature/index.ts";
import type { Cell, Cells, Dataset, Predictor, TaskKind } from "../flow.ts";
import { type Columns, checkFrame, type Frame, type Row } from "../table/index.ts";
import { type FittedModel, fittedModel, type ModelParts, outputOf } from "./fitted-model.ts";

/** A sentence that the compiler shows where a type does not fit; no value has this type. */
export interface Misuse<Sentence extends string> {
  readonly problem: Sentence;
}

/** The kinds of label that some tasks are learned from. */
export type LabelKind<T extends TaskKind> = T extends "binary"
  ? "bool"
  : T extends "multiclass"
    ? "category" | "text"
    : "int" | "float";

/** The kinds of label that some tasks are learned from, in words. */
type LabelWords<T extends TaskKind> = [TaskKind] extends [T]
  ? "a bool, category, text, int or float column"
  : [T] extends ["binary"]
    ? "a bool column"
    : [T] extends ["regression"]
      ? "an int or float column"
      : [T] extends ["binary" | "multiclass"]
        ? "a bool, category or text column"
        : "a column of another kind";

/**
 * `unknown` when rows of the columns C have what features read, R, and L among them can be the
 * label of one of the tasks T; else the problem. Columns that are known only at run time are checked then.
 */
export type LabelProblem<
  C extends Columns,
  R extends string,
  L extends string,
  T extends TaskKind = "binary",
> = string extends keyof C
  ? unknown
  : [R] extends [keyof C]
    ? L extends R
      ? Misuse<`the label "${L}" is among the columns that the features read`>
      : L extends keyof C
        ? C[L]["kind"] extends LabelKind<T>
          ? unknown
          : Misuse<`the label "${L}" is a ${C[L]["kind"]} column; expected ${LabelWords<T>}`>
        : Misuse<`there is no column "${L}"`>
    : Misuse<`the rows have no column "${Exclude<R, keyof C>}", which the features read`>;

/** The row that a model asks for: the columns its features read, and no others. */
export type ModelInput<D extends Columns, R extends string> = Row<Pick<D, R & keyof D>>;

/** What a model of the label L tells: true or false, a level, or a number. */
export type ModelOutput<
  C extends Columns,
  L extends string,
  T extends TaskKind,
> = string extends keyof C
  ? [T] extends ["binary"]
    ? boolean
    : [T] extends ["regression"]
      ? number
      : Cell
  : L extends keyof C
    ? NonNullable<Row<C>[L]>
    : Cell;

/** What a model learns from, and what it learns to tell. */
export interface FitOptions<D extends Columns, R extends string, L extends string> {
  /** Defined on the schema of the rows, or on another that has the columns they read. */
  readonly features: Features<D, R>;
  /** A column of the rows that the features do not read; its kind decides the task. */
  readonly label: L;
  /** A column of numbers, 0 or more: how much each row counts. */
  readonly weights?: string;
  /** A column of equal values for rows that are ranked against each other. */
  readonly groups?: string;
}

/** What can be fitted: `learn` turns numbers into a predictor. */
export interface Learner<P extends Predictor = Predictor> {
  learn(data: Dataset, work?: LongWork): Promise<P>;
}

/** What {@link fitModel} learns, and with what. */
export interface FitModelOptions<P extends Predictor = Predictor>
  extends FitOptions<Columns, string, string> {
  readonly estimator: Learner<P>;
}

/**
 * Fits the features to the rows, learns from them, and gives the model of both, whose `predictor` is what the estimator's `learn`
 * gives, of its own type `P`.
 *
 * @throws What `fitFeatures`, `dataset` and `learn` throw: `feature/conflict-test-rows`,
 * `dataset/missing-label`, `model/missing-value` and others
 */
export type Fit<T extends TaskKind = TaskKind, P extends Predictor = Predictor> = <
  C extends Columns,
  D extends Columns,
  R extends string,
  const L extends string,
>(
  rows: Frame<C>,
  options: FitOptions<D, R, L> & {
    readonly label: LabelProblem<C, R, L, T>;
    readonly weights?: keyof C & string;
    readonly groups?: keyof C & string;
  },
  work?: LongWork,
) => Promise<FittedModel<ModelInput<D, R>, ModelOutput<C, L, T>, P>>;

/** The `fit` of an estimator that can learn. */
export function fitWith<T extends TaskKind, P extends Predictor>(learner: Learner<P>): Fit<T, P> {
  return async (rows, options, work) => {
    checkFrame("fit", rows);
    checkNames("fit", options, optionNames);
    return fittedModel(await partsOf(rows, { ...options, estimator: learner }, work));
  };
}

/**
 * Fits the features to rows whose columns are known at run time only, learns from them, and gives the model of both: `fit` for
 * programs that do not know the table they are given.
 *
 * @param rows - Training rows.
 * @param options - The estimator, features, label, and columns of weights and groups.
 * @returns The model; {@link typedModel} gives it types.
 * @throws {@link Fit} says what
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { age: int(), left: bool() });
 * const rows = frame({ engine, schema: people, sql: "SELECT range AS age, range > 5 AS left FROM range(10)" });
 * const byAge = features(people, (c) => ({ age: numeric(c.age) }));
 * const model = await fitModel(rows, { estimator: majority(), features: byAge, label: "left" });
 * model.predict({ age: 3 }).probability // => 0.4
 * await engine.close();
 * ```
 */
export async function fitModel<P extends Predictor>(
  rows: Frame,
  options: FitModelOptions<P>,
  work?: LongWork,
): Promise<FittedModel<Cells, Cell, P>> {
  checkFrame("fitModel", rows);
  checkNames("fitModel", options, ["estimator", ...optionNames]);
  return fittedModel(await partsOf(rows, options, work));
}

const optionNames = ["features", "label", "weights", "groups"];

async function partsOf<P extends Predictor>(
  rows: Frame,
  options: FitModelOptions<P>,
  work: LongWork | undefined,
): Promise<ModelParts<P>> {
  const { estimator, features: definition, label, weights, groups } = options;
  const features = await fitFeatures(definition, rows, { label });
  const beside = {
    ...(weights === undefined ? {} : { weights }),
    ...(groups === undefined ? {} : { groups }),
  };
  const data = await dataset({ features, rows, label, ...beside });
  const predictor = await estimator.learn(data, work);
  const levels = rows.schema.columns[label]?.levels;
  return { features, predictor, output: outputOf(predictor, label, levels) };
}
