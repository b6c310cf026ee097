/** @file User code tried again: attempts with a time limit, and growing waits between them. */
import { setTimeout as wait } from "node:timers/promises";
import { callUser } from "../core/index.ts";
import { fail } from "./errors.ts";
import type { Step } from "./step.ts";

/** How it went, and how many attempts it took. */
export type Attempted<T> =
  | { readonly ok: true; readonly value: T; readonly attempts: number }
  | { readonly ok: false; readonly error: unknown; readonly attempts: number };

/** What is tried: some code of a step. */
export interface Work<T> {
  readonly pipeline: string;
  readonly step: Step;
  /** Cancels the work; it is then not tried again. */
  readonly signal: AbortSignal;
  readonly call: (attempt: number, signal: AbortSignal) => T | Promise<T>;
}

const mostWaitMs = 60_000;

/** Calls until it succeeds, the retries are used up, or the signal is aborted. Never rejects. */
export async function attempt<T>(work: Work<T>): Promise<Attempted<T>> {
  const { retries, backoffMs } = work.step;
  for (let attempts = 1; ; attempts++) {
    try {
      return { ok: true, value: await once(work, attempts), attempts };
    } catch (error) {
      if (work.signal.aborted || attempts > retries) return { ok: false, error, attempts };
      await pause(Math.min(mostWaitMs, backoffMs * 2 ** (attempts - 1)), work.signal);
      if (work.signal.aborted) return { ok: false, error: work.signal.reason, attempts };
    }
  }
}

/** A promise that outlives its time is left alone: its signal has told it to stop. */
async function once<T>({ pipeline, step, signal, call }: Work<T>, number: number): Promise<T> {
  const { timeoutMs } = step;
  const clock = new AbortController();
  const ring = (): void => clock.abort(new DOMException("the step's time is up", "TimeoutError"));
  const timer = timeoutMs === null ? undefined : setTimeout(ring, timeoutMs);
  const either = AbortSignal.any([signal, clock.signal]);
  const what = `pipeline ${JSON.stringify(pipeline)}: step ${JSON.stringify(step.name)}`;
  try {
    signal.throwIfAborted();
    return await Promise.race([callUser(what, () => call(number, either)), abortion(either)]);
  } catch (error) {
    signal.throwIfAborted();
    if (!clock.signal.aborted || timeoutMs === null) throw error;
    const details = { pipeline, step: step.name, timeoutMs };
    return fail("pipeline/timed-out-step", details, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function abortion(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return promise;
}

/** Waits, or less when the signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}
