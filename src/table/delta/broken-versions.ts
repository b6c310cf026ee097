/** @file Versions whose data files are gone, found from the commits that came after them. */
import { inParallel, mostRequests } from "../in-parallel.ts";
import { type Action, pathKey } from "./actions.ts";
import { ifThere, readCommit, type TablePlace } from "./log.ts";
import { hasFile } from "./restore.ts";

/**
 * Those of the newest versions, without a gap, of which a data file is gone. A file of an earlier version
 * is either in the newest one, and there, or was taken out since: only such files are looked for.
 *
 * @param versions - Newest first.
 */
export async function brokenVersions(
  place: TablePlace,
  versions: readonly number[],
): Promise<ReadonlySet<number>> {
  const later = versions.slice(0, -1);
  const commits = await inParallel(
    later,
    mostRequests,
    async (version) => (await ifThere(() => readCommit(place, version))) ?? [],
  );
  const removed = commits.flat().flatMap(({ remove }) => (remove ? [remove.path] : []));
  const paths = [...new Map(removed.map((path) => [pathKey(path), path])).entries()];
  const there = await inParallel(
    paths,
    mostRequests,
    ([, path]) => hasFile(place, path).catch(() => true), // outside the lake: whoever reads it says so
  );
  const gone = new Set(paths.filter((_, i) => !there[i]).map(([key]) => key));
  let missing: ReadonlySet<string> = new Set(); // of the version that is looked at
  return new Set(
    versions.slice(1).filter((_, i) => {
      missing = missingBefore(commits[i] ?? [], missing, gone);
      return missing.size > 0;
    }),
  );
}

/** The files that are gone of the version before a commit, from those of the version after it. */
function missingBefore(
  actions: readonly Action[],
  after: ReadonlySet<string>,
  gone: ReadonlySet<string>,
): ReadonlySet<string> {
  const added = new Set(actions.flatMap(({ add }) => (add ? [pathKey(add.path)] : [])));
  const removed = actions.flatMap(({ remove }) => (remove ? [pathKey(remove.path)] : []));
  const kept = [...after].filter((key) => !added.has(key));
  return new Set([...kept, ...removed.filter((key) => gone.has(key))]);
}
