import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, openEngine, quoteText } from "../../table/index.ts";
import { dateFormat } from "./date-format.ts";
import { likeRegex } from "./like.ts";
import { portableRegex } from "./regex.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

/** The engine's answer for each text. */
async function asked(texts: readonly string[], condition: (x: string) => string) {
  const select = texts.map((text, i) => `${condition(quoteText(text))} AS c${i}`).join(", ");
  return Object.values((await engine.query(`SELECT ${select}`))[0] ?? {});
}

const patterns = [
  "a|b+?c*",
  "^a.c$",
  "(?s)a.c",
  "(?m)^c$",
  "(?i)ÄB",
  "[^a-c\\]x]",
  "[]a]",
  "\\w+\\s\\d",
  "\\bfoo\\b",
  "\\Aa",
  "c\\Z",
  "c\\z",
  "(?P<year>\\d{4})-",
  "(?<n>x)",
  "(?:ab){2,3}",
  "a{,2}b",
  "a{b}",
  "x{",
  "\\p{Lu}",
  "\\pL",
  "\\p{Greek}",
  "\\x41\\u00e4",
  "\\x{1F600}",
  "\\.\\-\\_\\/",
  "[\\w.-]+@",
  "\\S\\W\\D",
  "[\\s,]",
  "\\t",
  "[[]",
  "]",
  "}",
  "(?a)\\d",
  "é",
];
const texts = [
  "abc",
  "a\nc",
  "ab c",
  "ÄB",
  "äb",
  "foo bar",
  "x]",
  "2024-01-02",
  "ababab",
  "aab",
  "a{b}",
  "x{",
  "Α",
  "A",
  "Aä",
  "😀",
  ".-_/",
  "me@x",
  "é ,",
  "\t",
  "[",
  "}",
  "٣",
  "a\u00a01",
  "",
  "_",
  "c\n",
  "b",
];

describe("portableRegex", () => {
  test.each(patterns)("reads %j alike in the engine and in JavaScript", async (source) => {
    const { re2, js } = portableRegex("demo", source);
    const ours = texts.map((text) => js.test(text));
    expect(await asked(texts, (x) => `regexp_matches(${x}, ${quoteText(re2)})`)).toEqual(ours);
  });

  test.each([
    "a(?!b)",
    "(?<=a)b",
    "(a)\\1",
    "(?P=n)",
    "a++",
    "a{2}+",
    "(?>a)",
    "(?i:a)",
    "[[:alpha:]]",
    "a{2000}",
    "\\Qa",
    "[\\W]",
    "(",
    "[a",
    "\\",
    "a**",
    "\ud800",
  ])("refuses %j", (source) => {
    expect(() => portableRegex("demo", source)).toThrow(
      expect.objectContaining({ code: "check/unsupported-regex" }),
    );
  });
});

describe("likeRegex", () => {
  test("law: it matches what the engine's LIKE matches", async () => {
    const letters = fc.string({
      unit: fc.constantFrom("a", "b", "%", "_", ".", "\n", "😀"),
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(
        letters,
        fc.array(letters, { minLength: 1, maxLength: 5 }),
        async (like, given) => {
          const ours = given.map((text) => likeRegex(like).test(text));
          expect(await asked(given, (x) => `${x} LIKE ${quoteText(like)}`)).toEqual(ours);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("dateFormat", () => {
  const cases: readonly (readonly [format: string, fits: readonly string[], not: readonly string[]])[] = [
    ["%Y-%m-%d", ["2024-02-29", "2024-1-5"], ["2023-02-29", "2024-13-01", "24-01-01", "2024-01-01 ", "0000-01-01"]],
    ["%d.%m.%y %H:%M:%S", ["01.02.03 23:59:59", "29.02.04 00:00:00"], ["01.02.03 24:00:00", "29.02.03 00:00:00", "01.02.03 23:59:60"]],
    ["%d %B %Y", ["5 march 2024", "29  FEBRUARY 2024"], ["30 feb 2024", "5 mar 2024"]],
    ["%d/%m %H", ["28/02 1", "31/12 23"], ["29/02 1", "31/11 2"]],
    ["%b %d", ["Feb 28"], ["Feb 29", "Foo 1"]],
    ["%I:%M %p", ["12:00 AM", "1:5 pm"], ["13:00 PM", "0:00 am"]],
    ["%Y-%m-%dT%H:%M:%S.%f%z", ["2024-01-01T00:00:00.123Z", "2024-01-01T00:00:00.1+02:00"], ["2024-01-01T00:00:00Z"]],
    ["%A %a %j %%", ["Monday mon 366 %"], ["Monday mon 367 %"]],
  ]; // biome-ignore format: a table
  test.each(cases)(
    "reads %j as strptime does, in the engine and in JavaScript",
    async (format, fits, not) => {
      const { sql, fits: ours } = dateFormat("demo", format);
      const given = [...fits, ...not];
      const expected = given.map((text) => fits.includes(text));
      expect(given.map(ours)).toEqual(expected);
      expect(await asked(given, (x) => `(${sql(x)})`)).toEqual(expected);
    },
  );

  test("refuses a directive that is unknown or stands twice", () => {
    for (const format of ["%Q", "%d %d", "%"])
      expect(() => dateFormat("demo", format)).toThrow(
        expect.objectContaining({ code: "check/unsupported-format" }),
      );
  });
});
