/** @file What came before a row. */
export {
  type EntityHistory,
  type EntityHistoryOptions,
  type HistoryColumns,
  history,
} from "./history.ts";
export type { HistoryStream } from "./history-stream.ts";
export {
  type DeltaOptions,
  delta,
  type HistoryMeasure,
  lag,
  type RollingStatistic,
  type RollingWindow,
  rolling,
} from "./measures.ts";
