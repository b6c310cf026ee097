/** @file What Databricks writes and DuckDB does not parse, taken out of a query so that every byte keeps its place. */
import { fail } from "./errors.ts";
import {
  closingOf,
  isName,
  isSymbol,
  isWord,
  placeOf,
  space,
  type Token,
  tokensOf,
} from "./tokens.ts";

/** Which version of a table a query asks for, as it is written. */
export interface Pin {
  readonly unit: "version" | "timestamp";
  /** The value, in SQL. */
  readonly sql: string;
  /** Where it stands, in bytes. */
  readonly byte: number;
}

/** A query that DuckDB parses. */
export interface Prepared {
  /** As it was given: positions are told in it. */
  readonly query: string;
  /** The same number of bytes, without AS OF, backticks and foreign spaces. */
  readonly text: string;
  readonly tokens: readonly Token[];
  /** What AS OF said, by the byte at which the name before it begins. */
  readonly pins: ReadonlyMap<number, Pin>;
}

/**
 * Takes `VERSION AS OF 3`, `TIMESTAMP AS OF '…'`, the forms with FOR and SYSTEM_, and `@v3` out of a query,
 * and puts double quotes for backticks. Texts, quoted names and comments stay as they are.
 */
export function prepare(query: string): Prepared {
  if (query.includes("\0"))
    fail("table/failed-query", {
      at: placeOf(query, Buffer.from(query).indexOf(0)),
      reason: "it has a NUL character, at which the engine would stop reading",
    });
  const tokens = tokensOf(query);
  const pins = new Map<number, Pin>();
  const gone: (readonly [number, number])[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const found = asOfAt(query, tokens, i) ?? atVersionAt(tokens, i);
    if (found === undefined) continue;
    pins.set(found.name, found.pin);
    gone.push([found.from, found.to]);
    i = found.last;
  }
  const kept = tokens.filter(({ at }) => !gone.some(([from, to]) => at >= from && at < to));
  return { query, text: rewritten(query, tokens, gone), tokens: kept, pins };
}

const units: Readonly<Record<string, Pin["unit"]>> = {
  VERSION: "version",
  SYSTEM_VERSION: "version",
  TIMESTAMP: "timestamp",
  SYSTEM_TIME: "timestamp",
};

interface AsOf {
  readonly pin: Pin;
  /** The byte at which the name before it begins. */
  readonly name: number;
  readonly from: number;
  readonly to: number;
  /** The index of its last token. */
  readonly last: number;
}

function asOfAt(query: string, tokens: readonly Token[], i: number): AsOf | undefined {
  const word = tokens[i];
  if (word?.kind !== "word" || !isWord(tokens[i + 1], "AS") || !isWord(tokens[i + 2], "OF"))
    return undefined;
  const unit = units[word.text.toUpperCase()];
  const end = valueEnd(tokens, i + 3);
  const first = isWord(tokens[i - 1], "FOR") ? i - 1 : i;
  const name = nameBefore(tokens, first);
  const [value, last] = [tokens[i + 3], tokens[end - 1]];
  if (unit === undefined || end === i + 3 || name === undefined || !value || !last)
    return undefined;
  const to = last.at + last.text.length;
  return {
    pin: { unit, sql: query.slice(value.at, to), byte: value.byte },
    name: name.byte,
    from: (tokens[first] ?? word).at,
    to,
    last: end - 1,
  };
}

/** `name@v3`, without spaces: a version as Delta's paths and Databricks' names have it. */
function atVersionAt(tokens: readonly Token[], i: number): AsOf | undefined {
  const [before, sign, value] = [tokens[i - 1], tokens[i], tokens[i + 1]];
  const number = value?.kind === "word" ? /^v(\d+)$/i.exec(value.text)?.[1] : undefined;
  const name = nameBefore(tokens, i);
  if (!isSymbol(sign, "@") || !before || !sign || !value || !name || number === undefined)
    return undefined;
  if (before.at + before.text.length !== sign.at || value.at !== sign.at + 1) return undefined;
  const to = value.at + value.text.length;
  const pin = { unit: "version", sql: number, byte: value.byte } as const;
  return { pin, name: name.byte, from: sign.at, to, last: i + 1 };
}

/** Behind the value: a literal, a typed literal, a call, or what stands in parentheses. */
function valueEnd(tokens: readonly Token[], i: number): number {
  const [first, second] = [tokens[i], tokens[i + 1]];
  if (first?.kind === "number" || first?.kind === "string") return i + 1;
  if (isSymbol(first, "(")) return closingOf(tokens, i);
  if (first?.kind !== "word") return i;
  if (second?.kind === "string") return i + 2;
  return isSymbol(second, "(") ? closingOf(tokens, i + 1) : i;
}

/** The first token of the name that ends before a token: of `a.b.c` the `a`. */
function nameBefore(tokens: readonly Token[], end: number): Token | undefined {
  let i = end - 1;
  if (!isName(tokens[i])) return undefined;
  while (isSymbol(tokens[i - 1], ".") && isName(tokens[i - 2])) i -= 2;
  return tokens[i];
}

function rewritten(
  query: string,
  tokens: readonly Token[],
  gone: readonly (readonly [number, number])[],
): string {
  const blank = (text: string): string => " ".repeat(Buffer.byteLength(text));
  const edits: (readonly [number, number, string])[] = gone.map(([from, to]) => [
    from,
    to,
    blank(query.slice(from, to)),
  ]);
  let behind = 0;
  for (const { kind, text, at, byte } of tokens) {
    const spaces = query.slice(behind, at);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is what is looked for
    if (/[^\x00-\x7f]/.test(spaces) && !gone.some(([from, to]) => at > from && at <= to))
      edits.push([behind, at, spaces.replaceAll(new RegExp(space.source, "g"), plain)]);
    behind = at + text.length;
    if (kind !== "backtick") continue;
    const name = text.slice(1, -1);
    if (/["`]/.test(name)) {
      const reason = "a name between backticks cannot hold a quote; write it between double quotes";
      fail("table/failed-query", { at: placeOf(query, byte), reason });
    }
    edits.push([at, behind, `"${name}"`]);
  }
  return edited(
    query,
    edits.sort(([a], [b]) => a - b),
  );
}

/** Spaces as plain ones; ends of lines stay, for they end comments. */
const plain = (spaces: string): string =>
  [...spaces]
    .map((one) => (/[\n\r]/.test(one) ? one : " ".repeat(Buffer.byteLength(one))))
    .join("");

function edited(text: string, edits: readonly (readonly [number, number, string])[]): string {
  let [result, at] = ["", 0];
  for (const [from, to, put] of edits) {
    if (from < at) continue; // within an AS OF that is taken out whole
    result += text.slice(at, from) + put;
    at = to;
  }
  return result + text.slice(at);
}
