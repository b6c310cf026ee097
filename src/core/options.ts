/** @file Checks for the values that users pass as options, made when a thing is constructed. */
import { caller, failWith } from "./errors.ts";
import { didYouMean, list, quote } from "./words.ts";

/** The errors every noun can raise about its options. */
export const optionErrors = {
  "option/out-of-range": caller(
    (d: { at: string; option: string; expected: string; got: unknown }) =>
      `${d.at}: ${d.option} must be ${d.expected}; got ${quote(d.got)}`,
  ),
  "option/missing-options": caller(
    (d: { at: string; known: readonly string[] }) =>
      `${d.at}: its options are missing; expected an object with some of ${list(d.known)}`,
  ),
  "option/unknown-name": caller(
    (d: { at: string; option: string; known: readonly string[] }) =>
      `${d.at}: unknown option ${quote(d.option)}; expected one of ${list(d.known, d.option)}.${didYouMean(d.option, d.known)}`,
  ),
};

const fail = failWith(optionErrors);

/** Bounds of a numeric option. `min` and `max` are included unless `above` or `below` is used. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
  readonly integer?: boolean;
}

/**
 * Checks that a numeric option is finite and within bounds, and returns it.
 *
 * @throws `option/out-of-range`
 * @example
 * ```ts
 * checkNumber("boost", { learningRate: 0.1 }, { above: 0, max: 1 }) // => 0.1
 * ```
 */
export function checkNumber(
  at: string,
  option: Readonly<Record<string, number>>,
  bounds: Bounds = {},
): number {
  const [name = "", got = Number.NaN] = Object.entries(option)[0] ?? [];
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = bounds;
  const inside = got >= min && got <= max && (got > above || above === -Infinity);
  const fits = Number.isFinite(got) && inside && (got < below || below === Infinity);
  if (!fits || (bounds.integer === true && !Number.isInteger(got)))
    fail("option/out-of-range", { at, option: name, expected: describe(bounds), got });
  return got;
}

/** Checks that a choice is one of the known ones, and returns it. Throws `option/out-of-range`. */
export function checkChoice<const T extends string>(
  at: string,
  option: Readonly<Record<string, string>>,
  choices: readonly T[],
): T {
  const [name = "", got = ""] = Object.entries(option)[0] ?? [];
  const found = choices.find((choice) => choice === got);
  return (
    found ??
    fail("option/out-of-range", { at, option: name, expected: `one of ${list(choices)}`, got })
  );
}

/** Checks that an option is a `Date`, and returns it. Throws `option/out-of-range`. */
export function checkDate(at: string, option: Readonly<Record<string, Date>>): Date {
  const [name = "", got = undefined] = Object.entries(option)[0] ?? [];
  if (got instanceof Date) return got;
  const expected = 'a Date, such as new Date("2026-01-31T09:00:00Z")';
  return fail("option/out-of-range", { at, option: name, expected, got });
}

/**
 * Refuses names that are not options, so that a misspelt one is never ignored.
 *
 * @throws `option/unknown-name`; `option/missing-options` where a program that nobody type-checked gives none
 */
export function checkNames(at: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null)
    fail("option/missing-options", { at, known });
  for (const option of Object.keys(options))
    if (!known.includes(option)) fail("option/unknown-name", { at, option, known });
}

function describe({ min, max, above, below, integer }: Bounds): string {
  const what = integer === true ? "a whole number" : "a finite number";
  const from = min !== undefined ? ` ≥ ${min}` : above !== undefined ? ` > ${above}` : "";
  const to = max !== undefined ? ` ≤ ${max}` : below !== undefined ? ` < ${below}` : "";
  return `${what}${from}${from !== "" && to !== "" ? " and" : ""}${to}`;
}
