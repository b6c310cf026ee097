/** @file Cleaning: delivered text into a typed table by a declared recipe, every step counted. */
import type { ColumnSpec } from "../../flow.ts";
import { fail } from "../errors.ts";
import { cells, toSql } from "../expr/index.ts";
import { type AnyRows, type Frame, frame } from "../frame.ts";
import { type Column, type Columns, type Schema, text } from "../schema.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import { castSql, rescuedSql } from "./cast.ts";
import { type CleanStep, checkStep, type Recipe, type StepReport } from "./steps.ts";

/** The column in which cells that did not fit are kept, as a JSON object by column. */
export const rescuedColumn = {
  _rescued: text({ nullable: true, description: "cells that did not fit, as JSON by column" }),
};

/** The rows a recipe made, and what each step did. Close it when the rows are written. */
export interface Cleaned<C extends Columns> {
  readonly frame: Frame<C>;
  readonly steps: readonly StepReport[];
  /** How many cells are in the rescued column. */
  readonly rescued: number;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Runs a recipe: casts delivered text to the schema, then applies the steps in order. A cell that
 * does not fit becomes missing and is kept in `_rescued`; nothing is dropped silently.
 *
 * @param source - Delivered rows; a column of text is cast, any other kind is taken as it is.
 * @param target - The schema to reach. It must have the column `_rescued` ({@link rescuedColumn}).
 * @throws `table/unknown-column` when a step or the schema names a column that is not there
 */
export async function clean<C extends Columns & typeof rescuedColumn>(
  source: AnyRows,
  target: Schema<C>,
  recipe: Recipe<C>,
): Promise<Cleaned<C>> {
  const { engine } = source;
  const tables: string[] = [];
  const keep = async (sql: string): Promise<string> => {
    made += 1;
    const name = `clean_${made}`;
    await engine.run(`CREATE TABLE ${name} AS ${sql}`);
    tables.push(name);
    return name;
  };
  const close = async (): Promise<void> => {
    for (const name of tables.splice(0)) await engine.run(`DROP TABLE ${name}`);
  };
  try {
    const first = await keep(castTable(source, target, recipe));
    const size = await countOf(source, `SELECT count(*) AS n FROM ${first}`);
    const rescuedCells = await countOf(source, rescuedCount(first));
    const steps: StepReport[] = [
      { step: "cast to types", rowsIn: size, rowsOut: size, cellsChanged: rescuedCells },
    ];
    let current = first;
    for (const step of recipe.steps) {
      const next = await keep(stepSql(target, step, current));
      steps.push(await reportStep(source, step, { before: current, after: next }));
      current = next;
    }
    const rescued = await countOf(source, rescuedCount(current));
    const cleaned = frame({ engine, schema: target, sql: `SELECT * FROM ${current}` });
    return { frame: cleaned, steps, rescued, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

let made = 0;

const countOf = async ({ engine }: AnyRows, sql: string): Promise<number> =>
  Number((await engine.query(sql))[0]?.["n"] ?? 0);

const rescuedCount = (table: string): string =>
  `SELECT coalesce(sum(len(json_keys(_rescued))), 0)::BIGINT AS n FROM ${table}`;

/** The SELECT that casts every delivered column and collects what did not fit. */
function castTable<C extends Columns>(
  source: AnyRows,
  target: Schema<C>,
  recipe: Recipe<C>,
): string {
  const delivered = source.schema.columns;
  const parts = Object.entries<Column>(target.columns)
    .filter(([name]) => name !== "_rescued")
    .map(([name, spec]) => {
      const from: string = recipe.from[name] ?? name;
      const found = delivered[from];
      if (found === undefined)
        fail("table/unknown-column", {
          at: `recipe ${JSON.stringify(recipe.name)}`,
          column: from,
          columns: Object.keys(delivered),
        });
      return castColumn(name, spec, { column: quoteName(from), cast: found?.kind === "text" });
    });
  const bad = parts.map(({ rescued }) => rescued).filter((entry) => entry !== undefined);
  const rescued =
    bad.length === 0
      ? "NULL"
      : `nullif(json_merge_patch('{}', json_object(${bad.join(", ")})), '{}')`;
  const select = parts.map(({ sql }) => sql).join(", ");
  return `SELECT ${select}, ${rescued}::VARCHAR AS _rescued FROM (${source.sql})`;
}

function castColumn(
  name: string,
  spec: ColumnSpec,
  { column, cast }: { column: string; cast: boolean },
): { sql: string; rescued: string | undefined } {
  if (!cast || spec.kind === "text")
    return { sql: `${column} AS ${quoteName(name)}`, rescued: undefined };
  const bad = rescuedSql(spec, column);
  return {
    sql: `(${castSql(spec, column)}) AS ${quoteName(name)}`,
    rescued: `${quoteText(name)}, CASE WHEN ${bad} THEN ${column} END`,
  };
}

function stepSql<C extends Columns>(target: Schema<C>, step: CleanStep<C>, table: string): string {
  checkStep(step);
  const columns = cells(target);
  if (step.do === "keep") return `SELECT * FROM ${table} WHERE ${toSql(step.rows(columns))}`;
  if (step.do === "newest") {
    const order = step.order.map((column) => `${quoteName(column)} DESC NULLS LAST`).join(", ");
    const by = quoteName(step.by);
    return `SELECT * FROM ${table} QUALIFY row_number() OVER (PARTITION BY ${by} ORDER BY ${order}) = 1 ORDER BY ${by}`;
  }
  const name = quoteName(step.column);
  if (step.do === "recover")
    return `SELECT * REPLACE (coalesce(${name}, ${toSql(step.from(columns))}) AS ${name}) FROM ${table}`;
  const wrong = `coalesce(${toSql(step.when(columns))}, false)`;
  const kept = `json_merge_patch(coalesce(_rescued, '{}'), json_object(${quoteText(step.column)}, ${name}::VARCHAR))::VARCHAR`;
  return `SELECT * REPLACE (CASE WHEN ${wrong} THEN NULL ELSE ${name} END AS ${name},
    CASE WHEN ${wrong} AND ${name} IS NOT NULL THEN ${kept} ELSE _rescued END AS _rescued) FROM ${table}`;
}

async function reportStep<C extends Columns>(
  source: AnyRows,
  step: CleanStep<C>,
  { before, after }: { before: string; after: string },
): Promise<StepReport> {
  const rows = (table: string) => countOf(source, `SELECT count(*) AS n FROM ${table}`);
  const [rowsIn, rowsOut] = [await rows(before), await rows(after)];
  const label = "column" in step ? `${step.do} ${step.column}: ${step.why}` : step.why;
  if (!("column" in step)) return { step: label, rowsIn, rowsOut, cellsChanged: 0 };
  const filled = (table: string) =>
    countOf(source, `SELECT count(${quoteName(step.column)}) AS n FROM ${table}`);
  const cellsChanged = Math.abs((await filled(after)) - (await filled(before)));
  return { step: label, rowsIn, rowsOut, cellsChanged };
}
