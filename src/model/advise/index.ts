/** @file Advice about algorithms. */
export { type Advice, type AdviseOptions, adviseModels } from "./advise-models.ts";
