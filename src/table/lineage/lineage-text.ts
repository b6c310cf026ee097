/** @file What the forms of a written lineage share: what is asked for, and how a place is called. */
import type { LineageEnd, LineageTarget } from "./edges.ts";

/** What of a lineage is written. */
export interface FormatLineageOptions {
  /** Only this column; default: all. Null is which rows there are. */
  readonly column?: string | null;
  /** Which way: what the table is made of, or what is made of it. Default "upstream". */
  readonly direction?: "upstream" | "downstream";
}

/** How a column is called; null is which rows there are. */
export const columnText = (column: string | null): string => column ?? "(which rows)";

/** How a place in a table is called. */
export const targetText = ({ table, column }: LineageTarget): string =>
  column === null ? `${table} (which rows)` : `${table}.${column}`;

/** The place in a table where a step begins; undefined for files and memory. */
export const endTarget = (end: LineageEnd): LineageTarget | undefined =>
  end.kind === "table" ? { table: end.name, column: end.column } : undefined;

/** What tells a place from others. */
export const placeKey = (at: LineageTarget | undefined): string =>
  JSON.stringify([at?.table, at?.column]);

/** How files are called: one by its name, many by the first and the last. */
export function filesText(names: readonly string[]): string {
  const [first = ""] = names;
  if (names.length === 1) return `file ${first}`;
  return `${names.length.toLocaleString("en-US")} files: ${first} … ${names.at(-1)}`;
}

/** "version 3", "versions 1–3, 7". */
export function versionsText(versions: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const version of versions) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === version - 1) last[1] = version;
    else runs.push([version, version]);
  }
  const texts = runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  const shown = texts.length > 6 ? [...texts.slice(0, 3), "…", ...texts.slice(-2)] : texts;
  return `version${versions.length === 1 ? "" : "s"} ${shown.join(", ")}`;
}
