export { type Cleaned, clean, rescuedColumn } from "./clean.ts";
export { type RefineReport, type RefineTask, refine } from "./refine.ts";
export type {
  BlankStep,
  CleanStep,
  FillStep,
  KeepStep,
  NewestStep,
  Recipe,
  StepReport,
} from "./steps.ts";
