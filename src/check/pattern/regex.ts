/** @file A regular expression that RE2 and JavaScript read alike, translated to both. */
import { fail } from "../errors.ts";

/** One regular expression, for the engine and for one value. Both look for a match anywhere. */
export interface PortableRegex {
  /** As DuckDB's RE2 reads it. */
  readonly re2: string;
  readonly js: RegExp;
}

interface Reading {
  readonly source: string;
  readonly refuse: (reason: string) => never;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  at: number;
  inClass: boolean;
}

/** The text of a piece for RE2 and for JavaScript. */
type Piece = readonly [re2: string, js: string];

/** The classes that `\\d`, `\\w` and `\\s` stand for: those of Python, over Unicode. */
const classes: Readonly<Record<string, Piece>> = {
  d: ["\\p{Nd}", "\\p{Nd}"],
  w: ["\\p{L}\\p{N}_", "\\p{L}\\p{N}_"],
  s: [
    "\\t-\\r\\x{1c}-\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}",
    "\\t-\\r\\u{1c}-\\u{20}\\u{85}\\u{a0}\\u{1680}\\u{2000}-\\u{200a}\\u{2028}\\u{2029}\\u{202f}\\u{205f}\\u{3000}",
  ],
};

/**
 * Translates a regular expression in the syntax that RE2 and Python share: groups, classes,
 * repetition up to 1,000, `\d \w \s` over Unicode as in Python, `\b` over ASCII, `\A \z \Z`, `\p{…}`, the flags i, m and s at
 * the beginning. `$` without m is the end of the text, not the place before a last line break.
 *
 * @throws `check/unsupported-regex` for look-around, back-references and what else RE2 cannot do
 * @example
 * ```ts
 * portableRegex("demo", "^(?i)a.c").js.test("ABC") // => true
 * portableRegex("demo", "\\d+\\Z").re2 // => "[\\p{Nd}]+\\z"
 * ```
 */
export function portableRegex(type: string, source: string): PortableRegex {
  const refuse = (reason: string): never =>
    fail("check/unsupported-regex", { type, regex: source, reason });
  if (!source.isWellFormed()) refuse("half of a surrogate pair");
  const opening = /^(\^?)\(\?([aimsu]+)\)/.exec(source);
  const flags = opening?.[2] ?? "";
  const body = opening === null ? source : `${opening[1]}${source.slice(opening[0].length)}`;
  const reading: Reading = {
    source: body,
    refuse,
    dotAll: flags.includes("s"),
    multiline: flags.includes("m"),
    at: 0,
    inClass: false,
  };
  const pieces: Piece[] = [];
  while (reading.at < body.length) pieces.push(next(reading));
  if (reading.inClass) refuse("a class without its ]");
  const kept = [...new Set(flags.replaceAll(/[au]/g, ""))].join("");
  const re2 = `${kept === "" ? "" : `(?${kept})`}${pieces.map(([engine]) => engine).join("")}`;
  try {
    const js = new RegExp(pieces.map(([, own]) => own).join(""), kept.includes("i") ? "iu" : "u");
    return { re2, js };
  } catch (cause) {
    return refuse((cause as Error).message);
  }
}

/** What some characters begin or stand for outside brackets. */
const readers: Readonly<Record<string, (reading: Reading) => Piece>> = {
  "[": openClass,
  "(": group,
  "{": repetition,
  "}": () => ["\\}", "\\}"],
  "]": () => ["\\]", "\\]"],
  ".": ({ dotAll }) => [".", dotAll ? "[^]" : "[^\\n]"],
  "^": ({ multiline }) => ["^", multiline ? "(?<![^\\n])" : "^"],
  $: ({ multiline }) => ["$", multiline ? "(?![^\\n])" : "$"],
  "*": (reading) => repeated(reading, "*"),
  "+": (reading) => repeated(reading, "+"),
  "?": (reading) => repeated(reading, "?"),
};

function next(reading: Reading): Piece {
  const char = String.fromCodePoint(reading.source.codePointAt(reading.at) ?? 0);
  reading.at += char.length;
  if (char === "\\") return escaped(reading);
  if (reading.inClass) return inside(reading, char);
  const read = Object.hasOwn(readers, char) ? readers[char] : undefined;
  return read === undefined ? [char, char] : read(reading);
}

function repeated({ source, at, refuse }: Reading, sign: string): Piece {
  return source[at] === "+" ? refuse("possessive repetition") : [sign, sign];
}

function openClass(reading: Reading): Piece {
  reading.inClass = true;
  let opened = "[";
  if (reading.source[reading.at] === "^") {
    opened += "^";
    reading.at += 1;
  }
  if (reading.source[reading.at] === "]") {
    opened += "\\]";
    reading.at += 1;
  }
  return [opened, opened];
}

function inside(reading: Reading, char: string): Piece {
  if (char === "]") reading.inClass = false;
  if (char === "[" && /[:.=]/.test(reading.source[reading.at] ?? ""))
    reading.refuse("POSIX classes such as [:alpha:]");
  return char === "[" ? ["\\[", "\\["] : [char, char];
}

function group(reading: Reading): Piece {
  const rest = reading.source.slice(reading.at);
  if (!rest.startsWith("?")) return ["(", "("];
  if (rest.startsWith("?:")) {
    reading.at += 2;
    return ["(?:", "(?:"];
  }
  const named = /^\?P?<([A-Za-z_]\w*)>/.exec(rest);
  if (named !== null) {
    reading.at += named[0].length;
    return [`(?P<${named[1]}>`, `(?<${named[1]}>`];
  }
  if (/^\?(=|!|<=|<!)/.test(rest)) reading.refuse("look-around");
  if (rest.startsWith("?P=")) reading.refuse("a back-reference");
  return reading.refuse(`the group (${rest.slice(0, 3)}…`);
}

function repetition(reading: Reading): Piece {
  const counts = /^(\d*)(,?)(\d*)\}/.exec(reading.source.slice(reading.at));
  const [whole = "", low = "", comma = "", high = ""] = counts ?? [];
  if (whole === "" || (low === "" && high === "")) return ["\\{", "\\{"];
  reading.at += whole.length;
  if (Number(low) > 1000 || Number(high) > 1000) reading.refuse("more than 1,000 repetitions");
  if (reading.source[reading.at] === "+") reading.refuse("possessive repetition");
  const counted = `{${low === "" ? "0" : low}${comma}${high}}`;
  return [counted, counted];
}

const controls = new Set("fnrtv");
/** Escapes for places in the text. */
const places: Readonly<Record<string, Piece>> = {
  b: ["\\b", "\\b"],
  B: ["\\B", "\\B"],
  A: ["\\A", "(?<![^])"],
  z: ["\\z", "(?![^])"],
  Z: ["\\z", "(?![^])"],
};

function escaped(reading: Reading): Piece {
  const { source, inClass, refuse } = reading;
  const char = source[reading.at] ?? refuse("a backslash at the end");
  reading.at += 1;
  if (controls.has(char)) return [`\\${char}`, `\\${char}`];
  const named = classes[char.toLowerCase()];
  if (named !== undefined) return classPiece(named, char, reading);
  const place = inClass ? undefined : places[char];
  if (place !== undefined) return place;
  if (char === "p" || char === "P") return property(reading, char);
  if (char === "x" || char === "u" || char === "U") return codePoint(reading, char);
  if (/[1-9]/.test(char)) refuse("a back-reference");
  if (/[A-Za-z0-9]/.test(char)) refuse(`the escape \\${char}`);
  return literal(char, inClass);
}

/** The class, its opposite outside brackets; RE2 has no opposite inside them. */
function classPiece([re2, js]: Piece, char: string, { inClass, refuse }: Reading): Piece {
  const opposite = char !== char.toLowerCase();
  if (inClass) return opposite ? refuse(`\\${char} between brackets`) : [re2, js];
  const open = opposite ? "[^" : "[";
  return [`${open}${re2}]`, `${open}${js}]`];
}

function literal(char: string, inClass: boolean): Piece {
  if (/[\^$\\.*+?()[\]{}|/]/.test(char) || (char === "-" && inClass))
    return [`\\${char}`, `\\${char}`];
  return [char, char];
}

function codePoint(reading: Reading, form: string): Piece {
  const digits = form === "x" ? 2 : form === "u" ? 4 : 8;
  const rest = reading.source.slice(reading.at);
  const found =
    (form === "x" ? /^\{([0-9A-Fa-f]{1,6})\}/.exec(rest) : null) ??
    new RegExp(`^([0-9A-Fa-f]{${digits}})`).exec(rest) ??
    reading.refuse(`the escape \\${form}`);
  reading.at += found[0].length;
  const hex = (found[1] ?? "").replace(/^0+(?=.)/, "");
  return [`\\x{${hex}}`, `\\u{${hex}}`];
}

function property(reading: Reading, form: string): Piece {
  const found = /^(?:\{(\w+)\}|([A-Z]))/.exec(reading.source.slice(reading.at));
  const name = found?.[1] ?? found?.[2] ?? reading.refuse(`the escape \\${form}`);
  reading.at += found?.[0].length ?? 0;
  const own = /^[A-Z][a-z]?$/.test(name) ? name : `Script=${name}`;
  return [`\\${form}{${name}}`, `\\${form}{${own}}`];
}
