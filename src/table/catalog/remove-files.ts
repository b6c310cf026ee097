/** @file Files below a folder, counted and removed, through nothing but keys. */
import type { Bytes } from "../../store/index.ts";
import { entriesIn } from "../entries.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";

/** A file below a folder. */
export interface FileBelow {
  /** Its names below the folder, joined by "/". */
  readonly file: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** The files below a folder, sorted, each with its size. O(files) requests, 32 at a time. */
export async function filesBelow(
  bytes: Bytes,
  folder: string,
  below = "",
): Promise<readonly FileBelow[]> {
  const found: FileBelow[] = [];
  const folders: string[] = [];
  const at = below === "" ? folder : `${folder}/${below}`;
  const entries = await entriesIn(bytes, at);
  await inParallel(entries.names, mostRequests, async (name) => {
    const file = below === "" ? name : `${below}/${name}`;
    const stat = await entries.stat(name);
    if (stat === undefined) folders.push(file);
    else found.push({ file, ...stat });
  });
  for (const inside of folders) found.push(...(await filesBelow(bytes, folder, inside)));
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Whether there is a file below a folder: a disk keeps folders in which nothing is any more. */
export async function hasFiles(bytes: Bytes, folder: string): Promise<boolean> {
  for (const name of await bytes.list(folder)) {
    const key = `${folder}/${name}`;
    if ((await hasFiles(bytes, key)) || (await bytes.has(key))) return true;
  }
  return false;
}

/** What is removed, and whether it still may be. */
export interface Removal {
  readonly bytes: Bytes;
  readonly folder: string;
  /** A file or a folder directly in it that stays. */
  readonly keep?: string;
  /** Removes one file after the other, by name, as a log needs it. Default false. */
  readonly inOrder?: boolean;
  /** Asked before a file is removed whose name could come again; false ends the work. */
  readonly goOn: () => Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Removes the files below a folder, those directly in it first.
 *
 * @returns false when it was told to end.
 */
export async function removeFiles(removal: Removal): Promise<boolean> {
  const { keep, ...rest } = removal;
  const { bytes, folder, inOrder = false, goOn, signal } = rest;
  const names = async (): Promise<readonly string[]> =>
    (await bytes.list(folder)).filter((name) => name !== keep);
  let ended = !(await goOn());
  if (ended) return false;
  await inParallel(await names(), inOrder ? 1 : mostRequests, async (name) => {
    signal?.throwIfAborted();
    // A data file's name comes never again; any other could be that of something made anew.
    const isUnique = !inOrder && name.endsWith(".parquet");
    if (!isUnique) ended ||= !(await goOn());
    if (!ended) await bytes.remove(`${folder}/${name}`);
  });
  for (const name of ended ? [] : await names()) {
    const isFolder = (await bytes.list(`${folder}/${name}`)).length > 0;
    if (isFolder) ended ||= !(await removeFiles({ ...rest, folder: `${folder}/${name}` }));
    if (ended) break;
  }
  return !ended;
}
