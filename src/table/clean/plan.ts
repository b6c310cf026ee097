/** @file The dry run: what each step of a recipe would do, with counts and examples; nothing is written. */
import { checkNumber, padTo, widthOf } from "../../core/index.ts";
import type { AnyRows } from "../frame.ts";
import type { Columns, Schema } from "../schema.ts";
import type { CleanOptions } from "./clean.ts";
import type { CellChange } from "./measure.ts";
import { runRecipe } from "./run-recipe.ts";
import type { Recipe, StepReport } from "./steps.ts";

/** What one step would do. */
export interface PlannedStep extends StepReport {
  /** The first cells that would change, of each column. */
  readonly changes: readonly CellChange[];
  /** The first rows that would be rejected: their `_row_id`, or their place in the source. */
  readonly rejected: readonly string[];
}

/** What a recipe would do. It is JSON; {@link formatPlan} prints it. */
export interface CleaningPlan {
  readonly recipe: string;
  readonly steps: readonly PlannedStep[];
  /** How many cells would be in the rescued column. */
  readonly rescued: number;
}

/** What a dry run takes besides the recipe. */
export interface PlanOptions<C extends Columns = Columns> extends CleanOptions<C> {
  /** How many changed cells of each column and rejected rows of each step to show. Default 3. */
  readonly examples?: number;
}

/**
 * Does everything that `clean` does but writes and keeps nothing: the counts of every step are
 * those that cleaning will report.
 *
 * @throws what {@link clean} throws
 */
export async function planCleaning<C extends Columns>(
  source: AnyRows,
  target: Schema<C>,
  options: Recipe<C> & PlanOptions<C>,
): Promise<CleaningPlan> {
  const { clock, values, examples = 3, ...recipe } = options;
  checkNumber("planCleaning", { examples }, { min: 0, integer: true });
  const more = { ...(clock && { clock }), ...(values && { values }) };
  const run = await runRecipe({ source, target, recipe, examples, ...more });
  await run.close();
  const steps = run.steps.map(({ report, changes, rejected }) => ({
    ...report,
    changes,
    rejected,
  }));
  return { recipe: recipe.name, steps, rescued: run.rescued };
}

/**
 * A plan as a table for people: a line a step with rows in, rows out and cells changed, and below
 * it the examples and what was found.
 *
 * @example
 * ```ts
 * const step = { step: "age is known", rowsIn: 1200, rowsOut: 1188, cellsChanged: 0, changes: [], rejected: ["0000000007"] };
 * formatPlan({ recipe: "people", steps: [step], rescued: 2 })
 * // => 'people            rows in   rows out  cells changed\n1 age is known      1,200      1,188              0\n    rejects row 0000000007, …\n2 cells are kept as rescued\n'
 * ```
 */
export function formatPlan({ recipe, steps, rescued }: CleaningPlan): string {
  const names = steps.map(({ step }, i) => `${i + 1} ${step}`);
  const width = Math.max(widthOf(recipe), ...names.map((name) => widthOf(name)));
  const line = (name: string, cells: readonly string[]): string =>
    `${padTo(name, width)}  ${cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("  ")}`;
  const lines = steps.flatMap((step, i) => [
    line(
      names[i] ?? "",
      [step.rowsIn, step.rowsOut, step.cellsChanged].map((n) => n.toLocaleString("en-US")),
    ),
    ...details(step),
  ]);
  const kept = `${rescued.toLocaleString("en-US")} ${rescued === 1 ? "cell is" : "cells are"} kept as rescued`;
  return `${[line(recipe, ["rows in", "rows out", "cells changed"]), ...lines, kept].join("\n")}\n`;
}

const widths = [9, 9, 13];

function details(step: PlannedStep): readonly string[] {
  const changes = step.changes.map(
    ({ row, column, before, after }) =>
      `    row ${row}: ${column} ${shown(before)} → ${shown(after)}`,
  );
  const more = step.rejected.length < step.rowsIn - step.rowsOut ? ", …" : "";
  const rows =
    step.rejected.length === 0 ? [] : [`    rejects row ${step.rejected.join(", ")}${more}`];
  const found = Object.entries(step.found ?? {}).map(
    ([name, value]) => `    found ${name}: ${Number(value.toPrecision(6))}`,
  );
  return [...changes, ...rows, ...found];
}

const shown = (value: string | null): string =>
  value === null ? "missing" : JSON.stringify(value);
