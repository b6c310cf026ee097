/** @file The files of a landing folder, or of a volume. */
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isMillraceError } from "../../core/index.ts";
import type { Volume } from "../catalog/volume.ts";
import { fail } from "./errors.ts";
import { type FilePlace, looksOf, statOf } from "./inspect.ts";
import { type FileFormat, fileEndings } from "./options.ts";

/** Files that are not of the format asked for, counted. */
export type LeftFiles = Readonly<Record<FileFormat | "other", number>>;

const fileFormats = ["csv", "json", "parquet"] as const;

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

/** The files of a format, and the others beside them. */
export interface Landing {
  readonly files: readonly Landed[];
  readonly left: LeftFiles;
}

/**
 * The files of a format in a folder or a volume, by name, or the one file itself. Hidden files and
 * those of folders inside are left out, and so is what is no file: folders, and pipes, whose end may
 * never come. A link counts as what it points to; one that points nowhere is a file that is gone.
 * Those of other formats are counted by what their endings say they are.
 *
 * @throws `table/missing-file`, `table/failed-read`, `table/missing-volume`
 */
export async function landingOf(from: string | Volume, format: FileFormat): Promise<Landing> {
  if (typeof from !== "string") {
    const names = (await from.files()).map(({ file }) => file);
    const { wanted, left } = sorted(
      names.filter((name) => !name.includes("/")),
      format,
    );
    const files = wanted.map((name) =>
      from.isLocal ? landed(join(from.path, name)) : remote(from, name),
    );
    return { files, left };
  }
  const found = await statOf(from);
  if (found.isFile()) return { files: [landed(from)], left: none };
  if (!found.isDirectory())
    fail("table/failed-read", { path: from, reason: "it is neither a file nor a folder" });
  const entries = await readdir(from, { withFileTypes: true }).catch((cause: Error) =>
    fail("table/failed-read", { path: from, reason: cause.message }, { cause }),
  );
  const areFiles = await Promise.all(entries.map((entry) => isFile(from, entry)));
  const names = entries.filter((_, i) => areFiles[i]).map(({ name }) => name);
  const { wanted, left } = sorted(names.sort(), format);
  return { files: wanted.map((name) => landed(join(from, name))), left };
}

const none: LeftFiles = { csv: 0, json: 0, parquet: 0, other: 0 };

/** Names that are not hidden: those of a format, and how many there are of each other. */
function sorted(
  names: readonly string[],
  format: FileFormat,
): { readonly wanted: readonly string[]; readonly left: LeftFiles } {
  const wanted: string[] = [];
  const left: Record<keyof LeftFiles, number> = { ...none };
  for (const name of names) {
    if (name.startsWith(".")) continue;
    if (fileEndings[format].test(name)) wanted.push(name);
    else left[fileFormats.find((one) => fileEndings[one].test(name)) ?? "other"] += 1;
  }
  return { wanted, left };
}

/** Whether an entry is a file, or a link to one or to nothing. */
async function isFile(folder: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return stat(join(folder, entry.name)).then(
    (target) => target.isFile(),
    () => true,
  );
}

/** A file of this machine. */
const landed = (path: string): Landed => ({
  id: path,
  file: basename(path),
  look: async () => {
    const found = await stat(path).catch(() => undefined);
    return found && { looks: looksOf(found), sizeBytes: found.size };
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
