/** @file Two steps about one column: recover a missing fact from others, and empty what cannot be true. */
import { type BoolExpr, type CellsOf, cells, type Expr, toSql } from "../../expr/index.ts";
import type { Columns } from "../../schema.ts";
import { quoteName } from "../../sql-text.ts";
import type { Bench, Deed, Touches } from "../deed.ts";
import { checkExpr, exprCell, missingSql, placeOf, withRescued } from "../values.ts";
import type { ColumnName } from "./columns.ts";

/** Fills missing cells of a column with what other columns say. */
export interface FillStep<C extends Columns> {
  readonly do: "recover";
  readonly column: ColumnName<C>;
  readonly from: (columns: CellsOf<C>) => Expr;
  readonly why: string;
}

/** Empties cells that cannot be true; what stood there is kept in the rescued column. */
export interface BlankStep<C extends Columns> {
  readonly do: "blank";
  readonly column: ColumnName<C>;
  readonly when: (columns: CellsOf<C>) => BoolExpr;
  readonly why: string;
}

/** What {@link FillStep} reads and writes. */
export function recoverTouches<C extends Columns>(
  step: FillStep<C>,
  { at, target }: Pick<Bench<C>, "at" | "target">,
): Touches {
  const made = step.from(cells(target, at));
  checkExpr(placeOf(at, target, step.column), made);
  return { reads: made.reads, writes: [step.column] };
}

/** {@link FillStep} in SQL. */
export function recoverDeed<C extends Columns>(
  step: FillStep<C>,
  { at, target }: Pick<Bench<C>, "at" | "target">,
): Deed {
  const where = placeOf(at, target, step.column);
  const filled = exprCell(where, step.from(cells(target, at)));
  const old = `t.${quoteName(step.column)}`;
  return {
    set: { [step.column]: `CASE WHEN ${missingSql(where)} THEN ${filled} ELSE ${old} END` },
  };
}

/** What {@link BlankStep} reads and writes. */
export function blankTouches<C extends Columns>(
  step: BlankStep<C>,
  { at, target }: Pick<Bench<C>, "at" | "target">,
): Touches {
  return { reads: step.when(cells(target, at)).reads, writes: [step.column] };
}

/** {@link BlankStep} in SQL. */
export function blankDeed<C extends Columns>(
  step: BlankStep<C>,
  { at, target }: Pick<Bench<C>, "at" | "target">,
): Deed {
  const wrong = `coalesce(${toSql(step.when(cells(target, at)))}, false)`;
  const set = {
    [step.column]: `CASE WHEN ${wrong} THEN NULL ELSE t.${quoteName(step.column)} END`,
  };
  return { set: withRescued(target, set) };
}
