/** @file The columns of a schema as expressions. */
import type { ColumnSpec } from "../../flow.ts";
import { fail } from "../errors.ts";
import type { CellOf, Column, Columns, Schema } from "../schema.ts";
import { type BoolExpr, boolExpr } from "./bool.ts";
import type { Expr } from "./build.ts";
import { type NumberExpr, numberExpr } from "./number.ts";
import { type CategoryExpr, categoryExpr, type TextExpr, textExpr } from "./text.ts";
import { type TimestampExpr, timestampExpr } from "./timestamp.ts";

/** The expressions of each kind of column, named N, with levels L. */
interface ExprByKind<N extends string, L extends string> {
  readonly text: TextExpr<N>;
  readonly int: NumberExpr<N>;
  readonly float: NumberExpr<N>;
  readonly bool: BoolExpr<N>;
  readonly category: CategoryExpr<N, L>;
  readonly timestamp: TimestampExpr<N>;
}

/** The expression that reads the column K by its name N. */
export type ExprOf<K extends Column, N extends string> = ExprByKind<
  N,
  CellOf<K> & string
>[K["kind"]];

/** The columns of a table as expressions, by name. */
export type CellsOf<C extends Columns> = {
  readonly [N in keyof C & string]: ExprOf<C[N], N>;
};

/**
 * The columns of a schema as expressions: what `where` and `features` hand to their functions.
 *
 * @example
 * ```ts
 * const orders = schema("orders", { total: float(), items: int() });
 * const { total, items } = cells(orders);
 * toRow(total.over(items))({ total: 12, items: 4 }) // => 3
 * ```
 * @param at - What errors name as the place. Default: the schema's name.
 * @throws `table/unknown-column` when a column is asked for that the schema has not
 */
export function cells<C extends Columns>(schema: Schema<C>, at = schema.name): CellsOf<C> {
  const entries = Object.entries(schema.columns).map(([name, spec]) => [name, cellOf(name, spec)]);
  return named(at, Object.fromEntries(entries));
}

/** What JavaScript itself asks of any object: whether it is a promise, and how it becomes JSON. */
const askedOfAll: readonly (string | symbol)[] = ["then", "toJSON"];

/** Expressions by name, of which one that is not there is an error. Throws `table/unknown-column`. */
export function named<E extends object>(at: string, byName: E): E {
  return new Proxy(byName, {
    get: (found, name, self) => {
      if (typeof name === "string" && !(name in found) && !askedOfAll.includes(name))
        fail("table/unknown-column", { at, column: name, columns: Object.keys(found) });
      return Reflect.get(found, name, self);
    },
  });
}

function cellOf(name: string, { kind, levels = [] }: ColumnSpec): Expr {
  const node = { op: "column", name, kind } as const;
  const reads = [name];
  if (kind === "text") return textExpr(node, reads);
  if (kind === "bool") return boolExpr(node, reads);
  if (kind === "category") return categoryExpr({ node, reads, levels });
  if (kind === "timestamp") return timestampExpr(node, reads);
  return numberExpr(node, reads);
}
