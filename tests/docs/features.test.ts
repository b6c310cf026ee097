/** @file The guide's tables of expression methods and of transforms have what there is, and nothing else. */
import { describe, expect, test } from "vitest";
import * as transforms from "../../src/feature/transforms/index.ts";
import { bool, category, cells, float, schema, text, timestamp } from "../../src/table/index.ts";
import { textOf } from "./blocks.ts";

const columns = cells(
  schema("any", {
    number: float(),
    text: text(),
    category: category(["a"]),
    bool: bool(),
    timestamp: timestamp(),
  }),
);
const kinds = { ...columns, tokens: columns.text.tokens() };

/** The rows of the tables under a heading of the page, without their headings, as cells. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const [, after = ""] = textOf("docs/guide/06-feature.md").split(`\n## ${heading}\n`);
  const [section = ""] = after.split("\n## ");
  return [...section.matchAll(/^\| (.*) \|$/gm)].map(([, row = ""]) => row.split(" | "));
}

const namesIn = (form: RegExp, shown: string): readonly string[] =>
  [...shown.matchAll(form)].map(([, name = ""]) => name);

/** The options that a transform knows: it names them to whoever gives another. */
function optionsOf(transform: object, given: object): readonly string[] {
  if (typeof transform !== "function") throw new Error("no transform");
  for (const column of [columns.text, columns.number])
    try {
      Reflect.apply(transform, undefined, [column, { ...given, noSuchOption: 1 }]);
    } catch (error) {
      const details: unknown = Reflect.get(Object(error), "details");
      const known: unknown = Reflect.get(Object(details), "known");
      if (Array.isArray(known)) return known;
    }
  return [];
}

describe("the guide", () => {
  test.each(Object.entries(kinds))("shows the methods of a %s", (kind, expr) => {
    const shown = rowsUnder("Expressions")
      .filter(([of = ""]) => of.split(", ").includes(kind))
      .flatMap(([, methods = ""]) => namesIn(/`(\w+)\(/g, methods));
    const methods = Object.entries(expr).filter(([, part]) => typeof part === "function");
    expect([...shown].sort()).toEqual(methods.map(([name]) => name).sort());
  });

  test("shows the options of every transform", () => {
    const listed = rowsUnder("The transforms").filter(([name = ""]) =>
      /^(`\w+`|words)$/.test(name),
    );
    const shown = new Map(
      listed.map(([name = "", , options = ""]) => [name.replaceAll("`", ""), options]),
    );
    const optionsIn = (options: string): readonly string[] => [
      ...namesIn(/`(\w+)[:`]/g, options),
      ...(options.startsWith("of words") ? optionsIn(shown.get("words") ?? "") : []),
    ];
    const known = Object.entries(transforms).map(([name, transform]) => {
      const options = [...optionsOf(transform, {}), ...optionsOf(transform, { edges: [0] })];
      return [name, [...new Set(options)].sort()];
    });
    const said = [...shown].map(([name, options]) => [name, [...optionsIn(options)].sort()]);
    expect(Object.fromEntries(said.filter(([name]) => name !== "words"))).toEqual(
      Object.fromEntries(known),
    );
  });
});
