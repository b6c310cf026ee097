/** @file Numbers far from the others: four ways to draw the fences, and five things to do beyond them. */
import { checkChoice } from "../../../core/index.ts";
import type { Cell } from "../../../flow.ts";
import { type BoolExpr, type CellsOf, cells, type Expr, toSql } from "../../expr/index.ts";
import type { Columns } from "../../schema.ts";
import { quoteName } from "../../sql-text.ts";
import type { Bench, Deed, Touches } from "../deed.ts";
import {
  cellSql,
  checkExpr,
  checkNumeric,
  exprCell,
  type Place,
  placeOf,
  withRescued,
} from "../values.ts";
import { beyondSql, clipSql } from "./clip.ts";
import type { BoolColumn, NumberColumn } from "./columns.ts";
import { checkFenceRule, type FenceRule, fencesOf } from "./fences.ts";

/** Finds numbers beyond fences, and removes, clips, replaces, transforms or flags. */
export type OutlierStep<C extends Columns> = {
  readonly do: "outliers";
  readonly column: NumberColumn<C>;
  /** The rows from which the fences are drawn, such as the training rows. Default: all. */
  readonly trainOn?: (columns: CellsOf<C>) => BoolExpr;
  readonly why: string;
} & FenceRule &
  (
    | { readonly action: "remove" }
    /** To the fence. */
    | { readonly action: "clip" }
    /** With null the cell is emptied, and what stood there is kept in the rescued column. */
    | { readonly action: "replace"; readonly with: Cell }
    | { readonly action: "transform"; readonly to: (columns: CellsOf<C>) => Expr }
    | { readonly action: "flag"; readonly in: BoolColumn<C> }
  );

/** What {@link OutlierStep} reads and writes. Throws `option/out-of-range`, `table/mismatch-kind`. */
export function outlierTouches<C extends Columns>(
  step: OutlierStep<C>,
  { at, target }: Pick<Bench<C>, "at" | "target">,
): Touches {
  checkChoice(at, { action: step.action }, ["remove", "clip", "replace", "transform", "flag"]);
  const where = placeOf(at, target, step.column);
  checkNumeric(where, "outliers");
  checkFenceRule(at, step);
  const columns = cells(target, at);
  const reads = [step.column, ...(step.trainOn?.(columns).reads ?? [])];
  if (step.action === "remove") return { reads, writes: [], removes: true };
  if (step.action === "flag") return { reads, writes: [step.in], makes: [step.in] };
  if (step.action === "replace") cellSql(where, step.with);
  if (step.action !== "transform") return { reads, writes: [step.column] };
  const made = step.to(columns);
  checkExpr(where, made);
  return { reads: [...reads, ...made.reads], writes: [step.column] };
}

/** {@link OutlierStep} in SQL; the fences are drawn first, and reported as `min` and `max`. */
export async function outlierDeed<C extends Columns>(
  step: OutlierStep<C>,
  bench: Bench<C>,
): Promise<Deed> {
  const { at, target, engine, table } = bench;
  const where = placeOf(at, target, step.column);
  const filter = step.trainOn === undefined ? "true" : toSql(step.trainOn(cells(target, at)));
  const fences = await fencesOf(step, {
    engine,
    where,
    sql: `SELECT * FROM ${table} t WHERE ${filter}`,
  });
  const found = { ...fences };
  const beyond = beyondSql(where, fences);
  if (step.action === "remove") return { reject: beyond, found };
  if (step.action === "flag") {
    const flag = `(coalesce(t.${quoteName(step.in)}, false) OR ${beyond})`;
    return { set: { [step.in]: flag }, found };
  }
  const changed = step.action === "clip" ? clipSql(where, fences) : changedSql(step, where, bench);
  const set = {
    [step.column]: `CASE WHEN ${beyond} THEN ${changed} ELSE t.${quoteName(step.column)} END`,
  };
  return { set: withRescued(target, set), found };
}

type Changing<C extends Columns> = Extract<
  OutlierStep<C>,
  { readonly action: "replace" | "transform" }
>;

function changedSql<C extends Columns>(
  step: Changing<C>,
  where: Place,
  { at, target }: Bench<C>,
): string {
  return step.action === "replace"
    ? cellSql(where, step.with)
    : exprCell(where, step.to(cells(target, at)));
}
