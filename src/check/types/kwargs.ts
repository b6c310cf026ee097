/** @file The arguments of expectations, Great Expectations' "kwargs": their kinds, and what fits. */
import { type Clock, quote, systemClock } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import { fail } from "../errors.ts";
import { evaluateParameter } from "../json/parameter-expression.ts";

/** Arguments of an expectation by Great Expectations' names. */
export type Kwargs = Readonly<Record<string, Json>>;

/** What an argument must be. */
export interface KwargSpec {
  readonly expected: string;
  readonly fits: (value: Json) => boolean;
  readonly required?: true;
  /** What it is when it is left out. */
  readonly default?: Json;
}

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: Json): value is number =>
  typeof value === "number" && Number.isFinite(value);
const isCell = (value: Json): boolean => typeof value !== "object" || value === null;
const isBound = (value: Json): boolean => isNumber(value) || typeof value === "string";
const listOf =
  (fits: (value: Json) => boolean) =>
  (value: Json): boolean =>
    Array.isArray(value) && value.every(fits);
const isName = (value: Json): boolean => typeof value === "string" && value !== "";

/** The kinds of arguments. */
export const kwargKinds = {
  name: { expected: "a text that is not empty", fits: isName },
  text: { expected: "a text", fits: (value) => typeof value === "string" },
  letter: {
    expected: "one character",
    fits: (value) => typeof value === "string" && [...value].length === 1,
  },
  number: { expected: "a number", fits: isNumber },
  positive: { expected: "a number ≥ 0", fits: (value) => isNumber(value) && value >= 0 },
  count: { expected: "a whole number ≥ 0", fits: (v) => Number.isInteger(v) && Number(v) >= 0 },
  share: {
    expected: "a number from 0 to 1",
    fits: (value) => isNumber(value) && value >= 0 && value <= 1,
  },
  flag: { expected: "true or false", fits: (value) => typeof value === "boolean" },
  bound: { expected: "a number or a text", fits: isBound },
  values: { expected: "a list of values", fits: listOf(isCell) },
  names: {
    expected: "a list of names",
    fits: (value) => listOf(isName)(value) && Array.isArray(value) && value.length > 0,
  },
  texts: {
    expected: "a list of texts",
    fits: (v) => listOf((one) => typeof one === "string")(v) && Array.isArray(v) && v.length > 0,
  },
  pairs: {
    expected: "a list of pairs",
    fits: listOf((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isCell)),
  },
  flagOrText: {
    expected: "true, false or a text",
    fits: (value) => typeof value === "boolean" || typeof value === "string",
  },
  quantiles: {
    expected: '{ "quantiles": [0 to 1, …], "value_ranges": [[low or null, high or null], …] }',
    fits: isQuantiles,
  },
  partition: {
    expected: '{ "values" or "bins": […], "weights": […] } whose weights add up to 1',
    fits: isPartition,
  },
  record: { expected: "an object", fits: isRecord },
} as const satisfies Readonly<Record<string, KwargSpec>>;

/** An argument that is one of some texts. */
export const oneOf = (...choices: readonly string[]): KwargSpec => ({
  expected: `one of ${choices.map(quote).join(", ")}`,
  fits: (value) => choices.some((choice) => choice === value),
});

/** The same argument, which must be there. */
export const required = (spec: KwargSpec): KwargSpec => ({ ...spec, required: true });

/** The same argument with what it is when it is left out. */
export const orElse = (spec: KwargSpec, value: Json): KwargSpec => ({ ...spec, default: value });

function isQuantiles(value: Json): boolean {
  if (!isRecord(value)) return false;
  const { quantiles, value_ranges } = value;
  if (!Array.isArray(quantiles) || !Array.isArray(value_ranges)) return false;
  const isRange = (range: Json): boolean => {
    if (!Array.isArray(range) || range.length !== 2) return false;
    const [low, high]: readonly Json[] = range;
    const ends = [low, high].every((end) => end === null || isNumber(end ?? null));
    return ends && (low === null || high === null || Number(low) <= Number(high));
  };
  return (
    quantiles.length === value_ranges.length &&
    quantiles.every((q: Json) => isNumber(q) && q >= 0 && q <= 1) &&
    value_ranges.every(isRange)
  );
}

function isPartition(value: Json): boolean {
  if (!isRecord(value)) return false;
  const { bins, values, weights, tail_weights = [] } = value;
  if (!isNumbers(weights) || !isNumbers(tail_weights)) return false;
  const sum = [...weights, ...tail_weights].reduce((total, weight) => total + weight, 0);
  if (Math.abs(sum - 1) > 1e-5) return false;
  if (Array.isArray(values)) return values.length === weights.length;
  if (!isEdges(bins) || (tail_weights.length !== 0 && tail_weights.length !== 2)) return false;
  const edges = bins.map(toEdge);
  return (
    edges.length === weights.length + 1 &&
    edges.every((edge, i) => i === 0 || edge > (edges[i - 1] ?? Number.NaN))
  );
}

const isNumbers = (value: Json | undefined): value is readonly number[] =>
  Array.isArray(value) && value.every((one: Json) => isNumber(one));
const isEdges = (value: Json | undefined): value is readonly Json[] =>
  Array.isArray(value) &&
  value.every((one: Json) => Number.isFinite(toEdge(one)) || isInfinite(one));
const isInfinite = (value: Json): boolean => /^[+-]?(Infinity|inf)$/i.test(String(value));

/** An edge of a bin; JSON has no infinity, so it is the text "Infinity" or "-Infinity". */
export function toEdge(value: Json): number {
  if (!isInfinite(value)) return typeof value === "number" ? value : Number.NaN;
  return String(value).startsWith("-") ? -Infinity : Infinity;
}

/** Arguments that every expectation takes, and that do not change what it says of the rows. */
export const commonKwargs: readonly string[] = [
  "batch_id",
  "result_format",
  "catch_exceptions",
  "include_config",
  "rendered_content",
  "windows",
  "meta",
  "parse_strings_as_datetimes",
  "auto",
];

/** Whether an argument stands for a suite parameter: `{"$PARAMETER": name}`. */
export function isParameter(value: Json | undefined): value is { readonly $PARAMETER: string } {
  return isRecord(value ?? null) && typeof Object(value)["$PARAMETER"] === "string";
}

/** What an expectation is checked by. */
export interface KwargRules {
  readonly type: string;
  readonly specs: Readonly<Record<string, KwargSpec>>;
}

/**
 * Checks arguments against what their type takes; parameters are checked when they have values.
 *
 * @throws `check/unknown-kwarg`, `check/missing-kwarg`, `check/mismatch-kwarg`
 */
export function checkKwargs({ type, specs }: KwargRules, kwargs: Kwargs): void {
  const known = Object.keys(specs);
  for (const [kwarg, value] of Object.entries(kwargs)) {
    if (commonKwargs.includes(kwarg)) continue;
    const spec = specs[kwarg] ?? fail("check/unknown-kwarg", { type, kwarg, known });
    if (value === null && spec.required === undefined) continue;
    if (!isParameter(value) && !spec.fits(value))
      fail("check/mismatch-kwarg", { type, kwarg, expected: spec.expected, got: value });
  }
  for (const [kwarg, spec] of Object.entries(specs))
    if (spec.required && kwargs[kwarg] === undefined)
      fail("check/missing-kwarg", { type, kwarg, expected: spec.expected });
}

/** Values of suite parameters, and the clock of `now()` in them. */
export interface Parameters {
  readonly parameters: Kwargs;
  readonly clock?: Clock;
}

/**
 * Puts values where parameters stand, and defaults where nothing stands; null is nothing.
 *
 * @throws `check/missing-parameter`, `check/unsupported-parameter`, and what {@link checkKwargs} throws
 * of the values
 */
export function resolveKwargs(rules: KwargRules, kwargs: Kwargs, given: Parameters): Kwargs {
  const resolved: Record<string, Json> = {};
  for (const [kwarg, value] of Object.entries(kwargs)) {
    const put = isParameter(value)
      ? parameterOf(rules.type, [kwarg, value.$PARAMETER], given)
      : value;
    if (put !== null && put !== undefined) resolved[kwarg] = put;
  }
  checkKwargs(rules, resolved);
  for (const [kwarg, spec] of Object.entries(rules.specs))
    if (resolved[kwarg] === undefined && spec.default !== undefined) resolved[kwarg] = spec.default;
  return resolved;
}

function parameterOf(
  type: string,
  [kwarg, parameter]: readonly [string, string],
  { parameters, clock = systemClock }: Parameters,
): Json {
  const known = Object.keys(parameters);
  return evaluateParameter(parameter, {
    valueOf: (name) => (Object.hasOwn(parameters, name) ? parameters[name] : undefined),
    nowMs: clock(),
    missing: (name) => fail("check/missing-parameter", { type, kwarg, parameter: name, known }),
    refuse: (reason) => fail("check/unsupported-parameter", { type, kwarg, parameter, reason }),
  });
}
