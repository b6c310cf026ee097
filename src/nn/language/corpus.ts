/** @file Texts of files and folders to learn from, with what they came from. */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join, relative, sep } from "node:path";
import { hashOf } from "../../core/index.ts";
import { fail } from "../errors.ts";

/** Which files of folders are taken. */
export interface CorpusOptions {
  /** Endings of the names that are taken from folders. Default .md and .txt. */
  readonly endings?: readonly string[];
  /** Parts of paths, or whole names of folders and files, that are left out. Default none; what begins with a dot and node_modules always are. */
  readonly exclude?: readonly string[];
}

/** A file of a corpus. */
export interface CorpusSource {
  readonly path: string;
  /** Of the text that was taken. */
  readonly characters: number;
  readonly hash: string;
}

/** Texts, and where they came from. */
export interface Corpus {
  readonly texts: readonly string[];
  readonly sources: readonly CorpusSource[];
  /** Of all paths and texts. */
  readonly hash: string;
}

/**
 * Reads files, and folders with all that is in them, in the order of their paths. Of Markdown code, links' addresses, images and markup are left out.
 *
 * @param paths - Files and folders.
 * @throws `nn/missing-text` where a path is not there, or nothing is taken
 */
export async function readCorpus(
  paths: readonly string[],
  options: CorpusOptions = {},
): Promise<Corpus> {
  const { endings = [".md", ".txt"], exclude = [] } = options;
  const files = (
    await Promise.all(paths.map((path) => filesOf(path, { endings, exclude })))
  ).flat();
  const read = await Promise.all([...new Set(files)].map(async (path) => {
    const raw = (await readFile(path, "utf8")).replaceAll("\r\n", "\n");
    const text = extname(path) === ".md" ? plainText(raw) : raw;
    return { path, text };
  })); // biome-ignore format: as it is
  const taken = read.filter(({ text }) => text.trim() !== "");
  if (taken.length === 0)
    fail("nn/missing-text", { at: "readCorpus", got: `none in ${paths.join(", ")}` });
  const sources = taken.map(({ path, text }) => ({
    path,
    characters: text.length,
    hash: hashOf(text),
  }));
  return {
    texts: taken.map(({ text }) => text),
    sources,
    hash: hashOf(sources.map(({ path, hash }) => `${basename(path)} ${hash}`).join("\n")),
  };
}

async function filesOf(
  path: string,
  { endings, exclude }: Required<CorpusOptions>,
): Promise<readonly string[]> {
  const found = await stat(path).catch(() =>
    fail("nn/missing-text", { at: "readCorpus", got: `nothing at ${path}` }),
  );
  if (!found.isDirectory()) return [path];
  const inside = await readdir(path, { recursive: true, withFileTypes: true });
  const isOut = (file: string): boolean => {
    const parts = relative(path, file).split(sep);
    return (
      parts.some(
        (part) => part.startsWith(".") || part === "node_modules" || exclude.includes(part),
      ) || exclude.some((one) => parts.join("/").includes(one))
    );
  };
  return inside
    .filter((entry) => entry.isFile() && endings.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !isOut(file))
    .sort();
}

/** Markdown without code, images, addresses and markup: what a person reads. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/^(```|~~~)[^\n]*\n[\s\S]*?(^\1[^\n]*$|$(?![\s\S]))/gm, "")
    .replace(/<!--[\s\S]*?-->|<\/?[a-zA-Z][^>\n]*>/g, "")
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^[ \t]*\|[ \t:|-]*-[ \t:|-]*$/gm, "")
    .replace(/^#{1,6}[ \t]+|^[ \t]*>[ \t]?|^[ \t]*[-*+][ \t]+/gm, "")
    .replace(/[`*|]|__/g, "")
    .replace(/[ \t]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
