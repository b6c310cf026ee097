/** @file Which files a RESTORE took out of a table: their marks stay in the log, their rows do not. */
import type { Action } from "../delta/actions.ts";
import { ifThere, listLog, readCommit, type TablePlace } from "../delta/log.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";

/** How the application is named that marks a file, before its hash. */
export const markPrefix = "ingest:";

/**
 * The version that a commit restored; undefined for other commits, and for a RESTORE by timestamp of another
 * program, whose log says the moment (its version is null): what that took out is not told. Ours say the version.
 */
function restoredBy(actions: readonly Action[]): number | undefined {
  const info = actions.find(({ commitInfo }) => commitInfo !== undefined)?.commitInfo;
  const version = info?.operationParameters?.["version"];
  if (info?.operation !== "RESTORE" || version === undefined || version === null) return undefined;
  return Number.isInteger(Number(version)) ? Number(version) : undefined;
}

const marksIn = (actions: readonly Action[]): readonly string[] =>
  actions.flatMap(({ txn }) => (txn?.appId.startsWith(markPrefix) === true ? [txn.appId] : []));

/**
 * The marks of files that were loaded after a version to which the table was restored since, each with
 * that version; a later restore that brings them back counts. A RESTORE that another program did by
 * timestamp is not seen. O(versions looked at), each a small file.
 *
 * @param limit - How many of the newest versions are looked at.
 */
export async function takenOut(
  place: TablePlace,
  limit: number,
): Promise<ReadonlyMap<string, number>> {
  const { versions } = await listLog(place);
  const looked = versions.slice(-limit);
  const commits = await inParallel(
    looked,
    mostRequests,
    async (version) => (await ifThere(() => readCommit(place, version))) ?? [],
  );
  const restores = new Map(
    looked.flatMap((version, i) => {
      const to = restoredBy(commits[i] ?? []);
      return to === undefined ? [] : [[version, to] as const];
    }),
  );
  if (restores.size === 0) return new Map();
  const inForce = versionsInForce(looked, restores);
  const here = new Set(
    looked.flatMap((version, i) => (inForce.has(version) ? marksIn(commits[i] ?? []) : [])),
  );
  const to = [...restores.values()].at(-1) ?? 0;
  const marked = commits.flatMap(marksIn).filter((file) => !here.has(file));
  return new Map(marked.map((file) => [file, to]));
}

/** The versions whose writes the newest one has: back from it, each RESTORE leading to what it restored. */
function versionsInForce(
  versions: readonly number[],
  restores: ReadonlyMap<number, number>,
): ReadonlySet<number> {
  const [first = 0, last = -1] = [versions[0], versions.at(-1)];
  const inForce = new Set<number>();
  for (let version = last; version >= first; ) {
    const to = restores.get(version);
    if (to === undefined) inForce.add(version);
    version = to === undefined || to >= version ? version - 1 : to;
  }
  return inForce;
}
