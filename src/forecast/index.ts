export { type ArimaOptions, arima, type Orders } from "./arima/arima.ts";
export { type AutoArimaOptions, autoArima } from "./arima/auto-arima.ts";
export { type Frequency, frequencies, type Grid, timeOf } from "./calendar/grid.ts";
export {
  type HolidayDay,
  type HolidayRule,
  holidayRules,
  type Observed,
  type Region,
} from "./calendar/holiday-rules.ts";
export { type Holiday, type HolidayOptions, holidays } from "./calendar/holidays.ts";
export { forecastErrors } from "./errors.ts";
export {
  type Forecast,
  type ForecastRow,
  forecastRows,
  forecastSchema,
  type Interval,
} from "./forecast.ts";
export type {
  Forecaster,
  ForecastModel,
  ForecastOptions,
  ForecastState,
  SeriesPlace,
} from "./forecaster.ts";
export { forecastModelFromState } from "./model-state.ts";
export { type MissingTimes, type Series, type SeriesInput, type SeriesOptions, series, seriesHead } from "./series/series.ts"; // biome-ignore format: one line
export { type SeriesColumns, seriesOf } from "./series/series-of.ts";
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
