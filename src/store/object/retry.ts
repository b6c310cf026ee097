/** @file Requests tried again: how often, after what wait, and how long one may take. */
import { setTimeout as wait } from "node:timers/promises";
import {
  type Clock,
  checkNumber,
  type Ids,
  isMillraceError,
  randomIds,
  systemClock,
} from "../../core/index.ts";
import type { Call, ObjectClient } from "./client.ts";
import { type Fault, faultOf } from "./fault.ts";

/** How patient a remote store is. */
export interface RetryOptions {
  /** How often a request is sent before it has failed. Default 5. */
  readonly tries?: number;
  /** The wait before the second try, in milliseconds; it doubles with each further one. Default 200. */
  readonly backoffMs?: number;
  /** The longest silence of the server, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /** Makes the tokens of conditional writes, and spreads the waits of several writers. */
  readonly ids?: Ids;
}

/** {@link RetryOptions}, checked and complete. */
export type Patience = Required<RetryOptions>;

/** A store and how patiently it is asked. */
export interface Remote {
  readonly client: ObjectClient;
  readonly patience: Patience;
}

/** The slowest line that is waited for, in bytes per millisecond. */
const slowest = 256;
const longestWaitMs = 20_000;

/** Checks the options and fills in the defaults. Throws `option/out-of-range`. */
export function patienceOf(at: string, options: RetryOptions): Patience {
  const { tries = 5, backoffMs = 200, timeoutMs = 30_000 } = options;
  checkNumber(at, { tries }, { min: 1, integer: true });
  checkNumber(at, { backoffMs }, { min: 0 });
  checkNumber(at, { timeoutMs }, { above: 0 });
  const { clock = systemClock, ids = randomIds } = options;
  return { tries, backoffMs, timeoutMs, clock, ids };
}

/** One piece of work that sends a request. */
export interface Tried<T> {
  /** How much is sent, in bytes: time is given for it. */
  readonly sizeBytes?: number;
  readonly work: (call: Call) => Promise<T>;
  /** Told of every failed try. */
  readonly failed?: (fault: Fault) => void;
}

/** Does the work until it succeeds, fails for good, or was tried often enough. */
export async function retrying<T>(patience: Patience, tried: Tried<T>): Promise<T> {
  const { tries, clock } = patience;
  for (let tryNumber = 1; ; tryNumber++) {
    try {
      return await inTime(patience.timeoutMs + (tried.sizeBytes ?? 0) / slowest, tried.work);
    } catch (error) {
      if (isMillraceError(error)) throw error;
      const fault = faultOf(error, clock());
      tried.failed?.(fault);
      if (fault.kind !== "again" || tryNumber === tries) throw error;
      await wait(waitMs(patience, tryNumber, fault.afterMs));
    }
  }
}

/** The wait after a try: doubled each time, from half to the whole of it, so that writers part ways. */
function waitMs({ backoffMs, ids }: Patience, tryNumber: number, afterMs: number): number {
  const share = 0.5 + Number.parseInt(ids().slice(0, 8), 16) / 2 ** 33;
  const own = backoffMs * 2 ** (tryNumber - 1) * share;
  return Math.min(longestWaitMs, Math.max(own, afterMs));
}

/** Runs work that must hear from the server at least every `limitMs`. */
async function inTime<T>(limitMs: number, work: (call: Call) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const late = (): void =>
    controller.abort(new DOMException("the server did not answer in time", "TimeoutError"));
  let timer = setTimeout(late, limitMs);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(late, limitMs);
  };
  try {
    return await work({ signal: controller.signal, alive });
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Runs at most `most` of the works given to it at a time. */
export function limiter(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
