/** @file SQL as words: strings, quoted names and comments told apart, each token with its place. */

/** What a token is; comments and spaces are none. */
export type TokenKind =
  | "word"
  | "quoted"
  | "backtick"
  | "string"
  | "number"
  | "parameter"
  | "symbol";

/** One token of a query. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Where it begins: in characters of JavaScript, and in bytes of UTF-8, as the engine counts. */
  readonly at: number;
  readonly byte: number;
}

/** What the engine takes for a space: it puts a plain one there, so that bytes would be counted anew. */
export const space = /[ \t\n\v\f\r\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]+/y;

/** What may stand in a name beside letters and digits of ASCII: all that is no space. */
const other =
  "\\u0080-\\u009f\\u00a1-\\u1fff\\u200e-\\u202e\\u2030-\\u205e\\u2061-\\u2fff\\u3001-\\ufefe\\uff00-\\uffff";

const rules: readonly (readonly [TokenKind | undefined, RegExp])[] = [
  [undefined, space],
  [undefined, /--[^\n\r]*/y],
  ["string", /[eE]'(?:[^'\\]|\\[\s\S]|'')*'?/y],
  ["string", /(?:[xXbB]|[uU]&)?'(?:[^']|'')*'?/y],
  ["quoted", /(?:[uU]&)?"(?:[^"]|"")*"?/y],
  ["backtick", /`(?:[^`]|``)*`?/y],
  ["number", /(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y],
  ["parameter", new RegExp(`\\?\\d*|\\$[\\w${other}]+`, "y")],
  ["word", new RegExp(`[A-Za-z_${other}][\\w$${other}]*`, "y")],
  ["symbol", /[\s\S]/uy],
];
const dollars = new RegExp(`\\$(?:[A-Za-z_${other}][\\w${other}]*)?\\$`, "y");

/**
 * The tokens of a query, as DuckDB's own scanner cuts it: comments nest, texts may stand between
 * dollars. What is not closed goes to the end; the parser says so.
 */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let [at, byte] = [0, 0];
  while (at < query.length) {
    const [kind, end] = nextOf(query, at);
    const text = query.slice(at, end);
    if (kind !== undefined) tokens.push({ kind, text, at, byte });
    byte += Buffer.byteLength(text);
    at = end;
  }
  return tokens;
}

function nextOf(query: string, at: number): readonly [TokenKind | undefined, number] {
  if (query.startsWith("/*", at)) return [undefined, endOfComment(query, at)];
  if (query[at] === "$") {
    const end = endOfDollars(query, at);
    if (end !== undefined) return ["string", end];
  }
  for (const [kind, rule] of rules) {
    rule.lastIndex = at;
    if (rule.test(query)) return [kind, rule.lastIndex];
  }
  return ["symbol", at + 1];
}

function endOfComment(query: string, at: number): number {
  let depth = 1;
  let i = at + 2;
  while (depth > 0 && i < query.length) {
    if (query.startsWith("/*", i)) depth += 1;
    else if (query.startsWith("*/", i)) depth -= 1;
    else i -= 1; // one character, and not two
    i += 2;
  }
  return Math.min(i, query.length);
}

/** The end of a text between `$tag$` and `$tag$`; undefined when none begins here. */
function endOfDollars(query: string, at: number): number | undefined {
  dollars.lastIndex = at;
  const [tag] = dollars.exec(query) ?? [];
  if (tag === undefined) return undefined;
  const end = query.indexOf(tag, at + tag.length);
  return end < 0 ? query.length : end + tag.length;
}

/** Whether the token is this word of SQL: without quotes, in any case. */
export const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === "word" && words.includes(token.text.toUpperCase());

/** Whether the token is this sign. */
export const isSymbol = (token: Token | undefined, text: string): boolean =>
  token?.kind === "symbol" && token.text === text;

/** Whether the token can be a part of a name. */
export const isName = (token: Token | undefined): boolean =>
  token?.kind === "word" || token?.kind === "quoted" || token?.kind === "backtick";

/** A name as it is meant: without its quotes. */
export function nameOf({ kind, text }: Token): string {
  if (kind === "quoted") return text.slice(1, -1).replaceAll('""', '"');
  return kind === "backtick" ? text.slice(1, -1).replaceAll("``", "`") : text;
}

/** The index behind a token's closing parenthesis, when the token opens one. */
export function closingOf(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    if (isSymbol(tokens[i], "(")) depth += 1;
    if (isSymbol(tokens[i], ")")) depth -= 1;
    if (depth === 0) return i + 1;
  }
  return tokens.length;
}

/** "line 2, column 7": where a byte of the query is. */
export function placeOf(query: string, byte: number): string {
  const before = Buffer.from(query).subarray(0, byte).toString("utf8");
  const lines = before.split(/\r\n|\n|\r/);
  return `line ${lines.length}, column ${[...(lines.at(-1) ?? "")].length + 1}`;
}
