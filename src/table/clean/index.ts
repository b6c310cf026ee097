export { type Cleaned, type CleanOptions, clean, rescuedColumn } from "./clean.ts";
export { cleanErrors } from "./errors.ts";
export type { Imputation, ImputeMethod, Middle } from "./impute/methods.ts";
export type {
  ColumnFilling,
  Filling,
  ImputerState,
  NearestColumn,
  RegressionTerm,
} from "./impute/state.ts";
export { fitImputer, type Imputer, imputer } from "./imputer.ts";
export { type ColumnLineage, type Lineage, lineageOf } from "./lineage.ts";
export type { CellChange } from "./measure.ts";
export { snakeCase, standardise, standardNames } from "./names.ts";
export {
  type CleaningPlan,
  formatPlan,
  type PlannedStep,
  type PlanOptions,
  planCleaning,
} from "./plan.ts";
export { rejectionColumns, rejectionSchema } from "./quarantine.ts";
export { type RefineReport, type RefineTask, refine } from "./refine.ts";
export type { AgreeStep } from "./steps/agree.ts";
export type {
  BoolColumn,
  ColumnName,
  ColumnOfKind,
  NumberColumn,
  TextColumn,
} from "./steps/columns.ts";
export type { CompleteColumnsStep, CompleteRowsStep } from "./steps/complete.ts";
export type { DistinctStep, NewestStep } from "./steps/duplicates.ts";
export type { FenceRule } from "./steps/fences.ts";
export type { ImputeStep } from "./steps/impute.ts";
export type { KeepStep } from "./steps/keep.ts";
export type { NormaliseStep } from "./steps/normalise.ts";
export type { OutlierStep } from "./steps/outliers.ts";
export type { BlankStep, FillStep } from "./steps/recover.ts";
export type {
  ClipAction,
  FlagAction,
  RemoveAction,
  ReplaceAction,
  RuleStep,
  TransformAction,
} from "./steps/rule.ts";
export type { CleanStep, Recipe, StepReport } from "./steps.ts";
