/** @file AutoML: from a table to the best model under a budget, with a leaderboard and a program of it. */
import { checkNames, checkNumber, hashOfJson, type LongWork } from "../../core/index.ts";
import { frameFolds, rowsDigest, split } from "../../dataset/index.ts";
import { type ProposedColumn, proposeBoth } from "../../feature/index.ts";
import type { Task, TestLog } from "../../flow.ts";
import { type Metric, type MetricName, metricOf } from "../../metric/index.ts";
import { type Evaluation, evaluate, type FittedModel, fitModel } from "../../model/index.ts";
import type { Tracking } from "../../run/index.ts";
import type { Records } from "../../store/index.ts";
import { type Columns, checkFrame, type Frame, frame, quoteName } from "../../table/index.ts";
import { fail } from "../errors.ts";
import { medianPruner } from "../pruner/percentile.ts";
import { tpe } from "../sampler/tpe.ts";
import { openStudy } from "../study/study.ts";
import { checkData, type DataCheck } from "./check-data.ts";
import { type FamilyName, families } from "./families.ts";
import { foldNumbers } from "./fold-data.ts";
import { type LeaderboardEntry, tryCandidates } from "./try-candidates.ts";

/** Options of {@link autoMl}. */
export interface AutoMlOptions<N extends string = string> {
  /** What is to be told; its kind decides the task. */
  readonly label: N;
  /** The column that tells rows apart, by which they are split and folded. Default: the key of the schema, where it is one column. */
  readonly by?: N;
  /** Share of the rows that judge in the end, above 0, below 1; 0: none. Rows that `split` set aside already are left out. Default 0.2. */
  readonly test?: number;
  /** By what candidates are compared. Default auc, logLoss of classes, rmse of numbers. */
  readonly metric?: MetricName;
  /** Most trials, those of every family together; the baseline, tried once, is not counted. Default 40. */
  readonly trials?: number;
  /** No trial is begun after so many milliseconds. Default 300,000. */
  readonly timeMs?: number;
  /** Which families. Default all that learn the task. */
  readonly families?: readonly FamilyName[];
  /** Folds of cross-validation, 2 to 20. Default 5 below 2,000 rows, 3 below 50,000, else one fifth judges the rest. */
  readonly folds?: number;
  /** Columns to leave out. */
  readonly leave?: readonly N[];
  /** A column of numbers, 0 or more: how much each row counts. */
  readonly weights?: N;
  /** Chooses folds, draws and samples. Default 0. */
  readonly seed?: number;
  /**
   * The name of the study, and of who scores test rows. Default "automl " and the label. In records a few digits of what
   * is searched follow it: other rows, options or features are another search.
   */
  readonly name?: string;
  /** Where the study is kept, so that the same search goes on where it stopped. Default: in memory. */
  readonly records?: Records;
  /** Where each trial is to be a run. */
  readonly tracking?: Tracking;
  /** Keeps that the test rows were scored, once for the study. */
  readonly testLog?: TestLog;
  /** Why the test rows are scored again. */
  readonly again?: string;
}

/** What AutoML found. */
export interface AutoMlResult {
  readonly task: Task;
  readonly metric: Metric;
  readonly checks: readonly DataCheck[];
  /** What became of each column, for trees and for linear models. */
  readonly columns: Readonly<Record<"trees" | "linear", readonly ProposedColumn[]>>;
  /** Every trial, the best first. */
  readonly leaderboard: readonly LeaderboardEntry[];
  readonly best: LeaderboardEntry;
  /** The best candidate, learned from all training rows. */
  readonly model: FittedModel;
  /** The rows that were learned from, and those set aside. */
  readonly rows: { readonly train: Frame; readonly test: Frame | null };
  /** The model on the test rows; null where none were set aside. */
  readonly test: Evaluation | null;
  /** What a program needs to make the same model again. */
  readonly recipe: AutoMlRecipe;
}

/** Everything that decides the model, as text. */
export interface AutoMlRecipe {
  readonly label: string;
  readonly by: string;
  readonly test: number;
  readonly seed: number;
  readonly weights: string | null;
  /** The lines of `features(schema, (c) => ({ … }))`. */
  readonly features: readonly string[];
  /** The function that makes the estimator, and the call of it. */
  readonly maker: string;
  readonly code: string;
  readonly modelHash: string;
}

const manyRows = 50_000; // from here on one fold judges well enough

const known = [
  ...["label", "by", "test", "metric", "trials", "timeMs", "families", "folds", "leave", "weights"],
  ...["seed", "name", "records", "tracking", "testLog", "again"],
];

/**
 * Searches families of models for the one that tells a label best, under a budget of trials and time. Checks the data, proposes
 * features for each kind of model, tries the usual params of each family first and then those that look promising (TPE,
 * with a median pruner between folds), always beside the trivial baseline. Features are fitted inside each fold; test
 * rows are set aside before anything is looked at and scored once, with the winner, which is learned again from all
 * training rows. With a budget of trials alone the same rows and seed give the same bytes.
 *
 * @param rows - Labelled rows; those whose label is missing are left out.
 * @param options - See {@link AutoMlOptions}.
 * @param work - Progress in trials; the signal stops the search.
 * @returns The leaderboard, the model, its test scores, and the recipe from which {@link formatAutoMl} writes a program.
 * @throws `tune/failed-checks` where nothing can be learned, `tune/missing-key` where nothing tells rows apart, `tune/missing-family`,
 * `metric/unknown-name`, `tune/mismatch-metric`, `option/out-of-range`, and what splits, features and studies throw
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { id: int({ key: true }), age: int(), left: bool() });
 * const sql = "SELECT range AS id, range * 7 % 60 AS age, range * 7 % 60 > 30 AS left FROM range(200)";
 * const found = await autoMl(frame({ engine, schema: people, sql }), { label: "left", trials: 4 });
 * found.best.family === "baseline" // => false
 * found.test?.metrics.accuracy // => 1
 * await engine.close();
 * ```
 * @see Peer: Databricks AutoML, FLAML.
 */
export async function autoMl<C extends Columns>(
  rows: Frame<C>,
  options: AutoMlOptions<keyof C & string>,
  work: LongWork = {},
): Promise<AutoMlResult> {
  checkFrame("autoMl", rows);
  checkNames("autoMl", options, known);
  const { label, test = 0.2, seed = 0, leave = [], weights, trials = 40 } = options;
  checkNumber("autoMl", { test }, { min: 0, below: 1 });
  checkNumber("autoMl", { seed });
  const labelled = withLabel(rows, label);
  const by = options.by ?? keyOf(labelled, label);
  const sides =
    test === 0
      ? { train: labelled, test: null, warnings: [] }
      : await split(labelled, { by, test, seed });
  const total = await sides.train.count();
  const folds = foldCount(total, options.folds);
  const { task, checks: found } = await checkData(sides.train, { label, folds, total });
  const checks = [...found, ...sides.warnings.map(timeCheck)];
  const metric = metricFor(task, options.metric);
  const wanted = familiesFor(task, options.families);
  const proposing = { label, leave: leave.includes(by) ? leave : [...leave, by] }; // what tells rows apart tells nothing else

  const proposals = await proposeBoth(sides.train, proposing);
  const definitions = { trees: proposals.trees.features, linear: proposals.linear.features };
  const all = await frameFolds(sides.train, { by, folds, seed });
  const parts = options.folds === undefined && total >= manyRows ? all.slice(0, 1) : all;
  const numbers = foldNumbers(parts, { features: definitions, label, weights });
  const { name = `automl ${label}` } = options;
  // Scores are of one question: of other rows, folds, features or families they would be compared in vain.
  const question = hashOfJson([
    ...[await rowsDigest(labelled), label, by, test, seed, weights ?? null, folds, parts.length],
    ...[
      "one baseline",
      wanted.map((family) => family.name),
      proposals.trees.code,
      proposals.linear.code,
    ],
  ]);
  await using study = await openStudy({
    ...{
      name: `${name} #${question.slice(-8)}`,
      metric: metric.name,
      direction: metric.direction,
      seed,
    },
    ...{
      sampler: tpe({ startupTrials: wanted.length + 6 }),
      pruner: medianPruner({ startupTrials: 8 }),
    },
    ...(options.records === undefined ? {} : { records: options.records }),
    ...(options.tracking === undefined ? {} : { tracking: options.tracking }),
  });
  const leaderboard = await tryCandidates(
    study,
    { families: wanted, task, metric, numbers, folds: parts.length, seed },
    { trials, timeMs: options.timeMs ?? 300_000, ...work },
  );
  const [best] = leaderboard;
  if (best === undefined || best.score === null || best.candidate === null)
    return fail("tune/missing-best", { study: name, complete: 0 });
  const kind = best.features;
  const { estimator } = best.candidate;
  const how = {
    estimator,
    features: definitions[kind],
    label,
    ...(weights === undefined ? {} : { weights }),
  };
  const model = await fitModel(sides.train, how, {
    ...(work.signal === undefined ? {} : { signal: work.signal }),
  });
  return {
    ...{ task, metric, checks, leaderboard, best, model },
    rows: { train: sides.train, test: sides.test },
    columns: { trees: proposals.trees.columns, linear: proposals.linear.columns },
    test: sides.test === null ? null : await judged(model, sides.test, { ...options, name }),
    recipe: {
      ...{ label, by, test, seed, weights: weights ?? null, features: proposals[kind].code },
      ...{ maker: best.candidate.maker, code: best.candidate.code, modelHash: model.hash },
    },
  };
}

const timeCheck = (message: string): DataCheck => ({ check: "time", severity: "warning", message });

/** The rows that have a label; a part of a split stays one. */
function withLabel<C extends Columns>(rows: Frame<C>, label: string): Frame<C> {
  const columns = Object.keys(rows.schema.columns);
  if (!columns.includes(label)) fail("tune/missing-label", { label, columns });
  if (rows.schema.columns[label]?.nullable !== true) return rows;
  const sql = `SELECT * FROM (${rows.sql}) WHERE ${quoteName(label)} IS NOT NULL`;
  const { engine, schema, part, dividedFrom, origin } = rows;
  return frame({
    ...{ engine, schema, sql },
    ...(part === undefined ? {} : { part }),
    ...(dividedFrom === undefined ? {} : { dividedFrom }),
    ...(origin === undefined ? {} : { origin }),
  });
}

/** The one key column. Throws `tune/missing-key`, which offers all columns but the label. */
function keyOf<C extends Columns>({ schema }: Frame<C>, label: string): keyof C & string {
  const keys = Object.keys(schema.columns).filter((name) => schema.columns[name]?.key === true);
  const [key] = keys;
  if (key === undefined || keys.length > 1)
    return fail("tune/missing-key", {
      keys,
      columns: Object.keys(schema.columns).filter((name) => name !== label),
    });
  return key;
}

/** How many folds suit so many rows. Throws `option/out-of-range`. */
function foldCount(total: number, asked: number | undefined): number {
  checkNumber("autoMl", { folds: asked ?? 5 }, { min: 2, max: 20, integer: true });
  return asked ?? (total >= 2_000 && total < manyRows ? 3 : 5);
}

function metricFor(task: Task, asked: MetricName | undefined): Metric {
  const usual = { binary: "auc", multiclass: "logLoss", regression: "rmse" } as const;
  const metric = metricOf(asked ?? usual[task.kind]);
  if (!metric.tasks.includes(task.kind))
    fail("tune/mismatch-metric", { metric: metric.name, task: task.kind });
  return metric;
}

function familiesFor({ kind }: Task, asked: readonly FamilyName[] | undefined) {
  const able = families.filter(({ tasks }) => tasks.includes(kind));
  const names = able.map(({ name }) => name);
  const odd = asked?.find((name) => !names.includes(name));
  if (odd !== undefined || asked?.length === 0)
    fail("tune/missing-family", { at: "autoMl", family: odd ?? "none", task: kind, known: names });
  const wanted = asked === undefined ? able : able.filter(({ name }) => asked.includes(name));
  const baseline = able.filter(({ name }) => name === "baseline");
  return wanted.some(({ name }) => name === "baseline") ? wanted : [...baseline, ...wanted];
}

function judged(
  model: FittedModel,
  test: Frame<Columns>,
  { testLog, again, weights, name }: AutoMlOptions & { readonly name: string },
): Promise<Evaluation> {
  return evaluate(model, test, {
    ...(weights === undefined ? {} : { weights }),
    ...(testLog === undefined ? {} : { testLog, study: name }),
    ...(again === undefined ? {} : { again }),
  });
}
