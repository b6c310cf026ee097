/** @file Expressions that are the tokens of a text, and the numbers made of them. */
import { checkNames } from "../../core/index.ts";
import { call, callWith, type Expr } from "./build.ts";
import type { LookupTable } from "./lookup-table.ts";
import type { ExprNode } from "./node.ts";
import { type NumberExpr, numberExpr } from "./number.ts";

/** How a text is cut into tokens. */
export interface TokensOptions {
  /**
   * A regular expression that finds tokens: characters, classes written out, `\\d`, `\\w`, groups
   * `(?:…)`, alternatives and repetitions, which mean the same in every engine. Default: runs of
   * letters, digits, marks and underscores of all scripts.
   */
  readonly pattern?: string;
  /** Tokens that are left out. Default none. */
  readonly stopWords?: readonly string[];
  /** The shortest and the longest run of tokens that counts as one, 1 to 8. Default [1, 1]. */
  readonly ngrams?: readonly [number, number];
  /**
   * The shortest and the longest piece of a word that counts as a token, in characters, 1 to 3 and up to 8, in
   * place of the words: of "slow" with [3, 3] `" sl"`, `"slo"`, `"low"`, `"ow "`. A space stands at both ends, so that
   * beginnings and ends are tokens of their own. So words that were never seen, misspelled or bent have known parts.
   */
  readonly letters?: readonly [number, number];
}

/** An expression that is the list of tokens of a text, or missing; numbers are made of it. */
export interface TokensExpr<R extends string = string> extends Expr<"tokens", R> {
  /** How many tokens there are. */
  total(): NumberExpr<R>;
  /** How often a token is there. */
  count(token: string): NumberExpr<R>;
  /**
   * The mean of the numbers that a table gives to the tokens; those that are no key have the number
   * `otherwise` or do not count. Missing when nothing counts.
   */
  meanOf(table: LookupTable): NumberExpr<R>;
  /**
   * The length of the bag of words that a table weights, as a vector: √Σ(count(w) · weight(w))², or with
   * `l1` Σ|count(w) · weight(w)|; 0 when no token is a key of it.
   */
  normOf(table: LookupTable, norm?: "l1" | "l2"): NumberExpr<R>;
}

const tokensParams = {
  name: "tokens",
  expected:
    "a pattern that means the same in every engine, texts as stop words, and runs of 1 to 8 tokens, or pieces of words from 1 to 3 characters up to 8",
};
const countParams = { name: "count", expected: "a text" };
const normParams = { name: "tokenNorm", expected: "a table of texts and as many finite numbers" };
const meanParams = { name: "meanOf", expected: "a table of texts and as many finite numbers" };

/** The tokens of the text of a node. */
export function tokensOf<R extends string>(
  node: ExprNode,
  reads: readonly R[],
  options: TokensOptions,
): TokensExpr<R> {
  checkNames("tokens", options, ["pattern", "stopWords", "ngrams", "letters"]);
  const { pattern = null, stopWords = [], ngrams = [1, 1], letters } = options;
  const pieces = letters === undefined ? {} : { letters: [...letters] };
  const cut = { pattern, stopWords: [...stopWords], ngrams: [...ngrams], ...pieces };
  const tokens = callWith(tokensParams, cut, node);
  return {
    kind: "tokens",
    node: tokens,
    reads,
    total: () => numberExpr(call("tokenCount", tokens), reads),
    count: (token) => numberExpr(callWith(countParams, { token }, tokens), reads),
    meanOf: ({ keys, values, otherwise = null }) => {
      const table = { keys: [...keys], values: [...values], otherwise };
      return numberExpr(callWith(meanParams, table, tokens), reads);
    },
    normOf: ({ keys, values }, norm = "l2") => {
      const table = { keys: [...keys], values: [...values], otherwise: null, norm };
      return numberExpr(callWith(normParams, table, tokens), reads);
    },
  };
}
