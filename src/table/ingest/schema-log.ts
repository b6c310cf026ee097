/** @file The schema log: how a table's columns came to be, each version with the file that caused it. */
import { formatJson, parseJson } from "../../core/index.ts";
import type { ColumnKind } from "../../flow.ts";
import type { Lake } from "../lake.ts";
import type { Columns } from "../schema.ts";
import type { Evolution } from "./options.ts";
import { type Target, targetOf } from "./target.ts";

/** One version of a table's columns, as ingestion saw them. */
export interface SchemaVersion {
  /** Counts from 0. */
  readonly version: number;
  readonly atMs: number;
  /** The file that caused it. */
  readonly file: string;
  readonly evolution: Evolution;
  /** The table's columns from then on. */
  readonly columns: readonly { readonly name: string; readonly kind: ColumnKind }[];
  /** Columns that the file brought. */
  readonly added: readonly string[];
  /** Columns of the file that the table has not, and did not get. */
  readonly unexpected: readonly string[];
  /** Columns with cells that did not fit their type. */
  readonly misfits: readonly string[];
}

const folderOf = (target: Target): string => `${target.place.folder}/_schemas`;
const nameOf = (version: number): string => `${String(version).padStart(8, "0")}.json`;

async function read(target: Target): Promise<readonly SchemaVersion[]> {
  const names = (await target.place.bytes.list(folderOf(target))).filter((name) =>
    /^\d{8}\.json$/.test(name),
  );
  return Promise.all(
    names.map(async (name) => {
      const bytes = await target.place.bytes.get(`${folderOf(target)}/${name}`);
      return parseJson(Buffer.from(bytes).toString(), name) as SchemaVersion;
    }),
  );
}

/**
 * The versions of a table's columns that ingestion saw, oldest first; empty when it never wrote to
 * the table.
 *
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * await schemaLog(lake, "shop.orders") // => []
 * ```
 */
export async function schemaLog(lake: Lake, table: string): Promise<readonly SchemaVersion[]> {
  return read(await targetOf(lake, { into: table }));
}

/** What a file did to a table. */
export interface SchemaChange {
  readonly file: string;
  readonly atMs: number;
  readonly evolution: Evolution;
  readonly columns: Columns;
  readonly added: readonly string[];
  readonly unexpected: readonly string[];
  readonly misfits: readonly string[];
}

/**
 * Adds a version when the columns are not those of the last one, or the file had columns or cells
 * that did not fit and the last one did not say so. After a crash between a commit and its version,
 * the next file causes it.
 */
export async function recordSchema(target: Target, change: SchemaChange): Promise<void> {
  const { columns, ...rest } = change;
  const kinds = Object.entries(columns).map(([name, { kind }]) => ({ name, kind }));
  for (;;) {
    const versions = await read(target);
    const last = versions.at(-1);
    if (last !== undefined && says(last, { ...rest, columns: kinds })) return;
    const next: SchemaVersion = { version: versions.length, ...rest, columns: kinds };
    const key = `${folderOf(target)}/${nameOf(next.version)}`;
    if (await target.place.bytes.putIfAbsent(key, Buffer.from(`${formatJson(next)}\n`))) return;
  }
}

function says(last: SchemaVersion, now: Omit<SchemaVersion, "version">): boolean {
  const within = (some: readonly string[], all: readonly string[]): boolean =>
    some.every((name) => all.includes(name));
  return (
    formatJson(last.columns) === formatJson(now.columns) &&
    within(now.unexpected, last.unexpected) &&
    within(now.misfits, last.misfits)
  );
}
