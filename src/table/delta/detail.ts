/** @file What a version of a table is made of: its rules, its files and its identity; no row is read. */
import type { Hash } from "../../flow.ts";
import { parseExpectations, type TableExpectations } from "../expectations/table-expectations.ts";
import type { Schema } from "../schema.ts";
import { commitInfoOf, listLog, type TablePlace } from "./log.ts";
import { rowsOf } from "./rows-of.ts";
import { type Snapshot, snapshotHash } from "./snapshot.ts";

/** A version of a table, as its log describes it. */
export interface TableDetail {
  readonly name: string;
  /** Delta's id of the table, which stays when the table is renamed. */
  readonly id: string;
  /** The absolute path of the table's folder. */
  readonly path: string;
  readonly version: number;
  /** Null where the log does not say. */
  readonly createdAtMs: number | null;
  /** When the version was committed; null where its commit is no longer in the log. */
  readonly modifiedAtMs: number | null;
  readonly description: string | null;
  readonly schema: Schema;
  /** Delta's type of each column, such as "long". */
  readonly types: Readonly<Record<string, string>>;
  readonly partitionBy: readonly string[];
  /** Conditions that hold for every row, in SQL, by name. */
  readonly checks: Readonly<Record<string, string>>;
  readonly changeFeed: boolean;
  /** The rules that every write of rows obeys; null where there are none. */
  readonly expectations: TableExpectations | null;
  /** All settings, those that stand elsewhere here too. */
  readonly properties: Readonly<Record<string, string>>;
  readonly protocol: {
    readonly minReaderVersion: number;
    readonly minWriterVersion: number;
    readonly readerFeatures: readonly string[];
    readonly writerFeatures: readonly string[];
  };
  readonly files: number;
  readonly sizeBytes: number;
  /** By the files' statistics; null where a file has none. */
  readonly rows: number | null;
  /** The identity of the version: equal hashes mean the same files and schema. */
  readonly hash: Hash;
}

/** Describes a snapshot. O(files), and one commit file read. */
export async function detailOf(place: TablePlace, snapshot: Snapshot): Promise<TableDetail> {
  const { protocol, metaData, shape, version } = snapshot;
  const files = [...snapshot.files.values()];
  const { readerFeatures = [], writerFeatures = [] } = protocol;
  const isThere = (await listLog(place)).versions.includes(version);
  const info = isThere ? await commitInfoOf(place, version) : undefined;
  return {
    name: place.name,
    id: metaData.id,
    path: place.bytes.locate(place.folder),
    version,
    createdAtMs: metaData.createdTime ?? null,
    modifiedAtMs: info?.timestamp ?? null,
    description: metaData.description ?? null,
    schema: { name: metaData.name ?? place.name, columns: shape.columns },
    types: Object.fromEntries(shape.types),
    partitionBy: shape.partitionBy,
    checks: Object.fromEntries(shape.checks),
    changeFeed: shape.changeFeed,
    expectations: parseExpectations(place.name, metaData.configuration) ?? null,
    properties: metaData.configuration,
    protocol: { ...protocol, readerFeatures, writerFeatures },
    files: files.length,
    sizeBytes: files.reduce((sum, { size }) => sum + size, 0),
    rows: rowsOf(snapshot),
    hash: snapshotHash(snapshot),
  };
}
