/** @file Types of expectations about texts: lengths, regular expressions, LIKE, date formats. */
import { list, quote } from "../../core/index.ts";
import { quoteText } from "../../table/index.ts";
import { dateFormat } from "../pattern/date-format.ts";
import { likeRegex } from "../pattern/like.ts";
import { portableRegex } from "../pattern/regex.ts";
import {
  type Definition,
  type Definitions,
  numberOf,
  type Site,
  textOf,
  textsOf,
} from "./definition.ts";
import {
  type KwargSpec,
  type Kwargs,
  kwargKinds as kinds,
  oneOf,
  orElse,
  required,
} from "./kwargs.ts";
import { boundKwargs, boundsText, type ValueRule, valueRule } from "./value-rules.ts";
import { textUse } from "./values.ts";

/** A test of a text: true when it matches. */
interface TextTest {
  readonly sql: (text: string) => string;
  readonly matches: (text: string) => boolean;
}

/** Whether a text that matches any or all of the tests keeps the rule, or breaks it. */
function textRule(tests: readonly TextTest[], how: "any" | "all" | "none"): ValueRule {
  const joined = (x: string): string =>
    `(${tests.map(({ sql }) => sql(x)).join(how === "all" ? " AND " : " OR ")})`;
  const holds = (text: string): boolean =>
    how === "all"
      ? tests.every(({ matches }) => matches(text))
      : tests.some(({ matches }) => matches(text));
  return {
    sql: (x) => (how === "none" ? joined(x) : `NOT ${joined(x)}`),
    breaks: (value) => holds(String(value)) === (how === "none"),
  };
}

function regexTest({ type }: Site, source: string): TextTest {
  const { re2, js } = portableRegex(type, source);
  return {
    sql: (x) => `regexp_matches(${x}, ${quoteText(re2)})`,
    matches: (text) => js.test(text),
  };
}

function likeTest({ kwargs }: Site, pattern: string): TextTest {
  const sign = kwargs["escape"] === undefined ? undefined : textOf(kwargs, "escape");
  const js = likeRegex(pattern, sign);
  const clause = sign === undefined ? "" : ` ESCAPE ${quoteText(sign)}`;
  return { sql: (x) => `(${x} LIKE ${quoteText(pattern)}${clause})`, matches: (t) => js.test(t) };
}

const matchOn: KwargSpec = orElse(oneOf("any", "all"), "any");

/** The four expectations of one kind of pattern: one or several, to match or not. */
function patterns(parts: {
  readonly kwarg: string;
  readonly says: string;
  readonly test: (site: Site, pattern: string) => TextTest;
  readonly also: Readonly<Record<string, KwargSpec>>;
}): { one: Definition; notOne: Definition; some: Definition; none: Definition } {
  const { kwarg, says, test, also } = parts;
  const single = (how: "any" | "none", verb: string): Definition =>
    valueRule({
      kwargs: { [kwarg]: required(kinds.text), ...also },
      says: (column, kwargs) => `${column} ${verb} ${says}${quote(kwargs[kwarg])}`,
      use: textUse,
      rule: (site) => textRule([test(site, textOf(site.kwargs, kwarg))], how),
    });
  const several = (how: "matchOn" | "none"): Definition =>
    valueRule({
      kwargs: {
        [`${kwarg}_list`]: required(kinds.texts),
        ...(how === "none" ? {} : { match_on: matchOn }),
        ...also,
      },
      says: (column, kwargs) =>
        `${column} matches ${howText(how, kwargs)} ${says}${list(textsOf(kwargs, `${kwarg}_list`))}`,
      use: textUse,
      rule: (site) => {
        const tests = textsOf(site.kwargs, `${kwarg}_list`).map((one) => test(site, one));
        const all = site.kwargs["match_on"] === "all" ? "all" : "any";
        return textRule(tests, how === "none" ? "none" : all);
      },
    });
  return {
    one: single("any", "matches"),
    notOne: single("none", "does not match"),
    some: several("matchOn"),
    none: several("none"),
  };
}

const howText = (how: "matchOn" | "none", kwargs: Kwargs): string =>
  how === "none" ? "none of" : kwargs["match_on"] === "all" ? "all of" : "one of";

const regex = patterns({ kwarg: "regex", says: "", test: regexTest, also: {} });
const like = patterns({
  kwarg: "like_pattern",
  says: "LIKE ",
  test: likeTest,
  also: { escape: kinds.letter },
});

/** How many characters (code points) a text has. */
const lengthOf = (value: unknown): number => [...String(value)].length;

function lengthRule({ kwargs }: Site): ValueRule {
  const exact = numberOf(kwargs, "value");
  if (exact !== undefined)
    return { sql: (x) => `length(${x}) <> ${exact}`, breaks: (value) => lengthOf(value) !== exact };
  const [min = -Infinity, max = Infinity] = [numberOf(kwargs, "min_value"), numberOf(kwargs, "max_value")]; // biome-ignore format: a pair
  const [strictMin, strictMax] = [kwargs["strict_min"] === true, kwargs["strict_max"] === true];
  return {
    sql: (x) => {
      const low = Number.isFinite(min) ? [`length(${x}) ${strictMin ? "<=" : "<"} ${min}`] : [];
      const high = Number.isFinite(max) ? [`length(${x}) ${strictMax ? ">=" : ">"} ${max}`] : [];
      return `(${[...low, ...high].join(" OR ") || "false"})`;
    },
    breaks: (value) => {
      const length = lengthOf(value);
      return (
        length < min ||
        length > max ||
        (strictMin && length === min) ||
        (strictMax && length === max)
      );
    },
  };
}

export const textRules: Definitions = {
  expect_column_value_lengths_to_be_between: valueRule({
    kwargs: { ...boundKwargs, min_value: kinds.number, max_value: kinds.number },
    says: (column, kwargs) => `the length of ${column} is ${boundsText(kwargs)}`,
    use: textUse,
    rule: lengthRule,
  }),
  expect_column_value_lengths_to_equal: valueRule({
    kwargs: { value: required(kinds.number) },
    says: (column, kwargs) => `the length of ${column} is ${kwargs["value"]}`,
    use: textUse,
    rule: lengthRule,
  }),
  expect_column_values_to_match_regex: {
    ...regex.one,
    kwargs: { ...regex.one.kwargs, regex: orElse(kinds.text, "(?s).*") },
  },
  expect_column_values_to_not_match_regex: regex.notOne,
  expect_column_values_to_match_regex_list: regex.some,
  expect_column_values_to_not_match_regex_list: regex.none,
  expect_column_values_to_match_like_pattern: like.one,
  expect_column_values_to_not_match_like_pattern: like.notOne,
  expect_column_values_to_match_like_pattern_list: like.some,
  expect_column_values_to_not_match_like_pattern_list: like.none,
  expect_column_values_to_match_strftime_format: valueRule({
    kwargs: { strftime_format: required(kinds.text) },
    says: (column, kwargs) => `${column} has the date format ${quote(kwargs["strftime_format"])}`,
    use: textUse,
    rule: (site) => {
      const { sql, fits } = dateFormat(site.type, textOf(site.kwargs, "strftime_format"));
      return textRule([{ sql, matches: fits }], "any");
    },
  }),
};
