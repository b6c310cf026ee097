/** @file The state of a table at a version: the newest checkpoint before it, and the commits after. */
import { hashOf, hashOfJson, isMillraceError } from "../../core/index.ts";
import type { Hash } from "../../flow.ts";
import type { Engine } from "../adapter/duckdb.ts";
import { fail } from "../errors.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";
import {
  type Action,
  type Add,
  commitInfoIn,
  commitName,
  parseCommit,
  pathKey,
  type Remove,
  toldTime,
} from "./actions.ts";
import { type CheckpointState, readCheckpoint } from "./checkpoint.ts";
import {
  type Checkpoint,
  commitKey,
  endOfLog,
  firstVersion,
  type Log,
  listLog,
  type TablePlace,
} from "./log.ts";
import { checkReadable } from "./protocol.ts";
import { type Shape, shapeOf } from "./shape.ts";

/** A table at one version. The files keep the order in which the log added them. */
export interface Snapshot extends CheckpointState {
  readonly shape: Shape;
  /** The hash of the bytes of the version's commit; absent when the file is gone. */
  readonly mark: Hash | undefined;
  /** When the version was committed, where its commit says so. */
  readonly atMs: number | undefined;
}

/** What reads a log: its place, and the engine for its checkpoints. */
export interface LogReader {
  readonly place: TablePlace;
  readonly engine: Engine;
}

/** Which version is read, and an earlier state to go on from. */
interface AtSnapshot {
  readonly version?: number | undefined;
  readonly from?: Snapshot | undefined;
}

/**
 * The state of a table at a version (default: the newest). O(files), and of commits only those
 * after the newest checkpoint, or after an earlier snapshot if one is given.
 *
 * @returns undefined when the table does not exist.
 * @throws `table/missing-version`, `table/corrupt-log`, `table/unsupported-feature`
 */
export async function readSnapshot(
  reader: LogReader,
  options: AtSnapshot = {},
): Promise<Snapshot | undefined> {
  const near = await snapshotAtEnd(reader, options);
  if (near !== undefined) return near;
  for (let tries = 1; ; tries++) {
    const log = await listLog(reader.place);
    try {
      return await snapshotIn(reader, log, options);
    } catch (error) {
      if (tries === mostTries || !(await wasCut(reader.place, log))) throw error;
    }
  }
}

/** The state by the end of the log alone; undefined where that does not say it, and the whole log must. */
async function snapshotAtEnd(
  reader: LogReader,
  options: AtSnapshot,
): Promise<Snapshot | undefined> {
  const { version, from } = options;
  const isNear = version === undefined || (from !== undefined && version >= from.version);
  const end = isNear ? await endOfLog(reader.place, from?.version) : undefined;
  if (end === undefined) return undefined;
  try {
    return await snapshotIn(reader, end, options);
  } catch (error) {
    if (isMillraceError(error) && /^table\/|^store\/missing-bytes$/.test(error.code))
      return undefined;
    throw error;
  }
}

const mostTries = 5;

/** Whether another program removed files of the log since it was listed, or dropped the table. */
async function wasCut(place: TablePlace, before: Log): Promise<boolean> {
  const now = await listLog(place);
  const files = (log: Log): readonly (number | string)[] => [
    ...log.versions,
    ...log.checkpoints.flatMap((checkpoint) => checkpoint.files),
  ];
  const left = new Set(files(now));
  return files(before).some((file) => !left.has(file));
}

async function snapshotIn(
  reader: LogReader,
  log: Log,
  options: AtSnapshot,
): Promise<Snapshot | undefined> {
  const { place } = reader;
  const { name } = place;
  const { latest } = log;
  if (latest < 0) return refuseV2(place, log);
  const version = options.version ?? latest;
  const first = firstVersion(log) ?? 0;
  if (!(Number.isInteger(version) && version >= first && version <= latest))
    fail("table/missing-version", { name, version, first, latest });
  const from = await usable(place, log, { from: options.from, version });
  if (from?.version === version) return from;
  const state = from === undefined ? await begin(reader, log, version) : copied(from);
  const commit = await replay(place, state, { log, version });
  return finish(place, { ...state, version }, commit);
}

/** Applies the commits up to a version, many fetched at a time; gives the bytes of the last one, if it is there. */
async function replay(
  place: TablePlace,
  state: Replay,
  { log, version }: { log: Log; version: number },
): Promise<Uint8Array | undefined> {
  const have = new Set(log.versions);
  const read = (v: number): Promise<Uint8Array> => place.bytes.get(commitKey(place, v));
  let last: Uint8Array | undefined;
  for (let from = state.version + 1; from <= version; from += mostRequests) {
    const count = Math.min(mostRequests, version - from + 1);
    const some = Array.from({ length: count }, (_, i) => from + i);
    const gap = some.find((v) => !have.has(v));
    if (gap !== undefined) refuseGap(place, gap);
    const commits = await inParallel(some, mostRequests, read);
    for (const [i, bytes] of commits.entries()) {
      const file = commitName(from + i);
      for (const action of parseCommit(bytes, { name: place.name, file })) apply(state, action);
      last = bytes;
    }
  }
  return last === undefined && have.has(version) ? read(version) : last;
}

const refuseGap = ({ name }: TablePlace, version: number): never =>
  fail("table/corrupt-log", { name, file: commitName(version), reason: "it is missing" });

/** A log without a commit or a whole checkpoint: no table, unless a v2 checkpoint stands there. */
function refuseV2({ name }: TablePlace, { v2 }: Log): undefined {
  if (v2) fail("table/unsupported-feature", { name, feature: "checkpoints of version 2" });
  return undefined;
}

/**
 * The earlier snapshot, if it is of this table still (its folder may have been made anew), and if no
 * commit after it was cleaned from the log.
 */
async function usable(
  place: TablePlace,
  log: Log,
  { from, version }: { from: Snapshot | undefined; version: number },
): Promise<Snapshot | undefined> {
  if (from?.mark === undefined || from.version > version) return undefined;
  if (!isWhole(log, from.version, version)) return undefined;
  const bytes = await place.bytes.get(commitKey(place, from.version)).catch(() => undefined);
  return bytes !== undefined && hashOf(bytes) === from.mark ? from : undefined;
}

type Replay = { -readonly [K in keyof CheckpointState]: CheckpointState[K] | undefined } & {
  version: number;
  readonly files: Map<string, Add>;
  readonly tombstones: Map<string, Remove>;
  readonly txns: Map<string, number>;
};

const copied = (from: Snapshot): Replay => ({
  version: from.version,
  protocol: from.protocol,
  metaData: from.metaData,
  files: new Map(from.files),
  tombstones: new Map(from.tombstones),
  txns: new Map(from.txns),
});

const empty = (): Replay => ({
  version: -1,
  protocol: undefined,
  metaData: undefined,
  files: new Map(),
  tombstones: new Map(),
  txns: new Map(),
});

/**
 * The state that the newest checkpoint up to a version holds, or the empty one before version 0. A
 * checkpoint that is torn says nothing that the log before it does not say: as long as that is
 * there, it is passed over.
 */
async function begin(reader: LogReader, log: Log, version: number): Promise<Replay> {
  const found = log.checkpoints.filter((checkpoint) => checkpoint.version <= version);
  const newest = found.pop();
  if (newest === undefined) {
    if (log.v2 && log.versions[0] !== 0) refuseV2(reader.place, log);
    return empty();
  }
  try {
    return await stateOf(reader, newest);
  } catch (error) {
    const torn = isMillraceError(error, "table/corrupt-log");
    const before = found.at(-1)?.version ?? -1;
    if (!torn || !isWhole(log, before, version)) throw error;
    return begin(reader, { ...log, checkpoints: found }, version);
  }
}

/** Whether each version after one, up to another, has its commit. */
function isWhole({ versions }: Log, after: number, to: number): boolean {
  return versions.filter((version) => version > after && version <= to).length === to - after;
}

async function stateOf(reader: LogReader, checkpoint: Checkpoint): Promise<Replay> {
  const state = empty();
  const { actions, adds } = await readCheckpoint(reader, checkpoint);
  for (const action of actions) apply(state, action);
  for (const add of adds) state.files.set(pathKey(add.path), add);
  return { ...state, version: checkpoint.version };
}

function apply(state: Replay, action: Action): void {
  const { add, remove, txn } = action;
  if (action.protocol) state.protocol = action.protocol;
  if (action.metaData) state.metaData = action.metaData;
  if (txn) state.txns.set(txn.appId, txn.version);
  if (add) {
    state.files.set(pathKey(add.path), add);
    state.tombstones.delete(pathKey(add.path));
  }
  if (remove) {
    state.files.delete(pathKey(remove.path));
    state.tombstones.set(pathKey(remove.path), remove);
  }
}

function finish(place: TablePlace, state: Replay, commit: Uint8Array | undefined): Snapshot {
  const { protocol, metaData, files } = state;
  const { name } = place;
  if (protocol === undefined || metaData === undefined)
    return fail("table/corrupt-log", {
      name,
      file: commitName(0),
      reason: "it names no protocol or no schema",
    });
  checkReadable(name, { protocol, metaData, files });
  const shape = shapeOf(name, metaData);
  if (commit === undefined)
    return { ...state, protocol, metaData, shape, mark: undefined, atMs: undefined };
  const info = commitInfoIn(commit);
  return { ...state, protocol, metaData, shape, mark: hashOf(commit), atMs: toldTime(info) };
}

/**
 * The identity of a version: the hash of the table's id, its schema and partitions, and the path,
 * size and partition values of each of its files, in the order of the paths. Data files are never
 * changed, so equal hashes mean equal rows; a restored version has the hash it had. O(files), no
 * row is read.
 */
export function snapshotHash({ metaData, files }: Snapshot): Hash {
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return hashOfJson({
    id: metaData.id,
    schema: metaData.schemaString,
    partitionBy: metaData.partitionColumns,
    files: sorted.map(({ path, size, partitionValues }) => ({ path, size, partitionValues })),
  });
}
