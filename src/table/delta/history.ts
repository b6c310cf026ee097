/** @file What was done to a table, read from its commits. */
import type { ExpectationCount } from "../expectations/table-expectations.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";
import { fromStored } from "../lineage/stored.ts";
import { brokenVersions } from "./broken-versions.ts";
import { commitInfoOf, commitTime, ifThere, listLog, type TablePlace } from "./log.ts";

/** One version of a table, and what made it. */
export interface HistoryEntry {
  readonly version: number;
  readonly atMs: number;
  /** WRITE, MERGE, UPDATE, DELETE, OPTIMIZE, RESTORE, SET TBLPROPERTIES; others of other writers. */
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, string>>;
  /** The names of the files that its rows came from; empty where they came from elsewhere, or it is not recorded. */
  readonly files: readonly string[];
  /** How the rows met the expectations attached to the table; empty where there were none. */
  readonly expectations: readonly ExpectationCount[];
  /** The version it was planned from, when it says. */
  readonly readVersion: number | null;
  /** The program that wrote it, when it says. */
  readonly engine: string | null;
  /** Whether the data files of the version are there still; absent unless `checkFiles` asks for it. */
  readonly readable?: boolean;
}

/** What of a history is told. */
export interface HistoryOptions {
  /** At most so many versions. */
  readonly limit?: number | undefined;
  /** Looks whether the files that were taken out since are there still. Default false. */
  readonly checkFiles?: boolean;
}

/** What was done to the table at a place, newest first; the commits that are in the log still. */
export async function readHistory(
  place: TablePlace,
  options: HistoryOptions = {},
): Promise<readonly HistoryEntry[]> {
  const { limit = Number.POSITIVE_INFINITY, checkFiles = false } = options;
  const versions = (await listLog(place)).versions.toReversed().slice(0, limit);
  const entries = await inParallel(versions, mostRequests, (version) =>
    ifThere(() => entryOf(place, version)),
  );
  const found = entries.filter((entry) => entry !== undefined);
  if (!checkFiles) return found;
  const broken = await brokenVersions(
    place,
    found.map(({ version }) => version),
  );
  return found.map((entry) => ({ ...entry, readable: !broken.has(entry.version) }));
}

async function entryOf(place: TablePlace, version: number): Promise<HistoryEntry> {
  const info = await commitInfoOf(place, version);
  return {
    version,
    atMs: await commitTime(place, version, info),
    operation: info?.operation ?? "UNKNOWN",
    parameters: textsOf(info?.operationParameters),
    metrics: textsOf(info?.operationMetrics),
    files: filesOf(info?.lineage),
    expectations: Array.isArray(info?.expectations) ? info.expectations : [],
    readVersion: info?.readVersion ?? null,
    engine: info?.engineInfo ?? null,
  };
}

function filesOf(lineage: unknown): readonly string[] {
  const found = fromStored(lineage);
  if (found === undefined || found.effect === "restore") return [];
  return found.origin.sources.flatMap((source) => (source.kind === "file" ? [source.name] : []));
}

const textsOf = (values: Readonly<Record<string, unknown>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
