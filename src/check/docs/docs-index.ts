/** @file The index of data docs: a small JSON with the newest facts of each suite and profile. */
import { formatJson, hashOf, hashOfJson, parseJson } from "../../core/index.ts";
import type { DataDocs, DocsFolder, DocsProfile, DocsResult } from "./docs-data.ts";
import { fail } from "./errors.ts";

/** Where the index is. */
export const indexKey = "index.json";
const format = 1;
/** Results and profiles that the index holds of each suite and table; older pages stay linked. */
const kept = 60;
/** Characters of a text that count for the name of a page. */
const hashedLength = 300;

/** One result, in one line. */
export interface ResultEntry {
  readonly id: string;
  readonly atMs: number;
  readonly table: string;
  readonly rows: number;
  readonly passed: boolean;
  readonly expectations: number;
  readonly failed: number;
  readonly version: number | null;
}

/** One profile, in one line. */
export interface ProfileEntry {
  readonly id: string;
  readonly atMs: number;
  readonly rows: number;
  readonly columns: number;
  readonly missingShare: number;
  readonly moved: number | null;
  readonly version: number | null;
}

/** A suite: its page, if it has one, and its results, oldest first. */
export interface SuiteEntry {
  readonly name: string;
  readonly slug: string;
  /** Expectations on the suite's page; null: there is no page. */
  readonly expectations: number | null;
  readonly results: readonly ResultEntry[];
  /** Results ever written. */
  readonly total: number;
}

/** A table's profiles, oldest first. */
export interface ProfilesEntry {
  readonly name: string;
  readonly slug: string;
  readonly profiles: readonly ProfileEntry[];
  readonly total: number;
}

/** The whole index, suites and tables by name. */
export interface DocsIndex {
  readonly title: string;
  readonly suites: ReadonlyMap<string, SuiteEntry>;
  readonly profiles: ReadonlyMap<string, ProfilesEntry>;
}

interface StoredIndex {
  readonly format: number;
  readonly title: string;
  readonly suites: readonly SuiteEntry[];
  readonly profiles: readonly ProfilesEntry[];
}

/** Reads the index, or an empty one. Throws `check/unsupported-docs`, `json/corrupt-text`. */
export async function readIndex(folder: DocsFolder): Promise<DocsIndex> {
  if (!(await folder.has(indexKey)))
    return { title: "Data docs", suites: new Map(), profiles: new Map() };
  const text = Buffer.from(await folder.get(indexKey)).toString();
  const found = parseJson(text, indexKey) as StoredIndex;
  if (found?.format !== format)
    fail("check/unsupported-docs", { key: indexKey, found: found?.format, known: format });
  return {
    title: found.title,
    suites: new Map(found.suites.map((entry) => [entry.name, entry])),
    profiles: new Map(found.profiles.map((entry) => [entry.name, entry])),
  };
}

/** The index as bytes: the same for the same entries, whatever their order. */
export function indexBytes({ title, suites, profiles }: DocsIndex): Uint8Array {
  const stored = { format, title, suites: byName(suites), profiles: byName(profiles) };
  return Buffer.from(`${formatJson(stored satisfies StoredIndex)}\n`);
}

/** Entries in the order of their names. */
export function byName<E extends { readonly name: string }>(
  entries: ReadonlyMap<string, E>,
): readonly E[] {
  return [...entries.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The index with what is new in it; of each list, the oldest is forgotten where it is too long. */
export function withNews(index: DocsIndex, docs: DataDocs): DocsIndex {
  const suites = new Map(index.suites);
  const profiles = new Map(index.profiles);
  const next: DocsIndex = { title: docs.title ?? index.title, suites, profiles };
  for (const { name, expectations } of docs.suites ?? [])
    suites.set(name, { ...suiteOf(next, name), expectations: expectations.length });
  for (const result of docs.results ?? []) {
    const old = suiteOf(next, result.report.suite);
    const { list, added } = inserted(old.results, resultEntry(result));
    suites.set(old.name, { ...old, results: list, total: old.total + added });
  }
  for (const made of docs.profiles ?? []) {
    const old = profilesOf(next, made.profile.table);
    const { list, added } = inserted(old.profiles, profileEntry(made));
    profiles.set(old.name, { ...old, profiles: list, total: old.total + added });
  }
  return next;
}

function resultEntry(result: DocsResult): ResultEntry {
  const { report, atMs, version = null } = result;
  return {
    id: resultId(result),
    atMs,
    table: report.table,
    rows: report.rows,
    passed: report.passed,
    expectations: report.findings.length,
    failed: report.findings.filter((finding) => !finding.passed).length,
    version,
  };
}

function profileEntry(made: DocsProfile): ProfileEntry {
  const { profile, atMs, version = null } = made;
  const cells = profile.columns.reduce((sum, { count, missing }) => sum + count + missing, 0);
  const missing = profile.columns.reduce((sum, column) => sum + column.missing, 0);
  const moved = profile.drift?.columns.filter(({ level }) => level !== "none").length;
  return {
    id: profileId(made),
    atMs,
    rows: profile.rows,
    columns: profile.columns.length,
    missingShare: cells === 0 ? 0 : missing / cells,
    moved: moved ?? null,
    version,
  };
}

/** What the index says of a suite. */
export function suiteOf({ suites }: DocsIndex, name: string): SuiteEntry {
  const none = { name, slug: slugOf(name), expectations: null, results: [], total: 0 };
  return suites.get(name) ?? none;
}

/** What the index says of a table's profiles. */
export function profilesOf({ profiles }: DocsIndex, name: string): ProfilesEntry {
  return profiles.get(name) ?? { name, slug: slugOf(name), profiles: [], total: 0 };
}

/** The name of a result's page: its time, and a hash of its counts, so that two of one moment stay. */
export function resultId({ report, atMs, version }: DocsResult): string {
  const { suite, table, rows, passed, findings } = report;
  const counts = findings.map((finding) => [
    finding.expectation.slice(0, hashedLength),
    finding.passed,
    finding.failedRows,
    finding.rows,
  ]);
  return idOf(atMs, { suite, table, rows, passed, version, counts });
}

/** The name of a profile's page. */
export function profileId({ profile, atMs, version }: DocsProfile): string {
  const { table, rows, looked, duplicateRows } = profile;
  const columns = profile.columns.map((column) => [
    column.name.slice(0, hashedLength),
    column.count,
    column.distinct,
    column.number?.mean ?? null,
  ]);
  return idOf(atMs, { table, rows, looked, duplicateRows, version, columns });
}

/** The entry before another one in time. */
export function before<E extends { readonly id: string }>(
  entries: readonly E[],
  id: string,
): E | undefined {
  return entries[entries.findIndex((entry) => entry.id === id) - 1];
}

function idOf(atMs: number, facts: object): string {
  const time = new Date(atMs).toISOString().replace(/[-:.]/g, "");
  return `${time}-${hashOfJson(facts).slice(7, 15)}`;
}

/** A name as a file's name: itself where it is plain, else its plain signs and a hash. */
function slugOf(name: string): string {
  if (/^[a-z0-9][a-z0-9_.-]{0,59}$/.test(name) && !name.endsWith(".")) return name;
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return `${plain.slice(0, 40)}-${hashOf(name).slice(7, 15)}`.replace(/^-/, "");
}

/** Entries with one more in its place by time; the same one again changes nothing. */
function inserted<E extends { readonly id: string; readonly atMs: number }>(
  entries: readonly E[],
  entry: E,
): { readonly list: readonly E[]; readonly added: 0 | 1 } {
  const others = entries.filter(({ id }) => id !== entry.id);
  const ordered = [...others, entry].toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
  return { list: ordered.slice(-kept), added: others.length === entries.length ? 1 : 0 };
}
