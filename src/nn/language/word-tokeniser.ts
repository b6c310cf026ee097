/** @file Words as tokens: runs of letters and digits, and a few marks between them. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { fail } from "../errors.ts";
import { checkTexts } from "./check-texts.ts";
import {
  decodedBy,
  specialNames,
  specials,
  type Tokeniser,
  type TokeniserRule,
} from "./tokeniser.ts";

/** Options of {@link wordTokeniser}. */
export interface WordTokeniserOptions {
  /** The most tokens that there may be, special ones included, ≥ 4; the most frequent words stay. Default 20,000. */
  readonly vocabulary?: number;
  /** How often a word must be there to be a token, ≥ 1. Default 1. */
  readonly minimumCount?: number;
  /** Whether A is a. Default true. */
  readonly lowerCase?: boolean;
  /** Whether `read_csv` is one word, its underscores in it. Default false: they are left out. */
  readonly identifiers?: boolean;
}

/** What a word tokeniser is made of. */
export interface WordTokens {
  readonly lowerCase: boolean;
  readonly identifiers: boolean;
  /** The words in the order of their numbers, after the special tokens. */
  readonly words: readonly string[];
}

const plain = /[\p{L}\p{M}\p{N}]+|[.,:;!?()/-]/gu;
const withUnderscores = /[\p{L}\p{M}\p{N}_]+|[.,:;!?()/-]/gu;

/**
 * Words as tokens: a run of letters and digits, or one of . , : ; ! ? ( ) / - — everything else only parts them. Numbers of tokens go by
 * frequency, the most frequent first, then by the alphabet.
 *
 * @param options - See {@link WordTokeniserOptions}.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const words = wordTokeniser().fit("The cat sat. The cat slept.");
 * words.decode(words.encode("the cat slept.")) // => "the cat slept."
 * words.vocabulary // => 8
 * ```
 */
export function wordTokeniser(options: WordTokeniserOptions = {}): TokeniserRule {
  checkNames("wordTokeniser", options, ["vocabulary", "minimumCount", "lowerCase", "identifiers"]);
  const { vocabulary = 20_000, minimumCount = 1, lowerCase = true, identifiers = false } = options;
  checkNumber("wordTokeniser", { vocabulary }, { min: 4, integer: true });
  checkNumber("wordTokeniser", { minimumCount }, { min: 1, integer: true });
  return {
    kind: "word",
    options: { vocabulary, minimumCount, lowerCase, identifiers },
    fit: (given) => {
      const counts = new Map<string, number>();
      for (const text of checkTexts("wordTokeniser", given))
        for (const word of wordsOf(text, { lowerCase, identifiers }))
          counts.set(word, (counts.get(word) ?? 0) + 1);
      if (counts.size === 0) fail("nn/missing-text", { at: "wordTokeniser", got: "no word" });
      const found = [...counts].filter(([, times]) => times >= minimumCount);
      found.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
      const words = found.slice(0, vocabulary - specialNames.length).map(([word]) => word);
      return wordTokens({ lowerCase, identifiers, words });
    },
  };
}

type Rules = Pick<WordTokens, "lowerCase" | "identifiers">;

function wordsOf(text: string, { lowerCase, identifiers }: Rules): readonly string[] {
  const shown = lowerCase ? text.toLowerCase() : text;
  return shown.match(identifiers ? withUnderscores : plain) ?? [];
}

/** The word tokeniser of a state. */
export function wordTokens(state: WordTokens): Tokeniser {
  const { words } = state;
  const first = specialNames.length;
  const numbers = new Map(words.map((word, i) => [word, first + i]));
  const vocabulary = first + words.length;
  const label = (token: number): string =>
    specialNames[token] ??
    words[token - first] ??
    fail("nn/out-of-range-token", { at: "decode", got: token, vocabulary });
  const tokeniser: Tokeniser = {
    ...{ kind: "word", vocabulary, label },
    encode: (text) =>
      Int32Array.from(wordsOf(text, state), (word) => numbers.get(word) ?? specials.unknown),
    decode: (tokens) => decodedBy(tokeniser, tokens),
    reader: () => {
      let before = "";
      return (token) => {
        if (token === undefined || token === specials.pad || token === specials.end) return "";
        const word = label(token);
        const piece = `${gapBetween(before, word)}${word}`;
        before = word;
        return piece;
      };
    },
    state: { format: 1, kind: "word", ...state },
  };
  return tokeniser;
}

/** What stands between two tokens: nothing before marks that close, after one that opens, and around those that join. */
function gapBetween(before: string, word: string): string {
  if (before === "" || "(/-".includes(before)) return "";
  return ".,:;!?)/-".includes(word) ? "" : " ";
}
