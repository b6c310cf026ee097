/** @file Column-level lineage: from which delivered columns each column comes, and which steps touched it. */
import type { Columns, Schema } from "../schema.ts";
import { originsOf } from "./cast-table.ts";
import { castLabel, checkRecipe } from "./run-recipe.ts";
import { labelOf, type Recipe } from "./steps.ts";

/** Where the cells of one column come from: JSON. */
export type ColumnLineage = {
  /** Delivered columns, sorted. */
  readonly from: readonly string[];
  /** The steps that write the column, in order, by their names in the report. */
  readonly steps: readonly string[];
};

/** Where a table comes from: JSON. */
export type Lineage = {
  readonly columns: Readonly<Record<string, ColumnLineage>>;
  /** What decides which rows there are. */
  readonly rows: ColumnLineage;
};

/**
 * For each column of the target the delivered columns from which its cells come, through all steps
 * that write it, and those steps; and the same for which rows there are.
 *
 * @param delivered - The columns of the source, where the recipe finds them by `snake_case`.
 * @throws what `clean` throws about a recipe that cannot work: `table/unknown-column` and others
 * @example
 * ```ts
 * const target = schema("people", { age: int({ nullable: true }), born: int({ nullable: true }), ...rescuedColumn });
 * const recipe: Recipe<typeof target.columns> = {
 *   name: "people",
 *   from: { age: "Age", born: "BirthYear" },
 *   steps: [
 *     { do: "recover", column: "age", from: (c) => c.born.times(-1).plus(2025), why: "from the year of birth" },
 *     { do: "keep", rows: (c) => c.age.isAtLeast(18), why: "adults" },
 *   ],
 * };
 * const { columns, rows } = lineageOf(recipe, target);
 * columns["age"] // => { from: ["Age", "BirthYear"], steps: ["cast to types", "recover age: from the year of birth"] }
 * rows // => { from: ["Age", "BirthYear"], steps: ["adults"] }
 * ```
 */
export function lineageOf<C extends Columns>(
  recipe: Recipe<C>,
  target: Schema<C>,
  delivered?: Columns,
): Lineage {
  return recipeLineage({ recipe, target, delivered });
}

/** {@link lineageOf} of a recipe with columns that need not be delivered. */
export function recipeLineage<C extends Columns>({
  recipe,
  target,
  delivered,
  made = [],
}: {
  readonly recipe: Recipe<C>;
  readonly target: Schema<C>;
  readonly delivered: Columns | undefined;
  readonly made?: readonly string[];
}): Lineage {
  const touches = checkRecipe({ recipe, target });
  const makes = [...touches.flatMap((one) => one.makes ?? []), ...made];
  const origins = originsOf({ recipe, target, delivered, makes });
  const columns = new Map<string, Growing>();
  for (const { name, spec, from } of origins) {
    const isCast = spec.kind !== "text" && from !== null;
    columns.set(name, {
      from: new Set(from === null ? [] : [from]),
      steps: isCast ? [castLabel] : [],
    });
  }
  if ("_rescued" in target.columns) {
    const cast = origins.filter(({ spec, from }) => spec.kind !== "text" && from !== null);
    const from = new Set(cast.map((origin) => origin.from ?? ""));
    columns.set("_rescued", { from, steps: [castLabel] });
  }
  const rows: Growing = { from: new Set(), steps: [] };
  for (const [i, step] of recipe.steps.entries()) {
    const { reads = [], writes = [], removes = false } = touches[i] ?? {};
    const sources = new Set(reads.flatMap((name) => [...(columns.get(name)?.from ?? [])]));
    const written = writes.map((name) => columns.get(name)).filter((one) => one !== undefined);
    for (const one of removes ? [rows, ...written] : written) grow(one, sources, labelOf(step));
  }
  const names = Object.keys(target.columns);
  return {
    columns: Object.fromEntries(names.map((name) => [name, frozen(columns.get(name))])),
    rows: frozen(rows),
  };
}

interface Growing {
  readonly from: Set<string>;
  readonly steps: string[];
}

function grow(one: Growing, sources: ReadonlySet<string>, step: string): void {
  for (const source of sources) one.from.add(source);
  one.steps.push(step);
}

const frozen = (one: Growing | undefined): ColumnLineage => ({
  from: [...(one?.from ?? [])].sort(),
  steps: one?.steps ?? [],
});
