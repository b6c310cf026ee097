/** @file What an imputation needs of its columns, checked before any row is read. */

import { checkChoice, checkNumber } from "../../../core/index.ts";
import type { ColumnKind } from "../../../flow.ts";
import type { Engine } from "../../adapter/duckdb.ts";
import { cells } from "../../expr/index.ts";
import type { Columns, Schema } from "../../schema.ts";
import { checkColumns, type Touches } from "../deed.ts";
import { fail } from "../errors.ts";
import { cellValue, checkExpr, checkNumeric, type Place, placeOf } from "../values.ts";
import type { Imputation, ImputeMethod } from "./methods.ts";

/** The rows to learn from: a SELECT with the schema's columns, and the place of each row. */
export interface Training<C extends Columns> {
  readonly engine: Engine;
  readonly schema: Schema<C>;
  readonly sql: string;
  /** Where an error says it is. */
  readonly at: string;
}

const methods = [
  "constant",
  "category",
  "mean",
  "median",
  "mode",
  "rule",
  "group",
  "nearest",
  "regression",
] as const;

/** What an imputation reads and writes, known before it is fitted. Throws what {@link fitState} throws about options. */
export function imputationTouches<C extends Columns>(
  imputation: Imputation<C>,
  { at, schema }: Pick<Training<C>, "at" | "schema">,
): Touches {
  checkChoice(at, { by: imputation.by }, methods);
  const makes: readonly string[] = Object.values<string | undefined>(
    imputation.indicators ?? {},
  ).flatMap((name) => name ?? []);
  checkColumns(at, schema, [...imputation.columns, ...Object.keys(imputation.indicators ?? {})]);
  const reads = [...imputation.columns, ...readsOf(imputation, { at, schema })];
  checkColumns(at, schema, reads);
  for (const column of imputation.columns)
    checkMethod(placeOf(at, schema, column), imputation, { at, schema });
  return { reads, writes: [...imputation.columns, ...makes], makes };
}

function readsOf<C extends Columns>(
  method: ImputeMethod<C>,
  { at, schema }: Pick<Training<C>, "at" | "schema">,
): readonly string[] {
  if (method.by === "rule") return method.from(cells(schema, at)).reads;
  if (method.by === "group") return [method.of];
  return method.by === "nearest" || method.by === "regression" ? method.from : [];
}

/** Refuses a method that the kinds of the columns do not allow. */
function checkMethod<C extends Columns>(
  where: Place,
  method: ImputeMethod<C>,
  { at, schema }: Pick<Training<C>, "at" | "schema">,
): void {
  const middle = method.by === "group" ? method.middle : method.by;
  if (["mean", "median", "regression"].includes(middle)) checkNumeric(where, middle);
  if (method.by === "rule") checkExpr(where, method.from(cells(schema, at)));
  if (method.by === "group") {
    checkChoice(at, { middle }, ["mean", "median", "mode"]);
    checkGroup(placeOf(at, schema, method.of));
  }
  if (method.by === "nearest")
    checkNumber(at, { neighbours: method.neighbours ?? 5 }, { min: 1, integer: true });
  if (method.by === "regression")
    for (const name of method.from) termsOf(placeOf(at, schema, name));
  if (method.by === "constant") cellValue(where, method.value);
  if (method.by === "category") cellValue(where, method.label);
}

function checkGroup({ at, column, spec }: Place): void {
  if (spec.kind === "float" || spec.kind === "timestamp")
    fail("table/mismatch-kind", {
      at,
      column,
      expected: "groups of text, labels, whole numbers or truths",
      got: spec.kind,
    });
}

/** What a regression multiplies: a column as a number, or whether it is a level. */
export type Term = {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly level: string | null;
};

/** A number or truth is one term; a category has one for each level but the first. */
export function termsOf({ at, column: name, spec }: Place): readonly Term[] {
  const { kind, levels = [] } = spec;
  if (kind === "category") return levels.slice(1).map((level) => ({ name, kind, level }));
  if (kind === "text" || kind === "timestamp")
    fail("table/mismatch-kind", {
      at,
      column: name,
      expected: "numbers, truths or labels to learn from",
      got: kind,
    });
  return [{ name, kind, level: null }];
}
