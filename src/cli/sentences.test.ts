import { describe, expect, test } from "vitest";
import * as check from "../check/index.ts";
import * as core from "../core/index.ts";
import { failWith, isMillraceError } from "../core/index.ts";
import * as store from "../store/index.ts";
import * as table from "../table/index.ts";
import * as workspace from "../workspace/index.ts";
import { sentenceOf, sentences } from "./sentences.ts";

type Entries = readonly (readonly [string, { readonly say: (details: never) => string }])[];
const catalogues = Object.entries({ ...core, ...store, ...table, ...check, ...workspace }).flatMap(
  ([name, value]): Entries =>
    /Errors$/.test(name) && typeof value === "object" ? Object.entries(value) : [],
);

/** Words of a program: a method, a call, an option in braces, a name in camel case. */
const code = /\b(lake|table)\.[a-z]+|[a-z]\(\)|\{ \w+|\b[a-z]+[A-Z]\w*/;
/** What is written in a sentence itself, details and the helpers that show them aside. */
const written = (say: (...details: never[]) => string): string =>
  String(say)
    .replace(/^.*?=>/s, "")
    .replace(/\(0,\s*__vite\w+\.(\w+)\)/g, "$1")
    .replace(/\bd(\.\w+)+|\b(didYouMean|quote|list|count|whose|typed|flag|statementText)\(/g, "")
    .replace(/\$\{[^{}"'`]*\}/g, "…");

/** Errors that only a program can provoke: no command does what they are about. */
const ofPrograms = new Set([
  "check/unsupported-profile", // a profile kept by the caller
  "table/unknown-securable", // commands make references themselves
  "table/mismatch-cast", // no command casts
  "table/missing-clauses", // no command merges
  "table/unsupported-widening", // no load changes a type
]);

describe("sentences", () => {
  test("each error that speaks of methods has a sentence of commands, or is met by programs alone", () => {
    expect(catalogues.length).toBeGreaterThan(140);
    const speak = catalogues.filter(([, { say }]) => code.test(written(say)));
    const untold = speak
      .map(([name]) => name)
      .filter((name) => !(name in sentences) && !ofPrograms.has(name));
    expect(untold).toEqual([]);
    expect([...ofPrograms].filter((name) => name in sentences)).toEqual([]);
  });

  test("no sentence for the terminal speaks of methods, and each is of a known error", () => {
    const known = new Set(catalogues.map(([name]) => name));
    for (const [name, say] of Object.entries(sentences)) {
      expect(known, name).toContain(name);
      expect(written(say), name).not.toMatch(code);
    }
  });

  test("the facts stay; what to do is a flag or a command", () => {
    const thrown = (work: () => never): string => {
      try {
        return work();
      } catch (error) {
        return isMillraceError(error) ? sentenceOf(error, "./mill") : "";
      }
    };
    const failTable = failWith({
      ...table.tableErrors,
      ...table.ingestErrors,
      ...table.catalogErrors,
      ...table.queryErrors,
    });
    const size = { file: "a.csv", what: "the file holds", limit: 1, option: "limits.fileBytes" };
    expect(thrown(() => failTable("table/out-of-range-size", size))).toBe(
      "a.csv: the file holds more than 1 byte; raise --max-file-mb if it is meant to. The file was not loaded",
    );
    const tab = { file: "a.csv", delimiter: ",", found: "\t", cells: 2, lines: 3 };
    expect(thrown(() => failTable("table/mismatch-delimiter", tab))).toContain("--delimiter '\\t'");
    const full = { kind: "schema", name: "telco", contents: ["telco.silver"] };
    expect(thrown(() => failTable("table/conflict-contents", full))).toMatch(/pass --cascade$/);
    const statement = { at: "line 1, column 1", statement: "OPTIMIZE", table: "a.b", instead: "" };
    expect(thrown(() => failTable("table/unsupported-statement", statement))).toBe(
      "line 1, column 1: OPTIMIZE is no query, and sql only reads. Run: ./mill optimize a.b",
    );
    const failWorkspace = failWith(workspace.workspaceErrors);
    expect(thrown(() => failWorkspace("workspace/missing-workspace", { folder: "w" }))).toContain(
      "./mill train IMAGES --register NAME",
    );
    const missing = { name: "a.b", known: [] };
    expect(thrown(() => failTable("table/missing-table", missing))).toBe(
      'there is no table "a.b"; the lake has none.',
    );
  });
});
