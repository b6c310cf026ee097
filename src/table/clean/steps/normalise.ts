/** @file Labels in one spelling: blanks, case and synonyms; labels that nobody knows are counted. */
import { checkChoice } from "../../../core/index.ts";
import type { Columns, Schema } from "../../schema.ts";
import { quoteName, quoteText } from "../../sql-text.ts";
import { type Bench, checkColumns, type Deed, type Touches } from "../deed.ts";
import { fail } from "../errors.ts";
import { cellValue, patchRescued, placeOf } from "../values.ts";
import type { TextColumn } from "./columns.ts";

/**
 * Brings labels into one spelling. Runs of blanks count as one and those around as none, case is
 * ignored, synonyms are replaced. In a category the labels are its levels, and labels that the cast
 * had put into the rescued column come back when they are known now.
 */
export interface NormaliseStep<C extends Columns> {
  readonly do: "normalise";
  readonly columns: readonly TextColumn<C>[];
  /** Another spelling → the label. */
  readonly synonyms?: Readonly<Record<string, string>>;
  /** The labels of a column of text; without them every text is a label. */
  readonly labels?: readonly string[];
  /** What becomes of unknown labels in a column of text: kept, or moved to the rescued column. Default "keep". */
  readonly unknown?: "keep" | "blank";
  readonly why: string;
}

type Here<C extends Columns> = Pick<Bench<C>, "at" | "target">;

/** What {@link NormaliseStep} reads and writes. Throws `option/out-of-range`, `table/unknown-level`. */
export function normaliseTouches<C extends Columns>(
  step: NormaliseStep<C>,
  { at, target }: Here<C>,
): Touches {
  checkColumns(at, target, step.columns);
  checkChoice(at, { unknown: step.unknown ?? "keep" }, ["keep", "blank"]);
  for (const column of step.columns) {
    const where = placeOf(at, target, column);
    const { kind } = where.spec;
    if (kind !== "text" && kind !== "category")
      fail("table/mismatch-kind", { at, column, expected: "text or labels", got: kind });
    for (const label of Object.values(step.synonyms ?? {})) cellValue(where, label);
  }
  return { reads: step.columns, writes: step.columns };
}

/** {@link NormaliseStep} in SQL; unknown labels are reported as `column: label` with their cells. */
export async function normaliseDeed<C extends Columns>(
  step: NormaliseStep<C>,
  { target, engine, table }: Bench<C>,
): Promise<Deed> {
  const parts = step.columns.map((column) => labelsOf(step, column, target));
  const unknown = parts.map(
    ({ column, raw, known }) =>
      `SELECT ${quoteText(`${column}: `)} || ${tidy(raw)} AS label FROM ${table} t WHERE (${known}) IS NULL AND ${raw} IS NOT NULL`,
  );
  const rows = await engine.query(
    `SELECT label, count(*) AS n FROM (${unknown.join(" UNION ALL ")}) GROUP BY label ORDER BY n DESC, label LIMIT 100`,
  );
  const found = Object.fromEntries(rows.map((row) => [String(row["label"]), Number(row["n"])]));
  const set = Object.fromEntries(parts.map(({ column, sql }) => [column, sql]));
  const patches = parts.flatMap((part) => part.patches);
  if (!("_rescued" in target.columns) || patches.length === 0) return { set, found };
  return { set: { ...set, _rescued: patchRescued(patches) }, found };
}

/** Blanks of any kind: runs as one space, none around. */
const tidy = (sql: string): string => `trim(regexp_replace(${sql}, '[\\s\\p{Z}]+', ' ', 'g'))`;
const folded = (sql: string): string => `lower(${tidy(sql)})`;

interface Labels {
  readonly column: string;
  /** The text as it is. */
  readonly raw: string;
  /** The label, or NULL when nobody knows it. */
  readonly known: string;
  /** The new value. */
  readonly sql: string;
  readonly patches: readonly { readonly when: string; readonly patch: string }[];
}

function labelsOf<C extends Columns>(
  step: NormaliseStep<C>,
  column: string,
  target: Schema,
): Labels {
  const spec = target.columns[column];
  const name = `t.${quoteName(column)}`;
  const isCategory = spec?.kind === "category";
  const rescued = `json_extract_string(t._rescued::JSON, ${quoteText(pointer(column))})`;
  const raw = isCategory && "_rescued" in target.columns ? `coalesce(${name}, ${rescued})` : name;
  const labels = isCategory ? (spec.levels ?? []) : (step.labels ?? []);
  const spellings = [
    ...labels.map((label) => [label, label] as const),
    ...Object.entries(step.synonyms ?? {}),
  ];
  const cases = spellings.map(
    ([from, label]) => `WHEN ${folded(raw)} = ${folded(quoteText(from))} THEN ${quoteText(label)}`,
  );
  const matched = cases.length === 0 ? "NULL::VARCHAR" : `CASE ${cases.join(" ")} END`;
  const key = quoteText(column);
  if (isCategory)
    return {
      column,
      raw,
      known: matched,
      sql: `coalesce(${matched}, ${name})`,
      patches: [
        {
          when: `(${name} IS NULL AND (${matched}) IS NOT NULL)`,
          patch: `json_object(${key}, NULL)`,
        },
      ],
    };
  const isFree = step.labels === undefined;
  const loses = `((${matched}) IS NULL AND ${name} IS NOT NULL)`;
  const patch = `json_object(${key}, ${name})`;
  return {
    column,
    raw,
    known: isFree ? `coalesce(${matched}, ${raw})` : matched,
    sql:
      step.unknown === "blank" && !isFree
        ? matched
        : `coalesce(${matched}, nullif(${tidy(raw)}, ''))`,
    patches: step.unknown === "blank" && !isFree ? [{ when: loses, patch }] : [],
  };
}

/** A key of a JSON object as a JSON pointer. */
const pointer = (key: string): string => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
