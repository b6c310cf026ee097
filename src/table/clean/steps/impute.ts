/** @file A step that fills missing cells: learned from the rows at hand, or learned before. */
import { type BoolExpr, type CellsOf, cells, toSql } from "../../expr/index.ts";
import type { Columns } from "../../schema.ts";
import type { Bench, Deed, Touches } from "../deed.ts";
import { imputationTouches } from "../impute/checks.ts";
import { fillDeed, stateTouches } from "../impute/fill.ts";
import { fitState } from "../impute/fit.ts";
import type { Imputation } from "../impute/methods.ts";
import { type ImputerState, parseImputer } from "../impute/state.ts";

/** Fills missing cells. What was learned is in the step's report, to be applied again as `fitted`. */
export type ImputeStep<C extends Columns> = {
  readonly do: "impute";
  readonly why: string;
} & (
  | (Imputation<C> & {
      /** The rows to learn from, such as the training rows. Default: all. */
      readonly trainOn?: (columns: CellsOf<C>) => BoolExpr;
    })
  | { readonly by: "fitted"; readonly fitted: ImputerState }
);

/** What {@link ImputeStep} reads and writes. */
export function imputeTouches<C extends Columns>(
  step: ImputeStep<C>,
  { at, target }: Pick<Bench<C>, "at" | "target">,
): Touches {
  if (step.by === "fitted") return stateTouches(parseImputer(step.fitted, at));
  const touches = imputationTouches(step, { at, schema: target });
  const more = step.trainOn?.(cells(target, at)).reads ?? [];
  return { ...touches, reads: [...new Set([...touches.reads, ...more])] };
}

/** {@link ImputeStep} in SQL. */
export async function imputeDeed<C extends Columns>(
  step: ImputeStep<C>,
  bench: Bench<C>,
): Promise<Deed> {
  if (step.by === "fitted") return fillDeed(parseImputer(step.fitted, bench.at), bench);
  const { at, target, engine, table } = bench;
  const filter = step.trainOn === undefined ? "true" : toSql(step.trainOn(cells(target, at)));
  const sql = `SELECT * FROM ${table} t WHERE ${filter}`;
  return fillDeed(await fitState([step], { engine, schema: target, sql, at }), bench);
}
