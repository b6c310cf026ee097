/** @file The files of a landing folder, or of a volume. */
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isMillraceError } from "../../core/index.ts";
import type { Volume } from "../catalog/volume.ts";
import { fail } from "./errors.ts";
import { type FilePlace, statOf } from "./inspect.ts";
import { type FileFormat, fileEndings } from "./options.ts";

/** A file that has landed, here or far away. */
export interface Landed {
  /** What tells it from the others. */
  readonly id: string;
  /** What messages and rows call it. */
  readonly file: string;
  /** What it looks like without being read: it changes when the file does. Undefined when it is gone. */
  look(): Promise<{ readonly looks: string; readonly sizeBytes: number } | undefined>;
  /** A local file to read; one that is gone has a path at which nothing is. */
  fetch(): Promise<FilePlace>;
  /** Says that the local file is read. */
  letGo(place: FilePlace): void;
}

const isWanted = (format: FileFormat) => (name: string) =>
  fileEndings[format].test(name) && !name.startsWith(".");

/**
 * The files of a format in a folder or a volume, by name, or the one file itself. Hidden files and
 * those of folders inside are left out.
 *
 * @throws `table/missing-file`, `table/failed-read`, `table/missing-volume`
 */
export async function filesOf(
  from: string | Volume,
  format: FileFormat,
): Promise<readonly Landed[]> {
  if (typeof from !== "string") {
    const names = (await from.files()).map(({ file }) => file);
    const found = names.filter((name) => !name.includes("/") && isWanted(format)(name));
    return found.map((name) => (from.isLocal ? landed(join(from.path, name)) : remote(from, name)));
  }
  await statOf(from);
  const names = await readdir(from).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOTDIR") return undefined;
    return fail("table/failed-read", { path: from, reason: error.message }, { cause: error });
  });
  if (names === undefined) return [landed(from)];
  const found = names.filter(isWanted(format));
  return found.sort().map((name) => landed(join(from, name)));
}

/** A file of this machine. */
const landed = (path: string): Landed => ({
  id: path,
  file: basename(path),
  look: async () => {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return undefined;
    const { size: sizeBytes, mtimeMs, ctimeMs, ino } = found;
    return { looks: [sizeBytes, mtimeMs, ctimeMs, ino].join(), sizeBytes };
  },
  fetch: async () => ({ path, file: basename(path) }),
  letGo: () => undefined,
});

/** A file of a volume in an object store: what is read is a copy, which does not change. */
const remote = (volume: Volume, file: string): Landed => ({
  id: file,
  file,
  look: async () => {
    const found = await volume.stat(file);
    return found && { looks: [found.sizeBytes, found.modifiedMs].join(), ...found };
  },
  fetch: async () => {
    const { modifiedMs = 0 } = (await volume.stat(file)) ?? {};
    const path = await volume.fetchLocal(file).catch((error: unknown) => {
      if (isMillraceError(error, "store/missing-bytes")) return join(volume.path, file);
      throw error;
    });
    return { path, file, modifiedAtMs: Math.floor(modifiedMs) };
  },
  letGo: ({ path }) => volume.letGo(path),
});
