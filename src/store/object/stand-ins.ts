/** @file Local paths that stand for remote bytes: each says the key and the size of what it stands for. */
import { checkKey } from "../bytes.ts";

/** A key, and how large its bytes are. */
export interface Sized {
  readonly key: string;
  readonly sizeBytes: number;
}

/** Bytes of a name that are left when a size of 16 digits and a dot stand before it. */
const longest = 255 - 17;

/**
 * The path below a folder that stands for bytes. The size goes before the name; where that would be
 * too long for a name, it is a folder.
 */
export function standInPath(folder: string, { key, sizeBytes }: Sized): string {
  const cut = key.lastIndexOf("/") + 1;
  const name = key.slice(cut);
  if (name.length * 3 > longest && Buffer.byteLength(name) > longest)
    return `${folder}/long/${sizeBytes}/${key}`;
  return `${folder}/at/${key.slice(0, cut)}${sizeBytes}.${name}`;
}

/** What a path stands for; undefined for any other path. Throws `store/out-of-range-key`. */
export function standsFor(folder: string, path: string): Sized | undefined {
  if (!path.startsWith(`${folder}/`)) return undefined;
  const below = path.slice(folder.length + 1);
  const [, size, key] =
    /^long\/(\d+)\/(.+)$/s.exec(below) ?? swapped(/^at\/((?:.+\/)?)(\d+)\.([^/]+)$/s.exec(below));
  if (size === undefined || key === undefined) return undefined;
  return { key: checkKey(key), sizeBytes: Number(size) };
}

const swapped = (found: RegExpExecArray | null): readonly (string | undefined)[] =>
  found === null ? [] : ["", found[2], `${found[1]}${found[3]}`];
