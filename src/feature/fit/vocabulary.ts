/** @file The words of the training rows: which are kept, and in how many texts they are. */
import { cells, schema, type TokensOptions, text, toTokens } from "../../table/index.ts";
import { byCodePoint } from "../code-points.ts";
import type { TextCounts } from "../feature.ts";

/** Which words are kept. */
export interface VocabularyOptions {
  /** A word in fewer rows is left out; a share of the rows when below 1. Default 1. */
  readonly minRows?: number;
  /** A word in a larger share of the rows is left out. Default 1. */
  readonly maxShare?: number;
  /** Of more words, the most frequent are kept, of equals the first by code point. Default 1000. */
  readonly maxWords?: number;
}

/** Words in the order of their code points. */
export interface Vocabulary {
  readonly words: readonly string[];
  /** In how many rows each word is. */
  readonly rows: readonly number[];
  /** How many rows have a text. */
  readonly texts: number;
}

const anyText = schema("any", { text: text() });

/** How expressions cut a text, as a function. */
export function cutOf(options: TokensOptions): (text: string) => readonly string[] {
  const cut = toTokens(cells(anyText).text.tokens(options));
  return (one) => cut({ text: one }) ?? [];
}

/** The vocabulary of some texts, each cut once however many rows have it. */
export function vocabularyOf(
  { counts, missing, rows }: TextCounts,
  cut: (text: string) => readonly string[],
  { minRows = 1, maxShare = 1, maxWords = 1000 }: VocabularyOptions,
): Vocabulary {
  const found = new Map<string, { rows: number; total: number }>();
  for (const { text: one, rows: n } of counts) {
    const seen = new Set<string>();
    for (const word of cut(one)) {
      const entry = found.get(word) ?? { rows: 0, total: 0 };
      entry.total += n;
      if (!seen.has(word)) entry.rows += n;
      seen.add(word);
      found.set(word, entry);
    }
  }
  const texts = rows - missing;
  const least = minRows < 1 ? minRows * texts : minRows;
  const kept = [...found]
    .filter(([, entry]) => entry.rows >= least && entry.rows <= maxShare * texts)
    .sort(([a, x], [b, y]) => y.total - x.total || byCodePoint(a, b))
    .slice(0, maxWords)
    .sort(([a], [b]) => byCodePoint(a, b));
  return { words: kept.map(([word]) => word), rows: kept.map(([, entry]) => entry.rows), texts };
}
