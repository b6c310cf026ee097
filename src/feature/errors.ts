/** @file The errors of features: definitions that do not fit, and rows they cannot be fitted on. */
import { caller, conflict, count, didYouMean, failWith, list, quote } from "../core/index.ts";

/** What can go wrong while features are defined, fitted, stored and applied. */
export const featureErrors = {
  "feature/missing-features": caller(
    (d: { at: string }) =>
      `${d.at}: expected at least one feature, such as features(schema, (c) => ({ age: numeric(c.age) })) gives; got none`,
  ),
  "feature/mismatch-feature": caller(
    (d: { at: string; name: string }) =>
      `${d.at}: ${quote(d.name)} is no feature; expected what a transform gives, such as numeric(c.age)`,
  ),
  "feature/mismatch-input": caller(
    (d: { at: string; takes: readonly string[]; kind: string | null; reads: readonly string[] }) =>
      `${d.at}: takes a ${d.takes.join(" or a ")}; got ${d.kind === null ? "no column or expression" : `a ${d.kind} of ${list(d.reads)}`}`,
  ),
  "feature/duplicate-names": caller(
    (d: { at: string; name: string }) =>
      `${d.at}: two features give a column ${quote(d.name)}; rename one of them`,
  ),
  "feature/out-of-range-edges": caller(
    (d: { at: string; edges: readonly number[] }) =>
      `${d.at}: edges must be finite numbers (at least one, and two where nothing is outside), each above the one before; got ${list(d.edges)}`,
  ),
  "feature/out-of-range-bounds": caller(
    (d: { at: string; option: string; bounds: readonly number[] }) =>
      `${d.at}: ${d.option} must be two finite numbers, the first below the second; got ${list(d.bounds)}`,
  ),
  "feature/out-of-range-levels": caller(
    (d: { feature: string; levels: number; most: number }) =>
      `fitFeatures: feature ${quote(d.feature)} has ${count(d.levels, "level")} in the training rows; expected at most ${d.most}. Raise maxLevels, or hash them.`,
  ),
  "feature/mismatch-order": caller(
    (d: { at: string; order: readonly string[]; levels: readonly string[] }) =>
      `${d.at}: the order must name every level once; expected ${list(d.levels)} in some order, got ${list(d.order)}`,
  ),
  "feature/missing-column": caller(
    (d: { column: string; columns: readonly string[] }) =>
      `fitFeatures: the frame has no column ${quote(d.column)}; it has ${list(d.columns)}. Fit on a frame of the schema that the features were defined on.`,
  ),
  "feature/unknown-column": caller(
    (d: { at: string; column: string; columns: readonly string[] }) =>
      `${d.at}: unknown column ${quote(d.column)}; the frame has ${list(d.columns, d.column)}.${didYouMean(d.column, d.columns)}`,
  ),
  "feature/unsupported-label": caller(
    (d: { at: string; label: string; got: string }) =>
      `${d.at}: the label ${quote(d.label)} must be true or false, one of two texts, or a number; got ${d.got}. Ask of one at a time, as a column that is true where the label is that one.`,
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
  "feature/missing-words": caller(
    (d: { feature: string; rows: number }) =>
      `fitFeatures: feature ${quote(d.feature)} finds no word in ${count(d.rows, "row")}; expected at least one that is kept. Look at pattern, stopWords and minRows.`,
  ),
  "feature/mismatch-vectors": caller(
    (d: { at: string; word: string; size: number }) =>
      `${d.at}: every word must have a vector of finite numbers, all equally long; got another for ${quote(d.word)}, where the first has ${d.size}`,
  ),
  "feature/out-of-range-sign": caller(
    (d: { feature: string; got: number }) =>
      `fitFeatures: feature ${quote(d.feature)} must be above 0 for Box–Cox; got ${d.got}. Choose method: "yeoJohnson".`,
  ),
  "feature/missing-parts": caller(
    (d: { at: string; fewest: number; got: number }) =>
      `${d.at}: expected at least ${d.fewest}; got ${d.got}`,
  ),
  "feature/conflict-test-rows": conflict(
    () =>
      'fitFeatures: these rows are held out (part "test" or "validation"), and features must not learn from them; expected the train frame of a split',
  ),
  "feature/conflict-divided-rows": conflict(
    (d: { part: string }) =>
      `history: these rows are the ${d.part} side of a split, where each history would begin anew; apply the history to all rows, then split. No row knows a later one.`,
  ),
  "feature/conflict-trained-rows": conflict(
    (d: { known: string }) =>
      `these test rows were trained on: ${d.known}. Split first, then fit on the train side.`,
  ),
  "feature/missing-label": caller(
    (d: { feature: string }) =>
      `fitFeatures: feature ${quote(d.feature)} learns from the label; expected { label } with the name of a bool column, got none`,
  ),
  "feature/mismatch-label": caller(
    (d: { label: string; got: string }) =>
      `fitFeatures: the label ${quote(d.label)} must be a bool column with a value in every row; got ${d.got}`,
  ),
  "feature/missing-key": caller(
    (d: { feature: string }) =>
      `fitFeatures: feature ${quote(d.feature)} learns out of fold, and the schema has no key that tells rows apart; expected a column with key: true`,
  ),
  "feature/unknown-level": caller(
    (d: { feature: string; got: unknown; levels: readonly string[] }) =>
      `feature ${quote(d.feature)}: unknown level ${quote(d.got)}; expected one of ${list(d.levels)}. Choose another policy for unknown levels to serve such rows.`,
  ),
  "feature/conflict-label-read": caller(
    (d: { label: string }) =>
      `fitFeatures: the label ${quote(d.label)} is among the columns that the features read; take it out of the features`,
  ),
  "feature/out-of-range-span": caller(
    (d: { at: string; measure: string; ms: number; everyMs: number }) =>
      `${d.at}: the window of ${quote(d.measure)} is ${d.ms} ms, which is not a multiple of the tiles' ${d.everyMs} ms; choose another span, or a smaller every`,
  ),
  "feature/missing-changes": caller(
    (d: { name: string; from: string; off: { from: number; to: number } | null }) =>
      d.off === null
        ? `${d.name}: its windows are kept from the changes of ${d.from}, whose change data feed is off. Turn it on, table.alter({ changeFeed: true }), and refresh again`
        : `${d.name}: the change data feed of ${d.from} was off between its versions ${d.off.from} and ${d.off.to}, so what changed since the last refresh is not known. Give the windows another name, or drop ${d.name} and ${d.name}__tiles, and refresh: all is made anew`,
  ),
  "feature/out-of-range-refresh": caller(
    (d: { name: string; until: string; last: string | null }) =>
      `${d.name}: cannot be refreshed until ${d.until}; expected a moment${d.last === null ? "" : ` not before ${d.last}, until which it was refreshed`}`,
  ),
  "feature/conflict-separator": caller(
    (d: { feature: string; text: string; separator: string }) =>
      `fitFeatures: feature ${quote(d.feature)}: the part ${quote(d.text)} has the separator ${quote(d.separator)} in it, so that two combinations could be taken for one; choose another separator`,
  ),
  "feature/mismatch-time": caller(
    (d: { at: string; column: string; kind: string }) =>
      `${d.at}: ${quote(d.column)} must be a timestamp column; got ${d.kind}`,
  ),
  "feature/missing-moments": caller(
    (d: { at: string; column: string; rows: number }) =>
      `${d.at}: ${quote(d.column)} is missing in ${count(d.rows, "row")}; expected a moment in every row, because it decides what came before`,
  ),
  "feature/mismatch-moment": caller(
    (d: { column: string; got: unknown }) =>
      `history: a row needs a moment in ${quote(d.column)}; expected a Date, got ${quote(d.got)}`,
  ),
  "feature/duplicate-moments": caller(
    (d: { entity: string; moment: string; rows: number }) =>
      `history: ${quote(d.entity)} has ${count(d.rows, "row")} at ${d.moment}; expected one, because of rows at one moment none is before the other. Sum them up first, or tell them apart by another column of the entity.`,
  ),
  "feature/conflict-order": conflict(
    (d: { entity: string; got: Date; last: Date }) =>
      `history: a row of ${d.entity} at ${d.got.toISOString()} came after one at ${d.last.toISOString()}; expected rows of an entity in order. Compute late rows with apply, over the table.`,
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
