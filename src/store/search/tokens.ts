/** @file The words of a filter: names, numbers, texts in quotes, operators, and the punctuation of lists. */
import { fail } from "../errors.ts";

/** A word of a filter. */
export interface FilterToken {
  readonly kind: "name" | "number" | "text" | "operator" | "punctuation";
  /** As it was written. */
  readonly source: string;
}

const patterns: readonly (readonly [FilterToken["kind"], RegExp])[] = [
  ["number", /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/],
  ["text", /^'(?:[^'\\]|\\.|'')*'/],
  [
    "name",
    /^(?:[\p{L}_][\p{L}\p{N}_]*|`[^`]*`|"[^"]*")(?:\.(?:[\p{L}\p{N}_/:-]+|`[^`]*`|"[^"]*"))*/u,
  ],
  ["operator", /^(?:!=|>=|<=|=|>|<)/],
  ["punctuation", /^[(),]/],
];

/**
 * Cuts a filter into words. O(length).
 *
 * @throws `store/corrupt-filter` at what is none of them
 */
export function filterTokens(filter: string): readonly FilterToken[] {
  const tokens: FilterToken[] = [];
  let rest = filter.trimStart();
  while (rest !== "") {
    const token = firstToken(rest);
    if (token === undefined)
      return fail("store/corrupt-filter", {
        filter,
        reason: `Invalid clause(s) in filter string: '${rest}'`,
      });
    tokens.push(token);
    rest = rest.slice(token.source.length).trimStart();
  }
  return tokens;
}

function firstToken(text: string): FilterToken | undefined {
  for (const [kind, pattern] of patterns) {
    const source = pattern.exec(text)?.[0];
    if (source !== undefined) return { kind, source };
  }
  return undefined;
}

/** A name or text without the quotes around it. */
export function unquoted(source: string): string {
  const quote = source[0];
  const isQuoted = source.length >= 2 && quote !== undefined && "'\"`".includes(quote);
  return isQuoted && source.endsWith(quote) ? source.slice(1, -1) : source;
}
