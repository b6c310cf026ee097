/** @file Texts as the mean of their words' vectors: trained here, or given. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import {
  type CategoryExpr,
  type TextExpr,
  type TokensExpr,
  type TokensOptions,
  when,
} from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { Feature, Learned, Measured } from "../feature.ts";
import { cutOf, type Vocabulary, vocabularyOf } from "../fit/vocabulary.ts";
import { trainVectors } from "../fit/word-vectors.ts";
import {
  checkWords,
  cutNames,
  cutOptions,
  plain,
  type WordsOptions,
  wordNames,
} from "./bag-of-words.ts";
import type { Crossable } from "./cross.ts";
import { checkInput } from "./made.ts";

/** Options of {@link word2Vec}. */
export interface Word2VecOptions extends WordsOptions {
  /** The length of a vector. Default 16. */
  readonly size?: number;
  /** How many words to each side are near at most. Default 5. */
  readonly window?: number;
  /** How often the training texts are gone through. Default 5. */
  readonly epochs?: number;
  /** Of the first step; it falls to nothing. Default 0.025. */
  readonly learningRate?: number;
  /** Words that are not there, drawn beside each that is. Default 5. */
  readonly negatives?: number;
  /** Default 0. */
  readonly seed?: number;
  /** A word foretells its neighbours, or they foretell it. Default `skipGram`. */
  readonly kind?: "skipGram" | "cbow";
  /** Whether a word without a vector does not count in the mean, or counts as zeros. Default `skip`. */
  readonly unknown?: "skip" | "zero";
}

const numberNames = ["size", "window", "epochs", "learningRate", "negatives", "seed"];
const optionNames = [...wordNames, ...numberNames, "kind", "unknown"];

/** Columns as the words of one sentence. */
export type ColumnWords<R extends string = string> = Readonly<Record<string, Crossable<R>>>;

/**
 * The mean of the vectors of a text's words, which are trained on the training rows so that words of like
 * neighbours are near. Texts without known words, and missing ones, are zeros.
 *
 * Columns can be the words too: `{ security: c.security, backup: c.backup }` is the sentence
 * `security=Yes backup=No`, in which "Yes" of one column is another word than "Yes" of another.
 *
 * @param of - A text, or categories, texts and truth values by name.
 * @returns `size` columns, `note[0]` and on.
 * @throws `option/out-of-range`, `option/unknown-name`, `table/unsupported-literal`; when fitted,
 * `feature/missing-words`
 * @example
 * ```ts
 * const calls = schema("calls", { note: text(), plan: category(["free", "paid"]) });
 * features(calls, (c) => ({
 *   note: word2Vec(c.note.lower(), { size: 8 }),
 *   kind: word2Vec({ plan: c.plan, note: c.note }, { size: 2 }),
 * })).reads // => ["note", "plan"]
 * ```
 * @see Mikolov et al., NeurIPS 2013. Peers: gensim `Word2Vec`, Spark `Word2Vec`.
 */
export function word2Vec<R extends string>(
  of: TextExpr<R> | CategoryExpr<R> | ColumnWords<R>,
  options: Word2VecOptions = {},
): Feature<R> {
  checkNames("word2Vec", options, optionNames);
  checkWords("word2Vec", options);
  const {
    size = 16,
    window = 5,
    epochs = 5,
    learningRate = 0.025,
    negatives = 5,
    seed = 0,
    kind = "skipGram",
    unknown = "skip",
  } = options;
  checkNumber("word2Vec", { size }, { min: 1, max: 1000, integer: true });
  checkNumber("word2Vec", { window }, { min: 1, max: 1000, integer: true });
  checkNumber("word2Vec", { epochs }, { min: 1, max: 10_000, integer: true });
  checkNumber("word2Vec", { learningRate }, { above: 0 });
  checkNumber("word2Vec", { negatives }, { min: 0, max: 100, integer: true });
  checkNumber("word2Vec", { seed });
  checkChoice("word2Vec", { kind }, ["skipGram", "cbow"]);
  checkChoice("word2Vec", { unknown }, ["skip", "zero"]);
  const { text, cut } = isText(of) ? { text: of, cut: cutOptions(options) } : sentenceOf(of);
  const training = { size, window, epochs, learningRate, negatives, seed, kind };
  return {
    transform: "word2Vec",
    options: { ...plain(options), ...training, unknown },
    reads: text.reads,
    requests: [{ measure: "counts", of: text.node }],
    learn: (name, measured) => {
      const vocabulary = wordsOf(name, { measured, options, cut });
      const { words } = vocabulary;
      const places = new Map(words.map((word, i) => [word, i]));
      const cutText = cutOf(cut);
      const sentences = measured.counts(0).counts.map(({ text: one, rows }) => {
        const known = cutText(one).flatMap((word) => places.get(word) ?? []);
        return { words: Int32Array.from(known), rows };
      });
      const trained = trainVectors(sentences, { ...training, words: words.length });
      // eight digits are more than training settles, and a third of the state's bytes
      const vectorOf = (i: number) =>
        trained.subarray(i * size, (i + 1) * size).map((value) => Number(value.toPrecision(8)));
      const rest = unknown === "zero" ? { otherwise: 0 } : {};
      return pooled(name, { tokens: text.tokens(cut), words, size, vectorOf, rest });
    },
  };
}

/** Options of {@link sentenceVector}. */
export interface SentenceVectorOptions extends TokensOptions {
  /** The vector of each word, all equally long: an embedding from anywhere. */
  readonly words: Readonly<Record<string, readonly number[]>>;
  /**
   * a: a word that makes up the share p of the training words counts a / (a + p), so that frequent words
   * count little; `none` counts all alike. Default 1e-3.
   */
  readonly weight?: number | "none";
}

/**
 * The mean of given word vectors, rarer words weighing more (smooth inverse frequency, SIF). What has no
 * vector does not count; a text without known words, and a missing one, is zeros.
 *
 * @param of - The text.
 * @returns As many columns as a vector is long, `note[0]` and on.
 * @throws `feature/mismatch-input`, `feature/mismatch-vectors`, `option/out-of-range`, `option/unknown-name`; when fitted,
 * `feature/missing-values`
 * @example
 * ```ts
 * const calls = schema("calls", { note: text() });
 * const words = { slow: [1, 0], internet: [0, 1] };
 * features(calls, (c) => ({ note: sentenceVector(c.note.lower(), { words }) })).reads // => ["note"]
 * ```
 * @see Arora, Liang & Ma, ICLR 2017.
 */
export function sentenceVector<R extends string>(
  of: TextExpr<R> | CategoryExpr<R>,
  options: SentenceVectorOptions,
): Feature<R> {
  checkNames("sentenceVector", options, [...cutNames, "words", "weight"]);
  checkInput("sentenceVector", of, ["text", "category"]);
  const { words: given, weight = 1e-3 } = options;
  if (weight !== "none") checkNumber("sentenceVector", { weight }, { above: 0 });
  const words = Object.keys(given);
  const size = given[words[0] ?? ""]?.length ?? 0;
  for (const word of words.length === 0 ? [""] : words) {
    const vector = given[word] ?? [];
    if (vector.length === 0 || vector.length !== size || !vector.every(Number.isFinite))
      fail("feature/mismatch-vectors", { at: "sentenceVector", word, size });
  }
  const cut = cutOptions(options);
  return {
    transform: "sentenceVector",
    options: { ...plain(cut), words: words.length, weight },
    reads: of.reads,
    requests: [{ measure: "counts", of: of.node }],
    learn: (name, measured) => {
      const shares = sharesOf(measured, cut);
      const weights = words.map((word) =>
        weight === "none" ? 1 : weight / (weight + (shares.get(word) ?? 0)),
      );
      const vectorOf = (i: number) =>
        (given[words[i] ?? ""] ?? []).map((value) => value * (weights[i] ?? 1));
      return pooled(name, { tokens: of.tokens(cut), words, size, vectorOf, rest: {} });
    },
  };
}

const isText = <R extends string>(
  of: TextExpr<R> | CategoryExpr<R> | ColumnWords<R>,
): of is TextExpr<R> | CategoryExpr<R> => typeof of.kind === "string";

/** Stands between words that are columns; a value that has it is two words. */
const between = "\u001f";

/** Columns as one text of words that say which column they are of. */
function sentenceOf<R extends string>(of: ColumnWords<R>) {
  const words = Object.entries(of).map(([name, column]) => wordOf(name, column));
  const [first, ...more] = words;
  if (first === undefined)
    return fail("feature/missing-parts", { at: "word2Vec, columns", fewest: 1, got: 0 });
  return { text: first.joined(more, between), cut: { pattern: `[^${between}]+` } };
}

/** `security=Yes`; nothing where it is missing. */
function wordOf<R extends string>(name: string, of: Crossable<R>): TextExpr<R> {
  if (of.kind === "bool") return when(of, `${name}=true`, when(of.not(), `${name}=false`, ""));
  return when(of.isMissing().not(), `${name}=`, "").joined([of], "").orElse("");
}

function wordsOf(
  feature: string,
  of: { readonly measured: Measured; readonly options: WordsOptions; readonly cut: TokensOptions },
): Vocabulary {
  const vocabulary = vocabularyOf(of.measured.counts(0), cutOf(of.cut), of.options);
  if (vocabulary.words.length === 0)
    fail("feature/missing-words", { feature, rows: of.measured.rows });
  return vocabulary;
}

/** The share of all training words that each is. */
function sharesOf(measured: Measured, cut: TokensOptions): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  let total = 0;
  const cutText = cutOf(cut);
  for (const { text, rows } of measured.counts(0).counts)
    for (const word of cutText(text)) {
      counts.set(word, (counts.get(word) ?? 0) + rows);
      total += rows;
    }
  return new Map([...counts].map(([word, n]) => [word, n / total]));
}

interface Pool {
  readonly tokens: TokensExpr;
  readonly words: readonly string[];
  readonly size: number;
  readonly vectorOf: (word: number) => ArrayLike<number>;
  readonly rest: { readonly otherwise?: number };
}

/** The mean of the words' vectors, a column a dimension. */
function pooled(name: string, { tokens, words, size, vectorOf, rest }: Pool): Learned {
  const vectors = words.map((_, i) => vectorOf(i));
  return {
    stats: { words: words.length, size },
    outputs: Array.from({ length: size }, (_, k) => {
      const values = vectors.map((vector) => (vector[k] ?? 0) + 0);
      const mean = tokens.meanOf({ keys: words, values, ...rest });
      return { name: `${name}[${k}]`, node: mean.orElse(0).node };
    }),
  };
}
