/** @file Studies that are there, read without searching them. */
import type { Records } from "../../store/index.ts";
import { fail } from "../errors.ts";
import type { StudyObjective } from "../objective.ts";
import type { Params, Space } from "../space.ts";
import type { TrialRecord } from "../trial.ts";
import { completeOf } from "../view.ts";
import { bestRow, frontRows } from "./best.ts";
import { viewOfStore } from "./core.ts";
import { findStore, readNames } from "./record-store.ts";
import type { StudyStore } from "./study-store.ts";
import { recordOf } from "./trial-handle.ts";

/** A study as it is read. */
export interface StudyReader<P extends Params = Params> {
  readonly name: string;
  readonly objectives: readonly StudyObjective[];
  /** All trials, by number. */
  trials(): Promise<readonly TrialRecord<P>[]>;
  /** The best trial of those that keep the constraints. Throws `tune/missing-best`, `tune/unsupported-best`. */
  best(): Promise<TrialRecord<P>>;
  /** The Pareto front: the trials that no other is better than in everything, by number. */
  front(): Promise<readonly TrialRecord<P>[]>;
  /** What the params may be, by name: those that were asked for so far, or the declared ones. */
  space(): Promise<Space>;
}

/**
 * A study that is kept in records, to be read: nothing is begun, and nothing changed.
 *
 * @throws `tune/missing-study`, `tune/unsupported-format`
 * @example
 * ```ts
 * await using records = await openRecords(":memory:");
 * await using study = await openStudy({ name: "kept", metric: "loss", direction: "minimise", records });
 * (await readStudy(records, "kept")).objectives // => [{ metric: "loss", direction: "minimise" }]
 * ```
 */
export async function readStudy(records: Records, name: string): Promise<StudyReader> {
  return readerOf(await findStore(records, name));
}

/** The names of the studies that are kept in records, oldest first; also of those that a newer Millrace wrote. */
export async function readStudyNames(records: Records): Promise<readonly string[]> {
  return readNames(records);
}

/** What is read of a study, anew with each call. */
export function readerOf(store: StudyStore): StudyReader {
  const { name, objectives } = store.head;
  const view = async () => {
    await store.refresh();
    return viewOfStore(store);
  };
  return {
    ...{ name, objectives },
    trials: async () => (await view()).rows.map((row) => recordOf(store, row)),
    best: async () => {
      if (objectives.length > 1)
        fail("tune/unsupported-best", { study: name, objectives: objectives.length });
      const now = await view();
      const row = bestRow(now);
      if (row !== undefined) return recordOf(store, row);
      return fail("tune/missing-best", { study: name, complete: completeOf(now).length });
    },
    front: async () => frontRows(await view()).map((row) => recordOf(store, row)),
    space: async () => {
      await view();
      return Object.fromEntries(store.specs);
    },
  };
}
