/** @file A rule: where a condition is true, remove, clip, replace, transform or flag. */
import { checkChoice, checkNumber } from "../../../core/index.ts";
import type { Cell } from "../../../flow.ts";
import { type BoolExpr, type CellsOf, cells, type Expr, toSql } from "../../expr/index.ts";
import type { Columns } from "../../schema.ts";
import { quoteName } from "../../sql-text.ts";
import type { Bench, Deed, Touches } from "../deed.ts";
import { cellSql, checkExpr, checkNumeric, exprCell, placeOf, withRescued } from "../values.ts";
import { clipSql } from "./clip.ts";
import type { BoolColumn, ColumnName, NumberColumn } from "./columns.ts";

/** The row goes to the quarantine. */
export interface RemoveAction {
  readonly action: "remove";
}
/** A number is raised to the smallest, or lowered to the largest, that is allowed. */
export interface ClipAction<C extends Columns> {
  readonly action: "clip";
  readonly column: NumberColumn<C>;
  readonly min?: number;
  readonly max?: number;
}
/** The cell gets a value; with null it is emptied, and what stood there is kept in the rescued column. */
export interface ReplaceAction<C extends Columns> {
  readonly action: "replace";
  readonly column: ColumnName<C>;
  readonly with: Cell;
}
/** The cell gets what an expression over the row gives. */
export interface TransformAction<C extends Columns> {
  readonly action: "transform";
  readonly column: ColumnName<C>;
  readonly to: (columns: CellsOf<C>) => Expr;
}
/** A column of true and false says so; it need not be delivered and begins as false. */
export interface FlagAction<C extends Columns> {
  readonly action: "flag";
  readonly in: BoolColumn<C>;
}

/** Does one of five things to the rows for which a condition is true (not false, not missing). */
export type RuleStep<C extends Columns> = {
  readonly do: "rule";
  /** Default: every row. */
  readonly when?: (columns: CellsOf<C>) => BoolExpr;
  readonly why: string;
} & (RemoveAction | ClipAction<C> | ReplaceAction<C> | TransformAction<C> | FlagAction<C>);

type Here<C extends Columns> = Pick<Bench<C>, "at" | "target">;

/** What {@link RuleStep} reads and writes. Throws `option/out-of-range` for an unknown action. */
export function ruleTouches<C extends Columns>(
  step: RuleStep<C>,
  { at, target }: Here<C>,
): Touches {
  checkChoice(at, { action: step.action }, ["remove", "clip", "replace", "transform", "flag"]);
  const columns = cells(target, at);
  const reads = step.when?.(columns).reads ?? [];
  if (step.action === "remove") return { reads, writes: [], removes: true };
  if (step.action === "flag") return { reads, writes: [step.in], makes: [step.in] };
  const where = placeOf(at, target, step.column);
  if (step.action === "transform") {
    const made = step.to(columns);
    checkExpr(where, made);
    return { reads: [...reads, ...made.reads], writes: [step.column] };
  }
  if (step.action === "replace") cellSql(where, step.with);
  if (step.action === "clip") {
    checkNumeric(where, "clipped");
    if (step.min !== undefined) checkNumber(at, { min: step.min });
    if (step.max !== undefined)
      checkNumber(at, { max: step.max }, step.min === undefined ? {} : { min: step.min });
  }
  return { reads: [...reads, step.column], writes: [step.column] };
}

/** {@link RuleStep} in SQL. */
export function ruleDeed<C extends Columns>(step: RuleStep<C>, { at, target }: Here<C>): Deed {
  const columns = cells(target, at);
  const hit = step.when === undefined ? "true" : `coalesce(${toSql(step.when(columns))}, false)`;
  if (step.action === "remove") return { reject: hit };
  if (step.action === "flag") {
    const flag = quoteName(step.in);
    return { set: { [step.in]: `(coalesce(t.${flag}, false) OR ${hit})` } };
  }
  const where = placeOf(at, target, step.column);
  const changed = {
    clip: () => (step.action === "clip" ? clipSql(where, step) : ""),
    replace: () => (step.action === "replace" ? cellSql(where, step.with) : ""),
    transform: () => (step.action === "transform" ? exprCell(where, step.to(columns)) : ""),
  }[step.action]();
  const old = `t.${quoteName(step.column)}`;
  const set = { [step.column]: `CASE WHEN ${hit} THEN ${changed} ELSE ${old} END` };
  return { set: withRescued(target, set) };
}
