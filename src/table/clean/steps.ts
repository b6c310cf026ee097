/** @file The steps of a cleaning recipe, as plain values; `clean` runs them. */
import { checkChoice } from "../../core/index.ts";
import type { Columns } from "../schema.ts";
import { type Bench, checkColumns, type Deed, type Touches } from "./deed.ts";
import { fail } from "./errors.ts";
import type { ImputerState } from "./impute/state.ts";
import { type AgreeStep, agreeDeed, agreeTouches } from "./steps/agree.ts";
import type { ColumnName } from "./steps/columns.ts";
import {
  type CompleteColumnsStep,
  type CompleteRowsStep,
  completeColumnsDeed,
  completeRowsDeed,
  completeTouches,
} from "./steps/complete.ts";
import {
  type DistinctStep,
  duplicateDeed,
  duplicateTouches,
  type NewestStep,
} from "./steps/duplicates.ts";
import { type ImputeStep, imputeDeed, imputeTouches } from "./steps/impute.ts";
import { type KeepStep, keepDeed, keepTouches } from "./steps/keep.ts";
import { type NormaliseStep, normaliseDeed, normaliseTouches } from "./steps/normalise.ts";
import { type OutlierStep, outlierDeed, outlierTouches } from "./steps/outliers.ts";
import {
  type BlankStep,
  blankDeed,
  blankTouches,
  type FillStep,
  recoverDeed,
  recoverTouches,
} from "./steps/recover.ts";
import { type RuleStep, ruleDeed, ruleTouches } from "./steps/rule.ts";

/** One step of a recipe over typed columns. */
export type CleanStep<C extends Columns = Columns> =
  | FillStep<C>
  | BlankStep<C>
  | KeepStep<C>
  | RuleStep<C>
  | NormaliseStep<C>
  | OutlierStep<C>
  | ImputeStep<C>
  | CompleteRowsStep<C>
  | CompleteColumnsStep<C>
  | NewestStep<C>
  | DistinctStep<C>
  | AgreeStep<C>;

/** How delivered rows become a typed table: the names they come under, and the steps in order. */
export interface Recipe<C extends Columns = Columns> {
  readonly name: string;
  /** Column → the name under which it is delivered, where that differs. */
  readonly from?: Readonly<Partial<Record<ColumnName<C>, string>>>;
  /**
   * How the other columns are found: under their own name, or under any name that `snakeCase` turns
   * into it. Default "exact".
   */
  readonly names?: "exact" | "snake_case";
  /**
   * What becomes of a cell that does not fit its column: kept in the rescued column, or the whole
   * cleaning fails with the counts. Default "rescue".
   */
  readonly cast?: "rescue" | "strict";
  readonly steps: readonly CleanStep<C>[];
}

/** What one step did. */
export interface StepReport {
  readonly step: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly cellsChanged: number;
  /**
   * What the step found besides, by name: the fences of outliers (`min`, `max`), the cells of unknown
   * labels (`column: label`), the share of missing cells by column, the rows that `disagree`.
   */
  readonly found?: Readonly<Record<string, number>>;
  /** What an imputer learned; a later cleaning applies it as `fitted`. */
  readonly fitted?: ImputerState;
}

const kinds = [
  "recover",
  "blank",
  "keep",
  "rule",
  "normalise",
  "outliers",
  "impute",
  "complete rows",
  "complete columns",
  "newest",
  "distinct",
  "agree",
] as const;

type Here<C extends Columns> = Pick<Bench<C>, "at" | "target">;

/** What a step is called in reports, plans, the quarantine and lineage. */
export function labelOf<C extends Columns>(step: CleanStep<C>): string {
  const columns = "columns" in step ? step.columns?.join(", ") : undefined;
  const about = "column" in step ? step.column : columns;
  return about === undefined ? step.why : `${step.do} ${about}: ${step.why}`;
}

/**
 * The columns that a step reads and writes; no row is looked at.
 *
 * @throws `table/unknown-column`, `table/mismatch-kind`, `table/unknown-level`, `option/out-of-range`
 */
export function touchesOf<C extends Columns>(step: CleanStep<C>, here: Here<C>): Touches {
  checkChoice(here.at, { do: step.do }, kinds);
  if ("column" in step) checkColumns(here.at, here.target, [step.column]);
  const touches = rawTouches(step, here);
  checkColumns(here.at, here.target, [...touches.reads, ...touches.writes]);
  for (const column of touches.makes ?? []) {
    const got = here.target.columns[column]?.kind ?? "nothing";
    if (got !== "bool")
      fail("table/mismatch-kind", { at: here.at, column, expected: "true or false", got });
  }
  return touches;
}

function rawTouches<C extends Columns>(step: CleanStep<C>, here: Here<C>): Touches {
  switch (step.do) {
    case "recover":
      return recoverTouches(step, here);
    case "blank":
      return blankTouches(step, here);
    case "keep":
      return keepTouches(step, here);
    case "rule":
      return ruleTouches(step, here);
    case "normalise":
      return normaliseTouches(step, here);
    case "outliers":
      return outlierTouches(step, here);
    case "impute":
      return imputeTouches(step, here);
    case "complete rows":
    case "complete columns":
      return completeTouches(step, here);
    case "newest":
    case "distinct":
      return duplicateTouches(step, here);
    case "agree":
      return agreeTouches(step, here);
  }
}

/** A step in SQL over the rows so far; what it must learn from them is learned now. */
export async function deedOf<C extends Columns>(
  step: CleanStep<C>,
  bench: Bench<C>,
): Promise<Deed> {
  switch (step.do) {
    case "recover":
      return recoverDeed(step, bench);
    case "blank":
      return blankDeed(step, bench);
    case "keep":
      return keepDeed(step, bench);
    case "rule":
      return ruleDeed(step, bench);
    case "normalise":
      return normaliseDeed(step, bench);
    case "outliers":
      return outlierDeed(step, bench);
    case "impute":
      return imputeDeed(step, bench);
    case "complete rows":
      return completeRowsDeed(step, bench);
    case "complete columns":
      return completeColumnsDeed(step, bench);
    case "newest":
    case "distinct":
      return duplicateDeed(step, bench);
    case "agree":
      return agreeDeed(step, bench);
  }
}
