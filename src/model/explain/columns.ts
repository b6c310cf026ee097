/** @file Which column of a row each feature is made of. */
import type { FittedFeatures } from "../../feature/index.ts";

/**
 * For each column of the matrix, [d], the column of the table that it is made of; where it is made of several, the
 * name of its feature.
 *
 * @param features - Fitted features, of which `origins` is read.
 */
export function columnsOf({ origins }: Pick<FittedFeatures, "origins">): readonly string[] {
  return origins.map(({ reads, feature }) =>
    reads.length === 1 ? (reads[0] ?? feature) : feature,
  );
}
