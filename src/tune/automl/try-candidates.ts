/** @file The search of AutoML: every family's usual params first, then what looks promising. */
import type { LongWork } from "../../core/index.ts";
import type { Task } from "../../flow.ts";
import { type Metric, score } from "../../metric/index.ts";
import { judge } from "../../model/index.ts";
import { meanOf } from "../mean.ts";
import type { Study } from "../study/study.ts";
import type { RunningTrial } from "../trial.ts";
import type { AutoMlCandidate, Family, FamilyName } from "./families.ts";
import type { FoldNumbers } from "./fold-data.ts";
import { type Asking, leaderboardOf, type TriedEntry } from "./leaderboard.ts";

/** One trial of the search. */
export interface LeaderboardEntry extends TriedEntry<FamilyName, AutoMlCandidate> {
  readonly features: "trees" | "linear";
}

/** What is tried, and on what. */
export interface SearchParts {
  readonly families: readonly Family[];
  readonly task: Task;
  readonly metric: Metric;
  readonly numbers: FoldNumbers;
  readonly folds: number;
  readonly seed: number;
}

/** The budget. */
export interface SearchBudget extends LongWork {
  readonly trials: number;
  readonly timeMs: number;
}

/** Searches, and gives every trial, the best first; of equals the one that was tried first. */
export async function tryCandidates(
  study: Study,
  parts: SearchParts,
  budget: SearchBudget,
): Promise<readonly LeaderboardEntry[]> {
  const { metric, task, seed } = parts;
  const families = searchedOf(parts);
  const took = new Map<number, number>();
  const firsts = families.map(({ name, first }) => ({ family: name, ...first }));
  await study.enqueueFirst([{}, ...firsts]);
  // The baseline has no params: it is tried once, before all else, and beside the budget.
  const trials = families.length === 0 ? 1 : budget.trials + 1;
  await study.search(
    async (trial) => {
      const begun = performance.now();
      const { family, candidate } = drawn(trial, parts);
      const value = await foldScores(trial, family, { candidate, parts, signal: budget.signal });
      took.set(trial.number, performance.now() - begun);
      return value;
    },
    { ...budget, trials },
  );
  const how = { task: task.kind, seed };
  const makers = parts.families.map(({ name, ask }) => ({
    name,
    ask: (trial: Asking) => ask(trial, how),
  }));
  const board = { families: makers, unasked: "baseline", better: metric.better, took } as const;
  return (await leaderboardOf(study, board)).flatMap((entry) => {
    const [family] = parts.families.filter(({ name }) => name === entry.family);
    return family === undefined ? [] : [{ ...entry, features: family.features }];
  });
}

/** The trial of the baseline, which asks for nothing. */
const baselineTrial = 0;

/** The families that have something to search. */
const searchedOf = ({ families }: Pick<SearchParts, "families">): readonly Family[] =>
  families.filter(({ name }) => name !== "baseline");

/** The family of a trial, and its estimator. */
function drawn(trial: RunningTrial, { families, task, seed }: SearchParts) {
  const names = searchedOf({ families }).map(({ name }) => name);
  const name = trial.number === baselineTrial ? "baseline" : trial.category("family", names);
  const [family] = families.filter((one) => one.name === name);
  if (family === undefined) throw new RangeError(`no family ${name}`);
  return { family, candidate: family.ask(trial, { task: task.kind, seed }) };
}

/** Learns and judges fold by fold; the pruner looks between them. */
async function foldScores(
  trial: RunningTrial,
  family: Family,
  {
    candidate,
    parts,
    signal,
  }: {
    readonly candidate: AutoMlCandidate;
    readonly parts: SearchParts;
    readonly signal: AbortSignal | undefined;
  },
): Promise<number | "pruned"> {
  const { numbers, metric, folds } = parts;
  const scores: number[] = []; // a fold in which the metric has no value, such as one class, does not count
  for (let fold = 0; fold < folds; fold++) {
    const { train, validation } = await numbers(family.features, fold);
    const predictor = await candidate.estimator.learn(
      train,
      signal === undefined ? {} : { signal },
    );
    const { judged } = judge(predictor, validation);
    const value = score(judged, { metrics: [metric.name] })[metric.name];
    if (Number.isNaN(value)) continue;
    scores.push(value);
    trial.report(fold, meanOf(scores));
    if (fold + 1 < folds && family.name !== "baseline" && trial.shouldPrune()) return "pruned";
  }
  return meanOf(scores);
}
