/** @file What can go wrong with clusters, components and the number of clusters. */
import { type Catalogue, caller, count, failWith, list, quote } from "../core/index.ts";

interface CellPlace {
  readonly at: string;
  readonly feature: string;
  readonly row: number;
}

/** The errors of this room: code → sentence. */
export const clusterErrors = {
  "cluster/missing-rows": caller(
    (d: { at: string }) => `${d.at}: there are no rows; expected at least 1, got 0`,
  ),
  "cluster/missing-features": caller(
    (d: { at: string }) => `${d.at}: there are no features; expected at least 1, got 0`,
  ),
  "cluster/mismatch-length": caller(
    (d: { at: string; what: string; expected: number; got: number }) =>
      `${d.at}: the data does not fit together; expected ${count(d.expected, d.what)}, got ${d.got}`,
  ),
  "cluster/mismatch-width": caller(
    (d: { at: string; expected: number; got: number }) =>
      `${d.at}: the rows have another width; expected ${count(d.expected, "number")} a row, got ${d.got}. Give the features that it learned from.`,
  ),
  "cluster/missing-value": caller(
    (d: CellPlace) =>
      `${d.at}: feature ${quote(d.feature)} is missing in row ${d.row}; expected a number. Impute missing values in the features, or leave the row out.`,
  ),
  "cluster/out-of-range-value": caller(
    (d: CellPlace & { got: number }) =>
      `${d.at}: feature ${quote(d.feature)} is ${d.got} in row ${d.row}; expected a finite number between −1e150 and 1e150, whose square is a number too. Clip or scale the feature.`,
  ),
  "cluster/out-of-range-clusters": caller(
    (d: { at: string; clusters: number; distinct: number; rows: number }) =>
      `${d.at}: ${count(d.clusters, "cluster")} cannot be made; expected at most one for each distinct row, got ${count(d.rows, "row")} of which ${d.distinct} differ. Ask for fewer clusters.`,
  ),
  "cluster/out-of-range-rows": caller(
    (d: { at: string; rows: number; most: number; advice: string }) =>
      `${d.at}: ${count(d.rows, "row")} are too many, for the distances of all pairs are kept; expected at most ${count(d.most, "row")}. ${d.advice}`,
  ),
  "cluster/failed-fit": caller(
    (d: { at: string; regularisation: number }) =>
      `${d.at}: a covariance cannot be inverted; expected features of which none is the sum of others, got regularisation ${d.regularisation}. Use a larger one, standardised features, or covariance "diagonal".`,
  ),
  "cluster/out-of-range-components": caller(
    (d: { at: string; components: number; rows: number; features: number }) =>
      `${d.at}: ${count(d.components, "component")} cannot be found; expected at most as many as rows and features, got ${count(d.rows, "row")} × ${count(d.features, "feature")}. Ask for fewer.`,
  ),
  "cluster/missing-variance": caller(
    (d: { at: string; rows: number }) =>
      `${d.at}: all ${count(d.rows, "row")} are equal; expected rows that differ, for components are directions in which they do`,
  ),
  "cluster/missing-neighbours": caller(
    (d: { at: string; rows: number; neighbours: number }) =>
      `${d.at}: ${count(d.rows, "row")} are too few; expected more rows than neighbours, got ${count(d.neighbours, "neighbour")}. Ask for fewer neighbours.`,
  ),
  "cluster/duplicate-column": caller(
    (d: { column: string }) =>
      `withClusters: the rows have a column ${quote(d.column)} already; expected a new name for the numbers of the clusters`,
  ),
  "cluster/corrupt-files": caller(
    (d: { reason: string }) =>
      `loadClusters: the model's files are damaged: ${d.reason}. Read the model again from its source.`,
  ),
  "cluster/unsupported-format": caller(
    (d: { kind: string; got: number; known: number }) =>
      `this ${d.kind} was written in format ${d.got}; expected at most ${d.known}. Read it with the Millrace that wrote it, or a newer one.`,
  ),
  "cluster/unknown-kind": caller(
    (d: { at: string; got: string; known: readonly string[] }) =>
      `${d.at}: unknown kind ${quote(d.got)}; expected one of ${list(d.known)}`,
  ),
  "cluster/corrupt-state": caller(
    (d: { field: string; expected: string; got: string }) =>
      `the state is damaged at ${d.field}; expected ${d.expected}, got ${d.got}. Read what was stored again from its source.`,
  ),
} satisfies Catalogue;

/** Throws one of {@link clusterErrors}. */
export const fail = failWith(clusterErrors);
