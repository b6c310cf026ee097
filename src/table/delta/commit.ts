/** @file One optimistic commit: plan from a snapshot, put the next version if nobody has, else look who won. */
import { rm } from "node:fs/promises";
import { type Clock, isMillraceError } from "../../core/index.ts";
import { fail } from "../errors.ts";
import { type Action, type CommitInfo, commitName, formatCommit } from "./actions.ts";
import { locateFile } from "./scan.ts";
import { logFolder, readCommit, readSnapshot, type Snapshot, type TablePlace } from "./snapshot.ts";

/** What a writer wants to commit, made from one snapshot. */
export interface Plan {
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly actions: readonly Action[];
  /** Whether the plan holds whatever others append: it read nothing of the table. */
  readonly blindAppend: boolean;
}

/** What a commit did. */
export interface Commit {
  readonly version: number;
  /** Rows written, by the operation's metrics. */
  readonly metrics: Readonly<Record<string, number>>;
  /** True when nothing was written, because it was written before. */
  readonly skipped: boolean;
}

const maxTries = 20;

/** How a commit is made. */
export interface CommitTask {
  readonly clock: Clock;
  /** The plan for a snapshot, or undefined when there is nothing to do. */
  readonly planFrom: (snapshot: Snapshot | undefined) => Promise<Plan | undefined>;
  /** Called when the rows are written and before they are committed; throwing leaves nothing. */
  readonly confirm?: ((metrics: Plan["metrics"]) => Promise<void> | void) | undefined;
}

/**
 * Commits a plan; when another writer was faster and the plan depends on what that writer changed,
 * plans again from the new snapshot.
 *
 * @throws `table/conflict-write` after twenty lost races
 */
export async function commitPlan(place: TablePlace, task: CommitTask): Promise<Commit> {
  const { clock } = task;
  let snapshot: Snapshot | undefined;
  for (let tries = 0; tries < maxTries; tries++) {
    snapshot = await readSnapshot(place, { from: snapshot });
    const plan = await task.planFrom(snapshot);
    if (plan === undefined) return { version: snapshot?.version ?? -1, metrics: {}, skipped: true };
    const version = await attempt(place, plan, async () => {
      await task.confirm?.(plan.metrics);
      return tryCommit(place, { plan, snapshot, clock });
    });
    if (version !== undefined) return { version, metrics: plan.metrics, skipped: false };
  }
  return fail("table/conflict-write", { name: place.name, tries: maxTries });
}

/**
 * Runs a try; when it certainly did not commit, the files written for it are removed. While nobody
 * can tell, they stay: a file too many does no harm, one too few takes a version with it.
 */
async function attempt(
  place: TablePlace,
  plan: Plan,
  work: () => Promise<number | undefined>,
): Promise<number | undefined> {
  const discard = async (): Promise<void> => {
    for (const { add } of plan.actions)
      if (add) await rm(locateFile(place, add.path), { force: true }).catch(() => undefined);
  };
  try {
    const committed = await work();
    if (committed === undefined) await discard();
    return committed;
  } catch (error) {
    if (error instanceof UnknownOutcome) throw error.cause;
    await discard();
    throw error;
  }
}

/** A commit of which it is not known whether it is there. */
class UnknownOutcome extends Error {}

/**
 * Puts a commit file. A store may fail after the file is there (it could not flush the folder, say),
 * so a failure is settled by reading back.
 */
async function putCommit(place: TablePlace, key: string, body: Uint8Array): Promise<boolean> {
  try {
    return await place.bytes.putIfAbsent(key, body);
  } catch (cause) {
    const found = await place.bytes.get(key).catch((error: unknown) => {
      if (isMillraceError(error, "store/missing-bytes")) return undefined;
      throw new UnknownOutcome("unknown", { cause });
    });
    if (found !== undefined && Buffer.compare(found, body) === 0) return true;
    if (isMillraceError(cause, "store/unknown-outcome"))
      throw new UnknownOutcome("unknown", { cause });
    throw cause;
  }
}

/** Puts the plan at the first free version, or gives undefined when a winner's change forbids it. */
async function tryCommit(
  place: TablePlace,
  task: { plan: Plan; snapshot: Snapshot | undefined; clock: Clock },
): Promise<number | undefined> {
  const { plan, snapshot, clock } = task;
  const read = snapshot?.version ?? -1;
  const body = formatCommit([{ commitInfo: infoOf(plan, read, clock) }, ...plan.actions]);
  for (let version = read + 1; ; version++) {
    if (await putCommit(place, `${logFolder(place)}/${commitName(version)}`, body)) return version;
    const winner = await readCommit(place, version);
    if (snapshot === undefined || conflicts(plan, winner)) return undefined;
  }
}

/** Whether what the winner did could change what the plan would have said. */
function conflicts(plan: Plan, winner: readonly Action[]): boolean {
  const apps = new Set(plan.actions.map((action) => action.txn?.appId));
  return winner.some((action) => {
    if (action.protocol || action.metaData) return true;
    if (action.txn !== undefined && apps.has(action.txn.appId)) return true;
    if (plan.blindAppend) return false;
    return action.add?.dataChange === true || action.remove !== undefined;
  });
}

function infoOf(plan: Plan, readVersion: number, clock: Clock): CommitInfo {
  const asText = (values: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]));
  return {
    timestamp: clock(),
    operation: plan.operation,
    operationParameters: asText(plan.parameters),
    ...(readVersion >= 0 ? { readVersion } : {}),
    isolationLevel: "Serializable",
    isBlindAppend: plan.blindAppend,
    operationMetrics: asText(plan.metrics),
    engineInfo: "Millrace",
  };
}
