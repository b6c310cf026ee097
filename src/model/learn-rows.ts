/** @file Learning from some rows of a dataset, and telling them, with errors that name rows as the whole dataset has them. */
import type { LongWork } from "../core/index.ts";
import type { Dataset, Predictor } from "../flow.ts";
import { datasetRows, matrixRows } from "./dataset-rows.ts";
import type { Estimator } from "./estimator.ts";
import { inWhole } from "./in-whole.ts";
import { predictNamed } from "./predict-named.ts";

/** Some rows of a dataset, by their numbers. */
export interface RowsOf {
  readonly data: Dataset;
  readonly rows: ArrayLike<number>;
}

/** Learns from some rows. @throws what the estimator throws, with row numbers of `data` */
export async function learnRows(
  estimator: Pick<Estimator, "learn">,
  { data, rows }: RowsOf,
  work: LongWork,
): Promise<Predictor> {
  try {
    return await estimator.learn(datasetRows(data, rows), work);
  } catch (error) {
    throw inWhole(error, rows);
  }
}

/** What a predictor tells of some rows. @throws what it throws, with row numbers of `data` */
export function predictRows(predictor: Predictor, { data, rows }: RowsOf): Float64Array {
  try {
    return predictNamed(predictor, matrixRows(data.x, rows), data.names);
  } catch (error) {
    throw inWhole(error, rows);
  }
}
