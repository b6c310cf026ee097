/** @file Cleaning: delivered rows into a typed table by a declared recipe, every step counted. */
import type { Clock } from "../../core/index.ts";
import type { Cell } from "../../flow.ts";
import { type AnyRows, type Frame, frame } from "../frame.ts";
import { unknownOrigin } from "../lineage/origin.ts";
import { type Columns, type Schema, text } from "../schema.ts";
import { recipeLineage } from "./lineage.ts";
import { type rejectionColumns, rejectionSchema } from "./quarantine.ts";
import { cleanedOrigin, rejectedOrigin } from "./recipe-origin.ts";
import { runRecipe } from "./run-recipe.ts";
import type { Recipe, StepReport } from "./steps.ts";

/** The column in which cells that did not fit are kept, as a JSON object by column. */
export const rescuedColumn = {
  _rescued: text({ nullable: true, description: "cells that did not fit, as JSON by column" }),
};

/** The rows a recipe made, and what each step did. Close it when the rows are written. */
export interface Cleaned<C extends Columns> {
  /** The rows that are left, in the order of the source. */
  readonly frame: Frame<C>;
  /** The rows that were rejected, as they were delivered, in the order of the source. */
  readonly quarantine: Frame<typeof rejectionColumns>;
  readonly steps: readonly StepReport[];
  /** How many cells are in the rescued column. */
  readonly rescued: number;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a cleaning takes besides its recipe. */
export interface CleanOptions<C extends Columns = Columns> {
  /** Tells when rows are rejected. Default: the machine's. */
  readonly clock?: Clock;
  /** Cells that every row gets, such as the id of a run; those columns need not be delivered. */
  readonly values?: Readonly<Partial<Record<keyof C & string, Cell>>>;
}

/**
 * Runs a recipe: casts delivered cells to the schema, then does the steps in order. A cell that
 * does not fit becomes missing and is kept in `_rescued`; a row that a step rejects is in the
 * quarantine. Everything is done in SQL, in the order of the source, and the same rows give the
 * same result.
 *
 * @param source - Delivered rows; a column of another kind than the target's is cast.
 * @param target - The schema to reach. It must have the column `_rescued` ({@link rescuedColumn}).
 * @param recipe - What to do, and when it is.
 * @throws `table/unknown-column`, `table/mismatch-kind`, `table/unknown-level`,
 * `option/out-of-range` for a recipe that cannot work, before any row is read;
 * `table/mismatch-cast` for cells that do not fit a strict recipe, `table/missing-values` for a
 * column that is refused, `table/missing-training-values` for nothing to learn from
 * @example
 * ```ts
 * const people = schema("people", { id: text({ key: true }), age: int({ nullable: true }), ...rescuedColumn });
 * const raw = schema("raw", { ID: text(), Age: text({ nullable: true }) });
 * const engine = await openEngine();
 * const rows = frame({ engine, schema: raw, sql: `SELECT * FROM (VALUES ('a', '34'), ('b', '-1'), ('c', NULL)) v("ID", "Age")` });
 * await using cleaned = await clean(rows, people, {
 *   name: "people",
 *   names: "snake_case",
 *   steps: [
 *     { do: "rule", when: (c) => c.age.isBelow(0), action: "remove", why: "nobody is younger than nothing" },
 *     { do: "impute", columns: ["age"], by: "median", why: "the usual age" },
 *   ],
 * });
 * (await cleaned.frame.rows()).map(({ id, age }) => `${id} ${age}`) // => ["a 34", "c 34"]
 * (await cleaned.quarantine.rows()).map((row) => row._cells) // => ['{"ID":"b","Age":"-1"}']
 * await engine.close();
 * ```
 */
export async function clean<C extends Columns & typeof rescuedColumn>(
  source: AnyRows,
  target: Schema<C>,
  recipe: Recipe<C> & CleanOptions<C>,
): Promise<Cleaned<C>> {
  return runAndFrame(source, target, recipe);
}

/** {@link clean} for targets without a rescued column, where nothing is cast. */
export async function runAndFrame<C extends Columns>(
  source: AnyRows,
  target: Schema<C>,
  { clock, values, ...recipe }: Recipe<C> & CleanOptions<C>,
): Promise<Cleaned<C>> {
  const { engine } = source;
  const options = { ...(clock && { clock }), ...(values && { values }) };
  const run = await runRecipe({ source, target, recipe, ...options });
  const made = Object.keys(values ?? {});
  const lineage = recipeLineage({ recipe, target, delivered: source.schema.columns, made });
  const origin = source.origin ?? unknownOrigin(Object.keys(source.schema.columns));
  return {
    frame: frame({ engine, schema: target, sql: run.sql, origin: cleanedOrigin(origin, lineage) }),
    quarantine: frame({
      engine,
      schema: rejectionSchema,
      sql: run.quarantine,
      origin: rejectedOrigin(origin, lineage),
    }),
    steps: run.steps.map(({ report }) => report),
    rescued: run.rescued,
    close: run.close,
    [Symbol.asyncDispose]: run.close,
  };
}
