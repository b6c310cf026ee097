/** @file The search for a model's params by cross-validation: folds of the training rows, and a last fit on all of them. */
import { checkNames } from "../core/index.ts";
import { type FrameFold, frameFolds } from "../dataset/index.ts";
import type { Cell } from "../flow.ts";
import { type MetricName, metricOf } from "../metric/index.ts";
import { evaluate, type FittedModel } from "../model/index.ts";
import type { Columns, Frame } from "../table/index.ts";
import { fail } from "./errors.ts";
import { meanOf } from "./mean.ts";
import { checkSearched, type Searched, searchedNote, searchedOf } from "./searched.ts";
import type { Params, ParamsOf, Space } from "./space.ts";
import type { SearchOptions } from "./study/search.ts";
import { openStudy, type Study, type StudyOptions } from "./study/study.ts";
import type { RunningTrial, TrialRecord } from "./trial.ts";

/** What is searched, on which folds, and for how long; the rest is as in a study and its search. */
export interface SearchModelOptions<C extends Columns, S extends Space, In, Out extends Cell>
  extends Omit<StudyOptions, "name" | "metric" | "direction" | "objectives">,
    Omit<SearchOptions, "over"> {
  /**
   * The study's name. With `records` it has to be given, one for each thing that is searched: other rows, folds
   * or metrics are refused under it. What `fit` does is known to it alone: another `fit` needs another name.
   */
  readonly name?: string;
  /** What the params may be. */
  readonly space: S;
  /** Fits a model with some params to some rows. */
  readonly fit: (params: ParamsOf<S>, rows: Frame<C>) => Promise<FittedModel<In, Out>>;
  /** By what models are judged; which way is better is known of it. */
  readonly metric: MetricName;
  /** The column whose value decides a row's fold, such as the key. */
  readonly by: keyof C & string;
  /** How many folds. Default 5. */
  readonly folds?: number;
  /** A column of numbers, 0 or more: how much each row counts in the scores. */
  readonly weights?: keyof C & string;
}

/** What a search for a model found. */
export interface FoundModel<In, Out extends Cell, P extends Params> {
  /** Fitted with the best params to all rows. */
  readonly model: FittedModel<In, Out>;
  /** The best trial; its value is the mean over the folds, its note "folds" has each fold's score. */
  readonly best: TrialRecord<P>;
  readonly trials: readonly TrialRecord<P>[];
  /** How many models were fitted by this call: the new trials times the folds, and one. */
  readonly fits: number;
}

const studyNames = [
  "sampler",
  "pruner",
  "seed",
  "records",
  "tracking",
  "experiment",
  "retries",
  "clock",
  "ids",
] as const;
const searchNames = ["trials", "timeMs", "parallel", "signal", "progress"] as const;

/**
 * Searches for the params with which models do best on rows they have not learned from: each trial fits
 * features and model on the training rows of every fold and is judged by the mean of its scores on the
 * validation rows; the mean so far is reported after each fold, so that a pruner can end a trial early.
 * At last a model with the best params is fitted to all rows. With `sampler: grid()` that is combinations ·
 * folds + 1 fits, one of which is the result.
 *
 * @param rows - Rows that may be learned from: the training side of a split. Test rows are refused.
 * @param options - See {@link SearchModelOptions}.
 * @throws `tune/unsupported-rows` for test rows; `tune/missing-name` for records without a name;
 * `tune/mismatch-fit` where `fit` gives no model; `tune/conflict-search` where the study's scores are of other rows, folds or metrics; what `frameFolds`, `openStudy`, `evaluate` and `fit` throw
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { id: int({ key: true }), age: int(), left: bool() });
 * const rows = frame({ engine, schema: people, sql: "SELECT range AS id, range % 50 AS age, range % 50 > 20 AS left FROM range(300)" });
 * const byAge = features(people, (c) => ({ age: numeric(c.age) }));
 * const { best, fits } = await searchModel(rows, {
 *   space: space((s) => ({ trees: s.category([1, 20]), depth: s.int(1, 3) })),
 *   fit: (params, part) => boost(params).fit(part, { features: byAge, label: "left" }),
 *   ...{ metric: "logLoss", by: "id", folds: 3, sampler: grid() },
 * });
 * [best.params.trees, fits] // => [20, 19]
 * await engine.close();
 * ```
 * @see Peer: scikit-learn `GridSearchCV`, `RandomizedSearchCV`.
 */
export async function searchModel<C extends Columns, const S extends Space, In, Out extends Cell>(
  rows: Frame<C>,
  options: SearchModelOptions<C, S, In, Out>,
): Promise<FoundModel<In, Out, ParamsOf<S>>> {
  const own = ["name", "space", "fit", "metric", "by", "folds", "weights"];
  checkNames("searchModel", options, [...own, ...studyNames, ...searchNames]);
  const { name = "search", space, fit, metric, by, folds = 5, seed = 0, weights } = options;
  if (options.records !== undefined && options.name === undefined)
    fail("tune/missing-name", { at: "searchModel" });
  if (rows.part === "test") fail("tune/unsupported-rows", { study: name });
  const { direction } = metricOf(metric);
  const parts = await frameFolds(rows, { by, folds, seed });
  await using study: Study<ParamsOf<S>> = await openStudy({
    ...{ name, space, metric, direction },
    ...picked(options, studyNames),
  });
  const searched = await searchedOf(rows, { metric, by, folds, seed, weights: weights ?? null });
  await checkSearched(study, searched);
  let fits = 0;
  const counted = (params: ParamsOf<S>, part: Frame<C>) => {
    fits += 1;
    return fit(params, part);
  };
  const objective = (trial: RunningTrial<ParamsOf<S>>) =>
    judged(trial, parts, { fit: counted, metric, weights, searched });
  await study.search(objective, picked(options, searchNames));
  const best = await study.best();
  const model = await counted(best.params, rows);
  return { model, best, trials: await study.trials(), fits };
}

/** The options of some names that were given. */
function picked<O extends object, const N extends keyof O>(
  options: O,
  names: readonly N[],
): Partial<Pick<O, N>> {
  const given: Partial<Pick<O, N>> = {};
  for (const name of names) if (options[name] !== undefined) given[name] = options[name];
  return given;
}

/** Checks that something is a fitted model. Throws `tune/mismatch-fit`: no other trial would be better. */
function checkFitted(model: unknown): void {
  const isObject = typeof model === "object" && model !== null;
  if (isObject && "signature" in model) return;
  fail("tune/mismatch-fit", { got: isObject ? "something that is no model" : String(model) });
}

/** The mean score of models over the folds. */
async function judged<C extends Columns, P extends Params, In, Out extends Cell>(
  trial: RunningTrial<P>,
  parts: readonly FrameFold<C>[],
  how: {
    readonly fit: (params: P, rows: Frame<C>) => Promise<FittedModel<In, Out>>;
    readonly metric: MetricName;
    readonly weights: (keyof C & string) | undefined;
    readonly searched: Searched;
  },
): Promise<number | "pruned"> {
  const { fit, metric, weights, searched } = how;
  trial.note(searchedNote, searched);
  const scores: number[] = [];
  for (const [fold, { train, validation }] of parts.entries()) {
    trial.signal.throwIfAborted();
    const model = await fit(trial.params, train);
    checkFitted(model);
    const beside = weights === undefined ? {} : { weights };
    const { metrics } = await evaluate(model, validation, { metrics: [metric], ...beside });
    const score = metrics[metric] ?? Number.NaN;
    scores.push(score);
    trial.note(
      "folds",
      [...scores].map((each) => (Number.isFinite(each) ? each : String(each))),
    );
    await trial.run?.logMetrics({ [`fold ${metric}`]: score }, fold);
    trial.report(fold, meanOf(scores));
    if (fold < parts.length - 1 && trial.shouldPrune()) return "pruned";
  }
  return meanOf(scores);
}
