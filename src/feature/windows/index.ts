/** @file Windowed aggregations, kept in feature tables. */
export {
  type FeatureWindows,
  type FeatureWindowsOptions,
  featureWindows,
  type WindowColumns,
} from "./feature-windows.ts";
export type { WindowAggregate, WindowBuilder, WindowMeasure } from "./measures.ts";
export type { RefreshedWindows } from "./refresh.ts";
