/** @file One optimistic commit: plan from a snapshot, put the next version if nobody has, else look who won. */
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { fail } from "../errors.ts";
import type { ExpectationCount } from "../expectations/table-expectations.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";
import { toStored, type WriteLineage } from "../lineage/stored.ts";
import {
  type Action,
  type Add,
  type CommitInfo,
  formatCommit,
  pathKey,
  toldTime,
} from "./actions.ts";
import { removeCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { counts, lookAgain, type Try } from "./counted.ts";
import { beginWrite, explainDrop, isDropped } from "./fence.ts";
import { endFile } from "./held.ts";
import { commitKey, type FencePass, ifThere, readCommit, type TablePlace } from "./log.ts";
import { removeNewFile } from "./new-files.ts";
import { NotCommitted, putCommit } from "./put-commit.ts";
import { readSnapshot, type Snapshot } from "./snapshot.ts";
import type { Writer } from "./write-files.ts";

/** Whether files hold rows that a plan would have treated. */
export type Touches = (adds: readonly Add[]) => Promise<boolean>;

/** What a writer wants to commit, made from one snapshot. */
export interface Plan {
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, number>>;
  /** How the rows met the table's expectations, where it has some. */
  readonly expectations?: readonly ExpectationCount[];
  readonly actions: readonly Action[];
  /** Where the written rows come from, or what they are made of; absent where no row changes. */
  readonly lineage?: WriteLineage;
  /**
   * What the plan rests on. "nothing": it only adds rows. "files": it moved rows between the files it
   * removes, and changed none. "table": on all rows; then `touches`, where it is given, says whether
   * files that others added since hold rows that the plan would have treated. "version": on nobody
   * having committed anything since.
   */
  readonly reads: "nothing" | "files" | "table" | "version";
  readonly touches?: Touches;
  /** Paths of files that the plan leaves as they are, and that decided what it does. */
  readonly rests?: ReadonlySet<string>;
}

/** What a commit did. */
export interface Commit {
  readonly version: number;
  /** Rows written, by the operation's metrics. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How the rows met the table's expectations; empty where it has none. */
  readonly expectations: readonly ExpectationCount[];
  /** True when nothing was written, because it was written before. */
  readonly skipped: boolean;
}

const maxTries = 20;
const checkpointEvery = 10;

/** What every commit to one open table shares: how to write, and the newest state it has seen. */
export interface TableWriter extends Omit<Writer, "written"> {
  newest: Snapshot | undefined;
}

/** How a commit is made. */
export interface CommitTask {
  /** The plan for a snapshot, or undefined when there is nothing to do. */
  readonly planFrom: (snapshot: Snapshot | undefined, writer: Writer) => Promise<Plan | undefined>;
  /** Called when the rows are written and before they are committed; throwing leaves nothing. */
  readonly confirm?: ((metrics: Plan["metrics"]) => Promise<void> | void) | undefined;
  /** Whether it waits for the writers of this process that began before it. */
  readonly queued?: boolean;
}

/**
 * Commits a plan; when another writer was faster and changed what the plan rests on, plans again
 * from the new snapshot. Every tenth commit writes a checkpoint.
 *
 * @throws `table/conflict-write` after twenty lost races, `table/unknown-outcome`
 */
export async function commitPlan(table: TableWriter, task: CommitTask): Promise<Commit> {
  return task.queued === true
    ? inTurn(table.place, () => tryOften(table, task))
    : tryOften(table, task);
}

async function tryOften(table: TableWriter, task: CommitTask): Promise<Commit> {
  const { place } = table;
  for (let tries = 0; tries < maxTries; tries++) {
    const pass = await beginWrite(place);
    const done = await attempt(table, task, pass).catch((error) => explainDrop(pass, error));
    if (done !== undefined) return done;
    await pause(table, tries);
  }
  return fail("table/conflict-write", { name: place.name, tries: maxTries });
}

/** Waits up to a tenth of a second, by an id of chance, so that two processes do not meet again. */
async function pause({ ids }: TableWriter, tries: number): Promise<void> {
  const share = Number.parseInt(ids().slice(0, 4), 16) / 0xffff;
  await wait((Number.isNaN(share) ? 0.5 : share) * Math.min(5 * 2 ** tries, 100));
}

/** One try: undefined when it lost. The files of a try that did not commit are removed. */
async function attempt(
  table: TableWriter,
  task: CommitTask,
  pass: FencePass,
): Promise<Commit | undefined> {
  const lookedMs = table.clock();
  const snapshot = await readSnapshot(table, { from: table.newest });
  table.newest = snapshot;
  const writer: Writer = { ...table, written: [] };
  let keep = false;
  try {
    const plan = await task.planFrom(snapshot, writer);
    if (plan === undefined)
      return { version: snapshot?.version ?? -1, metrics: {}, expectations: [], skipped: true };
    await task.confirm?.(plan.metrics);
    keep = true; // from here on only what is known not to be committed may be removed
    const version = await tryCommit(writer, plan, { snapshot, lookedMs, pass }).catch(
      (error: unknown) => {
        keep = !(error instanceof NotCommitted);
        throw error instanceof NotCommitted ? error.cause : error;
      },
    );
    keep = version !== undefined;
    if (version === undefined) return undefined;
    await checkpoint(table, version, pass);
    const { metrics, expectations = [] } = plan;
    return { version, metrics, expectations, skipped: false };
  } finally {
    if (!keep)
      await inParallel(writer.written, mostRequests, (key) => removeNewFile(table.place, key));
    for (const key of writer.written) endFile(table.place.bytes.locate(key));
  }
}

/** Puts the plan at the first free version, or gives undefined when a winner's change forbids it. */
async function tryCommit(
  writer: Writer,
  plan: Plan,
  { snapshot, lookedMs, pass }: Try & { readonly pass: FencePass },
): Promise<number | undefined> {
  const { place, clock } = writer;
  const read = snapshot?.version ?? -1;
  let looked: Try = { snapshot, lookedMs };
  let before = snapshot?.atMs ?? 0;
  for (let version = read + 1; ; version++) {
    await pass().catch((cause: unknown) => {
      throw new NotCommitted("the table was dropped, or nobody can tell", { cause });
    });
    // Times rise, whatever the clock does, so that a moment is of one version.
    const atMs = Math.max(clock(), before + 1);
    const actions = timed(plan, read, atMs);
    const body = formatCommit(actions);
    const now = await lookAgain(writer, looked, version);
    if (now === undefined) return undefined;
    looked = now;
    if (await putCommit(place, version, body)) {
      const isRead = await counts(writer, { version, body, actions }, looked);
      return isRead ? staysIn(place, pass, version) : undefined;
    }
    // undefined: a clean-up of the log has removed it since
    const winner = await ifThere(() => readCommit(place, version));
    if (winner === undefined || snapshot === undefined || (await conflicts(plan, winner)))
      return undefined;
    before = Math.max(before, timeOf(winner));
  }
}

function timeOf(winner: readonly Action[]): number {
  const info = winner.find(({ commitInfo }) => commitInfo !== undefined)?.commitInfo;
  return toldTime(info) ?? 0;
}

/** A commit that came while its table was dropped is taken back, lest it make half a table. */
async function staysIn(place: TablePlace, pass: FencePass, version: number): Promise<number> {
  await pass().catch(async (cause: unknown) => {
    if (!isDropped(cause)) return; // nobody can tell, and the commit is in the log
    await place.bytes.remove(commitKey(place, version));
    throw new NotCommitted("the table was dropped meanwhile", { cause });
  });
  return version;
}

/** The actions of a commit at a moment, before which no file is said to have gone. */
function timed(plan: Plan, readVersion: number, atMs: number): readonly Action[] {
  const actions = plan.actions.map((action) => {
    const { remove } = action;
    if ((remove?.deletionTimestamp ?? atMs) >= atMs) return action;
    return { remove: { ...remove, deletionTimestamp: atMs } } as Action;
  });
  return [{ commitInfo: infoOf(plan, readVersion, atMs) }, ...actions];
}

/** Whether what the winner did could change what the plan would have said. */
async function conflicts(plan: Plan, winner: readonly Action[]): Promise<boolean> {
  if (plan.reads === "version") return true;
  const apps = new Set(plan.actions.flatMap(({ txn }) => (txn ? [txn.appId] : [])));
  if (winner.some(({ protocol, metaData }) => protocol !== undefined || metaData !== undefined))
    return true;
  if (winner.some(({ txn }) => txn !== undefined && apps.has(txn.appId))) return true;
  if (
    plan.actions.some(({ protocol, metaData }) => protocol !== undefined || metaData !== undefined)
  )
    return true;
  if (plan.reads === "nothing") return false;
  const ours = new Set(
    plan.actions.flatMap(({ remove }) => (remove ? [pathKey(remove.path)] : [])),
  );
  for (const path of plan.rests ?? []) ours.add(pathKey(path));
  if (winner.some(({ remove }) => remove !== undefined && ours.has(pathKey(remove.path))))
    return true;
  if (plan.reads === "files") return false;
  const adds = winner.flatMap(({ add }) => (add ? [add] : []));
  if (plan.touches === undefined) return winner.some(({ add, remove }) => add ?? remove);
  return adds.length > 0 && plan.touches(adds);
}

function infoOf(plan: Plan, readVersion: number, timestamp: number): CommitInfo {
  const asText = (values: Readonly<Record<string, unknown>>, text: (value: unknown) => string) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, text(value)]));
  return {
    timestamp,
    operation: plan.operation,
    operationParameters: asText(plan.parameters, (value) =>
      typeof value === "string" ? value : JSON.stringify(value),
    ),
    ...(readVersion >= 0 ? { readVersion } : {}),
    isolationLevel: plan.reads === "files" ? "SnapshotIsolation" : "Serializable",
    isBlindAppend: plan.reads === "nothing",
    operationMetrics: asText(plan.metrics, String),
    engineInfo: "Millrace",
    ...(plan.expectations === undefined ? {} : { expectations: plan.expectations }),
    ...(plan.lineage === undefined ? {} : { lineage: toStored(plan.lineage) }),
  };
}

/**
 * Writes a checkpoint after every tenth version, or as often as the table says. One that fails takes
 * nothing from the commit, which is in the log: the next one makes up for it.
 */
async function checkpoint(table: TableWriter, version: number, pass: FencePass): Promise<void> {
  const every = Number(
    table.newest?.metaData.configuration["delta.checkpointInterval"] ?? checkpointEvery,
  );
  if (version === 0 || version % (every > 0 ? every : checkpointEvery) !== 0) return;
  try {
    const snapshot = await readSnapshot(table, { version, from: table.newest });
    if (snapshot === undefined) return;
    await pass();
    await writeCheckpoint(table, snapshot, table.clock());
    await pass().catch(async (error: unknown) => {
      // A checkpoint alone would be a table: that of a dropped one may not outlive its log.
      if (isDropped(error)) await removeCheckpoint(table.place, version);
    });
  } catch {
    // The commit stands; readers replay more of the log until the next checkpoint.
  }
}

const turns = new Map<string, Promise<unknown>>();
const held = new AsyncLocalStorage<ReadonlySet<string>>();

/** Runs the work after that of earlier callers for the same table; within such work, at once. */
async function inTurn<T>(place: TablePlace, work: () => Promise<T>): Promise<T> {
  const key = place.bytes.locate(place.folder);
  const mine = held.getStore() ?? new Set<string>();
  if (mine.has(key)) return work();
  const before = turns.get(key) ?? Promise.resolve();
  const turn = before.then(() => held.run(new Set([...mine, key]), work));
  const settled = turn.catch(() => undefined);
  turns.set(key, settled);
  try {
    return await turn;
  } finally {
    if (turns.get(key) === settled) turns.delete(key);
  }
}
