export {
  accuracy,
  type Confusion,
  classesAt,
  confusion,
  f1,
  precision,
  recall,
} from "./confusion.ts";
export { metricErrors } from "./errors.ts";
export { brier, logLoss } from "./probability.ts";
export { prAuc, type RocPoints, rocAuc, rocCurve } from "./ranking.ts";
export { type BinaryScores, type ScoreBinaryOptions, scoreBinary } from "./score-binary.ts";
