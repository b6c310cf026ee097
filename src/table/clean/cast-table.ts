/** @file The first table of a cleaning: every delivered column found by its name and cast to its kind. */
import type { Cell, ColumnSpec } from "../../flow.ts";
import { duckTypes } from "../adapter/duckdb.ts";
import { fail as failTable } from "../errors.ts";
import type { AnyRows } from "../frame.ts";
import type { Columns, Schema } from "../schema.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import { castSql, rescuedSql } from "./cast.ts";
import { place } from "./deed.ts";
import { fail } from "./errors.ts";
import { snakeCase } from "./names.ts";
import type { Recipe } from "./steps.ts";
import { cellSql } from "./values.ts";

/** A column of the target, and what it is made of. */
export interface Origin {
  readonly name: string;
  readonly spec: ColumnSpec;
  /** The delivered column, or null for one that the recipe makes. */
  readonly from: string | null;
}

/** What decides where each column comes from. */
export interface Delivery<C extends Columns> {
  readonly recipe: Pick<Recipe<C>, "name" | "from" | "names">;
  readonly target: Schema<C>;
  /** The delivered columns, or undefined where nobody knows them yet. */
  readonly delivered: Columns | undefined;
  /** Columns that need not be delivered. */
  readonly makes: readonly string[];
}

/**
 * Where each column of the target comes from, the rescued one left out.
 *
 * @throws `table/unknown-column` for one that is not delivered, `table/duplicate-name` when two
 * delivered names stand for it
 */
export function originsOf<C extends Columns>(delivery: Delivery<C>): readonly Origin[] {
  const { recipe, target, delivered, makes } = delivery;
  const at = `recipe ${JSON.stringify(recipe.name)}`;
  const given: Readonly<Partial<Record<string, string>>> = recipe.from ?? {};
  for (const name of Object.keys(given))
    if (!(name in target.columns))
      failTable("table/unknown-column", { at, column: name, columns: Object.keys(target.columns) });
  return Object.entries(target.columns)
    .filter(([name]) => name !== "_rescued")
    .map(([name, spec]) => {
      const from = given[name] ?? standardOf(name, delivery, at);
      if (delivered === undefined) return { name, spec, from: makes.includes(name) ? null : from };
      if (from in delivered) return { name, spec, from };
      if (makes.includes(name)) return { name, spec, from: null };
      return failTable("table/unknown-column", {
        at,
        column: from,
        columns: Object.keys(delivered),
      });
    });
}

function standardOf<C extends Columns>(
  name: string,
  { recipe, delivered = {} }: Delivery<C>,
  at: string,
): string {
  if (name in delivered || recipe.names !== "snake_case") return name;
  const names = Object.keys(delivered).filter((one) => snakeCase(one) === name);
  if (names.length > 1) fail("table/duplicate-name", { at, names, standard: name });
  return names[0] ?? name;
}

/** What {@link castTable} needs besides the origins. */
export interface CastSource {
  readonly source: Pick<AnyRows, "schema">;
  readonly target: Schema;
  /** The rows, with their places; they are called `s`. */
  readonly sql: string;
  /** Cells that every row gets. */
  readonly values: Readonly<Record<string, Cell>>;
}

/** The SELECT that casts every delivered column and collects what did not fit. */
export function castTable(origins: readonly Origin[], task: CastSource): string {
  const { source, target, sql, values } = task;
  const casts = origins.map((origin) => castColumn(origin, source.schema, values));
  const bad = casts.flatMap(({ rescued }) => rescued);
  const before = rescuedBefore(source.schema);
  const found = bad.length === 0 ? "'{}'::JSON" : `json_object(${bad.join(", ")})`;
  const rescued =
    bad.length === 0 && before === "'{}'"
      ? "NULL"
      : `nullif(json_merge_patch(${before}::JSON, json_merge_patch('{}', ${found}))::VARCHAR, '{}')`;
  const kept = "_rescued" in target.columns ? [`${rescued}::VARCHAR AS _rescued`] : [];
  const select = [...casts.map((cast) => cast.sql), ...kept, `s.${place}`];
  return `SELECT ${select.join(", ")} FROM (${sql}) s`;
}

/** What an earlier cleaning had rescued stays. */
function rescuedBefore({ columns }: Schema): string {
  if (columns["_rescued"]?.kind !== "text") return "'{}'";
  return "CASE WHEN json_valid(s._rescued) AND json_type(s._rescued) = 'OBJECT' THEN s._rescued ELSE '{}' END";
}

function castColumn(
  { name, spec, from }: Origin,
  source: Schema,
  values: Readonly<Record<string, Cell>>,
): { readonly sql: string; readonly rescued: readonly string[] } {
  const as = `AS ${quoteName(name)}`;
  const value = values[name];
  if (value !== undefined)
    return { sql: `${cellSql({ at: "values", column: name, spec }, value)} ${as}`, rescued: [] };
  if (from === null) return { sql: `false ${as}`, rescued: [] };
  const column = `s.${quoteName(from)}`;
  const raw = rawText(source.columns[from], spec, column);
  // A column of nothing but NULL may have any type in the engine, so the type is always said.
  if (raw === undefined) return { sql: `${column}::${duckTypes[spec.kind]} ${as}`, rescued: [] };
  const rescued = `${quoteText(name)}, CASE WHEN ${rescuedSql(spec, raw)} THEN ${raw} END`;
  return { sql: `(${castSql(spec, raw)}) ${as}`, rescued: [rescued] };
}

/** The text to cast a column from, or undefined when its cells are of the kind already. */
function rawText(
  found: ColumnSpec | undefined,
  { kind }: ColumnSpec,
  column: string,
): string | undefined {
  const isText = found?.kind === "category" && kind === "text";
  return found === undefined || found.kind === kind || isText ? undefined : `${column}::VARCHAR`;
}

/** How many cells of each column do not fit, and one of them. */
export function misfitSql(
  origins: readonly Origin[],
  source: Pick<AnyRows, "schema" | "sql">,
): string {
  const counts = origins.flatMap(({ name, spec, from }) => {
    if (from === null) return [];
    const raw = rawText(source.schema.columns[from], spec, `s.${quoteName(from)}`);
    if (raw === undefined || spec.kind === "text") return [];
    const bad = rescuedSql(spec, raw);
    return [
      `SELECT ${quoteText(name)} AS name, count(*) AS n, min(${raw}) AS sample FROM (${source.sql}) s WHERE ${bad}`,
    ];
  });
  const all = counts.join(" UNION ALL ") || "SELECT '' AS name, 0 AS n, '' AS sample";
  return `SELECT * FROM (${all}) WHERE n > 0`;
}
