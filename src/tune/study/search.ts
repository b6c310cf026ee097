/** @file The loop of a search: trials begun, tried and ended, some at a time, until the budget is used up. */
import { checkNames, checkNumber, isMillraceError, type LongWork } from "../../core/index.ts";
import { fail } from "../errors.ts";
import { isMisuse, type ObjectiveFunction, outcomeOf, reasonOf } from "../trial.ts";
import type { TrialRow } from "../trial-row.ts";
import { bestRow } from "./best.ts";
import { type Core, type Ended, type Turn, turn, viewOf } from "./core.ts";
import { type TrialHandle, trialHandle } from "./trial-handle.ts";

/** The budget of a search, and how it is done. */
export interface SearchOptions extends LongWork {
  /** How many trials the study is to have in all, those of earlier searches and other processes counted. */
  readonly trials?: number;
  /** No trial is begun after so many milliseconds. */
  readonly timeMs?: number;
  /** How many trials are under way at a time in this process. Default 1. */
  readonly parallel?: number;
  /** The rows that the objective looks at: a search over test rows is refused. */
  readonly over?: readonly { readonly part?: string }[];
}

/** What a search did: how many of its trials came to which end. */
export interface SearchSummary {
  readonly complete: number;
  readonly pruned: number;
  readonly failed: number;
}

/** What the lanes of a search share. */
interface Shared {
  readonly core: Core;
  readonly objective: ObjectiveFunction;
  readonly budget: number;
  readonly endsAt: number;
  readonly signal: AbortSignal;
  readonly progress: LongWork["progress"];
  readonly counts: { complete: number; pruned: number; failed: number; firstError: string };
  /** Why no more trials are begun: an error of the objective that all trials would make. */
  misuse: unknown;
}

/** Searches until the budget is used up; see `Study.search`. */
export async function search(
  core: Core,
  objective: ObjectiveFunction,
  options: SearchOptions,
): Promise<SearchSummary> {
  const at = `study ${JSON.stringify(core.store.head.name)}: search`;
  checkNames(at, options, ["trials", "timeMs", "parallel", "over", "signal", "progress"]);
  const { trials, timeMs, parallel = 1, over = [], signal, progress } = options;
  if (over.some(({ part }) => part === "test"))
    fail("tune/unsupported-rows", { study: core.store.head.name });
  if (trials !== undefined) checkNumber(at, { trials }, { min: 1, integer: true });
  if (timeMs !== undefined) checkNumber(at, { timeMs }, { above: 0 });
  checkNumber(at, { parallel }, { min: 1, max: 1000, integer: true });
  const size = core.sampler.size?.(viewOf(core)) ?? Infinity;
  const budget = Math.min(trials ?? Infinity, size);
  if (budget === Infinity && timeMs === undefined && signal === undefined)
    fail("tune/out-of-range-value", { at, expected: "an end: trials, timeMs or a signal", got: "none" }); // biome-ignore format: one line
  const stop = signal ?? new AbortController().signal;
  stop.throwIfAborted();
  const shared: Shared = {
    ...{ core, objective, budget, signal: stop, progress, misuse: undefined },
    endsAt: performance.now() + (timeMs ?? Infinity),
    counts: { complete: 0, pruned: 0, failed: 0, firstError: "" },
  };
  await Promise.all(Array.from({ length: parallel }, () => lane(shared)));
  if (shared.misuse !== undefined) throw shared.misuse;
  stop.throwIfAborted();
  const { firstError, ...counts } = shared.counts;
  if (counts.failed > 0 && counts.complete + counts.pruned === 0)
    fail("tune/failed-trials", {
      ...{ study: core.store.head.name, failed: counts.failed },
      first: firstError,
    });
  if (core.store.rows.filter(isOver).length >= budget) await core.children?.finish();
  return counts;
}

const isOver = ({ state }: TrialRow): boolean => state !== "waiting" && state !== "running";

/** One trial after the other. */
async function lane(shared: Shared): Promise<void> {
  const { core, signal } = shared;
  let last: Ended | undefined;
  for (;;) {
    const isDone =
      signal.aborted || shared.misuse !== undefined || performance.now() >= shared.endsAt;
    const done = await turn(core, isDone ? 0 : shared.budget, last);
    if (last !== undefined) await settle(shared, last, done);
    for (const row of done.interrupted) await core.children?.abandon(row);
    if (done.begun === null) return;
    last = await tryTrial(shared, done.begun);
  }
}

async function tryTrial(shared: Shared, begun: TrialRow): Promise<Ended> {
  const { core, objective, signal } = shared;
  const run = (await core.children?.begin(begun.number)) ?? null;
  let handle: TrialHandle | undefined;
  const row = (): TrialRow => handle?.row() ?? { ...begun, runId: run?.id ?? null };
  try {
    handle = trialHandle(core, begun, { signal, run });
    const result = await unlessAborted(signal, objective(handle.trial));
    return { row: row(), outcome: outcomeOf(result, core.store.head.objectives.length) };
  } catch (error) {
    if (isMisuse(error)) shared.misuse ??= error;
    const failed = { kind: "failed", error: sentenceOf(error) } as const;
    return { row: row(), outcome: signal.aborted ? { kind: "stopped" } : failed };
  } finally {
    handle?.close();
  }
}

const sentenceOf = (error: unknown): string =>
  isMillraceError(error) ? `${error.code}: ${error.message}` : reasonOf(error);

/** Counts a trial that ended, and ends its run. */
async function settle(
  { core, counts, budget, progress }: Shared,
  { row, outcome }: Ended,
  { ended, used }: Turn,
): Promise<void> {
  if (ended === null) return; // another process has taken it, and counts it
  if (outcome.kind !== "stopped") counts[outcome.kind] += 1;
  if (outcome.kind === "failed" && counts.firstError === "") counts.firstError = outcome.error;
  if (core.children !== null) {
    if (outcome.kind === "stopped") await core.children.abandon(row);
    else await core.children.end(ended);
    const best = bestRow(viewOf(core));
    if (best?.number === ended.number) await core.children.noteBest(best);
  }
  const total = budget === Infinity ? {} : { total: budget };
  progress?.({ done: used, ...total });
}

/** What work gives, unless the signal is aborted before; what outlives it has been told to stop. */
async function unlessAborted<T>(signal: AbortSignal, work: T | Promise<T>): Promise<T> {
  if (!(work instanceof Promise)) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
    work.catch(() => undefined);
  }
}
