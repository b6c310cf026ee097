/** @file Which exponential smoothing it is: Hyndman's taxonomy of error, trend and season. */
import type { SmoothForm, SmoothSeason } from "../../tensor/index.ts";

/** How the trend goes on: not at all, along a line, or along one that flattens. */
export type SmoothingTrend = "none" | "additive" | "damped";

/** One model of exponential smoothing. */
export interface SmoothingForm {
  readonly error: "additive" | "multiplicative";
  readonly trend: SmoothingTrend;
  readonly season: SmoothSeason;
  /** Steps of a season, m; 1 where there is none. */
  readonly period: number;
}

/** The form as the equations take it. */
export const equationsOf = ({ error, trend, season, period }: SmoothingForm): SmoothForm => ({
  relative: error === "multiplicative",
  trend: trend !== "none",
  season,
  period,
});

const letters = { none: "N", additive: "A", multiplicative: "M", damped: "Ad" } as const;

/** The name that books give it: "ETS(A,Ad,M)". */
export const nameOf = ({ error, trend, season }: SmoothingForm): string =>
  `ETS(${letters[error]},${letters[trend]},${letters[season]})`;

/** Numbers that are estimated: weights, damping, first states and the variance. */
export function parametersOf({ trend, season, period }: SmoothingForm): number {
  const slope = { none: 0, additive: 2, damped: 3 }[trend];
  return 2 + slope + (season === "none" ? 0 : period) + 1;
}
