/** @file The transforms: one file for each idea. */
export {
  type BagOfWordsOptions,
  bagOfWords,
  type TfIdfOptions,
  tfIdf,
  type WordsOptions,
} from "./bag-of-words.ts";
export {
  type BinsOptions,
  type BucketColumns,
  type BucketizeOptions,
  bucketize,
  type EdgesOptions,
} from "./bucketize.ts";
export { type CalendarOptions, calendar } from "./calendar.ts";
export { type CountEncodeOptions, countEncode } from "./count-encode.ts";
export { type Crossable, type CrossOptions, cross } from "./cross.ts";
export { type CyclicOptions, cyclic } from "./cyclic.ts";
export { type FlagOptions, flag, missing } from "./flag.ts";
export { type HashedOptions, hashed } from "./hashed.ts";
export { type ImputeOptions, impute } from "./impute.ts";
export type { MaybeMissing } from "./made.ts";
export { type NormalizeOptions, normalize } from "./normalize.ts";
export { type OneHotOptions, oneHot } from "./one-hot.ts";
export {
  type IndexLevelsOptions,
  indexLevels,
  type OrdinalOptions,
  ordinal,
  type UnknownPlace,
} from "./ordinal.ts";
export {
  type LogScaleOptions,
  logScale,
  type PowerScaleOptions,
  powerScale,
} from "./power-scale.ts";
export { type QuantileScaleOptions, quantileScale } from "./quantile-scale.ts";
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
export {
  type ColumnWords,
  type SentenceVectorOptions,
  sentenceVector,
  type Word2VecOptions,
  word2Vec,
} from "./word-vectors.ts";
