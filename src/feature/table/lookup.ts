/** @file A lookup: which columns of a feature table are joined to rows, and by which keys. */
import { checkNames } from "../../core/index.ts";
import type { Columns } from "../../table/index.ts";
import { fail } from "./errors.ts";
import { type FeatureNames, type FeatureTable, featuresOf } from "./feature-table.ts";

/** Columns of a feature table by the names they get, and the key that finds them. */
export interface FeatureLookup<Out extends Columns = Columns, By extends string = string> {
  readonly table: FeatureTable;
  /** The columns of the rows that hold the key, in the order of the table's key. */
  readonly by: readonly By[];
  /** The table's column for each column made. */
  readonly columns: Readonly<Record<keyof Out & string, string>>;
  /** Never there at run time. */
  readonly out?: Out;
}

/** How a lookup is made. */
export interface LookupOptions<K extends string, N extends string, B extends string, R> {
  /** For a column of the table's key the column of the rows that holds it, where names differ. */
  readonly by?: Readonly<Partial<Record<K, B>>>;
  /** Other names for features. */
  readonly rename?: R & Readonly<Partial<Record<N, string>>>;
}

/** Columns of a table under their new names. */
export type LookedUp<C extends Columns, N extends string, R> = {
  readonly [O in N as O extends keyof R ? (R[O] extends string ? R[O] : O) : O]: O extends keyof C
    ? C[O]
    : never;
};

/**
 * Columns of a feature table for a training set: all features, or those that are named.
 *
 * @param table - The feature table.
 * @param names - Features of it; a name that it has not does not compile. Default: all.
 * @param options - Where the rows hold the key, and other names for the columns.
 * @throws `feature/unknown-table-column`, `option/unknown-name`
 * @example
 * ```ts
 * const spending = featureTable({
 *   name: "shop.spending", schema: schema("spending", { id: text(), spend: float(), visits: int() }), key: "id",
 * });
 * lookup(spending, ["spend"], { by: { id: "customer" }, rename: { spend: "spent" } }).columns // => { spent: "spend" }
 * ```
 */
export function lookup<
  C extends Columns,
  K extends string,
  T extends string,
  const N extends FeatureNames<FeatureTable<C, K, T>> = FeatureNames<FeatureTable<C, K, T>>,
  const B extends string = K,
  const R extends Readonly<Record<string, string>> = Readonly<Record<never, string>>,
>(
  table: FeatureTable<C, K, T>,
  names?: readonly N[],
  options: LookupOptions<K, N, B, R> = {},
): FeatureLookup<LookedUp<C, N, R>, NoInfer<B>> {
  return lookupOf(table, names, options);
}

function lookupOf<Out extends Columns, By extends string>(
  table: FeatureTable,
  names: readonly string[] = featuresOf(table),
  options: {
    readonly by?: Readonly<Record<string, string | undefined>>;
    readonly rename?: Readonly<Record<string, string | undefined>>;
  },
): FeatureLookup<Out, By> {
  const at = `lookup(${table.name})`;
  checkNames(at, options, ["by", "rename"]);
  const { by = {}, rename = {} } = options;
  const known = featuresOf(table);
  for (const column of [...names, ...Object.keys(rename)])
    if (!known.includes(column))
      fail("feature/unknown-table-column", { at, column, columns: known });
  for (const column of Object.keys(by))
    if (!table.key.includes(column))
      fail("feature/unknown-table-column", { at, column, columns: table.key });
  const columns = names.map((name) => [rename[name] ?? name, name] as const);
  const twice = columns.find(([name], i) => columns.findIndex(([other]) => other === name) !== i);
  if (twice !== undefined) fail("feature/duplicate-column", { at, column: twice[0] });
  return {
    table,
    by: table.key.map((column) => by[column] ?? column) as readonly string[] as readonly By[],
    columns: Object.fromEntries(columns) as FeatureLookup<Out, By>["columns"],
  };
}
