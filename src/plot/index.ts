export { attentionChart } from "./attention-chart.ts";
export * from "./box-chart.ts";
export * from "./calibration-chart.ts";
export * from "./clusters-charts.ts";
export * from "./coefficients-chart.ts";
export { confusionChart } from "./confusion-chart.ts";
export * from "./correlation-chart.ts";
export * from "./dendrogram-chart.ts";
export * from "./dependence-chart.ts";
export { driftChart } from "./drift-chart.ts";
export { plotErrors } from "./errors.ts";
export * from "./figures.ts";
export {
  type Band,
  type ForecastFigureData,
  type ForecastFigureOptions,
  forecastFigure,
  type MomentValue,
} from "./forecast-figure.ts";
export * from "./gain-chart.ts";
export { type HistogramOptions, histogramChart, type TwoSamples } from "./histogram-chart.ts";
export * from "./images-figure.ts";
export { type Importance, importancesChart } from "./importances-chart.ts";
export * from "./learning-chart.ts";
export * from "./pr-chart.ts";
export { type PredictedChartOptions, predictionsChart } from "./predictions-chart.ts";
export { type PngOptions, renderPng, renderSvg, type SvgOptions } from "./render.ts";
export * from "./residuals-chart.ts";
export { type RocCurve, rocChart } from "./roc-chart.ts";
export * from "./scatter-chart.ts";
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
export * from "./swarm-chart.ts";
export { type Theme, themeConfig, themes } from "./theme.ts";
export { type TimeChartOptions, type TimePoint, timeChart } from "./time-chart.ts";
export * from "./waterfall-chart.ts";
