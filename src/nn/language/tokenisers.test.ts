/** @file Tests of tokenisers: what is a token, round trips, states, and bad input. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatJson, parseJson } from "../../core/index.ts";
import { piecesOf } from "./byte-alphabet.ts";
import { bytePairTokeniser } from "./byte-pair-tokeniser.ts";
import { specials } from "./tokeniser.ts";
import { tokeniserOf } from "./tokeniser-of.ts";
import { wordTokeniser } from "./word-tokeniser.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const text =
  "The cat sat (on the mat); the dog slept. state-of-the-art: 3.14! read_csv and the cat's end/start?";
const anyText = fc.string({ unit: "binary", maxLength: 200 });
const wordish = fc
  .array(
    fc.constantFrom(
      "The",
      "the",
      " ",
      "cat",
      "low",
      "lower",
      "est",
      "\n",
      "3",
      "é",
      "漢",
      "🙂",
      "'s",
      "  ",
      ".",
      "aaaa",
    ),
  )
  .map((parts) => parts.join(""));

describe("wordTokeniser", () => {
  test("takes runs of letters and digits, and marks, in lower case", () => {
    const words = wordTokeniser().fit(text);
    const tokens = words.encode("The CAT, read_csv: état!");
    expect(Array.from(tokens, words.label)).toEqual([
      "the",
      "cat",
      "<unk>",
      "read",
      "csv",
      ":",
      "<unk>",
      "!",
    ]);
    expect(words.label(3)).toBe("the");
    expect(words.decode(words.encode("state-of-the-art (the cat); dog."))).toBe(
      "state-of-the-art (the cat); dog.",
    );
  });

  test("keeps case and identifiers where that is asked for, and the most frequent words", () => {
    const words = wordTokeniser({ lowerCase: false, identifiers: true }).fit("read_csv Read_csv x");
    expect(Array.from(words.encode("read_csv Read_csv"), words.label)).toEqual([
      "read_csv",
      "Read_csv",
    ]);
    expect(wordTokeniser({ vocabulary: 5 }).fit("a b b c c c").encode("a b c")).toEqual(
      Int32Array.of(specials.unknown, 4, 3),
    );
    expect(wordTokeniser({ minimumCount: 2 }).fit("a b b c c c").vocabulary).toBe(5);
  });

  test("law: what was decoded gives the same tokens", () => {
    const words = wordTokeniser().fit(text);
    const known = fc.array(fc.integer({ min: 3, max: words.vocabulary - 1 }));
    fc.assert(
      fc.property(
        known,
        (tokens) => void expect(Array.from(words.encode(words.decode(tokens)))).toEqual(tokens),
      ),
    );
  });
});

describe("bytePairTokeniser", () => {
  const corpus = [text.repeat(3), "low lower lowest newest widest ".repeat(8), "漢字 漢字 🙂🙂"];
  const pairs = bytePairTokeniser({ vocabulary: 330 }).fit(corpus);

  test("law: any text comes back", () => {
    fc.assert(
      fc.property(
        fc.oneof(anyText, wordish),
        (one) => void expect(pairs.decode(pairs.encode(one))).toBe(one),
      ),
    );
    expect(pairs.decode(pairs.encode("\uFEFFa\0<pad>"))).toBe("\uFEFFa\0<pad>");
    expect(pairs.decode(pairs.encode("a\uD800b"))).toBe("a\uFFFDb");
  });

  test("law: the pieces of a text are the text", () => {
    fc.assert(fc.property(anyText, (one) => void expect(piecesOf(one).join("")).toBe(one)));
  });

  test("law: a state gives the same tokens, and the same texts the same state", () => {
    const again = tokeniserOf(parseJson(formatJson(pairs.state)));
    fc.assert(
      fc.property(wordish, (one) => void expect(again.encode(one)).toEqual(pairs.encode(one))),
    );
    expect(bytePairTokeniser({ vocabulary: 330 }).fit(corpus).state).toEqual(pairs.state);
    expect(again.vocabulary).toBe(pairs.vocabulary);
  });

  test("merges what is together most often, and of equals the smaller tokens", () => {
    const small = bytePairTokeniser({ vocabulary: 264 }).fit("ab ab ab cd cd cd xy xy");
    // "ab" and "cd" are there three times, and a is before c; then " cd", "xy", whose x is before the space, and " ab"
    expect(Array.from(small.encode("abcd"), small.label)).toEqual(["ab", "cd"]);
    expect(Array.from(small.encode(" ab"), small.label)).toEqual(["␣ab"]);
    expect(bytePairTokeniser({ vocabulary: 1000 }).fit("xy xy q").vocabulary).toBe(260);
  });

  test("makes few tokens of what it knows, and bytes of what it does not", () => {
    expect(pairs.encode(" lowest").length).toBeLessThan(" lowest".length / 2);
    expect(Array.from(pairs.encode("€"), pairs.label)).toEqual(["⟨e2⟩", "⟨82⟩", "⟨ac⟩"]);
    expect(pairs.encode("a".repeat(20_000)).length).toBe(20_000);
  });

  test("reads tokens one by one: a character comes when its last byte is there", () => {
    const read = pairs.reader();
    const told = Array.from(pairs.encode("a€b"), (token) => read(token));
    expect(told).toEqual(["a", "", "", "€", "b"]);
    expect([read(pairs.encode("€")[0]), read(undefined)]).toEqual(["", "\uFFFD"]);
  });
});

describe("tokenisers", () => {
  test("refuse text that is none, and options out of range", () => {
    for (const rule of [wordTokeniser(), bytePairTokeniser()])
      for (const none of ["", [], ["", " \n"]])
        expect(() => rule.fit(none)).toThrow(code("nn/missing-text"));
    expect(() => wordTokeniser().fit("§ §")).toThrow(code("nn/missing-text"));
    // @ts-expect-error: numbers are no text
    expect(() => wordTokeniser().fit([3])).toThrow(code("nn/missing-text"));
    expect(() => bytePairTokeniser({ vocabulary: 258 })).toThrow(code("option/out-of-range"));
    expect(() => wordTokeniser({ vocabulary: 3 })).toThrow(code("option/out-of-range"));
    expect(() => bytePairTokeniser({ minimumCount: 0 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such option
    expect(() => wordTokeniser({ lowercase: true })).toThrow(code("option/unknown-name"));
  });

  test("refuse tokens they have not, and states that are damaged", () => {
    const words = wordTokeniser().fit("one two");
    expect(() => words.decode([5])).toThrow(code("nn/out-of-range-token"));
    expect(() => bytePairTokeniser().fit("ab").decode([259])).toThrow(
      "259 is not a token; expected 0 to 258",
    );
    expect(tokeniserOf(words.state).encode("two")).toEqual(words.encode("two"));
    const damaged = [
      null,
      { format: 2, kind: "word" },
      { format: 1, kind: "letters" },
      { format: 1, kind: "bytePair", merges: [3] },
      { format: 1, kind: "bytePair", merges: [3, 260] },
      {
        format: 1,
        kind: "bytePair",
        merges: Array.from({ length: 80 }, (_, i) => (i < 2 ? 3 : 258 + Math.floor(i / 2))),
      },
      { format: 1, kind: "word", lowerCase: true, identifiers: true, words: ["a", "a"] },
    ];
    for (const state of damaged)
      expect(() => tokeniserOf(state)).toThrow(code("nn/corrupt-language"));
  });
});
