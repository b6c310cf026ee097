/** @file Texts as lists of tokens, and numbers made of them. */
import { isRecord } from "../../../core/index.ts";
import { quoteText } from "../../sql-text.ts";
import { isNumbers, isTexts } from "./check-params.ts";
import { isLookup, lookupSql, numbersOf } from "./lookup.ts";
import { type OperationFamily, one } from "./operation.ts";
import { isPortable } from "./portable-pattern.ts";
import { wordCharacter } from "./word-characters.ts";

/** How a text is cut: what a token looks like, which are left out, and how many make one. */
export interface Cut {
  /**
   * A regular expression that finds tokens, in the part of the language that all engines share; null:
   * words, which are runs of `wordCharacter`.
   */
  readonly pattern: string | null;
  readonly stopWords: readonly string[];
  /** The shortest and the longest run of tokens that counts as one, joined by a space. */
  readonly ngrams: readonly [number, number];
  /** The shortest and the longest piece of a word, with a space at both of its ends, in place of words. */
  readonly letters?: readonly [number, number];
}

/** `tokens`: the tokens of a text, those of one word first, in the order of the text; or the pieces of its words, word by word. */
export const tokens: OperationFamily = {
  of: (params) => {
    if (!isCut(params)) return null;
    return {
      kind: (args) => (one(args, "text") ? "tokens" : null),
      sql: (a = "") => tokensSql(a, params),
      row: cutter(params),
    };
  },
};

/** `count`: how often a token is there. */
export const count: OperationFamily = {
  of: (params) => {
    if (!isToken(params)) return null;
    const { token } = params;
    return {
      kind: (args) => (one(args, "tokens") ? "number" : null),
      sql: (a = "") => `CAST(len(list_filter(${a}, lambda w: w = ${quoteText(token)})) AS DOUBLE)`,
      row: (a = null) => {
        if (!Array.isArray(a)) return null;
        let found = 0;
        for (const other of a) if (other === token) found += 1;
        return found;
      },
    };
  },
};

/** `meanOf`: the mean of the numbers of the tokens that a table knows; missing when it knows none. */
export const meanOf: OperationFamily = {
  of: (params) => {
    if (!isLookup(params)) return null;
    const numbers = numbersOf(params);
    const { otherwise } = params;
    return {
      kind: (args) => (one(args, "tokens") ? "number" : null),
      sql: (a = "") => `list_avg(list_transform(${a}, lambda w: ${lookupSql("w", params)}))`,
      row: (a = null) => {
        if (!Array.isArray(a)) return null;
        let [sum, known] = [0, 0];
        for (const token of a) {
          const number = numbers.get(token) ?? otherwise;
          if (number === null) continue;
          sum += number;
          known += 1;
        }
        return known === 0 ? null : sum / known;
      },
    };
  },
};

/** The pattern of words. */
export const words = `${wordCharacter}+`;

function tokensSql(a: string, { pattern, stopWords, ngrams, letters }: Cut): string {
  const found = `regexp_extract_all(${a}, ${quoteText(pattern ?? words)})`;
  const stopped = stopWords.map(quoteText).join(", ");
  const kept =
    stopWords.length === 0 ? found : `list_filter(${found}, lambda w: w NOT IN (${stopped}))`;
  if (letters !== undefined)
    return `(CASE WHEN ${a} IS NOT NULL THEN flatten(list_transform(${kept}, lambda w: ${piecesSql("(' ' || w || ' ')", letters)})) END)`;
  const [shortest, longest] = ngrams;
  const runs = Array.from({ length: longest - shortest + 1 }, (_, i) => {
    const size = shortest + i;
    if (size === 1) return kept;
    const run = `array_to_string(list_slice(t, i, i + ${size - 1}), ' ')`;
    const starts = `range(1, len(t) - ${size - 2})`;
    return `list_transform([${kept}], lambda t: list_transform(${starts}, lambda i: ${run}))[1]`;
  });
  const all = runs.length === 1 ? runs[0] : `list_concat(${runs.join(", ")})`;
  return `(CASE WHEN ${a} IS NOT NULL THEN ${all} END)`; // of NULL they make an empty list
}

/** The pieces of a word, the shortest first, each as often as it is there. */
function piecesSql(word: string, [shortest, longest]: readonly [number, number]): string {
  const ofSize = Array.from({ length: longest - shortest + 1 }, (_, i) => {
    const size = shortest + i;
    return `list_transform(range(1, length(${word}) - ${size - 2}), lambda i: substring(${word}, i, ${size}))`;
  });
  return ofSize.length === 1 ? (ofSize[0] ?? "") : `list_concat(${ofSize.join(", ")})`;
}

function piecesOf(word: string, [shortest, longest]: readonly [number, number]): readonly string[] {
  const characters = [" ", ...word, " "];
  const found: string[] = [];
  for (let size = shortest; size <= longest; size++)
    for (let i = 0; i + size <= characters.length; i++)
      found.push(characters.slice(i, i + size).join(""));
  return found;
}

function cutter({ pattern, stopWords, ngrams: [shortest, longest], letters }: Cut) {
  const token = new RegExp(pattern ?? words, "gu");
  const stopped = new Set(stopWords);
  return (text: unknown = null): readonly string[] | null => {
    if (typeof text !== "string") return null;
    const kept = (text.match(token) ?? []).filter((word) => !stopped.has(word));
    if (letters !== undefined) return kept.flatMap((word) => piecesOf(word, letters));
    if (shortest === 1 && longest === 1) return kept;
    const runs: string[] = [];
    for (let size = shortest; size <= longest; size++)
      for (let i = 0; i + size <= kept.length; i++) runs.push(kept.slice(i, i + size).join(" "));
    return runs;
  };
}

/** Whether these are the parameters of `count`. */
export function isToken(params: unknown): params is { readonly token: string } {
  return isRecord(params) && isTexts([params["token"]]);
}

/** Whether these are the parameters of `tokens`. */
export function isCut(params: unknown): params is Cut {
  if (!isRecord(params)) return false;
  const { pattern, stopWords, ngrams, letters } = params;
  const known = pattern === null || (typeof pattern === "string" && isPortable(pattern));
  if (!known || !isTexts(stopWords)) return false;
  if (!isRange(ngrams, 8)) return false;
  if (letters === undefined) return true;
  // a word with its spaces has three characters or more, so that none is shorter than its pieces
  return isRange(letters, 3) && ngrams.every((size) => size === 1);
}

/** Whether these are two whole numbers from 1 to 8, of which the first is the smaller and at most so large. */
function isRange(value: unknown, most: number): value is readonly [number, number] {
  if (!isNumbers(value) || value.length !== 2 || !value.every(Number.isInteger)) return false;
  const [shortest = 0, longest = 0] = value;
  return shortest >= 1 && shortest <= most && longest >= shortest && longest <= 8;
}
