export { type ArimaOptions, arima, type Orders } from "./arima/arima.ts";
export { type AutoArimaOptions, autoArima } from "./arima/auto-arima.ts";
export {
  type BacktestEntry,
  type BacktestOptions,
  type BacktestReport,
  backtest,
  type JudgedOrigin,
  leastHistory,
} from "./backtest/backtest.ts";
export type { Coverage, ForecastScores, JudgedStep } from "./backtest/scores.ts";
export { type BoostedForecastOptions, boostedForecast } from "./boosted/boosted-forecast.ts";
export * from "./calendar/index.ts";
export { forecastErrors } from "./errors.ts";
export {
  type Forecast,
  type ForecastRow,
  forecastRows,
  forecastSchema,
  type Interval,
} from "./forecast.ts";
export * from "./forecast-all.ts";
export type {
  Forecaster,
  ForecastModel,
  ForecastOptions,
  ForecastState,
  SeriesPlace,
} from "./forecaster.ts";
export { checkSeries, seasonOf } from "./forecaster.ts";
export { forecastModelFromState } from "./model-state.ts";
export * from "./named-forecaster.ts";
export { calendarRegression } from "./regression/calendar-regression.ts";
export * from "./series/index.ts";
export {
  forecastFile,
  loadForecast,
  type ServedForecast,
  type ServedForecastOptions,
  servedForecast,
} from "./served-forecast.ts";
export { type MovingAverageOptions, movingAverage } from "./simple/moving-average.ts";
export { naive, naiveDrift, type SeasonalNaiveOptions, seasonalNaive } from "./simple/naive.ts";
export type { SmoothingTrend } from "./smoothing/form.ts";
export {
  type AutoSmoothingOptions,
  autoSmoothing,
  type HoltWintersOptions,
  holtWinters,
  type SmoothingOptions,
  smoothing,
} from "./smoothing/smoothing.ts";
