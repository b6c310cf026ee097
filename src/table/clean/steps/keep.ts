/** @file A step that keeps the rows for which a condition is true. */
import { type BoolExpr, type CellsOf, toSql } from "../../expr/index.ts";
import type { Columns } from "../../schema.ts";
import { type Bench, columnsOf, type Deed, type Touches } from "../deed.ts";

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
  return { reads: step.rows(columnsOf(at, target)).reads, writes: [], removes: true };
}

/** {@link KeepStep} in SQL. */
export function keepDeed<C extends Columns>(
  step: KeepStep<C>,
  { at, target }: Pick<Bench<C>, "at" | "target">,
): Deed {
  return { reject: `NOT coalesce(${toSql(step.rows(columnsOf(at, target)))}, false)` };
}
