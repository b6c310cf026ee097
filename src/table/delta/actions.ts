/** @file The actions of a Delta log: what one line of a commit file can say. */
import { isUtf8 } from "node:buffer";
import { fail } from "../errors.ts";
import type { ExpectationCount } from "../expectations/table-expectations.ts";

/** Who may read and write the table. */
export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly readerFeatures?: readonly string[];
  readonly writerFeatures?: readonly string[];
}

/** The table's identity, schema and settings. */
export interface MetaData {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly format: {
    readonly provider: string;
    readonly options: Readonly<Record<string, string>>;
  };
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration: Readonly<Record<string, string>>;
  readonly createdTime?: number;
}

/** The values of the partition columns of a file; they are authoritative, its path is not. */
export type PartitionValues = Readonly<Record<string, string | null>>;

/** A data file that is part of the table from this version on. */
export interface Add {
  readonly path: string;
  readonly partitionValues: PartitionValues;
  readonly size: number;
  readonly modificationTime: number;
  readonly dataChange: boolean;
  readonly stats?: string;
  /** What other writers note of the file; kept as it is. */
  readonly tags?: Readonly<Record<string, string | null>> | null;
  readonly deletionVector?: unknown;
}

/** A data file that is no longer part of the table. */
export interface Remove {
  readonly path: string;
  readonly deletionTimestamp?: number;
  readonly dataChange: boolean;
  readonly extendedFileMetadata?: boolean;
  readonly partitionValues?: PartitionValues;
  readonly size?: number;
}

/** A file of the change data feed: rows with `_change_type`. */
export interface Cdc {
  readonly path: string;
  readonly partitionValues: PartitionValues;
  readonly size: number;
  readonly dataChange: false;
}

/** How far one application has come; makes its writes idempotent. */
export interface Txn {
  readonly appId: string;
  readonly version: number;
  readonly lastUpdated?: number;
}

/** What was done, by what, and how many rows it touched. */
export interface CommitInfo {
  readonly timestamp: number;
  /** The time of the version, in tables with the feature of that name; it grows with the versions. */
  readonly inCommitTimestamp?: number;
  readonly operation: string;
  readonly operationParameters?: Readonly<Record<string, unknown>>;
  readonly readVersion?: number;
  readonly isolationLevel?: string;
  readonly isBlindAppend?: boolean;
  readonly operationMetrics?: Readonly<Record<string, unknown>>;
  readonly engineInfo?: string;
  /** How the rows met the expectations attached to the table: a part of ours, which others pass over. */
  readonly expectations?: readonly ExpectationCount[];
  /** Where the columns of the written rows come from: a part of ours, which others pass over. */
  readonly lineage?: unknown;
}

/** One line of a commit file; unknown kinds of line are kept out by the protocol check. */
export interface Action {
  readonly protocol?: Protocol;
  readonly metaData?: MetaData;
  readonly add?: Add;
  readonly remove?: Remove;
  readonly cdc?: Cdc;
  readonly txn?: Txn;
  readonly commitInfo?: CommitInfo;
}

/** The name of the file of one version: its number with twenty digits. */
export const commitName = (version: number): string => `${String(version).padStart(20, "0")}.json`;

/** Writes a commit file: one JSON object a line. */
export function formatCommit(actions: readonly Action[]): Uint8Array {
  return Buffer.from(`${actions.map((action) => JSON.stringify(action)).join("\n")}\n`);
}

/**
 * Reads a commit file. One that is empty, cut or not text was torn by who wrote it; half of it is
 * never read. Throws `table/corrupt-log`.
 */
export function parseCommit(bytes: Uint8Array, at: { name: string; file: string }): Action[] {
  const refuse = (reason: string, cause?: unknown): never =>
    fail("table/corrupt-log", { ...at, reason }, { cause });
  if (!isUtf8(bytes)) refuse("it is not text in UTF-8");
  const lines = Buffer.from(bytes).toString("utf8").split("\n");
  const actions = lines
    .filter((line) => line.trim() !== "")
    .map((line) => {
      try {
        return JSON.parse(line) as unknown;
      } catch (cause) {
        return refuse((cause as Error).message, cause);
      }
    });
  if (actions.length === 0) refuse("it is empty");
  return actions.every(isAction) ? actions : refuse("a line is not an action");
}

/** What a whole commit file says about itself, found without reading all of its actions again. */
export function commitInfoIn(bytes: Uint8Array): CommitInfo | undefined {
  const lines = Buffer.from(bytes).toString("utf8").split("\n");
  const found = lines
    .filter((line) => line.includes('"commitInfo"'))
    .map((line) => (JSON.parse(line) as Action).commitInfo);
  return found.find((info) => info !== undefined);
}

/** Whether a line is an object of objects; what stands in these the protocol check knows. */
const isAction = (line: unknown): line is Action =>
  isObject(line) && Object.values(line).every((value) => value === null || isObject(value));

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The time that a commit says of itself: the one that its table keeps rising, else its writer's. */
export const toldTime = (info: CommitInfo | undefined): number | undefined =>
  info?.inCommitTimestamp ?? info?.timestamp;

/**
 * What a path names, by which the files of a log are told apart: writers differ on which characters
 * of a path they encode, and one may take out what another added.
 */
export function pathKey(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // whoever reads the file says that it is no path
  }
}

/** The action that takes a file out of the table; the file itself stays for earlier versions. */
export function removeOf(add: Add, atMs: number, dataChange = true): Action {
  const { path, partitionValues, size } = add;
  return {
    remove: {
      path,
      deletionTimestamp: atMs,
      dataChange,
      extendedFileMetadata: true,
      partitionValues,
      size,
    },
  };
}
