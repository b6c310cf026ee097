/** @file Every error has a section in docs/errors.md and a test, and every documented code exists. */
import { describe, expect, test } from "vitest";
import { errorsOf, flowOrder, rooms } from "../../scripts/docs.ts";
import { filesUnder, textOf } from "./blocks.ts";

const all = (await rooms()).flatMap((room) => errorsOf(room));
const codes = all.map(({ code }) => code);
const sections = new Set(textOf("docs/errors.md").match(/(?<=^### )\S+$/gm));
const inSource = filesUnder("src", ".ts");
const sources = inSource.filter((file) => !file.endsWith(".test.ts"));
/** Tests, and the conformance suites that they call. */
const tests = [
  ...inSource.filter((file) => file.endsWith(".test.ts")),
  ...filesUnder("tests", ".ts"),
];
const tested = tests.map(textOf).join("\n");

/** What may follow the slash: one of these words, alone or before a hyphen. */
const grammar =
  /^[a-z]+\/(unknown|missing|duplicate|mismatch|out-of-range|unsupported|conflict|corrupt|timed-out|failed)(-[a-z0-9]+)*$/;

/** The codes that the doc comments of a source file name, in or out of a `@throws`. */
function namedIn(file: string): readonly string[] {
  const comments = textOf(file).match(/\/\*\*.*?\*\//gs) ?? [];
  return comments.flatMap((comment) =>
    [...comment.matchAll(/`([a-z]+\/[a-z-]+)`/g)]
      .map((match) => match[1] ?? "")
      .filter((code) => grammar.test(code)),
  );
}

/** What a `@throws` says, up to the next tag. */
const throwsOf = (file: string): readonly string[] =>
  textOf(file).match(/(?<=^ *\* @throws).*?(?=^ *\* @|\*\/)/gms) ?? [];

describe("errors", () => {
  test("every code is a noun, a slash and one of the ten words", () => {
    expect(codes.filter((code) => !grammar.test(code))).toEqual([]);
  });

  test("no two catalogues have the same code", () => {
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  });

  test("a room's codes begin with its name; the core's with what every room shares", () => {
    const shared = ["option", "json", "internal", "user"];
    const nouns = new Set(codes.map((code) => code.split("/")[0] ?? ""));
    expect(
      [...nouns].filter((noun) => !flowOrder.includes(noun) && !shared.includes(noun)),
    ).toEqual([]);
  });

  test("every code has a section in docs/errors.md, and every section a code", () => {
    expect([...sections].sort()).toEqual([...codes].sort());
  });

  test("every code is provoked by a test", () => {
    expect(codes.filter((code) => !tested.includes(code))).toEqual([]);
  });

  test("every code that a doc comment names exists", () => {
    const unknown = sources.flatMap((file) =>
      namedIn(file)
        .filter((code) => !codes.includes(code))
        .map((code) => `${file}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });

  test("every @throws names a code, or links what throws it", () => {
    const bare = sources.flatMap((file) =>
      throwsOf(file)
        .filter((text) => !text.includes("{@link ") && !codes.some((code) => text.includes(code)))
        .map((text) => `${file}: @throws${text.trimEnd()}`),
    );
    expect(bare).toEqual([]);
  });
});
