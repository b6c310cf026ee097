/** @file What processes that died while writing left in a folder, removed when nobody can be at work with it. */
import { readdir, rm, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { isUnfinished } from "./bytes.ts";

const weekMs = 7 * 86_400_000;

/** Removes the scratch folders of processes that died, once nobody can be at work in them. */
export async function sweepScratch(top: string): Promise<void> {
  const entries = await readdir(top, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && isUnfinished(entry.name));
  for (const { name } of folders) {
    const found = await stat(join(top, name)).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < Date.now() - weekMs)
      await rm(join(top, name), { recursive: true, force: true });
  }
}

const hourMs = 3_600_000;

/**
 * Removes what writers that died left in a folder in which nothing else is: files that nobody writes
 * any more. Whether it did; one that is younger may be somebody's work.
 */
export async function swept(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.length === 0 || !entries.every((one) => one.isFile() && isUnfinished(one.name)))
    return false;
  for (const { name } of entries) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found !== undefined && found.mtimeMs > Date.now() - hourMs) return false;
    await unlink(join(folder, name)).catch(() => undefined);
  }
  return true;
}
