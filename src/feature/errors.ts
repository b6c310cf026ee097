/** @file The errors of features: definitions that do not fit, and rows they cannot be fitted on. */
import { caller, conflict, count, failWith, list, quote } from "../core/index.ts";

/** What can go wrong while features are defined, fitted, stored and applied. */
export const featureErrors = {
  "feature/missing-features": caller(
    (d: { at: string }) => `${d.at}: expected at least one feature; got none`,
  ),
  "feature/duplicate-names": caller(
    (d: { at: string; name: string }) =>
      `${d.at}: two features give a column ${quote(d.name)}; rename one of them`,
  ),
  "feature/out-of-range-edges": caller(
    (d: { at: string; edges: readonly number[] }) =>
      `${d.at}: edges must be at least one finite number, each above the one before; got ${list(d.edges)}`,
  ),
  "feature/mismatch-order": caller(
    (d: { at: string; order: readonly string[]; levels: readonly string[] }) =>
      `${d.at}: the order must name every level once; expected ${list(d.levels)} in some order, got ${list(d.order)}`,
  ),
  "feature/missing-column": caller(
    (d: { column: string; columns: readonly string[] }) =>
      `fitFeatures: the frame has no column ${quote(d.column)}; it has ${list(d.columns)}. Fit on a frame of the schema that the features were defined on.`,
  ),
  "feature/mismatch-kind": caller(
    (d: { column: string; expected: string; got: string }) =>
      `fitFeatures: column ${quote(d.column)} has another kind in the frame; expected ${d.expected}, got ${d.got}`,
  ),
  "feature/missing-rows": caller(
    (d: { at: string }) => `${d.at}: the frame is empty; expected at least 1 row, got 0`,
  ),
  "feature/missing-values": caller(
    (d: { feature: string; rows: number }) =>
      `fitFeatures: feature ${quote(d.feature)} is missing in all of ${count(d.rows, "row")}; expected at least one value. Leave the feature out, or give it a value with orElse.`,
  ),
  "feature/out-of-range-values": caller(
    (d: { feature: string; rows: number }) =>
      `fitFeatures: feature ${quote(d.feature)} is infinite or too large to average in ${count(d.rows, "row")}; expected finite numbers. Bound it with atMost and atLeast.`,
  ),
  "feature/conflict-test-rows": conflict(
    () =>
      "fitFeatures: these are test rows, which features must not learn from; expected the train frame of split",
  ),
  "feature/unknown-level": caller(
    (d: { feature: string; got: unknown; levels: readonly string[] }) =>
      `feature ${quote(d.feature)}: unknown level ${quote(d.got)}; expected one of ${list(d.levels)}. Choose unknown: "zero" to serve such rows.`,
  ),
  "feature/unsupported-onnx": caller(
    (d: { pattern: string }) =>
      `toOnnx: ONNX Runtime would find other tokens by the pattern ${quote(d.pattern)}, because it takes the longest match; expected characters and classes in a row, only the last of them repeated, such as "[a-z][a-z]+"`,
  ),
  "feature/unsupported-format": caller(
    (d: { got: number; known: number }) =>
      `featuresFromState: the features were written in format ${d.got}; expected at most ${d.known}. Read them with the Millrace that wrote them, or a newer one.`,
  ),
  "feature/corrupt-state": caller(
    (d: { field: string; expected: string; got: unknown }) =>
      `featuresFromState: ${d.field} is damaged; expected ${d.expected}, got ${quote(d.got)}. Read the stored features again from their source.`,
  ),
};

/** Throws one of {@link featureErrors}. */
export const fail = failWith(featureErrors);
