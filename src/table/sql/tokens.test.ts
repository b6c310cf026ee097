import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { placeOf, tokensOf } from "./tokens.ts";

const words = (query: string): readonly string[] => tokensOf(query).map(({ text }) => text);
const kinds = (query: string): readonly string[] => tokensOf(query).map(({ kind }) => kind);

describe("tokensOf", () => {
  test("a comment is no token, and one within another ends with it", () => {
    expect(words("a -- b\n c /* d /* e */ f */ g")).toEqual(["a", "c", "g"]);
    expect(words("a -- to the end")).toEqual(["a"]);
    expect(words("a /* never closed")).toEqual(["a"]);
  });

  test("texts hold quotes, backslashes and dollars in the forms of the engine", () => {
    expect(words("'it''s' E'it\\'s' $$it's$$ $x$ $$ $x$ x'00'")).toEqual([
      "'it''s'",
      "E'it\\'s'",
      "$$it's$$",
      "$x$ $$ $x$",
      "x'00'",
    ]);
    expect(new Set(kinds("'a' E'a' $$a$$ $x$a$x$ x'00'"))).toEqual(new Set(["string"]));
  });

  test("names, numbers, parameters and signs are told apart", () => {
    expect(
      tokensOf('täb."a""b".`c` 1.5e3 $name $1 ? ->').map(({ kind, text }) => [kind, text]),
    ).toEqual([
      ["word", "täb"],
      ["symbol", "."],
      ["quoted", '"a""b"'],
      ["symbol", "."],
      ["backtick", "`c`"],
      ["number", "1.5e3"],
      ["parameter", "$name"],
      ["parameter", "$1"],
      ["parameter", "?"],
      ["symbol", "-"],
      ["symbol", ">"],
    ]);
  });

  test("a dollar within a name belongs to the name", () => {
    expect(words("a$b$ c$$d")).toEqual(["a$b$", "c$$d"]);
  });

  test("law: a token stands in the query where it says, in characters and in bytes", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        "`",
        "$$",
        "$a$",
        "--",
        "/*",
        "*/",
        "\n",
        ";",
        ".",
        "E'",
        "é",
        "😀",
        "\u00a0",
        "a",
        "1",
      ),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const query = pieces.join("");
        let end = 0;
        for (const { text, at, byte } of tokensOf(query)) {
          expect(at).toBeGreaterThanOrEqual(end);
          expect(query.slice(at, at + text.length)).toBe(text);
          expect(byte).toBe(Buffer.byteLength(query.slice(0, at)));
          end = at + text.length;
        }
      }),
    );
  });
});

describe("placeOf", () => {
  test("lines and columns are counted in characters, from one", () => {
    expect(placeOf("ab", 1)).toBe("line 1, column 2");
    expect(placeOf("é😀\r\nx", Buffer.byteLength("é😀"))).toBe("line 1, column 3");
    expect(placeOf("é😀\r\nx", Buffer.byteLength("é😀\r\n"))).toBe("line 2, column 1");
  });
});
