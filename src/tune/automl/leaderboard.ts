/** @file The trials of a search as a leaderboard: what was tried, how it did, and how a program writes it. */
import type { Metric } from "../../metric/index.ts";
import type { Study } from "../study/study.ts";
import type { RunningTrial, TrialRecord } from "../trial.ts";

/** What a family asks of a trial. */
export type Asking = Pick<RunningTrial, "int" | "float" | "category">;

/** One trial of a search: F is its family, C what was tried. */
export interface TriedEntry<F extends string, C> {
  readonly trial: number;
  readonly family: F;
  readonly state: TrialRecord["state"];
  /** The metric over all folds or origins; null of a trial that came to no end. */
  readonly score: number | null;
  /** The metric of each fold or origin that was judged. */
  readonly folds: readonly number[];
  /** Learning and judging of all folds, in milliseconds; null of an earlier process. */
  readonly milliseconds: number | null;
  /** How a program makes what was tried: `boost({ trees: 200 })`. */
  readonly code: string;
  /** Why it failed; null where it did not. */
  readonly error: string | null;
  /** What was tried; null where the trial failed before it was made. */
  readonly candidate: C | null;
}

/** A family, and how it makes what is tried. */
interface Maker<F extends string, C> {
  readonly name: F;
  readonly ask: (trial: Asking) => C;
}

/** What the entries are made of. */
export interface LeaderboardParts<F extends string, C> {
  readonly families: readonly Maker<F, C>[];
  /** The family of a trial that asked for none, as one without params does. */
  readonly unasked?: F;
  readonly better: Metric["better"];
  /** By trial, in milliseconds. */
  readonly took: ReadonlyMap<number, number>;
}

/** Every trial that is over, the best first; of equals the one that was tried first. Trials of families that nobody asked for are left out. */
export async function leaderboardOf<F extends string, C extends { readonly code: string }>(
  study: Study,
  { families, unasked, better, took }: LeaderboardParts<F, C>,
): Promise<readonly TriedEntry<F, C>[]> {
  const tried = (await study.trials()).filter(
    ({ state }) => !["waiting", "running"].includes(state),
  );
  const entries = tried.flatMap((record): readonly TriedEntry<F, C>[] => {
    const of = record.params["family"] ?? unasked;
    const [family] = families.filter(({ name }) => name === of);
    if (family === undefined) return [];
    const candidate = remade(record, family);
    const entry: TriedEntry<F, C> = {
      trial: record.number,
      family: family.name,
      state: record.state,
      score: record.value,
      folds: foldsOf(record),
      milliseconds: took.get(record.number) ?? null,
      code: candidate?.code ?? family.name,
      error: record.error,
      candidate,
    };
    return [entry];
  });
  return entries.sort((a, b) => {
    const [left, right] = [a.score ?? Number.NaN, b.score ?? Number.NaN];
    if (better(left, right)) return -1;
    return better(right, left) ? 1 : a.trial - b.trial;
  });
}

/** The metric of each fold, of the means that were reported. */
function foldsOf({ steps }: TrialRecord): readonly number[] {
  return steps.map(({ value }, i) => value * (i + 1) - (steps[i - 1]?.value ?? 0) * i);
}

/** What a trial that is over tried, from its params. */
function remade<F extends string, C>({ params }: TrialRecord, { ask }: Maker<F, C>): C | null {
  const held = (name: string): number => {
    const value = params[name];
    return typeof value === "number" ? value : Number.NaN;
  };
  const choice = <const T>(name: string, choices: readonly T[]): T => {
    const [found] = choices.filter((one) => one === params[name]);
    if (found === undefined) throw new RangeError(`no ${name}`);
    return found;
  };
  try {
    return ask({ int: held, float: held, category: choice });
  } catch {
    return null; // a trial that failed before it had all of its params
  }
}
