/** @file The readers of stored predictors that have others inside. */
import type { Predictor } from "../../flow.ts";
import type { Fields } from "../state-fields.ts";
import { readCalibrated } from "./calibrated.ts";
import { readClassPairs } from "./class-pairs.ts";
import { readStacked } from "./stacked.ts";
import { readVoting } from "./voting.ts";

/** The reader of each kind; it reads those inside by the reader of all. */
export const combineReaders: Readonly<
  Record<string, (state: Fields, read: (state: Fields) => Predictor) => Predictor>
> = {
  calibrated: readCalibrated,
  stacked: readStacked,
  voting: readVoting,
  oneVsRest: readClassPairs,
  oneVsOne: readClassPairs,
};
