/** @file The transforms: one file for each idea. */
export {
  type BinsOptions,
  type BucketColumns,
  type BucketizeOptions,
  bucketize,
  type EdgesOptions,
} from "./bucketize.ts";
export { type CountEncodeOptions, countEncode } from "./count-encode.ts";
export { type CyclicOptions, cyclic } from "./cyclic.ts";
export { type FlagOptions, flag, missing } from "./flag.ts";
export { type HashedOptions, hashed } from "./hashed.ts";
export { type ImputeOptions, impute } from "./impute.ts";
export type { MaybeMissing } from "./made.ts";
export { type OneHotOptions, oneHot } from "./one-hot.ts";
export {
  type IndexLevelsOptions,
  indexLevels,
  type OrdinalOptions,
  ordinal,
  type UnknownPlace,
} from "./ordinal.ts";
export {
  type MinMaxOptions,
  minMax,
  type NumericOptions,
  numeric,
  type RobustOptions,
  robust,
  type StandardizeOptions,
  standardize,
} from "./scale.ts";
export { type TargetEncodeOptions, targetEncode } from "./target-encode.ts";
