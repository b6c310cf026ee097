/** @file The steps of a cleaning recipe, as plain values; `clean` runs them. */
import { checkChoice } from "../../core/index.ts";
import type { BoolExpr, CellsOf, Expr } from "../expr/index.ts";
import type { Columns } from "../schema.ts";

/** One step of a recipe over typed columns. */
export type CleanStep<C extends Columns = Columns> =
  | FillStep<C>
  | BlankStep<C>
  | KeepStep<C>
  | NewestStep<C>;

/** Fills missing cells of a column with what other columns say. */
export interface FillStep<C extends Columns> {
  readonly do: "recover";
  readonly column: keyof C & string;
  readonly from: (columns: CellsOf<C>) => Expr;
  readonly why: string;
}

/** Empties cells that cannot be true; what stood there is kept in the rescued column. */
export interface BlankStep<C extends Columns> {
  readonly do: "blank";
  readonly column: keyof C & string;
  readonly when: (columns: CellsOf<C>) => BoolExpr;
  readonly why: string;
}

/** Keeps the rows for which a condition is true. */
export interface KeepStep<C extends Columns> {
  readonly do: "keep";
  readonly rows: (columns: CellsOf<C>) => BoolExpr;
  readonly why: string;
}

/** Keeps one row per key: the newest by some columns, largest first. */
export interface NewestStep<C extends Columns> {
  readonly do: "newest";
  readonly by: keyof C & string;
  readonly order: readonly (keyof C & string)[];
  readonly why: string;
}

/** How delivered text becomes a typed table: the names it comes under, and the steps in order. */
export interface Recipe<C extends Columns = Columns> {
  readonly name: string;
  /** Column → the name under which it is delivered, where that differs. */
  readonly from: Readonly<Partial<Record<keyof C & string, string>>>;
  readonly steps: readonly CleanStep<C>[];
}

/** What one step did. */
export interface StepReport {
  readonly step: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly cellsChanged: number;
}

/** Checks that a step names a known deed, for recipes that come from untyped code. */
export function checkStep(step: { readonly do: string }): void {
  checkChoice("recipe", { do: step.do }, ["recover", "blank", "keep", "newest"]);
}
