/** @file Why families of models came to nothing, as `millrace automl` tells of it. */
import { count } from "../core/index.ts";
import type { LeaderboardEntry } from "../tune/index.ts";

/** A family of which every trial failed. */
export interface FamilyFailure {
  readonly family: LeaderboardEntry["family"];
  readonly trials: number;
  /** Why its first trial failed. */
  readonly error: string;
  /** All of it as a sentence. */
  readonly message: string;
}

/** The families that failed as a whole, each with its first error, in the order of the trials. */
export function familyFailures(leaderboard: readonly FamilyTrial[]): readonly FamilyFailure[] {
  const inOrder = [...leaderboard].sort((a, b) => a.trial - b.trial);
  return [...Map.groupBy(inOrder, ({ family }) => family)].flatMap(([family, entries]) => {
    if (entries.some(({ state }) => state !== "failed")) return [];
    const error = entries[0]?.error ?? "no reason was kept";
    const how = entries.length === 1 ? "its trial" : `all of its ${count(entries.length, "trial")}`;
    const message = `${family} failed in ${how}, so it is not compared with the others; the first error: ${error}`;
    return [{ family, trials: entries.length, error, message }];
  });
}

/** What is looked at of an entry. */
export type FamilyTrial = Pick<LeaderboardEntry, "trial" | "family" | "state" | "error">;
