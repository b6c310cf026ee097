/** @file Row conditions written as text: those of Great Expectations, pandas and Spark, in one grammar. */
import type { Json } from "../../flow.ts";
import {
  type Condition,
  comparison,
  joined,
  negated,
  nullity,
  type Operator,
} from "./condition.ts";

/** A piece of the text. */
interface Token {
  readonly kind: "name" | "text" | "number" | "word" | "sign" | "end";
  readonly text: string;
}

const words = new Set("and or not in is null between true false none like".split(" "));

/** A column, or a value. */
type Operand = { readonly column: string } | { readonly value: Json };

interface Parser {
  readonly tokens: readonly Token[];
  readonly refuse: (reason: string) => never;
  at: number;
}

/**
 * Reads a condition: comparisons of a column with a value, `in`, `between`, `is null`, `isnull()`,
 * joined by and, or, not (`&`, `|`, `~`) and brackets. Columns are `name`, `` `a name` `` or
 * `col("name")`. Nothing else: no function, no arithmetic, no other table.
 *
 * @param text - The condition.
 * @param refuse - Called with the reason when it is none of this.
 * @example
 * ```ts no-run
 * parseCondition('col("x") > 3 and y in ["a", "b"]', refuse)
 * ```
 */
export function parseCondition(text: string, refuse: (reason: string) => never): Condition {
  const parser: Parser = { tokens: tokenize(text, refuse), refuse, at: 0 };
  const condition = disjunction(parser);
  if (peek(parser).kind !== "end") refuse(`${JSON.stringify(peek(parser).text)} was not expected`);
  return condition;
}

const pattern =
  /\s+|(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|"(?<double>(?:[^"\\]|\\.)*)"|'(?<single>(?:[^'\\]|\\.)*)'|`(?<quoted>[^`]+)`|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<sign>==|!=|<>|<=|>=|&&|\|\||[=<>&|~!()[\],.])/uy;

function tokenize(text: string, refuse: (reason: string) => never): readonly Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const from = pattern.lastIndex;
    const groups =
      pattern.exec(text)?.groups ??
      refuse(`unreadable from ${JSON.stringify(text.slice(from, from + 20))}`);
    const token = tokenOf(groups);
    if (token !== undefined) tokens.push(token);
  }
  return [...tokens, { kind: "end", text: "the end" }];
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token | undefined {
  const { number, double, single, quoted, name, sign } = groups;
  const text = double ?? single;
  if (text !== undefined) return { kind: "text", text: text.replaceAll(/\\(.)/gu, "$1") };
  if (number !== undefined) return { kind: "number", text: number };
  if (quoted !== undefined) return { kind: "name", text: quoted };
  if (sign !== undefined) return { kind: "sign", text: sign };
  if (name === undefined) return undefined;
  return words.has(name.toLowerCase())
    ? { kind: "word", text: name.toLowerCase() }
    : { kind: "name", text: name };
}

const peek = ({ tokens, at }: Parser): Token =>
  tokens[Math.min(at, tokens.length - 1)] ?? { kind: "end", text: "the end" };

/** Takes the next piece when it is one of these. */
function take(parser: Parser, ...texts: readonly string[]): string | undefined {
  const { kind, text } = peek(parser);
  if ((kind !== "sign" && kind !== "word") || !texts.includes(text)) return undefined;
  parser.at += 1;
  return text;
}

function need(parser: Parser, ...texts: readonly string[]): string {
  const found = take(parser, ...texts);
  const expected = texts.map((text) => JSON.stringify(text)).join(" or ");
  return found ?? parser.refuse(`expected ${expected}, got ${JSON.stringify(peek(parser).text)}`);
}

function disjunction(parser: Parser): Condition {
  const conditions = [conjunction(parser)];
  while (take(parser, "or", "|", "||")) conditions.push(conjunction(parser));
  return joined("or", conditions);
}

function conjunction(parser: Parser): Condition {
  const conditions = [negation(parser)];
  while (take(parser, "and", "&", "&&")) conditions.push(negation(parser));
  return joined("and", conditions);
}

function negation(parser: Parser): Condition {
  if (take(parser, "not", "~", "!")) return negated(negation(parser));
  if (take(parser, "(")) {
    const condition = disjunction(parser);
    need(parser, ")");
    return condition;
  }
  return test(parser);
}

const flipped: Readonly<Record<string, Operator>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};
const operators: Readonly<Record<string, Operator>> = {
  "=": "==",
  "==": "==",
  "!=": "!=",
  "<>": "!=",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

function test(parser: Parser): Condition {
  const left = operand(parser);
  const sign = take(parser, ...Object.keys(operators));
  if (sign !== undefined) return comparisons(parser, left, operators[sign] ?? "==");
  if (!("column" in left)) return parser.refuse("a value stands alone");
  return ofColumn(parser, left.column);
}

/** What may follow a column other than a comparison; nothing means that it is true. */
function ofColumn(parser: Parser, column: string): Condition {
  if (take(parser, ".")) return method(parser, column);
  if (take(parser, "is")) {
    const isNull = take(parser, "not") === undefined;
    need(parser, "null", "none");
    return nullity(column, isNull);
  }
  const not = take(parser, "not") !== undefined;
  if (take(parser, "between")) {
    const low = comparison(column, ">=", literal(parser));
    need(parser, "and");
    const both = joined("and", [low, comparison(column, "<=", literal(parser))]);
    return not ? negated(both) : both;
  }
  if (take(parser, "in")) return comparison(column, not ? "NOT_IN" : "IN", values(parser));
  if (not) parser.refuse('expected "in" or "between" after "not"');
  return comparison(column, "==", true);
}

/** One comparison, or a chain of two: `1 < x <= 5`. */
function comparisons(parser: Parser, left: Operand, operator: Operator): Condition {
  const right = operand(parser);
  if ("column" in left && "value" in right) return comparison(left.column, operator, right.value);
  if (!("value" in left) || !("column" in right))
    return parser.refuse("expected a column on one side and a value on the other");
  const first = comparison(right.column, flipped[operator] ?? operator, left.value);
  const sign = take(parser, ...Object.keys(operators));
  if (sign === undefined) return first;
  return joined("and", [first, comparison(right.column, operators[sign] ?? "==", literal(parser))]);
}

function method(parser: Parser, column: string): Condition {
  const name = next(parser).text.toLowerCase();
  if (name === "isin") return comparison(column, "IN", values(parser));
  need(parser, "(");
  need(parser, ")");
  if (name === "isnull" || name === "isna") return nullity(column, true);
  if (name === "notnull" || name === "notna" || name === "isnotnull") return nullity(column, false);
  return parser.refuse(`unknown function ${JSON.stringify(name)}`);
}

function next(parser: Parser): Token {
  const token = peek(parser);
  parser.at += 1;
  return token;
}

function operand(parser: Parser): Operand {
  const { kind, text } = peek(parser);
  if (kind !== "name") return { value: literal(parser) };
  parser.at += 1;
  if (peek(parser).text !== "(" || peek(parser).kind !== "sign") return { column: text };
  const call = text.toLowerCase();
  if (call !== "col" && call !== "date") parser.refuse(`unknown function ${JSON.stringify(text)}`);
  need(parser, "(");
  const inside = literal(parser);
  need(parser, ")");
  return call === "col" ? { column: String(inside) } : { value: inside };
}

function literal(parser: Parser): Json {
  const { kind, text } = next(parser);
  if (kind === "text") return text;
  if (kind === "number") return Number(text);
  if (kind === "word" && (text === "true" || text === "false")) return text === "true";
  if (kind === "name" && text.toLowerCase() === "date" && take(parser, "(")) {
    const moment = literal(parser);
    need(parser, ")");
    return moment;
  }
  return parser.refuse(`expected a value, got ${JSON.stringify(text)}`);
}

function values(parser: Parser): readonly Json[] {
  const closing = need(parser, "(", "[") === "(" ? [")"] : ["]"];
  const bracketed = closing[0] === ")" && take(parser, "[") !== undefined;
  const found = [literal(parser)];
  while (take(parser, ",")) found.push(literal(parser));
  if (bracketed) need(parser, "]");
  need(parser, ...closing);
  return found;
}
