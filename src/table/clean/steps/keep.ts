/** @file A step that keeps the rows for which a condition is true. */
import { type BoolExpr, type CellsOf, cells, toSql } from "../../expr/index.ts";
import type { Columns } from "../../schema.ts";
import type { Bench, Deed, Touches } from "../deed.ts";

/** Keeps the rows for which a condition is true; where it is false or missing, the row goes. */
export interface KeepStep<C extends Columns> {
  readonly do: "keep";
  readonly rows: (columns: CellsOf<C>) => BoolExpr;
  readonly why: string;
}

/** What {@link KeepStep} reads. */
export function keepTouches<C extends Columns>(
  step: KeepStep<C>,
  { at, target }: Pick<Bench<C>, "at" | "target">,
): Touches {
  return { reads: step.rows(cells(target, at)).reads, writes: [], removes: true };
}

/** {@link KeepStep} in SQL. */
export function keepDeed<C extends Columns>(
  step: KeepStep<C>,
  { at, target }: Pick<Bench<C>, "at" | "target">,
): Deed {
  return { reject: `NOT coalesce(${toSql(step.rows(cells(target, at)))}, false)` };
}
