/** @file AutoML: the best model under a budget. */
export { type AutoMlOptions, type AutoMlRecipe, type AutoMlResult, autoMl } from "./auto-ml.ts";
export type { DataCheck } from "./check-data.ts";
export type { AutoMlCandidate, FamilyName } from "./families.ts";
export { type AutoMlSource, formatAutoMl } from "./format-auto-ml.ts";
export type { LeaderboardEntry } from "./try-candidates.ts";
