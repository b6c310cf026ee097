/** @file Reads the names that a door exports, types included, from its source. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The names a module exports, each once, sorted. */
export interface ExportedNames {
  /** What is there at run time. */
  readonly values: readonly string[];
  /** What is there for the compiler only. */
  readonly types: readonly string[];
}

const list = /^export (type )?\{([^}]*)\}/gms;
const star = /^export \* from "([^"]+)"/gm;
const value =
  /^export (?:declare )?(?:async )?(?:function\*?|const|let|class|abstract class) (\w+)/gm;
const type = /^export (?:interface|type) (\w+)/gm;

/** Reads a source file and, where it passes on all of another file, that file too. */
export function exportedNames(path: string): ExportedNames {
  const text = readFileSync(path, "utf8").replace(/\/\*.*?\*\/|^\s*\/\/[^\n]*/gms, "");
  const listed = [...text.matchAll(list)].flatMap(([, allTypes, names = ""]) =>
    names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => ({
        name: name.replace(/^type /, "").replace(/^.* as /, ""),
        isType: allTypes !== undefined || name.startsWith("type "),
      })),
  );
  const passed = [...text.matchAll(star)].map((match) =>
    exportedNames(join(dirname(path), match[1] ?? "")),
  );
  return {
    values: sorted([
      ...listed.filter(({ isType }) => !isType).map(({ name }) => name),
      ...firstGroups(text, value),
      ...passed.flatMap(({ values }) => values),
    ]),
    types: sorted([
      ...listed.filter(({ isType }) => isType).map(({ name }) => name),
      ...firstGroups(text, type),
      ...passed.flatMap(({ types }) => types),
    ]),
  };
}

const firstGroups = (text: string, form: RegExp): readonly string[] =>
  [...text.matchAll(form)].map((match) => match[1] ?? "");

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();
