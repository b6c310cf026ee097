/** @file AutoML: the best model under a budget. */
export {
  type AutoForecastOptions,
  type AutoForecastRecipe,
  type AutoForecastResult,
  autoForecast,
} from "./auto-forecast.ts";
export { type AutoMlOptions, type AutoMlRecipe, type AutoMlResult, autoMl } from "./auto-ml.ts";
export type { DataCheck } from "./check-data.ts";
export type { AutoMlCandidate, FamilyName } from "./families.ts";
export type { ForecastCandidate, ForecastFamilyName } from "./forecast-families.ts";
export { type AutoForecastSource, formatAutoForecast } from "./format-auto-forecast.ts";
export { formatAutoMl } from "./format-auto-ml.ts";
export type { TriedEntry } from "./leaderboard.ts";
export type { AutoMlSource } from "./table-code.ts";
export type { LeaderboardEntry } from "./try-candidates.ts";
export type { ForecastEntry } from "./try-forecasters.ts";
