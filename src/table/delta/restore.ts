/** @file RESTORE: the files, the schema and the settings of an earlier version, as a new version. */
import { stat } from "node:fs/promises";
import { fail } from "../errors.ts";
import {
  checkExpectations,
  expectationsKey,
  parseExpectations,
} from "../expectations/table-expectations.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";
import { type Add, type MetaData, pathKey, removeOf } from "./actions.ts";
import type { Plan } from "./commit.ts";
import { addressOf, keyOf } from "./file-paths.ts";
import type { TablePlace } from "./log.ts";
import { changed } from "./opening.ts";
import type { Snapshot } from "./snapshot.ts";

/** Plans a RESTORE; undefined when the table is as it was. Throws `table/missing-data`. */
export async function restorePlan(
  place: TablePlace,
  { now, to, clock }: { now: Snapshot; to: Snapshot; clock: () => number },
): Promise<Plan | undefined> {
  const back = [...to.files.values()].filter((add) => !now.files.has(pathKey(add.path)));
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
  const bytes = (files: readonly Add[]): number => files.reduce((sum, { size }) => sum + size, 0);
  return {
    operation: "RESTORE",
    parameters: { version: to.version, timestamp: null },
    metrics: {
      tableSizeAfterRestore: bytes([...to.files.values()]),
      numOfFilesAfterRestore: to.files.size,
      numRemovedFiles: gone.length,
      numRestoredFiles: back.length,
      removedFilesSize: bytes(gone),
      restoredFilesSize: bytes(back),
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
      if (!(listed ?? (await isThere(place, path))))
        fail("table/missing-data", { name: place.name, version, file: path });
    }
  });
}

/** A file of another table, which a clone names by its whole path, is looked for on the disk. */
async function isThere(place: TablePlace, path: string): Promise<boolean> {
  const key = keyOf(place, path);
  if (key !== undefined) return place.bytes.has(key);
  const found = await stat(addressOf(place, path)).catch(() => undefined);
  return found !== undefined;
}
