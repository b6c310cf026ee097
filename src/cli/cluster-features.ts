/** @file What `millrace cluster` compares rows by: chosen columns, scaled alike. */
import {
  type Feature,
  type Features,
  type FittedFeatures,
  features,
  fitFeatures,
  flag,
  oneHot,
  standardize,
} from "../feature/index.ts";
import type { Matrix } from "../flow.ts";
import {
  type BoolExpr,
  type CategoryExpr,
  cells,
  type Expr,
  type Frame,
  isTechnicalColumn,
  type NumberExpr,
  type TextExpr,
} from "../table/index.ts";
import { fail } from "./errors.ts";
import { failTable } from "./fail-table.ts";

/**
 * Fits features of the chosen columns: numbers standardised, categories and texts a column a level, of texts the 50 most frequent.
 *
 * @throws `table/unknown-column`, `cli/mismatch-option` for a column that cannot be compared,
 *   `cli/missing-option` where there is no number to choose
 */
export async function clusterFeatures(
  rows: Frame,
  asked: readonly string[],
): Promise<{
  readonly definition: Features;
  readonly features: FittedFeatures;
  readonly x: Matrix;
}> {
  const { columns } = rows.schema;
  const known = Object.keys(columns);
  for (const column of asked)
    if (!known.includes(column))
      failTable("table/unknown-column", { at: "cluster, --columns", column, columns: known });
  const chosen =
    asked.length > 0 ? asked : known.filter((name) => isPlainNumber(name, columns[name]));
  if (chosen.length === 0)
    fail("cli/missing-option", {
      command: "cluster",
      option: "columns",
      value: "A,B",
      help: "no column of the rows is a number",
    });
  const byName: Readonly<Record<string, Expr>> = cells(rows.schema);
  const made = chosen.map((name) => [name, featureOf(name, byName[name])] as const);
  const definition = features(rows.schema, () => Object.fromEntries(made));
  const fitted = await fitFeatures(definition, rows);
  return { definition, features: fitted, x: await fitted.matrix(rows) };
}

const isPlainNumber = (
  name: string,
  column: { readonly kind: string; readonly key?: boolean } | undefined,
): boolean =>
  (column?.kind === "int" || column?.kind === "float") &&
  column.key !== true &&
  !isTechnicalColumn(name);

type Known = BoolExpr | CategoryExpr | NumberExpr | TextExpr;

const mostLevels = 50; // texts that get a column each
const isKnown = (expr: Expr): expr is Known =>
  ["bool", "category", "number", "text"].includes(expr.kind);

function featureOf(name: string, expr: Expr | undefined): Feature {
  if (expr === undefined || !isKnown(expr))
    return fail("cli/mismatch-option", {
      command: "cluster",
      option: "columns",
      expected: "numbers, texts, categories or truth values",
      got: `${name}, of kind ${expr?.kind ?? "none"}`,
    });
  if (expr.kind === "number") return standardize(expr);
  if (expr.kind === "bool") return flag(expr, { missing: "zero" });
  return expr.kind === "text" ? oneHot(expr, { maxLevels: mostLevels }) : oneHot(expr);
}
