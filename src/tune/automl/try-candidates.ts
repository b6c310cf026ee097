/** @file The search of AutoML: every family's usual params first, then what looks promising. */
import type { LongWork } from "../../core/index.ts";
import type { Task } from "../../flow.ts";
import { type Metric, score } from "../../metric/index.ts";
import { judge } from "../../model/index.ts";
import type { Study } from "../study/study.ts";
import type { RunningTrial, TrialRecord } from "../trial.ts";
import type { AutoMlCandidate, Family, FamilyName } from "./families.ts";
import type { FoldNumbers } from "./fold-data.ts";

/** One trial of the search. */
export interface LeaderboardEntry {
  readonly trial: number;
  readonly family: FamilyName;
  readonly features: "trees" | "linear";
  readonly state: TrialRecord["state"];
  /** The mean of the metric over the folds; null of a trial that came to no end. */
  readonly score: number | null;
  /** The metric of each fold that was judged. */
  readonly folds: readonly number[];
  /** Learning and judging of all folds, in milliseconds; null of an earlier process. */
  readonly milliseconds: number | null;
  /** How a program makes the estimator: `boost({ trees: 200 })`. */
  readonly code: string;
  /** Why it failed; null where it did not. */
  readonly error: string | null;
  /** The estimator; null where the trial failed before it was made. */
  readonly candidate: AutoMlCandidate | null;
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
  const { families, metric, task, seed } = parts;
  const took = new Map<number, number>();
  await study.enqueueFirst(families.map(({ name, first }) => ({ family: name, ...first })));
  await study.search(async (trial) => {
    const begun = performance.now();
    const { family, candidate } = drawn(trial, parts);
    const value = await foldScores(trial, family, { candidate, parts, signal: budget.signal });
    took.set(trial.number, performance.now() - begun);
    return value;
  }, budget);
  const tried = (await study.trials()).filter(
    ({ state }) => !["waiting", "running"].includes(state),
  );
  const entries = tried.flatMap((record): readonly LeaderboardEntry[] => {
    const made = remade(record, families, { task: task.kind, seed });
    if (made === undefined) return []; // of a family that nobody asked for
    const entry: LeaderboardEntry = {
      trial: record.number,
      family: made.family.name,
      features: made.family.features,
      state: record.state,
      score: record.value,
      folds: record.steps.length === 0 ? [] : foldsOf(record),
      milliseconds: took.get(record.number) ?? null,
      code: made.candidate?.code ?? made.family.name,
      error: record.error,
      candidate: made.candidate,
    };
    return [entry];
  });
  return entries.sort((a, b) => rank(a, b, metric));
}

const rank = (a: LeaderboardEntry, b: LeaderboardEntry, { better }: Metric): number => {
  const [left, right] = [a.score ?? Number.NaN, b.score ?? Number.NaN];
  if (better(left, right)) return -1;
  return better(right, left) ? 1 : a.trial - b.trial;
};

/** The family of a trial, and its estimator. */
function drawn(trial: RunningTrial, { families, task, seed }: SearchParts) {
  const names = families.map(({ name }) => name);
  const name = trial.category("family", names);
  const [family] = families.filter((one) => one.name === name);
  if (family === undefined) throw new RangeError(`no family ${name}`);
  return { family, candidate: family.ask(trial, { task: task.kind, seed }) };
}

/** Learns and judges fold by fold; the pruner looks between them. */
async function foldScores(
  trial: RunningTrial,
  family: Family,
  { candidate, parts, signal }: { readonly candidate: AutoMlCandidate; readonly parts: SearchParts; readonly signal: AbortSignal | undefined }, // biome-ignore format: one line
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
    trial.report(fold, mean(scores));
    if (fold + 1 < folds && family.name !== "baseline" && trial.shouldPrune()) return "pruned";
  }
  return mean(scores);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The metric of each fold, of the means that were reported. */
function foldsOf({ steps }: TrialRecord): readonly number[] {
  return steps.map(({ value }, i) => value * (i + 1) - (steps[i - 1]?.value ?? 0) * i);
}

/** The estimator of a trial that is over, from its params. */
function remade(
  { params }: TrialRecord,
  families: readonly Family[],
  how: Parameters<Family["ask"]>[1],
): { readonly family: Family; readonly candidate: AutoMlCandidate | null } | undefined {
  const [family] = families.filter(({ name }) => name === params["family"]);
  if (family === undefined) return undefined;
  const held = (name: string): number => {
    const value = params[name];
    return typeof value === "number" ? value : Number.NaN;
  };
  const choice = <const C>(name: string, choices: readonly C[]): C => {
    const [found] = choices.filter((one) => one === params[name]);
    if (found === undefined) throw new RangeError(`no ${name}`);
    return found;
  };
  try {
    return { family, candidate: family.ask({ int: held, float: held, category: choice }, how) };
  } catch {
    return { family, candidate: null }; // a trial that failed before it had all of its params
  }
}
