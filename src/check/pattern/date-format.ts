/** @file Date formats in the directives of C's strptime, as Python reads them: SQL, and one value. */
import { quoteText } from "../../table/index.ts";
import { fail } from "../errors.ts";

/** A format as tests of a text. */
export interface DateFormat {
  /** SQL that is true when the text has the format and names a day that exists. */
  sql(text: string): string;
  fits(text: string): boolean;
}

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const monthNames =
  "january february march april may june july august september october november december";
const days = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";

const dayOfMonth = "3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]";
const earlyDay = "2[0-8]|1\\d|0[1-9]|[1-9]| [1-9]";

/** Directives that the engine reads as Python does once the regular expression has matched, between signs. */
const plain = "YmdHMS";

/** The regular expression of each directive, and the part of a date that its group is. */
const directives: Readonly<
  Record<string, readonly [regex: string, part?: "y" | "c" | "m" | "b" | "d"]>
> = {
  Y: ["[1-9]\\d{3}|0[1-9]\\d\\d|00[1-9]\\d|000[1-9]", "y"],
  m: ["1[0-2]|0[1-9]|[1-9]", "m"],
  d: [dayOfMonth, "d"],
  b: [months.join("|"), "b"],
  B: [monthNames.replaceAll(" ", "|"), "b"],
  y: ["\\d\\d", "c"],
  H: ["2[0-3]|[01]\\d|\\d"],
  I: ["1[0-2]|0[1-9]|[1-9]| [1-9]"],
  M: ["[0-5]\\d|\\d"],
  S: ["[0-5]\\d|\\d"],
  f: ["\\d{1,6}"],
  j: ["36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]"],
  p: ["am|pm"],
  a: ["mon|tue|wed|thu|fri|sat|sun"],
  A: [days],
  z: ["[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|z"],
  "%": ["%"],
};

/**
 * Compiles a date format: `%Y %m %d %b %B %y %H %I %M %S %f %j %p %a %A %z %%`, English names in
 * any case, a run of blanks for any run of blanks, as Python's `strptime`.
 *
 * @throws `check/unsupported-format` for another directive, or one that stands twice
 * @example
 * ```ts
 * dateFormat("demo", "%Y-%m-%d").fits("2024-02-29") // => true
 * dateFormat("demo", "%Y-%m-%d").fits("2023-02-29") // => false
 * ```
 */
export function dateFormat(type: string, format: string): DateFormat {
  const refuse = (reason: string): never =>
    fail("check/unsupported-format", { type, format, reason });
  const parts = new Map<string, number>();
  const seen = new Set<string>();
  let groups = 0;
  const source = format.replaceAll(/%(.?)|\s+|[\^$\\.*+?()[\]{}|/]/gsu, (piece, name: string) => {
    if (!piece.startsWith("%")) return piece.trim() === "" ? "[\\t\\n\\f\\r ]+" : `\\${piece}`;
    const [regex, part] = directives[name] ?? refuse(`unknown directive ${piece}`);
    if (name !== "%" && seen.has(name)) refuse(`${piece} stands twice`);
    seen.add(name);
    groups += 1;
    if (part !== undefined) parts.set(part, groups);
    return `(${regex})`;
  });
  const js = new RegExp(`^(?:${source})$`, "iu");
  const hasDay = parts.has("d") && (parts.has("m") || parts.has("b"));
  const between = format.replaceAll(/%./gsu, "");
  const isPlain = [...seen].every((name) => plain.includes(name)) && !/[\p{L}\s]/u.test(between);
  return {
    sql: (text) => {
      const matches = (regex: string): string =>
        `regexp_full_match(${text}, ${quoteText(regex)}, 'i')`;
      const exists = isPlain
        ? `try_strptime(${text}, ${quoteText(format)}) IS NOT NULL`
        : dayCheck((part) => {
            const at = parts.get(part);
            const regex = quoteText(`^(?:${source})$`);
            return at === undefined
              ? undefined
              : `trim(regexp_extract(${text}, ${regex}, ${at}, 'i'))`;
          });
      if (exists === undefined || !hasDay) return matches(source);
      // Every month has 28 days, so that the calendar is asked about few texts. NULL stays NULL.
      const early = source.replace(`(${dayOfMonth})`, `(${earlyDay})`);
      return `(${matches(early)} OR (${matches(source)} AND ${exists}))`;
    },
    fits: (text) => {
      const match = js.exec(text);
      return match !== null && dayExists((part) => match[parts.get(part) ?? -1]);
    },
  };
}

/** SQL that is true when the day is one of the month; without a year it is 1900, as in Python. */
function dayCheck(part: (name: string) => string | undefined): string | undefined {
  const [full, short, day, named] = [part("y"), part("c"), part("d"), part("b")];
  const century = `CASE WHEN ${short} <= '68' THEN '20' ELSE '19' END || ${short}`;
  const year = full ?? (short === undefined ? "'1900'" : `(${century})`);
  const listed = `[${months.map((month) => `'${month}'`).join(", ")}]`;
  const month =
    part("m") ??
    (named === undefined ? undefined : `list_position(${listed}, lower(left(${named}, 3)))`);
  if (day === undefined || month === undefined) return undefined;
  return `TRY_CAST(${year} || '-' || ${month} || '-' || ${day} AS DATE) IS NOT NULL`;
}

function dayExists(part: (name: string) => string | undefined): boolean {
  const [short, day, named] = [part("c"), part("d"), part("b")];
  const century = short === undefined ? "1900" : `${Number(short) <= 68 ? 20 : 19}${short}`;
  const year = Number(part("y") ?? century);
  const month = part("m") ?? (named && months.indexOf(named.slice(0, 3).toLowerCase()) + 1);
  if (day === undefined || month === undefined) return true;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month) - 1];
  return Number(day) <= (length ?? 0);
}
