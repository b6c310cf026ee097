/** @file What can go wrong with spaces, samplers, pruners, studies. */
import {
  type Catalogue,
  caller,
  conflict,
  count,
  didYouMean,
  environment,
  failWith,
  list,
  notFound,
  quote,
} from "../core/index.ts";

/** The errors of this room: code → sentence. */
export const tuneErrors = {
  "tune/failed-checks": caller(
    (d: { at: string; of: string; reasons: readonly string[] }) =>
      `${d.at}: nothing can be learned from ${d.of}: ${d.reasons.join("; ")}`,
  ),
  "tune/missing-scale": caller(
    (d: { at: string; of: string; season: number }) =>
      `${d.at}: ${d.of} has no mase: before every origin each value is as the one ${count(d.season, "step")} before, and mase counts in such changes. Take rmse, mae or smape as the metric.`,
  ),
  "tune/missing-label": caller(
    (d: { label: string; columns: readonly string[] }) =>
      `autoMl: there is no column ${quote(d.label)}; the rows have ${list(d.columns, d.label)}.${didYouMean(d.label, d.columns)}`,
  ),
  "tune/missing-key": caller(
    (d: { keys: readonly string[]; columns: readonly string[] }) =>
      `autoMl: it is not known what tells rows apart; expected one key column, got ${d.keys.length === 0 ? "none" : list(d.keys)}. Name one with by (--by on the command line): ${list(d.columns)}; rows of the same value stay on one side of the split.`,
  ),
  "tune/missing-family": caller(
    (d: { at: string; family: string; task: string; known: readonly string[] }) =>
      `${d.at}: no family ${quote(d.family)} learns a ${d.task} task; expected some of ${list(d.known)}`,
  ),
  "tune/mismatch-metric": caller(
    (d: { metric: string; task: string }) =>
      `autoMl: ${quote(d.metric)} does not judge a ${d.task} task; expected a metric that does, such as auc, logLoss or rmse`,
  ),
  "tune/out-of-range-param": caller(
    (d: { param: string; expected: string; got: string }) =>
      `param ${quote(d.param)}: expected ${d.expected}; got ${d.got}`,
  ),
  "tune/mismatch-param": caller(
    (d: { study: string; param: string; known: string; asked: string }) =>
      `study ${quote(d.study)}: param ${quote(d.param)} is ${d.known}, and was asked for as ${d.asked}. A param keeps its range through a study: give the other one another name, or begin a new study.`,
  ),
  "tune/unknown-param": caller(
    (d: { study: string; param: string; known: readonly string[] }) =>
      `study ${quote(d.study)}: unknown param ${quote(d.param)}; its space has ${list(d.known, d.param)}.${didYouMean(d.param, d.known)}`,
  ),
  "tune/mismatch-direction": caller(
    (d: { study: string; metric: string; word: string; direction: string; better: string }) =>
      `study ${quote(d.study)}: ${quote(d.metric)} says ${quote(d.word)}, of which ${d.better} is better, and the direction is ${quote(d.direction)}. Change the direction; if the metric means something else, give it a name that says so.`,
  ),
  "tune/unsupported-objectives": caller(
    (d: { at: string; most: number; got: number }) =>
      `${d.at}: it takes ${count(d.most, "objective")}; the study has ${d.got}. Use tpe, nsga2, random, grid or quasiRandom.`,
  ),
  "tune/missing-objective": caller(
    (d: { study: string }) =>
      `study ${quote(d.study)}: it does not say what is searched for; expected metric and direction, or a list of objectives`,
  ),
  "tune/duplicate-metric": caller(
    (d: { study: string; metric: string }) =>
      `study ${quote(d.study)}: two objectives are called ${quote(d.metric)}; expected names that differ. Rename one of them.`,
  ),
  "tune/missing-space": caller((d: { at: string; param: string | null }) =>
    d.param === null
      ? `${d.at}: it does not know which values to go through. Give them, grid({ depth: [2, 4, 8] }), or declare the study's space.`
      : `${d.at}: ${quote(d.param)} has no list of values. Give it in grid({ ${d.param}: […] }), or give the param a step.`,
  ),
  "tune/conflict-study": conflict(
    (d: { study: string; stored: string; given: string }) =>
      `study ${quote(d.study)}: it is kept with ${d.stored}, and was opened with ${d.given}. Open it as it is, or give the new one another name.`,
  ),
  "tune/missing-name": caller(
    (d: { at: string }) =>
      `${d.at}: records keep its scores under a name, and none was given. Give name, another one for each thing that is searched.`,
  ),
  "tune/conflict-search": conflict(
    (d: { study: string; trial: number; differ: readonly string[] }) =>
      `study ${quote(d.study)}: trial ${d.trial} was scored with other ${list(d.differ)}, and scores of both cannot be compared. Search as it was kept, or give this search another name.`,
  ),
  "tune/missing-study": notFound(
    (d: { study: string; known: readonly string[] }) =>
      `no study is called ${quote(d.study)}; there are ${list(d.known, d.study)}.${didYouMean(d.study, d.known)}`,
  ),
  "tune/missing-trial": notFound(
    (d: { study: string; trial: number; trials: number }) =>
      `study ${quote(d.study)}: it has no trial ${d.trial}; it has ${count(d.trials, "trial")}, counted from 0`,
  ),
  "tune/missing-best": notFound((d: { study: string; complete: number }) =>
    d.complete === 0
      ? `study ${quote(d.study)}: no trial is complete, so none is the best`
      : `study ${quote(d.study)}: none of ${count(d.complete, "complete trial")} keeps the constraints, so none is the best`,
  ),
  "tune/unsupported-best": caller(
    (d: { study: string; objectives: number }) =>
      `study ${quote(d.study)}: with ${d.objectives} objectives there is no one best trial. Ask for front().`,
  ),
  "tune/conflict-trial": conflict(
    (d: { study: string; trial: number; state: string }) =>
      `study ${quote(d.study)}: trial ${d.trial} is ${d.state}, and nothing can be told of it here. Tell of trials that this study's ask() gave, once each.`,
  ),
  "tune/out-of-range-value": caller(
    (d: { at: string; expected: string; got: string }) =>
      `${d.at}: expected ${d.expected}; got ${d.got}`,
  ),
  "tune/failed-trials": caller(
    (d: { study: string; failed: number; first: string }) =>
      `study ${quote(d.study)}: all of ${count(d.failed, "trial")} failed; the first: ${d.first}`,
  ),
  "tune/unsupported-format": environment(
    (d: { study: string; format: number; supported: number }) =>
      `study ${quote(d.study)}: it was written by a newer Millrace (format ${d.format}; this one reads up to ${d.supported}). Update Millrace; the study was not touched.`,
  ),
  "tune/duplicate-study": conflict(
    (d: { study: string }) =>
      `study ${quote(d.study)}: a study of that name is there already. Import the other one under another name: name, or --as NAME on the command line.`,
  ),
  "tune/missing-file": notFound(
    (d: { path: string }) =>
      `there is no file ${quote(d.path)}; expected an SQLite file that Optuna wrote. Check the path.`,
  ),
  "tune/mismatch-fit": caller(
    (d: { got: string }) =>
      `searchModel: fit gave ${d.got}; expected a fitted model, such as boost(params).fit(rows, { features, label }) gives. Return it from fit.`,
  ),
  "tune/unsupported-file": environment(
    (d: { path: string; reason: string }) =>
      `${quote(d.path)} is not a study file of Optuna that can be read: ${d.reason}`,
  ),
  "tune/duplicate-file": conflict(
    (d: { path: string }) => `${quote(d.path)} is there already. Name a file that is not.`,
  ),
  "tune/missing-importances": caller(
    (d: { study: string; trials: number; least: number; isApart: boolean }) =>
      d.isApart
        ? `study ${quote(d.study)}: its ${count(d.trials, "complete trial")} have no param in common, so that none has an importance. Ask in every trial for those that are to be compared.`
        : `study ${quote(d.study)}: the importances of params need ${d.least} complete trials with params that differ; there are ${d.trials}`,
  ),
  "tune/unsupported-rows": caller(
    (d: { study: string }) =>
      `study ${quote(d.study)}: these are test rows, and a search that looks at them chooses by them. Search on validation rows or by cross-validation, and score the test rows once, at the end.`,
  ),
} satisfies Catalogue;

/** Throws one of {@link tuneErrors}. */
export const fail = failWith(tuneErrors);
