/** @file Files below a folder, counted and removed, through nothing but keys. */
import type { Bytes } from "../../store/index.ts";

/** A file below a folder. */
export interface FileBelow {
  /** Its names below the folder, joined by "/". */
  readonly file: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** Most files asked about at once. */
const atOnce = 16;

/** The files below a folder, sorted, each with its size. O(files) requests, sixteen at a time. */
export async function filesBelow(
  bytes: Bytes,
  folder: string,
  below = "",
): Promise<readonly FileBelow[]> {
  const at = below === "" ? folder : `${folder}/${below}`;
  const found: FileBelow[] = [];
  await eachOf(await bytes.list(at), async (name) => {
    const file = below === "" ? name : `${below}/${name}`;
    const stat = await bytes.stat(`${folder}/${file}`);
    found.push(
      ...(stat === undefined ? await filesBelow(bytes, folder, file) : [{ file, ...stat }]),
    );
  });
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** What is removed, and whether it still may be. */
export interface Removal {
  readonly bytes: Bytes;
  readonly folder: string;
  /** A file of the folder that stays. */
  readonly keep?: string;
  /** Asked before files are removed whose names could come again; false ends the work. */
  readonly goOn: () => Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Removes the files below a folder, those directly in it first and in the order of their names.
 *
 * @returns false when it was told to end.
 */
export async function removeFiles(removal: Removal): Promise<boolean> {
  const { keep, ...rest } = removal;
  const { bytes, folder, goOn, signal } = rest;
  for (const name of await bytes.list(folder)) {
    signal?.throwIfAborted();
    if (name === keep) continue;
    // A data file's name comes never again; all others could be those of what is made anew.
    if (!name.endsWith(".parquet") && !(await goOn())) return false;
    await bytes.remove(`${folder}/${name}`);
  }
  for (const name of await bytes.list(folder)) {
    if (name === keep) continue;
    const isFolder = (await bytes.list(`${folder}/${name}`)).length > 0;
    if (isFolder && !(await removeFiles({ ...rest, folder: `${folder}/${name}` }))) return false;
  }
  return true;
}

/** Does something for each value, sixteen at a time. */
async function eachOf<T>(values: readonly T[], work: (value: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < values.length; i += atOnce)
    await Promise.all(values.slice(i, i + atOnce).map(work));
}
