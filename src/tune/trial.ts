/** @file A trial: what an objective asks for its params, and what it reports on the way. */
import { isMillraceError } from "../core/index.ts";
import type { Json, Trial } from "../flow.ts";
import type { Run } from "../run/index.ts";
import type { CategorySpec, FloatOptions, IntOptions, Params, ParamValue, Range } from "./space.ts";

/** A trial that is under way. */
export interface RunningTrial<P extends Params = Params> {
  /** Counts from 0 for each study. */
  readonly number: number;
  /** The params of the declared space; of one that is not declared, those asked for so far. */
  readonly params: P;
  /** Aborted when the search is; give it to long work. */
  readonly signal: AbortSignal;
  /** The trial's own run, where the study is tracked. */
  readonly run: Run | null;
  /** A whole number from low to high: `trial.int("depth", 2, 8)`. */
  int(name: string, ...range: Range<IntOptions>): number;
  /** A number from low to high: `trial.float("rate", 1e-3, 1, { log: true })`. */
  float(name: string, ...range: Range<FloatOptions>): number;
  /** One of some choices; its type is their union. */
  category<const C extends ParamValue>(name: string, choices: readonly C[]): C;
  /** Keeps what the objective came to so far, at a step: a whole number such as the epoch. */
  report(step: number, value: number): void;
  /** Whether the pruner would stop here; then `return "pruned"`. */
  shouldPrune(): boolean;
  /** What a constraint came to: it is kept where it is at most 0. */
  constrain(name: string, value: number): void;
  /** Keeps something beside the trial. */
  note(name: string, value: Json): void;
}

/** A trial as it is known; its value is that of the first objective, and null until it is complete. */
export interface TrialRecord<P extends Params = Params> extends Trial {
  readonly params: P;
  /** One for each objective. */
  readonly values: readonly number[] | null;
  /** What was reported on the way, in the order of the steps. */
  readonly steps: readonly { readonly step: number; readonly value: number }[];
  readonly constraints: Readonly<Record<string, number>>;
  /** Whether it keeps all constraints. */
  readonly isFeasible: boolean;
  /** Why it failed, as a sentence. */
  readonly error: string | null;
  /** Why its earlier attempts came to no end. */
  readonly interruptions: readonly string[];
  readonly notes: Readonly<Record<string, Json>>;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly runId: string | null;
}

/** What an objective gives: its value, one value for each of several objectives, or that it was pruned. */
export type ObjectiveResult = number | readonly number[] | "pruned";

/** What is searched: asks a trial for params, and gives what came of them. */
export type ObjectiveFunction<P extends Params = Params> = (
  trial: RunningTrial<P>,
) => ObjectiveResult | Promise<ObjectiveResult>;

/** How a trial ended. */
export type Outcome =
  | { readonly kind: "complete"; readonly values: readonly number[] }
  | { readonly kind: "pruned" }
  | { readonly kind: "failed"; readonly error: string }
  | { readonly kind: "stopped" };

/** What an objective gave, as an outcome: what is not a finite number for each objective is a failure. */
export function outcomeOf(result: unknown, objectives: number): Outcome {
  if (result === "pruned") return { kind: "pruned" };
  const values: readonly unknown[] = Array.isArray(result) ? result : [result];
  const isFine = values.every((value) => typeof value === "number" && Number.isFinite(value));
  if (isFine && values.length === objectives)
    return { kind: "complete", values: values.map(Number) };
  const expected = objectives === 1 ? "a finite number" : `${objectives} finite numbers`;
  const got = values.map(String).join(", ");
  return { kind: "failed", error: `the objective gave ${got}; expected ${expected}` };
}

/** An error as a sentence. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Whether an error says that the objective asks for its params wrongly: no other trial would be better. */
export const isMisuse = (error: unknown): boolean =>
  isMillraceError(error) &&
  (error.code.startsWith("tune/") || error.code === "option/unknown-name");

/** The choice of a category with a code. */
export function choiceAt<C extends ParamValue>(spec: CategorySpec<C>, code: number): C {
  const found = spec.choices[code];
  if (found === undefined) throw new RangeError(`no choice ${code}`);
  return found;
}
