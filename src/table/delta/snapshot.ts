/** @file The state of a table at a version: its log replayed. */
import type { Bytes } from "../../store/index.ts";
import { fail } from "../errors.ts";
import type { Columns } from "../schema.ts";
import {
  type Action,
  type Add,
  commitName,
  commitVersion,
  type MetaData,
  type Protocol,
  parseCommit,
} from "./actions.ts";
import { parseDeltaSchema } from "./types.ts";

/** Where a table is: its name for messages, and its folder's key in the store. */
export interface TablePlace {
  readonly name: string;
  readonly folder: string;
  readonly bytes: Bytes;
}

/** A table at one version. The files keep the order in which the log added them. */
export interface Snapshot {
  readonly version: number;
  readonly protocol: Protocol;
  readonly metaData: MetaData;
  readonly columns: Columns;
  readonly files: ReadonlyMap<string, Add>;
  readonly txns: ReadonlyMap<string, number>;
}

/** The folder of a table's log. */
export const logFolder = (place: TablePlace): string => `${place.folder}/_delta_log`;

/** The versions whose commit files are in the log, ascending. */
export async function commitVersions(place: TablePlace): Promise<readonly number[]> {
  const names = await place.bytes.list(logFolder(place));
  if (names.some((name) => name.includes(".checkpoint.")) && !names.includes(commitName(0)))
    fail("table/unsupported-feature", {
      name: place.name,
      feature: "a log that begins with a checkpoint",
    });
  return names
    .map(commitVersion)
    .filter((version) => version !== undefined)
    .sort((a, b) => a - b);
}

/** Reads the actions of one commit. Throws `table/corrupt-log`. */
export async function readCommit(place: TablePlace, version: number): Promise<Action[]> {
  const file = commitName(version);
  const bytes = await place.bytes.get(`${logFolder(place)}/${file}`);
  return parseCommit(bytes, { name: place.name, file });
}

/**
 * Replays the log up to a version (default: the newest), starting from an earlier snapshot if given.
 *
 * @returns undefined when the table does not exist.
 * @throws `table/missing-version`, `table/corrupt-log`, `table/unsupported-feature`
 */
export async function readSnapshot(
  place: TablePlace,
  options: { readonly version?: number; readonly from?: Snapshot | undefined } = {},
): Promise<Snapshot | undefined> {
  const versions = await commitVersions(place);
  const latest = versions.at(-1);
  if (latest === undefined) return undefined;
  const version = options.version ?? latest;
  if (!(version >= 0 && version <= latest))
    fail("table/missing-version", { name: place.name, version, latest });
  const from =
    options.from !== undefined && options.from.version <= version ? options.from : undefined;
  if (from?.version === version) return from;
  const have = new Set(versions);
  const state = begin(from);
  for (let v = (from?.version ?? -1) + 1; v <= version; v++) {
    if (!have.has(v))
      fail("table/corrupt-log", { name: place.name, file: commitName(v), reason: "it is missing" });
    for (const action of await readCommit(place, v)) apply(state, action);
  }
  return finish(place, state, version);
}

interface Replay {
  protocol: Protocol | undefined;
  metaData: MetaData | undefined;
  readonly files: Map<string, Add>;
  readonly txns: Map<string, number>;
}

function begin(from: Snapshot | undefined): Replay {
  return {
    protocol: from?.protocol,
    metaData: from?.metaData,
    files: new Map(from?.files),
    txns: new Map(from?.txns),
  };
}

function apply(state: Replay, action: Action): void {
  if (action.protocol) state.protocol = action.protocol;
  if (action.metaData) state.metaData = action.metaData;
  if (action.txn) state.txns.set(action.txn.appId, action.txn.version);
  if (action.add) state.files.set(action.add.path, action.add);
  if (action.remove) state.files.delete(action.remove.path);
}

function finish(place: TablePlace, state: Replay, version: number): Snapshot {
  const { protocol, metaData, files, txns } = state;
  const { name } = place;
  if (protocol === undefined || metaData === undefined)
    return fail("table/corrupt-log", {
      name,
      file: commitName(0),
      reason: "it names no protocol or no schema",
    });
  checkReadable(name, { protocol, metaData, files });
  const columns = parseDeltaSchema(name, metaData.schemaString);
  return { version, protocol, metaData, columns, files, txns };
}

const readable = new Set(["timestampNtz", "vacuumProtocolCheck"]);
const writable = new Set(["timestampNtz", "appendOnly", "invariants"]);

/** Refuses, before anything is read, a table whose features Millrace does not know. */
function checkReadable(
  name: string,
  table: Pick<Snapshot, "protocol" | "metaData" | "files">,
): void {
  const { protocol, metaData } = table;
  const refuse = (feature: string): never => fail("table/unsupported-feature", { name, feature });
  const unknown = (protocol.readerFeatures ?? []).filter((feature) => !readable.has(feature));
  if (unknown.length > 0) refuse(`the reader features ${unknown.join(", ")}`);
  if (protocol.minReaderVersion > 3) refuse(`reader version ${protocol.minReaderVersion}`);
  const mapping = metaData.configuration["delta.columnMapping.mode"] ?? "none";
  if (mapping !== "none") refuse(`column mapping by ${mapping}`);
  if (metaData.partitionColumns.length > 0) refuse("partition columns");
  for (const add of table.files.values())
    if (add.deletionVector !== undefined) refuse("deletion vectors");
}

/** Refuses to write a table whose rules Millrace could break. */
export function checkWritable(name: string, { protocol, metaData }: Snapshot): void {
  const refuse = (feature: string): never => fail("table/unsupported-feature", { name, feature });
  const unknown = (protocol.writerFeatures ?? []).filter((feature) => !writable.has(feature));
  if (unknown.length > 0) refuse(`the writer features ${unknown.join(", ")}`);
  const { minWriterVersion: version } = protocol;
  if (version > 2 && version !== 7) refuse(`writer version ${version}`);
  if (metaData.configuration["delta.appendOnly"] === "true") refuse("append-only mode");
}
