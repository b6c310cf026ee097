/** @file Files that a statement names before they are on this machine: brought when it runs, and kept while it does. */
import type { LocalCopies } from "../store/index.ts";
import { inParallel } from "./in-parallel.ts";
import { plainPath, quoteText } from "./sql-text.ts";

/** Where files come from: a folder, and what brings the file that a path below it stands for. */
export type FileSource = Pick<LocalCopies, "folder" | "hold" | "letGo">;

const sources = new Set<FileSource>();

/** Makes statements of this process bring files of a source. Gives what ends that. */
export function attachFiles(source: FileSource): () => void {
  const own = { ...source };
  sources.add(own);
  return () => void sources.delete(own);
}

/** How many files are asked for at a time; the source has its own bound for those it must bring. */
const mostAsked = 64;

/**
 * Runs work with a statement, all of whose files are on this machine until the work has ended. What
 * the source of a file throws is thrown before the work begins.
 */
export async function withFiles<T>(sql: string, work: () => Promise<T>): Promise<T> {
  const named = new Map<string, FileSource>(); // two lakes may have one store
  for (const source of sources)
    for (const path of pathsIn(sql, source.folder)) named.set(path, source);
  if (named.size === 0) return work();
  const held = new Map<string, FileSource>();
  try {
    await inParallel([...named], mostAsked, async ([path, source]) => {
      await source.hold(path);
      held.set(path, source);
    });
    return await work();
  } finally {
    for (const [path, source] of held) source.letGo(path);
  }
}

/** How a path stands in a statement, between its quotes. */
export const spelledPath = (path: string): string => quoteText(plainPath(path)).slice(1, -1);

/** The paths below a folder that a statement names. O(length of the statement). */
function* pathsIn(sql: string, folder: string): Generator<string> {
  const start = `'${spelledPath(folder)}/`;
  for (let at = sql.indexOf(start); at >= 0; ) {
    const end = endOfText(sql, at + start.length);
    const path = sql.slice(at + 1, end).replaceAll("''", "'");
    yield path.replaceAll(/\[([*?[])\]/g, "$1");
    at = sql.indexOf(start, end);
  }
}

/** Where the quoted text ends in which a place stands. */
function endOfText(sql: string, from: number): number {
  let at = sql.indexOf("'", from);
  while (at >= 0 && sql[at + 1] === "'") at = sql.indexOf("'", at + 2);
  return at < 0 ? sql.length : at;
}
