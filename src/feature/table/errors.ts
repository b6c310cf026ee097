/** @file The errors of feature tables: declarations, point-in-time joins, and what serving looks up. */
import {
  caller,
  conflict,
  count,
  didYouMean,
  failWith,
  list,
  notFound,
  quote,
} from "../../core/index.ts";

/** What can go wrong while feature tables are declared, changed, joined and looked up. */
export const featureTableErrors = {
  "feature/mismatch-declaration": caller(
    (d: { at: string; field: string; expected: string; got: unknown }) =>
      `${d.at}: ${d.field} must be ${d.expected}; got ${quote(d.got)}`,
  ),
  "feature/mismatch-span": caller(
    (d: { at: string; got: unknown }) =>
      `${d.at}: expected a span of time with its unit, such as { days: 30 } or { hours: 6, minutes: 30 }; got ${quote(d.got)}`,
  ),
  "feature/missing-primary-key": caller(
    (d: { name: string }) =>
      `${d.name}: a feature table needs a primary key; name the columns that tell its rows apart, such as key: "customer_id"`,
  ),
  "feature/unknown-table-column": caller(
    (d: { at: string; column: string; columns: readonly string[] }) =>
      `${d.at}: unknown column ${quote(d.column)}; the columns are ${list(d.columns, d.column)}.${didYouMean(d.column, d.columns)}`,
  ),
  "feature/unsupported-key": caller(
    (d: { name: string; column: string; reason: string }) =>
      `${d.name}: ${quote(d.column)} cannot be part of the key: ${d.reason}. Keys are text, category, int or bool, and never missing`,
  ),
  "feature/unsupported-timestamp": caller(
    (d: { at: string; column: string; reason: string; advice: string }) =>
      `${d.at}: ${quote(d.column)} cannot tell when its row was true: ${d.reason}. ${d.advice}`,
  ),
  "feature/conflict-label": caller(
    (d: { at: string; label: string }) =>
      `${d.at}: the label ${quote(d.label)} is among the features, which would tell a model the answer; take it out`,
  ),
  "feature/conflict-definition": conflict(
    (d: { name: string; version: number; changes: readonly string[] }) =>
      `${d.name}: version ${d.version} is declared otherwise where it is stored (${d.changes.join("; ")}); give the changed definition a new version, and apply it`,
  ),
  "feature/conflict-version": conflict(
    (d: { name: string; stored: number; given: number }) =>
      `${d.name}: version ${d.stored} is stored, and ${d.given} is given; ${d.given > d.stored ? "apply the definition first (applyFeatures, features apply)" : `use the newer declaration, or give this one a version above ${d.stored}`}`,
  ),
  "feature/unsupported-change": caller(
    (d: { name: string; changes: readonly string[] }) =>
      `${d.name}: its rows cannot become those of the new version (${d.changes.join("; ")}). Replace it (replace: true, --replace), which empties the table and keeps its old versions readable, or give the new definition another name`,
  ),
  "feature/missing-refresh": conflict(
    (d: { name: string }) =>
      `${d.name}: its windows were not refreshed since they were declared as they are, so its rows do not say what is declared; refresh them (featureWindows(…).refresh)`,
  ),
  "feature/missing-table": notFound(
    (d: { name: string; reason: string; known: readonly string[] }) =>
      `there is no feature table ${quote(d.name)}: ${d.reason}; the feature tables are ${list(d.known, d.name)}.${didYouMean(d.name, d.known)}`,
  ),
  "feature/corrupt-declaration": caller(
    (d: { name: string; reason: string }) =>
      `${d.name}: the declaration kept in its properties cannot be read (${d.reason}). Apply the definition again, or read the table with a newer Millrace`,
  ),
  "feature/mismatch-key": caller(
    (d: { at: string; column: string; expected: string; got: string }) =>
      `${d.at}: the key column ${quote(d.column)} must be ${d.expected} as in the feature table; got ${d.got}`,
  ),
  "feature/missing-time": caller(
    (d: { at: string; tables: readonly string[]; orMoment?: boolean }) =>
      `${d.at}: features of ${list(d.tables)} change with time, and nothing says as of when; name the column with timestamp${d.orMoment === true ? ", or a moment, such as new Date()" : ""}`,
  ),
  "feature/missing-moment": caller(
    (d: { at: string; column: string; rows: number }) =>
      `${d.at}: ${quote(d.column)} is missing in ${count(d.rows, "row")}, so nobody can tell what was known then; leave those rows out`,
  ),
  "feature/duplicate-rows": caller(
    (d: { name: string; on: readonly string[]; sample: unknown }) =>
      `${d.name}: several rows have the same ${list(d.on)}, for example ${quote(d.sample)}, so which is true is left to chance; write the table through Millrace, or keep one row of each`,
  ),
  "feature/duplicate-column": caller(
    (d: { at: string; column: string }) =>
      `${d.at}: two columns would be called ${quote(d.column)}; rename one of them in its lookup, such as rename: { ${d.column}: "other" }`,
  ),
  "feature/missing-entity": notFound(
    (d: { at: string; table: string; key: unknown; reason: string }) =>
      `${d.at}: ${quote(d.table)} has no features for ${quote(d.key)} (${d.reason}), and the model refuses rows without them. Write and materialize them, or train with missing: "null"`,
  ),
  "feature/missing-matches": caller(
    (d: { at: string; table: string; rows: number }) =>
      `${d.at}: ${count(d.rows, "label")} have no features in ${quote(d.table)} as of their moment; write those features, choose missing: "null", or leave the labels out with missing: "drop"`,
  ),
  "feature/mismatch-lookups": caller(
    (d: { column: string; reason: string }) =>
      `withLookups: the model reads ${quote(d.column)}, and ${d.reason}; fit it on rows of the training set that is given`,
  ),
  "feature/corrupt-lookups": caller(
    (d: { field: string; expected: string; got: unknown }) =>
      `the lookups of the model are damaged: ${d.field} should be ${d.expected}; got ${quote(d.got)}. Read the model again from its source`,
  ),
  "feature/conflict-lookup": conflict(
    (d: {
      at: string;
      table: string;
      learned: number;
      found: number;
      where: "the lake" | "the online store";
    }) =>
      `${d.at}: the model learned from version ${d.learned} of ${d.table}, and ${d.where} has version ${d.found}, which may mean something else; ${lookupRemedy(d)}`,
  ),
  "feature/missing-lookups": caller(
    (d: { at: string }) =>
      `${d.at}: the model carries no lookups, so keys are not enough; give it whole rows, or make it with withLookups`,
  ),
};

function lookupRemedy(d: {
  readonly table: string;
  readonly learned: number;
  readonly found: number;
  readonly where: string;
}): string {
  if (d.found > d.learned)
    return `train the model again on version ${d.found}, or restore the table to version ${d.learned} of its definition and materialize it`;
  return `${d.where === "the lake" ? `apply version ${d.learned} of its definition` : `materialize version ${d.learned} (features materialize ${d.table})`}, or train the model again on version ${d.found}`;
}

/** Throws one of {@link featureTableErrors}. */
export const fail = failWith(featureTableErrors);
