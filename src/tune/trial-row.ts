/** @file A trial as studies keep it: codes in place of values, and who is at work on it. */
import type { Json } from "../flow.ts";
import type { Params } from "./space.ts";

/** What became of a trial; "waiting" is one that nobody has begun, or that was interrupted. */
export type TrialState = "waiting" | "running" | "complete" | "pruned" | "failed";

/** The process that is at work on a trial. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
  /** When the process began, so that another one with its number is not taken for it; "" if unknown. */
  readonly born: string;
  /** The open study in that process. */
  readonly worker: string;
}

/** A trial as studies keep it. */
export interface TrialRow {
  readonly number: number;
  readonly state: TrialState;
  /** The params that were asked for, as codes: see `codeOf`. */
  readonly codes: Readonly<Record<string, number>>;
  /** The values that it is to take where it asks for them. */
  readonly fixed: Params;
  /** One for each objective; null until it is complete. */
  readonly values: readonly number[] | null;
  /** What was reported on the way, by step. */
  readonly steps: readonly (readonly [step: number, value: number])[];
  /** What each constraint came to; kept where it is at most 0. */
  readonly constraints: Readonly<Record<string, number>>;
  readonly error: string | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Why its earlier attempts came to no end. */
  readonly interruptions: readonly string[];
  /** What the sampler noted when it drew. */
  readonly drawn: Json;
  readonly notes: Readonly<Record<string, Json>>;
  readonly runId: string | null;
  readonly owner: Owner | null;
  readonly heartbeatAtMs: number | null;
}

/** A trial that nobody has begun. */
export function waitingRow(number: number, fixed: Params): TrialRow {
  return {
    ...{ number, state: "waiting", codes: {}, fixed, values: null, steps: [], constraints: {} },
    ...{ error: null, startedAtMs: null, endedAtMs: null, interruptions: [], drawn: null },
    ...{ notes: {}, runId: null, owner: null, heartbeatAtMs: null },
  };
}

/** Numbers as JSON keeps them: those that are not finite as texts. */
export const numberText = (value: number): Json => (Number.isFinite(value) ? value : String(value));

/** Reads what {@link numberText} wrote. */
export const textNumber = (value: unknown): number => Number(value);
