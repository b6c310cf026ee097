/** @file Runs an example: strips its types, turns `expression // => value` into an assertion. */
import { mkdtemp, rm } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import { type Example, root } from "./blocks.ts";

type Names = Readonly<Record<string, unknown>>;

const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...values: unknown[]) => Promise<void>;

/** Runs an example with these names in scope, in a folder of its own that is removed after. */
export async function runExample(example: Example, names: Names): Promise<void> {
  const code = runnable(withAssertions(stripTypes(example.code)));
  const run = new AsyncFunction("same", "load", ...Object.keys(names), code);
  const before = process.cwd();
  const folder = await mkdtemp(join(tmpdir(), "millrace-example-"));
  process.chdir(folder);
  try {
    await run(sameAs(example), load, ...Object.values(names));
  } finally {
    process.chdir(before);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Takes the types off; throws where the example is not TypeScript that Node can run. */
export const stripTypes = (code: string): string => stripTypeScriptTypes(code);

/** Turns each `expression // => value` into a call of `same`; the expression may span lines. */
export function withAssertions(code: string): string {
  const lines = code.split("\n");
  for (const [i, line] of lines.entries()) {
    const [, before = "", value] = /^(.*?);?\s*\/\/ => (.+)$/.exec(line) ?? [];
    if (value === undefined) continue;
    lines[i] = before;
    const start = expressionStart(lines, i);
    const expression = lines
      .slice(start, i + 1)
      .join("\n")
      .replace(/;\s*$/, "");
    lines.fill("", start, i);
    lines[i] = `;same((${expression}), (${value}), ${i});`;
  }
  return lines.join("\n");
}

/** The line where the expression that ends on this line begins: the nearest from which it parses. */
function expressionStart(lines: readonly string[], end: number): number {
  for (let start = end; start >= 0; start--) {
    const text = lines
      .slice(start, end + 1)
      .join("\n")
      .trim()
      .replace(/;$/, "");
    if (text !== "" && parses(`void (${text})`)) return start;
  }
  throw new Error(`no expression ends before this "// =>": ${lines[end]}`);
}

function parses(code: string): boolean {
  try {
    new AsyncFunction(code);
    return true;
  } catch {
    return false;
  }
}

/** Rewrites imports into loads. The braces let an example give its own meaning to a public name. */
function runnable(code: string): string {
  const body = code
    .replace(/\bimport\(/g, "load(")
    .replace(/^import \* as (\w+) from ("[^"]+");?/gm, "const $1 = await load($2);")
    .replace(
      /^import \{([^}]*)\} from ("[^"]+");?/gm,
      (_, names: string, from: string) =>
        `const {${names.replace(/(\w+)\s+as\b/g, "$1:")}} = await load(${from});`,
    );
  return `"use strict";{\n${body}\n}`;
}

/** Imports what an example imports: a door of Millrace from its source, anything else by name. */
async function load(from: string): Promise<unknown> {
  const [, room] = /^millrace(?:\/([\w-]+))?$/.exec(from) ?? [];
  const own = from === "millrace" ? "src/index.ts" : `src/${room}/index.ts`;
  return import(room === undefined && own !== "src/index.ts" ? from : urlOf(own));
}

/** The address by which a file of the repository is imported. */
export const urlOf = (file: string): string => pathToFileURL(join(root, file)).href;

/** Compares what an example gave with what it shows: numbers by nearness, all else exactly. */
function sameAs(example: Example) {
  return (got: unknown, shown: unknown, line: number): void =>
    compare(got, shown, `${example.file}:${example.line + line}`);
}

function compare(got: unknown, shown: unknown, at: string): void {
  if (typeof shown === "number" && Number.isFinite(shown)) expect(got, at).toBeClose(shown);
  else if (isList(shown) && isList(got) && shown.constructor === got.constructor) {
    expect(got.length, `${at}, length`).toBe(shown.length);
    for (const [i, value] of [...shown].entries()) compare([...got][i], value, `${at} [${i}]`);
  } else if (isPlain(shown) && isPlain(got)) {
    expect(Object.keys(got).sort(), `${at}, keys`).toEqual(Object.keys(shown).sort());
    for (const [key, value] of Object.entries(shown)) compare(got[key], value, `${at} .${key}`);
  } else expect(got, at).toEqual(shown);
}

const isList = (value: unknown): value is Iterable<unknown> & { readonly length: number } =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

const isPlain = (value: unknown): value is Names =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
