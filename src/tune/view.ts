/** @file What a sampler and a pruner see of a study, and what they ask of it again and again. */
import { type Random, random } from "../core/index.ts";
import { lossOf, type SearchDirection, type StudyObjective } from "./objective.ts";
import type { ParamSpec, Space } from "./space.ts";
import type { TrialRow } from "./trial-row.ts";

/** A study as samplers and pruners see it. */
export interface SearchView {
  /** The same for all views of one open study: what is worked out once can be kept by it. */
  readonly identity: object;
  readonly study: string;
  readonly seed: number;
  readonly objectives: readonly StudyObjective[];
  /** All trials, each at the place of its number. */
  readonly rows: readonly TrialRow[];
  /** What is known of the params, by name, in the order in which they were first asked for. */
  readonly specs: ReadonlyMap<string, ParamSpec>;
  /** The declared space; null where the objective asks as it goes. */
  readonly declared: Space | null;
}

/** A source of chance of its own for each trial and purpose, so that a resumed study draws the same. */
export const chanceOf = (view: SearchView, trial: number, purpose: string): Random =>
  random(view.seed).stream(`study/${trial}/${purpose}`);

/** Values of a trial's objectives so that less is better. */
export function lossesOf(view: SearchView, row: TrialRow): readonly number[] {
  return (row.values ?? []).map((value, i) => lossOf(directionAt(view, i), value));
}

/** The direction of an objective. */
export const directionAt = (view: SearchView, i: number): SearchDirection =>
  view.objectives[i]?.direction ?? "minimise";

/** By how much a trial breaks the constraints, in sum; 0 where it keeps them. */
export function violationOf(row: TrialRow): number {
  let sum = 0;
  for (const name in row.constraints) sum += Math.max(0, row.constraints[name] ?? 0);
  return sum;
}

/** The complete trials. */
export const completeOf = (view: SearchView): readonly TrialRow[] =>
  view.rows.filter((row) => row.state === "complete");

/**
 * The params that are drawn together: those of the declared space, else those that all complete and
 * pruned trials have, by name.
 */
export function jointSpace(view: SearchView): readonly (readonly [string, ParamSpec])[] {
  if (view.declared !== null) return Object.entries(view.declared);
  const over = view.rows.filter(({ state }) => state === "complete" || state === "pruned");
  const names = Object.keys(over[0]?.codes ?? {}).sort();
  return names.flatMap((name) => {
    const spec = view.specs.get(name);
    const isShared = spec !== undefined && over.every((row) => name in row.codes);
    return isShared ? [[name, spec] as const] : [];
  });
}
