export { confusionChart } from "./confusion-chart.ts";
export { driftChart } from "./drift-chart.ts";
export { plotErrors } from "./errors.ts";
export {
  type Band,
  type ForecastFigureData,
  type ForecastFigureOptions,
  forecastFigure,
  type MomentValue,
} from "./forecast-figure.ts";
export { type HistogramOptions, histogramChart, type TwoSamples } from "./histogram-chart.ts";
export { type Importance, importancesChart } from "./importances-chart.ts";
export { type PngOptions, renderPng, renderSvg, type SvgOptions } from "./render.ts";
export { type RocCurve, rocChart } from "./roc-chart.ts";
export {
  type ContourOptions,
  contourChart,
  type FrontOptions,
  type FrontPoint,
  frontChart,
  type ParallelOptions,
  parallelChart,
  type SearchHistoryOptions,
  type SliceOptions,
  searchHistoryChart,
  sliceChart,
} from "./search-charts.ts";
export type { SearchPoint } from "./search-points.ts";
export type { ChartOptions, ChartSpec } from "./spec.ts";
export { type Theme, themeConfig, themes } from "./theme.ts";
export { type TimeChartOptions, type TimePoint, timeChart } from "./time-chart.ts";
