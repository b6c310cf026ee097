export type { GivenGradients } from "./gradients.ts";
export type { Grown, Stopping } from "./job.ts";
export {
  baseOf,
  type MetricName as TreeMetric,
  type Objective as TreeObjective,
  type ObjectiveName,
} from "./objectives.ts";
export type { TreeOptions } from "./options.ts";
export { type BoostProblem, type GradientFunction, trainTrees } from "./train.ts";
