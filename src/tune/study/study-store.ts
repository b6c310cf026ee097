/** @file Where a study is kept: a mirror of it in memory, changed in transactions. */
import type { StudyObjective } from "../objective.ts";
import type { ParamSpec } from "../space.ts";
import type { TrialRow } from "../trial-row.ts";

/** What is known of a study besides its trials. */
export interface StudyHead {
  readonly id: string;
  readonly name: string;
  readonly objectives: readonly StudyObjective[];
  readonly seed: number;
  readonly createdAtMs: number;
  /** The run of which the trials' runs are children. */
  readonly runId: string | null;
}

/** What a transaction writes, and gives. */
export interface Change<T> {
  /** Trials that are new or in place of what was. */
  readonly rows?: readonly TrialRow[];
  readonly runId?: string;
  readonly result: T;
}

/** A study that is kept somewhere. */
export interface StudyStore {
  readonly head: StudyHead;
  /** The trials, each at the place of its number, as they are known here. */
  readonly rows: readonly TrialRow[];
  readonly specs: ReadonlyMap<string, ParamSpec>;
  /** Whether others may see it, and it outlives the process. */
  readonly isShared: boolean;
  /** Notes what a param may be; the next transaction writes it. */
  define(name: string, spec: ParamSpec): void;
  /** Shows a trial here as it is by now; the next transaction that has it writes it. */
  show(row: TrialRow): void;
  /**
   * Learns what others have changed, decides by it, and writes what was decided: all in one
   * transaction, in which nobody else writes.
   */
  transact<T>(decide: () => Change<T>): Promise<T>;
  /** Learns what others have changed. */
  refresh(): Promise<void>;
}

/** A study that is in memory only. */
export function memoryStore(given: StudyHead): StudyStore {
  let head = given;
  const rows: TrialRow[] = [];
  const specs = new Map<string, ParamSpec>();
  return {
    get head() {
      return head;
    },
    rows,
    specs,
    isShared: false,
    define: (name, spec) => void specs.set(name, spec),
    show: (row) => {
      rows[row.number] = row;
    },
    transact: async (decide) => {
      const { rows: written = [], runId, result } = decide();
      for (const row of written) rows[row.number] = row;
      if (runId !== undefined) head = { ...head, runId };
      return result;
    },
    refresh: async () => undefined,
  };
}
