import { describe, expect, test } from "vitest";
import { flagOf } from "./help.ts";
import { parseArguments } from "./parse-arguments.ts";

const history = {
  name: "history",
  arguments: {
    table: { type: "string", help: "the table's name" },
    version: { type: "number", optional: true, help: "from this version" },
  },
  options: {
    limit: { type: "number", default: 20, min: -2, max: 99, whole: true, help: "so many" },
    noHeader: { type: "boolean", default: false, help: "leave the heading out" },
    column: { type: "string", many: true, value: "NAME", help: "only this column" },
    order: {
      type: "string",
      choices: ["newest", "oldest"],
      default: "newest",
      help: "which first",
    },
    dir: { type: "string", default: () => "here", help: "the workspace" },
  },
} as const;
const files = {
  name: "read",
  arguments: {
    into: { type: "string", help: "the table" },
    files: { type: "string", many: true, help: "the files" },
  },
  options: {},
} as const;
const read = (...argv: readonly string[]) => parseArguments(history, argv).values;

describe("parseArguments", () => {
  test("gives defaults, and functions their value", () => {
    expect(read("a.b")).toEqual({
      ...{ table: "a.b", version: undefined, limit: 20, noHeader: false, column: [] },
      ...{ order: "newest", dir: "here", json: false, help: false },
    });
  });

  test("reads arguments and options in any order, and names with hyphens", () => {
    expect(read("--limit", "3", "a.b", "--no-header", "7", "--order=oldest")).toMatchObject({
      ...{ table: "a.b", version: 7, limit: 3, noHeader: true, order: "oldest" },
    });
    expect(flagOf("maxFilesPerBatch")).toBe("max-files-per-batch");
  });

  test("gathers an option that may be repeated, and the words of an argument that takes many", () => {
    expect(read("a.b", "--column", "x", "--column=y,z")).toMatchObject({ column: ["x", "y,z"] });
    expect(parseArguments(files, ["t", "a", "b"]).values).toMatchObject({
      ...{ into: "t", files: ["a", "b"] },
    });
  });

  test("takes words after -- as they are, and values that begin with a hyphen", () => {
    expect(read("--", "--odd")).toMatchObject({ table: "--odd" });
    expect(read("a.b", "--limit", "-2")).toMatchObject({ limit: -2 });
  });

  test("looks at nothing else when help is asked for", () => {
    for (const argv of [["--help"], ["-h"], ["--nonsense", "-h"]])
      expect(parseArguments(history, argv).help).toBe(true);
  });

  const bad: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["cli/missing-argument", [], /TABLE is missing: the table's name.*history TABLE \[VERSION\]/],
    ["cli/unknown-argument", ["a", "1", "c"], /no place for "c"/],
    ["cli/mismatch-argument", ["a", "one"], /VERSION expects a number; got "one"/],
    ["cli/unknown-option", ["a", "--limt", "3"], /--limt.*--no-header.*Did you mean "--limit"/],
    ["cli/unknown-option", ["a", "-x"], /unknown option -x/],
    ["cli/mismatch-option", ["a", "--limit", "many"], /--limit expects a whole number of/],
    ["cli/mismatch-option", ["a", "--limit", ""], /of at least -2 and at most 99; got ""/],
    ["cli/mismatch-option", ["a", "--limit", "1.5"], /a whole number/],
    ["cli/mismatch-option", ["a", "--limit", "100"], /at most 99; got "100"/],
    ["cli/mismatch-option", ["a", "--limit", "-3"], /at least -2/],
    ["cli/mismatch-argument", ["a", "Infinity"], /VERSION expects a number/],
    ["cli/mismatch-option", ["a", "--order", "new"], /--order expects one of newest, oldest/],
    ["cli/mismatch-option", ["a", "--column"], /--column expects NAME; got ""/],
    ["cli/mismatch-option", ["a", "--dir", "--json"], /--dir expects a value; got "--json"/],
    ["cli/mismatch-option", ["a", "--json=no"], /--json expects no value; got "no"/],
    ["cli/duplicate-option", ["a", "--limit", "1", "--limit", "2"], /--limit is given twice/],
  ];
  test.each(bad)("throws %s for %j", (code, argv, words) => {
    expect(() => parseArguments(history, argv)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(words) }),
    );
  });

  test("an argument that takes many needs at least one", () => {
    expect(() => parseArguments(files, ["t"])).toThrow(/FILES is missing.*read INTO FILES…/);
  });
});
