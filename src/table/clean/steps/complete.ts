/** @file Completeness: rows with too few values, and columns with too many missing. */
import { checkChoice, checkNumber } from "../../../core/index.ts";
import type { Columns } from "../../schema.ts";
import { type Bench, checkColumns, type Deed, type Touches } from "../deed.ts";
import { fail } from "../errors.ts";
import { missingSql, placeOf } from "../values.ts";
import type { ColumnName } from "./columns.ts";

/** Keeps the rows that have enough values among some columns: a share of them, or a number. */
export type CompleteRowsStep<C extends Columns> = {
  readonly do: "complete rows";
  /** Default: all columns of the target, technical ones too, but the rescued one. */
  readonly columns?: readonly ColumnName<C>[];
  readonly why: string;
} & (
  | {
      /** The smallest share of the columns that must have a value, 0 to 1. */
      readonly share: number;
    }
  | {
      /** The smallest number of columns that must have a value. */
      readonly values: number;
    }
);

/** Reports the columns with a larger share of missing cells, or refuses to go on. */
export interface CompleteColumnsStep<C extends Columns> {
  readonly do: "complete columns";
  /** Default: all columns of the target but the rescued one. */
  readonly columns?: readonly ColumnName<C>[];
  /** The largest share of missing cells allowed, 0 to 1. */
  readonly atMost: number;
  readonly action: "report" | "refuse";
  readonly why: string;
}

type Here<C extends Columns> = Pick<Bench<C>, "at" | "target">;

const columnsOf = <C extends Columns>(
  step: CompleteRowsStep<C> | CompleteColumnsStep<C>,
  { target }: Here<C>,
): readonly string[] =>
  step.columns ?? Object.keys(target.columns).filter((name) => name !== "_rescued");

/** What the two steps read. Throws `option/out-of-range`. */
export function completeTouches<C extends Columns>(
  step: CompleteRowsStep<C> | CompleteColumnsStep<C>,
  here: Here<C>,
): Touches {
  const reads = columnsOf(step, here);
  checkColumns(here.at, here.target, reads);
  if (step.do === "complete columns") {
    checkNumber(here.at, { atMost: step.atMost }, { min: 0, max: 1 });
    checkChoice(here.at, { action: step.action }, ["report", "refuse"]);
    return { reads, writes: [] };
  }
  if ("share" in step) checkNumber(here.at, { share: step.share }, { min: 0, max: 1 });
  else checkNumber(here.at, { values: step.values }, { min: 0, max: reads.length, integer: true });
  return { reads, writes: [], removes: true };
}

/** {@link CompleteRowsStep} in SQL. */
export function completeRowsDeed<C extends Columns>(
  step: CompleteRowsStep<C>,
  here: Here<C>,
): Deed {
  const names = columnsOf(step, here);
  const filled = names.map(
    (name) => `(NOT ${missingSql(placeOf(here.at, here.target, name))})::INT`,
  );
  // As a count, so that 0.3 of ten columns is three of them and no rounding error away.
  const least = "share" in step ? Math.ceil(step.share * names.length - 1e-9) : step.values;
  return { reject: `(${["0", ...filled].join(" + ")}) < ${least}` };
}

/** {@link CompleteColumnsStep}: counted now. Throws `table/missing-values` when it refuses. */
export async function completeColumnsDeed<C extends Columns>(
  step: CompleteColumnsStep<C>,
  bench: Bench<C>,
): Promise<Deed> {
  const { at, target, engine, table } = bench;
  const names = columnsOf(step, bench);
  const shares = names.map(
    (name, i) => `coalesce(avg(${missingSql(placeOf(at, target, name))}::INT), 0)::DOUBLE AS c${i}`,
  );
  const [row] = await engine.query(`SELECT ${["0 AS c", ...shares].join(", ")} FROM ${table} t`);
  const found = names
    .map((name, i) => [name, Number(row?.[`c${i}`])] as const)
    .filter(([, share]) => share > step.atMost);
  const [worst] = found.toSorted(([, a], [, b]) => b - a);
  if (step.action === "refuse" && worst !== undefined)
    fail("table/missing-values", { at, column: worst[0], share: worst[1], atMost: step.atMost });
  return { found: Object.fromEntries(found) };
}
