/** @file The search of forecasters: every family once by its own rules, then params of those that have some. */
import { backtest, type ForecastMetric, type Series } from "../../forecast/index.ts";
import { meanOf } from "../mean.ts";
import type { Study } from "../study/study.ts";
import type { RunningTrial } from "../trial.ts";
import { isSearched, unable } from "./family-sampler.ts";
import type {
  ForecastCandidate,
  ForecastFacts,
  ForecastFamily,
  ForecastFamilyName,
} from "./forecast-families.ts";
import { type Asking, leaderboardOf, type TriedEntry } from "./leaderboard.ts";
import type { SearchBudget } from "./try-candidates.ts";

/** One trial of the search. */
export type ForecastEntry = TriedEntry<ForecastFamilyName, ForecastCandidate>;

/** What is tried, and on what. */
export interface ForecastParts {
  /** The values that are learned from and judged by; none of the test part. */
  readonly train: Series;
  readonly families: readonly ForecastFamily[];
  readonly facts: ForecastFacts;
  readonly metric: ForecastMetric;
  readonly horizon: number;
  readonly origins: number;
  readonly season: number;
}

/** Searches, and gives every trial, the best first; of equals the one that was tried first. */
export async function tryForecasters(
  study: Study,
  parts: ForecastParts,
  budget: SearchBudget,
): Promise<readonly ForecastEntry[]> {
  const { families, facts } = parts;
  await study.enqueueFirst(families.map(({ name, first }) => ({ family: name, ...first })));
  const took = new Map<number, number>();
  await study.search(async (trial) => {
    const begun = performance.now();
    const value = await judged(trial, parts);
    took.set(trial.number, performance.now() - begun);
    return value;
  }, budget);
  const makers = families.map(({ name, ask }) => ({
    name,
    ask: (trial: Asking) => ask(trial, facts),
  }));
  return leaderboardOf(study, { families: makers, better: isLess, took });
}

const isLess = (a: number, b: number): boolean => (Number.isNaN(b) ? !Number.isNaN(a) : a < b);

/** Learns and judges origin by origin; the pruner looks between them. */
async function judged(trial: RunningTrial, parts: ForecastParts): Promise<number | "pruned"> {
  const { train, families, facts, metric, horizon, origins, season } = parts;
  const name = trial.category(
    "family",
    families.map((family) => family.name),
  );
  const [family] = families.filter((one) => one.name === name);
  if (family === undefined) throw new RangeError(`no family ${name}`);
  const { forecaster } = family.ask(trial, facts);
  const errors: number[] = [];
  let isPruned = false;
  const { entries } = await backtest(train, {
    ...{ forecasters: { [name]: forecaster }, horizon, origins, season, levels: [] },
    signal: trial.signal,
    shouldStop: ({ name: of, origin, scores }) => {
      const error = scores?.[metric] ?? null;
      if (of !== name || error === null) return false;
      errors.push(error);
      trial.report(origin, meanOf(errors));
      isPruned = origin + 1 < origins && isSearched(family) && trial.shouldPrune();
      return isPruned;
    },
  });
  if (isPruned) return "pruned";
  const [entry] = entries.filter((one) => one.name === name);
  const { scores = null, failure = null } = entry ?? {};
  if (failure !== null) {
    trial.note(unable, failure);
    throw new RangeError(failure);
  }
  if (scores === null) throw new RangeError("every value that was to be judged was filled");
  return scores[metric] ?? Number.NaN;
}
