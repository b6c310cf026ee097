/** @file Finds the `ts` blocks of doc comments and pages, and joins those that continue each other. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A run of blocks that share their names: one block, and those after it that continue it. */
export interface Example {
  /** The page or source file, from the root of the repository, with slashes. */
  readonly file: string;
  /** The line of the first block's first line, from 1. */
  readonly line: number;
  /** The code; empty lines stand for the text between blocks, so that lines can be counted. */
  readonly code: string;
  /** Whether it is only read, because its fence says `no-run`. */
  readonly shown: boolean;
}

interface Block extends Example {
  readonly continues: boolean;
}

/** Every file of the repository under a folder that ends like this, from the root, sorted. */
export function filesUnder(folder: string, ending: string): readonly string[] {
  const at = join(root, folder);
  if (!existsSync(at)) return [];
  return readdirSync(at, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name).split(sep).join("/"))
    .filter((name) => name.endsWith(ending))
    .sort();
}

/** The text of a file of the repository. */
export const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** The examples in the doc comments of a source file. */
export function examplesInSource(file: string): readonly Example[] {
  return joined(blocks(file, /^ *\* ```ts( continue| no-run)?\n(.*?)^ *\* ```$/gms));
}

/** The examples on a page. */
export function examplesOnPage(file: string): readonly Example[] {
  return joined(blocks(file, /^```ts( continue| no-run)?\n(.*?)^```$/gms));
}

function blocks(file: string, fence: RegExp): readonly Block[] {
  const text = textOf(file).replaceAll("\r\n", "\n");
  return [...text.matchAll(fence)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length + 1;
    const code = (match[2] ?? "").replace(/^ *\* ?/gm, (star) => (isComment(match[0]) ? "" : star));
    const word = match[1]?.trim();
    return { file, line, code, shown: word === "no-run", continues: word === "continue" };
  });
}

const isComment = (block: string): boolean => block.trimStart().startsWith("*");

function joined(all: readonly Block[]): readonly Example[] {
  const examples: Example[] = [];
  for (const block of all) {
    const last = examples.at(-1);
    if (!block.continues) examples.push(block);
    else if (last === undefined || last.shown)
      throw new Error(`${block.file}, line ${block.line}: there is no block to continue`);
    else {
      const gap = "\n".repeat(block.line - last.line - (last.code.split("\n").length - 1));
      examples[examples.length - 1] = { ...last, code: `${last.code}${gap}${block.code}` };
    }
  }
  return examples;
}
