/** @file The loop of a search: trials begun, tried and ended, some at a time, until the budget is used up. */
import { checkNames, checkNumber, isMillraceError, type LongWork } from "../../core/index.ts";
import type { Run } from "../../run/index.ts";
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
  /** How many trials there are to be as things are now: of a grid, more where some were enqueued. */
  readonly budget: () => number;
  readonly endsAt: number;
  readonly signal: AbortSignal;
  readonly progress: LongWork["progress"];
  readonly counts: { complete: number; pruned: number; failed: number; firstError: string };
  /** Stops the trials of all lanes. */
  readonly halt: AbortController;
  /** Why no more trials are begun: an error that all trials would make, or one outside the objective. */
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
  const budget = (): number =>
    Math.min(trials ?? Infinity, core.sampler.size?.(viewOf(core)) ?? Infinity);
  if (budget() === Infinity && timeMs === undefined && signal === undefined)
    fail("tune/out-of-range-value", {
      at,
      expected: "an end: trials, timeMs or a signal",
      got: "none",
    });
  const stop = signal ?? new AbortController().signal;
  stop.throwIfAborted();
  const halt = new AbortController();
  const shared: Shared = {
    ...{ core, objective, budget, halt, progress, misuse: undefined },
    signal: AbortSignal.any([stop, halt.signal]),
    endsAt: performance.now() + (timeMs ?? Infinity),
    counts: { complete: 0, pruned: 0, failed: 0, firstError: "" },
  };
  const lanes = Array.from({ length: parallel }, () =>
    lane(shared).catch((error: unknown) => haltAll(shared, error)),
  );
  await Promise.all(lanes);
  if (shared.misuse !== undefined) throw shared.misuse;
  stop.throwIfAborted();
  const { firstError, ...counts } = shared.counts;
  if (counts.failed > 0 && !core.store.rows.some(hasEnd))
    fail("tune/failed-trials", {
      ...{ study: core.store.head.name, failed: counts.failed },
      first: firstError,
    });
  if (core.store.rows.filter(isOver).length >= budget()) await core.children?.finish();
  return counts;
}

/** Whether a trial came to an end, in whatever search: then the study has something to show. */
const hasEnd = ({ state }: TrialRow): boolean => state === "complete" || state === "pruned";

const isOver = ({ state }: TrialRow): boolean => state !== "waiting" && state !== "running";

/** One trial after the other. */
async function lane(shared: Shared): Promise<void> {
  const { core, signal } = shared;
  let last: Ended | undefined;
  for (;;) {
    const isDone =
      signal.aborted || shared.misuse !== undefined || performance.now() >= shared.endsAt;
    const done = await turn(core, isDone ? () => 0 : shared.budget, last);
    try {
      if (last !== undefined) await settle(shared, last, done);
      for (const row of done.interrupted) await core.children?.abandon(row);
    } catch (error) {
      haltAll(shared, error);
      if (done.begun !== null)
        await turn(core, () => 0, { row: done.begun, outcome: { kind: "stopped" } });
      return;
    }
    if (done.begun === null) return;
    last = await tryTrial(shared, done.begun);
  }
}

/** Stops all lanes: what went wrong is nothing that a trial can be blamed for. Their trials wait to be begun again. */
function haltAll(shared: Shared, error: unknown): void {
  shared.misuse ??= error;
  shared.halt.abort(error);
}

async function tryTrial(shared: Shared, begun: TrialRow): Promise<Ended> {
  const { core, objective, signal } = shared;
  let run: Run | null = null;
  try {
    run = (await core.children?.begin(begun.number)) ?? null;
  } catch (error) {
    haltAll(shared, error);
    return { row: begun, outcome: { kind: "stopped" } };
  }
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
  const all = budget();
  const total = all === Infinity ? {} : { total: all };
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
