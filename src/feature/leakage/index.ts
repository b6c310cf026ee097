/** @file Leaks: what a model could know in training and not when it answers. */
export { type FindLeaksOptions, findLeaks, type LeakReport } from "./find-leaks.ts";
export type { Strength } from "./strength.ts";
