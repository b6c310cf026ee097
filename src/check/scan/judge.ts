/** @file Judges rows by expectations: one scan, and for a failure a look at what broke. */
import { isMillraceError, type MillraceError } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import type { AnyRows } from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { Expectation } from "../make-expectation.ts";
import type { Measured } from "../types/definition.ts";
import type { Kwargs } from "../types/kwargs.ts";
import { toCount } from "../types/values.ts";
import {
  answersOf,
  type Compiled,
  compileExpectation,
  compileScan,
  isRowPlan,
  type Surroundings,
} from "./compile.ts";
import { twiceOf } from "./samples.ts";
import { settleSpread } from "./spread.ts";

/** What became of an expectation about rows. */
export interface RowOutcome {
  readonly kind: "rows";
  readonly compiled: Compiled;
  readonly success: boolean;
  /** Rows it is about. */
  readonly rows: number;
  /** Of them, those that are looked at. */
  readonly looked: number;
  /** Of them, those that break it: all that stand several times, where nothing may stand twice. */
  readonly broken: number;
  /** The same, the first of those that stand several times not counted. */
  readonly surplus: number;
}

/** What became of an expectation about the whole table. */
export interface MeasureOutcome {
  readonly kind: "measure";
  readonly compiled: Compiled;
  readonly success: boolean;
  readonly result: Readonly<Record<string, Json>>;
}

/** An expectation that could not be judged. */
export interface FailedOutcome {
  readonly kind: "failed";
  readonly success: false;
  readonly expectation: Expectation;
  readonly kwargs: Kwargs;
  readonly error: MillraceError;
}

export type Outcome = RowOutcome | MeasureOutcome | FailedOutcome;

/** What was judged: the outcome of each expectation in order, and the number of rows. */
export interface Judgement {
  readonly rows: number;
  readonly outcomes: readonly Outcome[];
}

/**
 * Judges rows by expectations in one scan. What is wrong with one expectation does not touch the
 * others: it is an outcome of its own.
 */
export async function judge(
  rows: AnyRows,
  expectations: readonly Expectation[],
  around: Surroundings,
): Promise<Judgement> {
  const prepared = expectations.map((one) => prepare(one, around));
  const compiled = prepared.filter((one): one is Compiled => "plan" in one);
  const { total, answered } = await scan(rows, compiled);
  let at = 0;
  const outcomes = prepared.flatMap((one) => ("plan" in one ? (answered[at++] ?? []) : one));
  const settled: Outcome[] = [];
  for (const outcome of outcomes) settled.push(await settle(rows, outcome));
  return { rows: total, outcomes: settled };
}

/** The scan knows how many keys are too many; if there are, a second look counts all their rows. */
async function settle(rows: AnyRows, outcome: Outcome): Promise<Outcome> {
  if (outcome.kind !== "rows" || outcome.broken === 0) return outcome;
  const { compiled, looked } = outcome;
  const { plan } = compiled;
  if (!isRowPlan(plan) || plan.unique === undefined) return outcome;
  const broken = await twiceOf(rows, { ...compiled, plan });
  return { ...outcome, broken, success: isEnough(compiled, looked, broken) };
}

/** Whether the share of rows that pass is as large as is asked. */
const isEnough = ({ expectation }: Compiled, looked: number, broken: number): boolean =>
  looked === 0 || (looked - broken) / looked >= expectation.mostly;

function prepare(expectation: Expectation, around: Surroundings): Compiled | FailedOutcome {
  try {
    return compileExpectation(expectation, around);
  } catch (error) {
    return failedOutcome(expectation, error);
  }
}

/** An error as an outcome; one that is no MillraceError is a bug, and is thrown on. */
function failedOutcome(expectation: Expectation, error: unknown): FailedOutcome {
  if (!isMillraceError(error)) throw error;
  const { kwargs } = expectation;
  return { kind: "failed", success: false, expectation, kwargs, error };
}

interface Answered {
  readonly total: number;
  readonly answered: readonly Outcome[];
}

/** Runs the scan; when the engine refuses it, each expectation runs alone, to find which it is. */
async function scan(rows: AnyRows, compiled: readonly Compiled[]): Promise<Answered> {
  try {
    const settled = await settleSpread(rows, compiled);
    const { sql, answers } = compileScan(rows, settled);
    const [row = {}] = await rows.engine.queryJson(sql);
    return {
      total: toCount(row["a0"]),
      answered: settled.map((one, i) => outcomeOf(one, answersOf(row, answers[i] ?? []))),
    };
  } catch (error) {
    if (isMillraceError(error) && compiled.length !== 1) throw error;
    if (compiled.length <= 1) return alone(rows, compiled, error);
    const each: Answered[] = [];
    for (const one of compiled) each.push(await scan(rows, [one]));
    const total = Math.max(0, ...each.map((one) => one.total));
    return { total, answered: each.flatMap((one) => one.answered) };
  }
}

/** One expectation that the engine refuses: its outcome, unless the rows themselves cannot be read. */
async function alone(
  rows: AnyRows,
  compiled: readonly Compiled[],
  cause: unknown,
): Promise<Answered> {
  const [row = {}] = await rows.engine.queryJson(compileScan(rows, []).sql);
  const answered = compiled.map(({ expectation }) => {
    try {
      const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
      return fail("check/failed-query", { type: expectation.type, reason }, { cause });
    } catch (error) {
      return failedOutcome(expectation, error);
    }
  });
  return { total: toCount(row["a0"]), answered };
}

function outcomeOf(compiled: Compiled, values: readonly unknown[]): Outcome {
  const { plan } = compiled;
  if (!isRowPlan(plan)) {
    const measured: Measured = plan.judge(values);
    return { kind: "measure", compiled, ...measured };
  }
  const [rows = 0, looked = 0, broken = 0] = values.map(toCount);
  const success = isEnough(compiled, looked, broken);
  return { kind: "rows", compiled, success, rows, looked, broken, surplus: broken };
}
