/** @file The heart of an open study: beginning and ending trials, each in one transaction. */
import type { Clock } from "../../core/index.ts";
import { fail } from "../errors.ts";
import type { Pruner } from "../pruner/pruner.ts";
import type { Sampler } from "../sampler/sampler.ts";
import type { Params, Space } from "../space.ts";
import type { Outcome } from "../trial.ts";
import { type Owner, type TrialRow, waitingRow } from "../trial-row.ts";
import type { SearchView } from "../view.ts";
import type { ChildRuns } from "./child-runs.ts";
import { isAlive } from "./owner.ts";
import type { Change, StudyStore } from "./study-store.ts";

/** An open study. */
export interface Core {
  readonly store: StudyStore;
  readonly sampler: Sampler;
  readonly pruner: Pruner | null;
  readonly declared: Space | null;
  readonly owner: Owner;
  readonly clock: Clock;
  /** How often a trial is begun again whose process ended before it did. */
  readonly retries: number;
  /** null where the study is not tracked. */
  readonly children: ChildRuns | null;
}

/** The study as samplers and pruners see it at this moment. */
export const viewOf = ({ store, declared }: Core): SearchView => viewOfStore(store, declared);

/** A study that is kept somewhere as samplers and pruners see it. */
export function viewOfStore(store: StudyStore, declared: Space | null = null): SearchView {
  const { rows, specs, head } = store;
  const { name: study, seed, objectives } = head;
  return { identity: store, study, seed, objectives, rows, specs, declared };
}

/** A trial of this study object that has ended: its row as it is by now, and how it ended. */
export interface Ended {
  readonly row: TrialRow;
  readonly outcome: Outcome;
}

/** What a transaction of {@link turn} did. */
export interface Turn {
  /** The trial that was begun; null where the budget is used up. */
  readonly begun: TrialRow | null;
  /** The trial that ended as it is kept; null where it was no longer this study object's. */
  readonly ended: TrialRow | null;
  /** Trials of which the process ended before they did. */
  readonly interrupted: readonly TrialRow[];
  /** Trials that are begun or done. */
  readonly used: number;
}

/**
 * Ends a trial, takes back those of processes that are gone, and begins one, all in one transaction:
 * no number is given twice, and the budget holds for all processes together.
 *
 * @param budget - How many trials the study may have, asked when it is known what other processes did; 0 begins none.
 */
export function turn(core: Core, budget: () => number, ended?: Ended): Promise<Turn> {
  const { store, clock, owner } = core;
  return store.transact((): Change<Turn> => {
    const now = clock();
    const changed = new Map<number, TrialRow>();
    const put = (row: TrialRow): TrialRow => {
      changed.set(row.number, row);
      return row;
    };
    const closed = ended === undefined ? null : endOf(core, ended, now);
    if (closed !== null) put(closed);
    const interrupted = store.rows.filter(
      (row) => row.state === "running" && !changed.has(row.number) && !isAlive(row, now, owner),
    );
    for (const row of interrupted) put(takenBack(row, { now, retries: core.retries }));
    const rows = store.rows.map((row) => changed.get(row.number) ?? row);
    const used = rows.filter((row) => row.state !== "waiting").length;
    const waiting = rows.find((row) => row.state === "waiting");
    const next = used < budget() ? (waiting ?? waitingRow(rows.length, {})) : undefined;
    const begun =
      next === undefined
        ? null
        : put({ ...next, state: "running", startedAtMs: now, heartbeatAtMs: now, owner });
    const result = { begun, ended: closed, interrupted, used: used + (begun === null ? 0 : 1) };
    return { rows: [...changed.values()], result };
  });
}

/** The row of a trial that has ended; null where somebody else has taken it. */
function endOf({ store, owner }: Core, { row, outcome }: Ended, now: number): TrialRow | null {
  const held = store.rows[row.number];
  if (held?.state !== "running") return null;
  if (held.owner?.worker !== owner.worker && isAlive(held, now, owner)) return null;
  const done = { ...row, endedAtMs: now, owner: null, heartbeatAtMs: null };
  if (outcome.kind === "complete") return { ...done, state: "complete", values: outcome.values };
  if (outcome.kind === "pruned") return { ...done, state: "pruned" };
  if (outcome.kind === "failed") return { ...done, state: "failed", error: outcome.error };
  return { ...waitingRow(row.number, row.fixed), interruptions: row.interruptions };
}

/** A trial whose process is gone: it waits for another attempt, with its number and so its draws. */
function takenBack(
  row: TrialRow,
  { now, retries }: { readonly now: number; readonly retries: number },
): TrialRow {
  const { pid = 0, host = "" } = row.owner ?? {};
  const reason = `process ${pid} on ${JSON.stringify(host)} ended before the trial did`;
  const interruptions = [...row.interruptions, reason];
  if (interruptions.length <= retries)
    return { ...waitingRow(row.number, row.fixed), interruptions };
  const error = `it was tried ${interruptions.length} times, and each time its process ended before it did; the last: ${reason}`;
  return { ...row, state: "failed", error, interruptions, endedAtMs: now, owner: null };
}

/** Keeps a trial as it is by now, unless somebody else has taken it; gives whether it is still ours. */
export function keep(core: Core, row: TrialRow): Promise<boolean> {
  const { store, owner, clock } = core;
  return store.transact(() => {
    const held = store.rows[row.number];
    const isOurs = held?.state === "running" && held.owner?.worker === owner.worker;
    return isOurs
      ? { rows: [{ ...row, heartbeatAtMs: clock() }], result: true }
      : { result: false };
  });
}

/** Adds a trial with given params, for the next one who begins a trial. */
export function enqueue({ store }: Core, params: Params): Promise<number> {
  return store.transact(() => {
    const row = waitingRow(store.rows.length, params);
    return { rows: [row], result: row.number };
  });
}

/** Adds waiting trials where there is no trial yet, in one transaction; gives whether they were added. */
export function enqueueFirst({ store }: Core, all: readonly Params[]): Promise<boolean> {
  return store.transact(() =>
    store.rows.length > 0
      ? { result: false }
      : { rows: all.map((params, number) => waitingRow(number, params)), result: true },
  );
}

/** A trial that is there. Throws `tune/missing-trial`. */
export function rowAt({ store }: Core, number: number): TrialRow {
  const { rows, head } = store;
  return (
    rows[number] ??
    fail("tune/missing-trial", { study: head.name, trial: number, trials: rows.length })
  );
}
