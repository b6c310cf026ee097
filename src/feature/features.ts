/** @file The definition of a model's features: names for transforms over the columns of a schema. */
import type { ColumnSpecs } from "../flow.ts";
import { type CellsOf, type Columns, cells, type Schema } from "../table/index.ts";
import { fail } from "./errors.ts";
import type { Feature } from "./feature.ts";

/** Features of a table with the columns `C` that read the columns `R`; not fitted yet. */
export interface Features<C extends Columns = Columns, R extends string = string> {
  readonly from: Schema<C>;
  /** The columns read, each once, in the order of the schema. */
  readonly reads: readonly R[];
  readonly byName: Readonly<Record<string, Feature>>;
}

/** The columns that some features read. */
export type ReadsOf<F> = F[keyof F] extends Feature<infer R> ? R : never;

/**
 * Defines features: what a model computes of a row before it learns or predicts.
 *
 * @param from - The schema of the table.
 * @param define - Gets the columns as expressions, gives transforms by name.
 * @returns A definition for `fitFeatures` or an estimator's `fit`.
 * @throws `feature/missing-features`, `feature/mismatch-feature`
 * @example
 * ```ts
 * const people = schema("people", { age: int(), income: float(), plan: category(["free", "paid"]) });
 * const { reads } = features(people, (c) => ({
 *   perYear: standardize(c.income.over(c.age)),
 *   plan: oneHot(c.plan),
 * }));
 * reads // => ["age", "income", "plan"]
 * ```
 */
export function features<C extends Columns, F extends Readonly<Record<string, Feature>>>(
  from: Schema<C>,
  define: (columns: CellsOf<C>) => F,
): Features<C, ReadsOf<F>> {
  const byName = define(cells(from));
  const all = Object.values(byName);
  for (const [name, feature] of Object.entries<Feature | undefined>(byName))
    if (feature?.learn === undefined) fail("feature/mismatch-feature", { at: "features", name });
  if (all.length === 0) fail("feature/missing-features", { at: "features" });
  const used = new Set(all.flatMap((feature) => feature.reads));
  const isRead = (name: string): name is ReadsOf<F> => used.has(name);
  return { from, reads: Object.keys(from.columns).filter(isRead), byName };
}

/** The specs of the columns that features read, without what is for people only. */
export function specsRead({ from, reads }: Features): ColumnSpecs {
  const specs = Object.entries(from.columns).filter(([name]) => reads.includes(name));
  return Object.fromEntries(specs.map(([name, { description: _, ...spec }]) => [name, spec]));
}
