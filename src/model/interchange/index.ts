export { formatLightgbm, type LightgbmFormat } from "./format-lightgbm.ts";
export { formatXgboost, type XgboostFormat } from "./format-xgboost.ts";
export type { ImportedTrees, ImportOptions } from "./imported.ts";
export { lightgbmModel } from "./lightgbm-model.ts";
export { xgboostModel } from "./xgboost-model.ts";
