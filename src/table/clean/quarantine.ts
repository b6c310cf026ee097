/** @file The quarantine: rejected rows as they were delivered, with the rule that rejected them. */
import type { AnyRows } from "../frame.ts";
import { int, type Schema, schema, text, timestamp } from "../schema.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import { place } from "./deed.ts";

/** The columns of a quarantine: one row for each row that was rejected. */
export const rejectionColumns = {
  _row_id: text({
    key: true,
    description: "the row's identity in the source: its _row_id, or its place from 1",
  }),
  _recipe: text({ description: "the recipe that rejected it" }),
  _step: int({ min: 1, description: "which step of the recipe, from 1" }),
  _rule: text({ description: "what the step is called in the report" }),
  _rejected_at: timestamp({ description: "when it was rejected" }),
  _cells: text({ description: "the cells as they were delivered, as a JSON object by column" }),
};

/** What one table of rejected rows holds, and what `Cleaned.quarantine` gives. */
export const rejectionSchema: Schema<typeof rejectionColumns> = schema(
  "quarantine",
  rejectionColumns,
);

/** The rows that one step rejected. */
export interface Rejection {
  /** The step's place in the recipe, from 1. */
  readonly step: number;
  readonly rule: string;
  /** A table of their places. */
  readonly rows: string;
}

/** A row's identity as text: its `_row_id` where the schema has one, else its place in the source. */
export function rowIdSql({ columns }: Schema, alias: string): string {
  const at = `lpad(${alias}.${place}::VARCHAR, 10, '0')`;
  return "_row_id" in columns ? `coalesce(${alias}._row_id::VARCHAR, ${at})` : at;
}

/** The SELECT of the rejected rows in the order of the source. */
export function quarantineSql(what: {
  readonly source: AnyRows;
  readonly recipe: string;
  readonly rejections: readonly Rejection[];
  /** The table that holds the source; there when anything can be rejected. */
  readonly table: string | undefined;
  readonly atMs: number;
}): string {
  const { source, recipe, rejections, table, atMs } = what;
  const cells = Object.keys(source.schema.columns).map(
    (name) => `${quoteText(name)}, s.${quoteName(name)}`,
  );
  const select = (rejection: Omit<Rejection, "rows">, id: string, json: string): string =>
    `SELECT ${id} AS _row_id, ${quoteText(recipe)} AS _recipe, ${rejection.step}::BIGINT AS _step,
      ${quoteText(rejection.rule)} AS _rule, to_timestamp(${atMs / 1000}) AS _rejected_at, ${json} AS _cells`;
  if (table === undefined || rejections.length === 0)
    return `${select({ step: 0, rule: "" }, "''", "''")} WHERE false`;
  const id = rowIdSql(source.schema, "s");
  const parts = rejections.map(
    (one) =>
      `${select(one, id, `json_object(${cells.join(", ")})::VARCHAR`)}, s.${place} FROM ${table} s SEMI JOIN ${one.rows} r ON s.${place} = r.${place}`,
  );
  return `SELECT * EXCLUDE (${place}) FROM (${parts.join(" UNION ALL ")}) ORDER BY ${place}`;
}
