/** @file Suite parameters as Great Expectations evaluates them: a name, or arithmetic over names, numbers and moments. */
import type { Json } from "../../flow.ts";

/** A number, a moment or a length of time, both in milliseconds. */
type Quantity =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "moment"; readonly value: number }
  | { readonly kind: "span"; readonly value: number };

/** What an expression is evaluated with. */
export interface ParameterPlace {
  /** Values by name; undefined where there is none. */
  readonly valueOf: (name: string) => Json | undefined;
  /** Milliseconds since 1970: what `now()` is. */
  readonly nowMs: number;
  /** Called with the name that has no value. */
  readonly missing: (name: string) => never;
  /** Called with the reason when it is no expression. */
  readonly refuse: (reason: string) => never;
}

interface Parser {
  readonly tokens: readonly string[];
  readonly place: ParameterPlace;
  at: number;
}

const name = /^[A-Za-z][\w$]*$/;
const token = /\s+|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[A-Za-z][\w$]*|[-+*/^(),=])/y;

/**
 * The value of a parameter: any value by its name alone, or `+ - * / ^`, brackets, `PI`, `E`, and the
 * functions `sin cos tan exp abs trunc round sgn now timedelta datetime` over names and numbers.
 *
 * @returns The value; a moment is ISO 8601 text, a length of time is not a value.
 * @example
 * ```ts no-run
 * evaluateParameter("now() - timedelta(days=7)", place)
 * ```
 * @see great_expectations 1.24.1, `SuiteParameterParser`
 */
export function evaluateParameter(text: string, place: ParameterPlace): Json {
  const trimmed = text.trim();
  const direct = place.valueOf(trimmed);
  if (direct !== undefined) return direct;
  if (name.test(trimmed)) return place.missing(trimmed);
  const parser: Parser = { tokens: tokensOf(trimmed, place), place, at: 0 };
  const { kind, value } = sum(parser);
  if (parser.at < parser.tokens.length)
    place.refuse(`${JSON.stringify(peek(parser))} was not expected`);
  if (kind === "span") place.refuse("it is a length of time");
  return kind === "moment" ? new Date(value).toISOString() : value;
}

function tokensOf(text: string, { refuse }: ParameterPlace): readonly string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const from = token.lastIndex;
    const found =
      token.exec(text) ?? refuse(`unreadable from ${JSON.stringify(text.slice(from, from + 20))}`);
    if (found[1] !== undefined) tokens.push(found[1]);
  }
  return tokens;
}

const peek = ({ tokens, at }: Parser): string => tokens[at] ?? "the end";

function take(parser: Parser, ...wanted: readonly string[]): string | undefined {
  const found = parser.tokens[parser.at];
  if (found === undefined || !wanted.includes(found)) return undefined;
  parser.at += 1;
  return found;
}

function need(parser: Parser, wanted: string): void {
  if (take(parser, wanted) === undefined)
    parser.place.refuse(`expected ${JSON.stringify(wanted)}, got ${JSON.stringify(peek(parser))}`);
}

function sum(parser: Parser): Quantity {
  let left = product(parser);
  for (let sign = take(parser, "+", "-"); sign !== undefined; sign = take(parser, "+", "-"))
    left = added(parser, [left, sign, product(parser)]);
  return left;
}

/** A moment takes a span; two moments have one between them. */
function added({ place }: Parser, [a, sign, b]: readonly [Quantity, string, Quantity]): Quantity {
  const value = sign === "+" ? a.value + b.value : a.value - b.value;
  if (a.kind === b.kind && a.kind !== "moment") return { kind: a.kind, value };
  if (a.kind === "moment" && b.kind === "span") return { kind: "moment", value };
  if (a.kind === "span" && b.kind === "moment" && sign === "+") return { kind: "moment", value };
  if (a.kind === "moment" && b.kind === "moment" && sign === "-") return { kind: "span", value };
  return place.refuse(`a ${a.kind} ${sign} a ${b.kind}`);
}

function product(parser: Parser): Quantity {
  let left = power(parser);
  for (let sign = take(parser, "*", "/"); sign !== undefined; sign = take(parser, "*", "/")) {
    const right = power(parser);
    const times = sign === "*";
    if (right.kind !== "number" && !(times && left.kind === "number"))
      parser.place.refuse(`a ${left.kind} ${sign} a ${right.kind}`);
    if (left.kind === "moment" || right.kind === "moment")
      parser.place.refuse(`a moment ${sign} a number`);
    const kind = left.kind === "number" ? right.kind : left.kind;
    left = { kind, value: times ? left.value * right.value : left.value / right.value };
  }
  return left;
}

/** Powers bind to the right: 2^3^2 is 2^9. */
function power(parser: Parser): Quantity {
  const base = atom(parser);
  if (take(parser, "^") === undefined) return base;
  const exponent = power(parser);
  if (base.kind !== "number" || exponent.kind !== "number")
    parser.place.refuse("a power of what is no number");
  return { kind: "number", value: base.value ** exponent.value };
}

function atom(parser: Parser): Quantity {
  const { place } = parser;
  if (take(parser, "-") !== undefined) {
    const { kind, value } = atom(parser);
    return kind === "moment" ? place.refuse("a negative moment") : { kind, value: -value };
  }
  if (take(parser, "+") !== undefined) return atom(parser);
  if (take(parser, "(") !== undefined) {
    const inside = sum(parser);
    need(parser, ")");
    return inside;
  }
  const found = peek(parser);
  parser.at += 1;
  if (/^[\d.]/.test(found)) return { kind: "number", value: Number(found) };
  if (!name.test(found) || found === "the end")
    return place.refuse(`${JSON.stringify(found)} was not expected`);
  if (take(parser, "(") !== undefined) return call(parser, found);
  return named(found, place);
}

const constants: Readonly<Record<string, number>> = { PI: Math.PI, E: Math.E };

function named(found: string, place: ParameterPlace): Quantity {
  const value = place.valueOf(found) ?? constants[found.toUpperCase()] ?? place.missing(found);
  if (typeof value === "number") return { kind: "number", value };
  const moment = typeof value === "string" ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(moment))
    place.refuse(`${JSON.stringify(found)} is neither a number nor a moment`);
  return { kind: "moment", value: moment };
}

interface Argument {
  readonly key: string | undefined;
  readonly value: Quantity;
}

/** The arguments of a function, up to its closing bracket. */
function argumentsOf(parser: Parser): readonly Argument[] {
  const found: Argument[] = [];
  while (take(parser, ")") === undefined) {
    if (found.length > 0) need(parser, ",");
    const hasKey = parser.tokens[parser.at + 1] === "=";
    const key = hasKey ? peek(parser) : undefined;
    if (hasKey) parser.at += 2;
    found.push({ key, value: sum(parser) });
  }
  return found;
}

const functions: Readonly<Record<string, (x: number) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  exp: Math.exp,
  abs: Math.abs,
  trunc: Math.trunc,
  round: toEven,
  sgn: (x) => (Math.abs(x) <= 1e-12 ? 0 : Math.sign(x)),
};

/** The nearest whole number; of two as near, the even one, as Python's `round` has it. */
function toEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

const spans: Readonly<Record<string, number>> = {
  weeks: 604_800_000,
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
  microseconds: 0.001,
};
/** The order of `timedelta`'s arguments without names. */
const spanOrder = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"];
const momentOrder = ["year", "month", "day", "hour", "minute", "second", "microsecond"];

function call(parser: Parser, found: string): Quantity {
  const { place } = parser;
  const given = argumentsOf(parser);
  if (found === "now" && given.length === 0) return { kind: "moment", value: place.nowMs };
  if (found === "timedelta") {
    const parts = keyed(given, spanOrder, place).map(([key, n]) => n * (spans[key] ?? 0));
    return { kind: "span", value: parts.reduce((all, part) => all + part, 0) };
  }
  if (found === "datetime") {
    const parts = new Map(keyed(given, momentOrder, place));
    const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, micro = 0] =
      momentOrder.map((key) => parts.get(key));
    return {
      kind: "moment",
      value: Date.UTC(year, month - 1, day, hour, minute, second, micro / 1000),
    };
  }
  const apply = Object.hasOwn(functions, found) ? functions[found] : undefined;
  const [first] = given;
  if (apply === undefined || first?.value.kind !== "number" || given.length > 1)
    return place.refuse(`${found} of ${given.length} values`);
  return { kind: "number", value: apply(first.value.value) };
}

/** Arguments by name; those without one by their place. */
function keyed(
  given: readonly Argument[],
  order: readonly string[],
  { refuse }: ParameterPlace,
): readonly (readonly [string, number])[] {
  return given.map(({ key, value }, i) => {
    const known = key ?? order[i] ?? "";
    if (!order.includes(known) || value.kind !== "number")
      refuse(`the argument ${JSON.stringify(known)}`);
    return [known, value.value] as const;
  });
}
