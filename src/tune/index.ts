/** @file Spaces, samplers, pruners, studies. */
export * from "./automl/index.ts";
export { tuneErrors } from "./errors.ts";
export { type ImportancesOptions, type ParamImportance, paramImportances } from "./importances.ts";
export type { SearchDirection, StudyObjective } from "./objective.ts";
export { type ExportOptunaOptions, exportOptuna } from "./optuna/export.ts";
export {
  type ImportedStudy,
  type ImportOptunaOptions,
  importOptuna,
  optunaStudies,
} from "./optuna/import.ts";
export {
  type HalvingOptions,
  type HyperbandOptions,
  halvingPruner,
  hyperbandPruner,
} from "./pruner/halving.ts";
export { type PatienceOptions, patientPruner } from "./pruner/patience.ts";
export { medianPruner, type PercentileOptions, percentilePruner } from "./pruner/percentile.ts";
export type { Pruner } from "./pruner/pruner.ts";
export { type ThresholdOptions, thresholdPruner } from "./pruner/threshold.ts";
export { type CmaEsOptions, cmaEs } from "./sampler/cma-es.ts";
export { type GaussianProcessOptions, gaussianProcessSampler } from "./sampler/gaussian-process.ts";
export { grid } from "./sampler/grid.ts";
export { type Nsga2Options, nsga2 } from "./sampler/nsga2.ts";
export { haltonPoint, quasiRandom } from "./sampler/quasi-random.ts";
export { randomSampler } from "./sampler/random-sampler.ts";
export type { Asked, Drawn, Sampler } from "./sampler/sampler.ts";
export { type TpeOptions, tpe } from "./sampler/tpe.ts";
export { type FoundModel, type SearchModelOptions, searchModel } from "./search-model.ts";
export {
  type CategorySpec,
  type FloatOptions,
  type FloatSpec,
  type IntOptions,
  type IntSpec,
  type ParamSpec,
  type Params,
  type ParamsOf,
  type ParamValue,
  type Range,
  type Space,
  type SpaceBuilder,
  space,
} from "./space.ts";
export { readStudy, readStudyNames, type StudyReader } from "./study/read-study.ts";
export type { SearchOptions, SearchSummary } from "./study/search.ts";
export { openStudy, type Study, type StudyOptions, type Told } from "./study/study.ts";
export type { ObjectiveFunction, ObjectiveResult, RunningTrial, TrialRecord } from "./trial.ts";
export type { Owner, TrialRow, TrialState } from "./trial-row.ts";
export type { SearchView } from "./view.ts";
