/** @file Studies: opened, searched, asked and told, read. */
import {
  type Clock,
  checkNames,
  checkNumber,
  type Ids,
  randomIds,
  systemClock,
} from "../../core/index.ts";
import type { Tracking } from "../../run/index.ts";
import type { Records } from "../../store/index.ts";
import { describeBoth, describeSpec } from "../check-spec.ts";
import { fail } from "../errors.ts";
import { checkObjectives, type SearchDirection, type StudyObjective } from "../objective.ts";
import type { Pruner } from "../pruner/pruner.ts";
import type { Sampler } from "../sampler/sampler.ts";
import { tpe } from "../sampler/tpe.ts";
import { checkSpec, codeOf, isSameSpec, type Params, type ParamsOf, type Space } from "../space.ts";
import {
  type ObjectiveFunction,
  type ObjectiveResult,
  type Outcome,
  outcomeOf,
  type RunningTrial,
  type TrialRecord,
} from "../trial.ts";
import type { TrialRow } from "../trial-row.ts";
import { childRuns } from "./child-runs.ts";
import { type Core, enqueue, enqueueFirst, keep, rowAt, turn } from "./core.ts";
import { heartbeatMs, openWorkers, thisOwner } from "./owner.ts";
import { readerOf, type StudyReader } from "./read-study.ts";
import { recordStore } from "./record-store.ts";
import { type SearchOptions, type SearchSummary, search } from "./search.ts";
import { memoryStore, type StudyHead, type StudyStore } from "./study-store.ts";
import { recordOf, type TrialHandle, trialHandle } from "./trial-handle.ts";

/** What a study is opened with. */
export interface StudyOptions {
  /** A study of this name in the records is gone on with. */
  readonly name: string;
  /** What is measured, such as "rmse", where there is one objective. */
  readonly metric?: string;
  readonly direction?: SearchDirection;
  /** In place of metric and direction: several objectives. */
  readonly objectives?: readonly StudyObjective[];
  /** How params are drawn. Default {@link tpe}. */
  readonly sampler?: Sampler;
  /** Which trials are ended early. Default: none. */
  readonly pruner?: Pruner;
  /** Where chance starts. Default: that of the study that is gone on with, which keeps it; of a new one 0. */
  readonly seed?: number;
  /** Where the study is kept; absent: in memory. */
  readonly records?: Records;
  /** Where each trial is to be a run: children of the study's run. */
  readonly tracking?: Tracking;
  /** The experiment of these runs. Default: the study's name. */
  readonly experiment?: string;
  /** How often a trial is begun again whose process ended before it did. Default 1. */
  readonly retries?: number;
  readonly clock?: Clock;
  readonly ids?: Ids;
}

/** What a trial is told to have come to. */
export type Told = ObjectiveResult | { readonly error: string };

/** A search that goes on as long as it is asked to. */
export interface Study<P extends Params = Params> extends StudyReader<P>, AsyncDisposable {
  /**
   * Tries params until the budget is used up. A trial that throws, or gives no finite number, is failed
   * with its error kept, and the search goes on. Several processes may search one study: the budget is of
   * all of them. A search that is stopped or killed goes on where it was when it is called again.
   *
   * @throws `tune/failed-trials` where not one trial of the study came to an end; `tune/mismatch-param`,
   * `tune/out-of-range-param`, `tune/unknown-param` where the objective asks wrongly; the signal's reason
   */
  search(objective: ObjectiveFunction<P>, options: SearchOptions): Promise<SearchSummary>;
  /** Begins a trial, for a loop of your own; tell what came of it. */
  ask(): Promise<RunningTrial<P>>;
  /** Says what came of a trial. Throws `tune/conflict-trial`, `tune/missing-trial`. */
  tell(trial: number | Pick<RunningTrial<P>, "number">, told: Told): Promise<TrialRecord<P>>;
  /** Adds params that are to be tried next; what they leave out is drawn. Gives the trial's number. */
  enqueue(params: Partial<P>): Promise<number>;
  /**
   * Adds what is to be tried before all else, to a study without trials; one that has some stays as it is. All are added or
   * none, also when several processes begin at once or one is killed. Gives whether they were added.
   */
  enqueueFirst(params: readonly Partial<P>[]): Promise<boolean>;
  /** Ends heartbeats. Trials that were asked for and not told wait to be begun again. */
  close(): Promise<void>;
}

const optionNames = [
  ...["name", "metric", "direction", "objectives", "sampler", "pruner", "seed", "records"],
  ...["tracking", "experiment", "retries", "clock", "ids", "space"],
];

/**
 * Opens a study, and makes it if it is not there. With records it outlives the process, several
 * processes may search it at once, and a trial whose process was killed is tried again.
 *
 * @param options - Name, objectives, how to draw and where to keep it; see {@link StudyOptions}. With a
 * `space`, made by `space`, params are typed by it; without, the objective asks for them as it goes.
 * @throws `tune/mismatch-direction` where the metric's name says that the other direction is better;
 * `tune/conflict-study`, `tune/unsupported-format`, `tune/unsupported-objectives`, `option/out-of-range`
 * @example
 * ```ts
 * const study = await openStudy({ name: "parabola", metric: "loss", direction: "minimise" });
 * await study.search((trial) => (trial.float("x", -10, 10) - 2) ** 2, { trials: 60 });
 * Math.abs(Number((await study.best()).params["x"]) - 2) < 0.5 // => true
 * ```
 * @see Peer: Optuna `create_study`, `Study.optimize`.
 */
export function openStudy<const S extends Space>(
  options: StudyOptions & { readonly space: S },
): Promise<Study<ParamsOf<S>>>;
export function openStudy(options: StudyOptions): Promise<Study>;
export async function openStudy(
  options: StudyOptions & { readonly space?: Space },
): Promise<Study> {
  checkNames("openStudy", options, optionNames);
  const { name, records, tracking, experiment = name, retries = 1, seed = 0 } = options;
  const { sampler = tpe(), pruner = null, clock = systemClock, ids = randomIds, space } = options;
  const objectives = objectivesOf(options);
  const at = `study ${JSON.stringify(name)}`;
  if (typeof name !== "string" || name.trim() === "")
    fail("tune/out-of-range-value", { at: "openStudy", expected: "a name", got: String(name) });
  checkObjectives(name, objectives);
  checkNumber(at, { seed });
  checkNumber(at, { retries }, { min: 0, integer: true });
  const { mostObjectives: most = Infinity } = sampler;
  if (objectives.length > most)
    fail("tune/unsupported-objectives", { at: sampler.name, most, got: objectives.length });
  for (const [param, spec] of Object.entries(space ?? {})) checkSpec(param, spec);
  const head: StudyHead = {
    ...{ id: ids(), name, objectives, seed, createdAtMs: clock(), runId: null },
  };
  const store = records === undefined ? memoryStore(head) : await recordStore(records, head);
  const { seed: stored } = store.head;
  if (options.seed !== undefined && stored !== seed)
    fail("tune/conflict-study", { study: name, stored: `seed ${stored}`, given: `seed ${seed}` });
  checkDeclared(store, space ?? null);
  const children = tracking === undefined ? null : childRuns(store, { tracking, experiment });
  const owner = thisOwner(ids());
  const declared = space ?? null;
  return studyOver({ store, sampler, pruner, declared, owner, clock, retries, children });
}

function objectivesOf({
  name,
  metric,
  direction,
  objectives,
}: StudyOptions): readonly StudyObjective[] {
  if (objectives !== undefined) return objectives;
  if (metric === undefined || direction === undefined)
    return fail("tune/missing-objective", { study: name });
  return [{ metric, direction }];
}

/** Tells the store what a declared space says. Throws `tune/mismatch-param`. */
function checkDeclared(store: StudyStore, space: Space | null): void {
  for (const [param, spec] of Object.entries(space ?? {})) {
    const known = store.specs.get(param);
    if (known === undefined) store.define(param, spec);
    else if (!isSameSpec(known, spec)) {
      const [kept, asked] = describeBoth(known, spec);
      fail("tune/mismatch-param", { study: store.head.name, param, known: kept, asked });
    }
  }
}

/** The study as users hold it. */
function studyOver(core: Core): Study {
  const { store, owner } = core;
  const { name } = store.head;
  openWorkers.add(owner.worker);
  const asked = new Map<number, TrialHandle>();
  const beating = setInterval(() => void beat(core), heartbeatMs);
  beating.unref();
  const close = async (): Promise<void> => {
    clearInterval(beating);
    openWorkers.delete(owner.worker);
    for (const handle of asked.values()) handle.close();
  };
  return {
    ...readerOf(store),
    ...{ close, [Symbol.asyncDispose]: close },
    search: (objective, options) => search(core, objective, options),
    ask: async () => {
      const { begun, interrupted } = await turn(core, () => Infinity);
      for (const row of interrupted) await core.children?.abandon(row);
      if (begun === null) return fail("tune/missing-trial", { study: name, trial: 0, trials: 0 });
      const run = (await core.children?.begin(begun.number)) ?? null;
      const { signal } = new AbortController();
      const handle = trialHandle(core, begun, { signal, run });
      asked.set(begun.number, handle);
      return handle.trial;
    },
    tell: async (trial, told) => {
      const number = typeof trial === "number" ? trial : trial.number;
      const handle = asked.get(number);
      asked.delete(number);
      handle?.close();
      if (handle === undefined) await store.refresh(); // another study object may have asked for it
      return tell(core, handle?.row() ?? rowAt(core, number), told);
    },
    enqueue: async (params) => enqueue(core, checkedParams(core, params)),
    enqueueFirst: async (all) =>
      enqueueFirst(
        core,
        all.map((params) => checkedParams(core, params)),
      ),
  };
}

/** Says of all trials under way here that they live. A beat that fails is made up for by the next. */
async function beat(core: Core): Promise<void> {
  const mine = core.store.rows.filter(
    ({ state, owner }) => state === "running" && owner?.worker === core.owner.worker,
  );
  for (const row of mine) await keep(core, row).catch(() => false);
}

async function tell(core: Core, row: TrialRow, told: Told): Promise<TrialRecord> {
  const { name: study, objectives } = core.store.head;
  const outcome: Outcome =
    typeof told === "object" && "error" in told
      ? { kind: "failed", error: told.error }
      : outcomeOf(told, objectives.length);
  const { ended } = await turn(core, () => 0, { row, outcome });
  if (ended === null) {
    const { number: trial, state } = rowAt(core, row.number);
    const where = state === "running" ? "running elsewhere" : state;
    return fail("tune/conflict-trial", { study, trial, state: where });
  }
  await core.children?.end(ended);
  return recordOf(core.store, ended);
}

/** Checks params that are to be tried. Throws `tune/unknown-param`, `tune/out-of-range-param`. */
function checkedParams({ store, declared }: Core, params: Partial<Params>): Params {
  const study = store.head.name;
  const entries = Object.entries(params).flatMap(([param, value]) => {
    const spec = declared === null ? store.specs.get(param) : declared[param];
    if (spec === undefined && declared !== null)
      fail("tune/unknown-param", { study, param, known: Object.keys(declared) });
    if (spec !== undefined && codeOf(spec, value) === undefined)
      fail("tune/out-of-range-param", {
        ...{ param, expected: describeSpec(spec) },
        got: JSON.stringify(value) ?? "undefined",
      });
    return value === undefined ? [] : [[param, value] as const];
  });
  return Object.fromEntries(entries);
}
