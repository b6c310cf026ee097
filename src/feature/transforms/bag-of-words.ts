/** @file Texts as how often each word is in them, plain or weighted by how rare it is. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import type { CategoryExpr, TextExpr, TokensOptions } from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { Feature, Measured, Output } from "../feature.ts";
import { cutOf, type Vocabulary, type VocabularyOptions, vocabularyOf } from "../fit/vocabulary.ts";
import { checkInput } from "./made.ts";

/** How a text is cut into words, and which words have a column. */
export interface WordsOptions extends TokensOptions, VocabularyOptions {}

/** Options of {@link bagOfWords}. */
export interface BagOfWordsOptions extends WordsOptions {
  /** How often the word is there, or 1 where it is. Default `count`. */
  readonly as?: "count" | "has";
}

/** The options of how a text is cut. */
export const cutNames = ["pattern", "stopWords", "ngrams", "letters"];
/** The options of which words have a column, and how a text is cut. */
export const wordNames = [...cutNames, "minRows", "maxShare", "maxWords"];

/**
 * A column a word of the training rows, in the order of the code points: how often it is in the text. A
 * missing text, like one without known words, is 0 in all. Case counts: `c.note.lower()`. With `letters` the
 * columns are pieces of words, as of `analyzer="char_wb"`.
 *
 * @param of - The text.
 * @returns As many columns as words, `note "slow"`.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`, `table/unsupported-literal`; when fitted,
 * `feature/missing-words`
 * @example
 * ```ts
 * const calls = schema("calls", { note: text() });
 * features(calls, (c) => ({ note: bagOfWords(c.note.lower(), { minRows: 2 }) })).reads // => ["note"]
 * ```
 * @see scikit-learn `CountVectorizer`.
 */
export function bagOfWords<R extends string>(
  of: TextExpr<R> | CategoryExpr<R>,
  options: BagOfWordsOptions = {},
): Feature<R> {
  checkNames("bagOfWords", options, [...wordNames, "as"]);
  checkInput("bagOfWords", of, ["text", "category"]);
  checkWords("bagOfWords", options);
  const { as = "count" } = options;
  checkChoice("bagOfWords", { as }, ["count", "has"]);
  const cut = cutOptions(options);
  const tokens = of.tokens(cut);
  return {
    transform: "bagOfWords",
    options: { ...plain(options), as },
    reads: of.reads,
    requests: [{ measure: "counts", of: of.node }],
    learn: (name, measured) => {
      const { words } = learnWords(name, { measured, options, cut });
      const outputs = words.map((word): Output => {
        const count = tokens.count(word).orElse(0);
        const node = as === "count" ? count.node : count.atMost(1).node;
        return { name: `${name} ${JSON.stringify(word)}`, node };
      });
      return { stats: { words }, outputs };
    },
  };
}

/** Options of {@link tfIdf}. */
export interface TfIdfOptions extends WordsOptions {
  /** What a row is divided by: its length, the sum of its values, or nothing. Default `l2`. */
  readonly norm?: "l2" | "l1" | "none";
  /** Whether each word counts as if one more text had it. Default true. */
  readonly smooth?: boolean;
}

/**
 * The bag of words with count(w) · idf(w) for count(w), where idf(w) = ln((1 + n) / (1 + n(w))) + 1, n
 * being the training rows with a text and n(w) those with the word; with `smooth: false`
 * ln(n / n(w)) + 1. A row is then divided by its length, √Σ(count · idf)².
 *
 * @param of - The text.
 * @returns As many columns as words, `note "slow"`.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`, `table/unsupported-literal`; when fitted,
 * `feature/missing-words`
 * @example
 * ```ts
 * const calls = schema("calls", { note: text() });
 * features(calls, (c) => ({ note: tfIdf(c.note.lower(), { ngrams: [1, 2] }) })).reads // => ["note"]
 * ```
 * @see scikit-learn `TfidfVectorizer`, whose formula this is.
 */
export function tfIdf<R extends string>(
  of: TextExpr<R> | CategoryExpr<R>,
  options: TfIdfOptions = {},
): Feature<R> {
  checkNames("tfIdf", options, [...wordNames, "norm", "smooth"]);
  checkInput("tfIdf", of, ["text", "category"]);
  checkWords("tfIdf", options);
  const { norm = "l2", smooth = true } = options;
  checkChoice("tfIdf", { norm }, ["l2", "l1", "none"]);
  const cut = cutOptions(options);
  const tokens = of.tokens(cut);
  return {
    transform: "tfIdf",
    options: { ...plain(options), norm, smooth },
    reads: of.reads,
    requests: [{ measure: "counts", of: of.node }],
    learn: (name, measured) => {
      const { words, rows, texts } = learnWords(name, { measured, options, cut });
      const more = smooth ? 1 : 0;
      const idf = rows.map((n) => Math.log((texts + more) / (n + more)) + 1);
      const length =
        norm === "none" ? undefined : tokens.normOf({ keys: words, values: idf }, norm);
      const outputs = words.map((word, i): Output => {
        const weighted = tokens.count(word).times(idf[i] ?? 0);
        const divided = length === undefined ? weighted : weighted.over(length);
        return { name: `${name} ${JSON.stringify(word)}`, node: divided.orElse(0).node };
      });
      return { stats: { words, idf }, outputs };
    },
  };
}

function learnWords(
  feature: string,
  of: { readonly measured: Measured; readonly options: WordsOptions; readonly cut: TokensOptions },
): Vocabulary {
  const { measured, options, cut } = of;
  const vocabulary = vocabularyOf(measured.counts(0), cutOf(cut), options);
  if (vocabulary.words.length === 0)
    fail("feature/missing-words", { feature, rows: measured.rows });
  return vocabulary;
}

/** Checks the options that choose words. */
export function checkWords(at: string, options: VocabularyOptions): void {
  const { minRows = 1, maxShare = 1, maxWords = 1000 } = options;
  checkNumber(at, { minRows }, { above: 0 });
  checkNumber(at, { maxShare }, { above: 0, max: 1 });
  checkNumber(at, { maxWords }, { min: 1, max: 100_000, integer: true });
}

/** The options of the cut, without those that are not given. */
export function cutOptions({ pattern, stopWords, ngrams, letters }: TokensOptions): TokensOptions {
  return {
    ...(pattern === undefined ? {} : { pattern }),
    ...(stopWords === undefined ? {} : { stopWords }),
    ...(ngrams === undefined ? {} : { ngrams }),
    ...(letters === undefined ? {} : { letters }),
  };
}

/** Options as JSON, without those that are not given. */
export function plain(options: WordsOptions): Readonly<Record<string, Json>> {
  const { pattern, stopWords, ngrams, letters, minRows, maxShare, maxWords } = options;
  const all = { pattern, stopWords, ngrams, letters, minRows, maxShare, maxWords };
  const given: Record<string, Json> = {};
  for (const [name, value] of Object.entries(all)) if (value !== undefined) given[name] = value;
  return given;
}
