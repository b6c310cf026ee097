import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quoteName, quoteText } from "./sql-text.ts";

const connection = await (await DuckDBInstance.create(":memory:")).connect();
const unicode = fc.string({ unit: "grapheme" });

describe("quoteText", () => {
  test("law: DuckDB reads back the text that was quoted", async () => {
    const odd = fc.constantFrom(
      "'",
      "''",
      '"',
      "\\",
      "\0",
      "a\0b",
      "--",
      ";",
      "\n",
      "$$",
      "é",
      "🙂",
    );
    const parts = fc.array(fc.oneof(unicode, odd)).map((all) => all.join(""));
    await fc.assert(
      fc.asyncProperty(parts, async (text) => {
        const result = await connection.runAndReadAll(`SELECT ${quoteText(text)}`);
        expect(result.getRows()[0]?.[0]).toBe(text);
      }),
    );
  });

  test("refuses half of a surrogate pair", () => {
    expect(() => quoteText("\ud800")).toThrow(
      expect.objectContaining({ code: "table/unsupported-text" }),
    );
  });
});

describe("quoteName", () => {
  test("law: DuckDB reads back the name that was quoted", async () => {
    const names = unicode.filter((name) => name !== "" && !name.includes("\0"));
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        const result = await connection.runAndReadAll(`SELECT 1 AS ${quoteName(name)}`);
        expect(result.columnNames()).toEqual([name]);
      }),
    );
  });

  test("refuses names that SQL cannot hold", () => {
    for (const name of ["", "a\0", "\udc00"])
      expect(() => quoteName(name)).toThrow(
        expect.objectContaining({ code: "table/unsupported-text" }),
      );
  });
});
