/** @file From a table to what an estimator learns from, and the data sets made for trying. */
export {
  type CaliforniaBlock,
  type CaliforniaTwinOptions,
  californiaSchema,
  californiaTwin,
} from "./california.ts";
export { type DatasetParts, dataset, type MatrixSource } from "./dataset.ts";
export { datasetErrors } from "./errors.ts";
export { type Fold, type FoldsOptions, folds } from "./folds.ts";
export { type FrameFold, type FrameFoldsOptions, frameFolds } from "./frame-folds.ts";
export * from "./images/index.ts";
export { type IrisFlower, iris, irisSchema } from "./iris.ts";
export { labelTask } from "./label.ts";
export type { RowKeys, RowTimes } from "./row-codes.ts";
export { rowsDigest } from "./rows-digest.ts";
export { type Split, type SplitOptions, split, type ThreeWaySplit } from "./split.ts";
export { type SplitByTimeOptions, splitByTime, type TimeSplit } from "./split-by-time.ts";
export { type PartShares, type RowParts, type SplitRowsOptions, splitRows } from "./split-rows.ts";
export {
  type TelcoColumn,
  type TelcoCustomer,
  telcoHeader,
  telcoHoles,
  telcoSchema,
} from "./telco/schema.ts";
export {
  type TelcoMonthOptions,
  type TelcoTwin,
  type TelcoTwinOptions,
  telcoMonth,
  telcoTwin,
} from "./telco.ts";
