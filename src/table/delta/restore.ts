/**
 * @file RESTORE: the files, the schema and the settings of an earlier version, as a new version. The marks
 * of applications (`txn`) stay as they are now, in Delta and here: what was written once and taken back
 * is not written again by whoever comes with the same mark.
 */
import { stat } from "node:fs/promises";
import { fail } from "../errors.ts";
import {
  checkExpectations,
  expectationsKey,
  parseExpectations,
} from "../expectations/table-expectations.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";
import { type Add, type MetaData, pathKey, removeOf } from "./actions.ts";
import { type Commit, commitPlan, type Plan, type TableWriter } from "./commit.ts";
import { addressOf, keyOf } from "./file-paths.ts";
import { holding, isLeaving } from "./held.ts";
import type { TablePlace } from "./log.ts";
import { changed } from "./opening.ts";
import { checkWritable } from "./protocol.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Restores a version, whose files no vacuum of this process takes meanwhile. Those of another process
 * do by the table's retention, and not before; that the files are there is looked at last when all
 * is ready to be committed.
 *
 * @param statesOf - The newest state and the one to go back to.
 */
export async function restoreTable(
  table: TableWriter,
  statesOf: (found: Snapshot | undefined) => Promise<{ now: Snapshot; to: Snapshot }>,
): Promise<Commit> {
  const { place, clock } = table;
  const back: Add[] = [];
  let version = -1;
  return holding(
    () => back.map(({ path }) => addressOf(place, path)),
    () =>
      commitPlan(table, {
        queued: true,
        planFrom: async (found) => {
          const { now, to } = await statesOf(found);
          checkWritable(place.name, now, true);
          version = to.version;
          const plan = await restorePlan(place, { now, to, clock, back });
          return plan && { ...plan, lineage: { effect: "restore", version } };
        },
        confirm: () => checkFiles(place, { version, files: back }),
      }),
  );
}

/** Plans a RESTORE; undefined when the table is as it was. Throws `table/missing-data`. */
async function restorePlan(
  place: TablePlace,
  { now, to, clock, back }: { now: Snapshot; to: Snapshot; clock: () => number; back: Add[] },
): Promise<Plan | undefined> {
  const missing = [...to.files.values()].filter((add) => !now.files.has(pathKey(add.path)));
  back.splice(0, back.length, ...missing); // held from here on, before anybody looks for them
  const gone = [...now.files.values()].filter((add) => !to.files.has(pathKey(add.path)));
  const metaData = rulesBack(place.name, now, to);
  // Features once needed stay: files that need them may be in the log still.
  const rules = changed(place.name, {
    before: now,
    after: {
      protocol: now.protocol,
      metaData: sameRules(now.metaData, metaData) ? now.metaData : metaData,
    },
  });
  if (back.length + gone.length + rules.actions.length === 0) return undefined;
  await checkFiles(place, { version: to.version, files: back });
  const bytesOf = (files: readonly Add[]): number => files.reduce((sum, { size }) => sum + size, 0);
  return {
    operation: "RESTORE",
    parameters: { version: to.version, timestamp: null },
    metrics: {
      tableSizeAfterRestore: bytesOf([...to.files.values()]),
      numOfFilesAfterRestore: to.files.size,
      numRemovedFiles: gone.length,
      numRestoredFiles: back.length,
      removedFilesSize: bytesOf(gone),
      restoredFilesSize: bytesOf(back),
    },
    actions: [
      ...rules.actions,
      ...gone.map((add) => removeOf(add, clock())),
      ...back.map((add) => ({ add: { ...add, dataChange: true } })),
    ],
    reads: "table",
  };
}

/** The rules of the earlier version. Expectations are about rows to come: those of now stay. */
function rulesBack(name: string, now: Snapshot, to: Snapshot): MetaData {
  const { [expectationsKey]: _, ...configuration } = to.metaData.configuration;
  const kept = now.metaData.configuration[expectationsKey];
  const expectations = parseExpectations(name, now.metaData.configuration);
  if (expectations !== undefined)
    checkExpectations(name, expectations, Object.keys(to.shape.columns));
  return {
    ...to.metaData,
    configuration:
      kept === undefined ? configuration : { ...configuration, [expectationsKey]: kept },
  };
}

const sameRules = (a: MetaData, b: MetaData): boolean => JSON.stringify(a) === JSON.stringify(b);

/** How many files of a folder are asked for one by one before the folder is listed. */
const fewFiles = 20;

/** Whether the data files of a version are there still. Throws `table/missing-data`. */
export async function checkFiles(
  place: TablePlace,
  { version, files }: { version: number; files: Iterable<Add> },
): Promise<void> {
  const byFolder = Map.groupBy(files, ({ path }) => keyOf(place, path)?.replace(/\/[^/]*$/, ""));
  await inParallel([...byFolder], mostRequests, async ([folder, adds]) => {
    const many = folder !== undefined && adds.length > fewFiles;
    const names = many ? new Set(await place.bytes.list(folder)) : undefined;
    for (const { path } of adds) {
      const listed = names?.has(keyOf(place, path)?.split("/").at(-1) ?? "");
      const isThere = listed ?? (await hasFile(place, path));
      if (!isThere || isLeaving(addressOf(place, path)))
        fail("table/missing-data", { name: place.name, version, file: path });
    }
  });
}

/** A file of another table, which a clone names by its whole path, is looked for on the disk. */
export async function hasFile(place: TablePlace, path: string): Promise<boolean> {
  const key = keyOf(place, path);
  if (key !== undefined) return place.bytes.has(key);
  const found = await stat(addressOf(place, path)).catch(() => undefined);
  return found !== undefined;
}
