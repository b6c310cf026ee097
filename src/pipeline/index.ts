export { drawPipeline } from "./draw.ts";
export { pipelineErrors } from "./errors.ts";
export { type PipelineRun, pipelineRuns } from "./history.ts";
export type { PipelineStep } from "./journal.ts";
export { type Pipeline, pipeline } from "./pipeline.ts";
export { type PlannedPipelineStep, planPipeline } from "./plan.ts";
export { type RunPipelineOptions, runPipeline, type StepEvent } from "./run.ts";
export { type Step, type StepContext, type StepOptions, step } from "./step.ts";
