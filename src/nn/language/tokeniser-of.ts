/** @file Tokenisers of their states, as they are kept beside a model. */
import { type Fields, fieldsOf, formatJson } from "../../core/index.ts";
import { fail } from "../errors.ts";
import { firstMade } from "./byte-alphabet.ts";
import { bytePairs } from "./byte-pair-tokeniser.ts";
import { specialNames, type Tokeniser } from "./tokeniser.ts";
import { wordTokens } from "./word-tokeniser.ts";

/** The fields of a state that was kept. */
export const languageFields = (state: unknown, name: string): Fields =>
  fieldsOf(state, {
    name,
    damaged: (field, expected, got) => fail("nn/corrupt-language", { field, expected, got }),
  });

/**
 * The tokeniser that gave a state; it gives the same tokens.
 *
 * @throws `nn/corrupt-language`
 * @example
 * ```ts
 * const words = wordTokeniser().fit("one two");
 * tokeniserOf(words.state).encode("two one") // => Int32Array.of(4, 3)
 * ```
 */
export function tokeniserOf(state: unknown): Tokeniser {
  const fields = languageFields(state, "the tokeniser");
  const damaged = (field: string, expected: string, got: string): never =>
    fail("nn/corrupt-language", { field, expected, got });
  if (fields.number("format") !== 1) damaged("format", "1", `${fields.number("format")}`);
  const kind = fields.text("kind");
  if (kind === "word") {
    const words = fields.texts("words");
    if (new Set(words).size !== words.length) damaged("words", "words that differ", "a word twice");
    return wordTokens({
      lowerCase: fields.boolean("lowerCase"),
      identifiers: fields.boolean("identifiers"),
      words,
    });
  }
  if (kind !== "bytePair") return damaged("kind", "word or bytePair", kind);
  const merges = fields.value["merges"];
  if (!Array.isArray(merges) || merges.length % 2 !== 0)
    return damaged("merges", "a list of pairs", typeof merges);
  const wrong = merges.findIndex(
    (token: unknown, i) => !isKnown(token, firstMade + Math.floor(i / 2)),
  );
  if (wrong >= 0)
    damaged(`merges[${wrong}]`, "a token that is there before", formatJson(merges[wrong]));
  const tokeniser = bytePairs({ merges: Int32Array.from(merges, Number) });
  const most = merges.findIndex((token) => Number(token) >= tokeniser.vocabulary);
  if (most >= 0)
    damaged(`merges[${most}]`, `a token below ${tokeniser.vocabulary}`, `${merges[most]}`);
  return tokeniser;
}

const isKnown = (token: unknown, before: number): boolean =>
  typeof token === "number" &&
  Number.isInteger(token) &&
  token >= specialNames.length &&
  token < before;
