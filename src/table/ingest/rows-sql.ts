/** @file The rows of a file as its table has them, in SQL: typed cells, the rescued ones, the technical columns. */
import type { ColumnSpec } from "../../flow.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import { rescuedName } from "./bronze.ts";
import type { Delivery } from "./delivery.ts";
import { looseSql, misfitSql, readTypes, strictSql, strictWhere } from "./fit.ts";
import type { Fit } from "./fit-file.ts";
import type { Evolution } from "./options.ts";

/** A file on its way into its table. */
export interface Passage {
  readonly delivery: Delivery;
  readonly fit: Fit;
  readonly evolution: Evolution;
  readonly loadedAtMs: number;
}

/** The column of {@link readSql} with what did not fit: a JSON object by the file's columns, or null. */
export const keptName = "#kept";

/**
 * A SELECT of the table's columns but `_row_id` and `_rescued`, and of {@link keptName}.
 *
 * @param strict - Reads each cell with its type and fails at the first that does not fit, which is
 * about twice as fast as reading texts and keeping aside what does not fit.
 */
export function readSql(passage: Passage, strict: boolean): string {
  const { delivery, fit } = passage;
  const technical = technicalSql(passage);
  const kept: string[] = [];
  const types = new Map<string, string>();
  const checked: (readonly [ColumnSpec, string])[] = [];
  const cellSql = (name: string, spec: ColumnSpec): string => {
    const from = fit.source.get(name);
    if (from === undefined) return `NULL::${spec.kind === "int" ? "BIGINT" : readTypes[spec.kind]}`;
    const value = quoteName(from);
    if (strict) {
      types.set(from, readTypes[spec.kind]);
      checked.push([spec, value]);
      return strictSql(spec, value);
    }
    const misfit = misfitSql(spec, value);
    if (misfit !== undefined)
      kept.push(`${quoteText(from)}, CASE WHEN ${misfit} THEN ${value} END`);
    return looseSql(spec, value);
  };
  const select = Object.entries(fit.columns)
    .filter(([name]) => name !== rescuedName && name !== "_row_id")
    .map(([name, spec]) => `${technical[name] ?? cellSql(name, spec)} AS ${quoteName(name)}`);
  if (passage.evolution === "rescue")
    for (const name of fit.unexpected) kept.push(`${quoteText(name)}, ${quoteName(name)}`);
  const where = strictWhere(checked);
  const source = `(${delivery.sql(types)})${where === undefined ? "" : ` WHERE ${where}`}`;
  if (kept.length === 0)
    return `SELECT ${select.join(", ")}, NULL::VARCHAR AS ${quoteName(keptName)} FROM ${source}`;
  const cells = `json_merge_patch('{}', json_object(${kept.join(", ")}))::VARCHAR`;
  return `SELECT * EXCLUDE ("#cells"), CASE WHEN "#cells" <> '{}'
    THEN json_merge_patch("#cells", json_object('_source_file', ${quoteText(delivery.file)}))::VARCHAR
    END AS ${quoteName(keptName)} FROM (SELECT ${select.join(", ")}, ${cells} AS "#cells" FROM ${source})`;
}

/**
 * A SELECT of exactly the table's columns, from what {@link readSql} gives.
 *
 * @param position - The row's position in the file, from 1, in SQL.
 */
export async function tableSql(passage: Passage, from: string, position: string): Promise<string> {
  const { fit, evolution, delivery } = passage;
  const named = "_row_id" in fit.columns; // only then is the hash waited for
  const digits = named ? (await delivery.inspected.hash).slice(7, 23) : "";
  const made: Readonly<Record<string, string>> = {
    _row_id: `${quoteText(`${digits}-`)} || lpad((${position})::VARCHAR, 10, '0')`,
    [rescuedName]: evolution === "ignore" ? "NULL::VARCHAR" : quoteName(keptName),
  };
  const select = Object.keys(fit.columns).map(
    (name) => `${made[name] ?? quoteName(name)} AS ${quoteName(name)}`,
  );
  return `SELECT ${select.join(", ")} FROM ${from}`;
}

function technicalSql({ delivery, loadedAtMs }: Passage): Readonly<Record<string, string>> {
  const at = (ms: number): string => `to_timestamp(${ms / 1000})`;
  return {
    _loaded_at: at(loadedAtMs),
    _file_modified_at: at(delivery.inspected.modifiedAtMs),
    _source_file: quoteText(delivery.file),
    _is_processed: "false",
  };
}
