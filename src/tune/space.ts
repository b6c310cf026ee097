/** @file Spaces: what a param may be, checked when it is named, and how a draw from [0, 1) becomes a value. */
import { checkNames } from "../core/index.ts";
import { checkRange } from "./check-spec.ts";
import { fail } from "./errors.ts";
import type {
  CategorySpec,
  FloatOptions,
  FloatSpec,
  IntOptions,
  IntSpec,
  ParamSpec,
  ParamValue,
  Range,
  Space,
} from "./spec.ts";

export type {
  CategorySpec,
  FloatOptions,
  FloatSpec,
  IntOptions,
  IntSpec,
  ParamSpec,
  Params,
  ParamsOf,
  ParamValue,
  Range,
  Space,
} from "./spec.ts";

/** What a space is made of. */
export interface SpaceBuilder {
  int(...range: Range<IntOptions>): IntSpec;
  float(...range: Range<FloatOptions>): FloatSpec;
  category<const C extends ParamValue>(choices: readonly C[]): CategorySpec<C>;
}

/**
 * Declares a space, so that params have types in the objective and in the best trial. A space in
 * which params depend on others is not declared: the objective asks for them, with plain `if`.
 *
 * @param make - Gets `int`, `float` and `category`, and gives the params by name.
 * @returns The space as plain data.
 * @throws `tune/out-of-range-param` for a range that holds nothing, or a list of no or equal choices
 * @example
 * ```ts
 * const forest = space((s) => ({
 *   depth: s.int(2, 8),
 *   rate: s.float(1e-3, 1, { log: true }),
 *   kind: s.category(["gini", "entropy"]),
 * }));
 * forest.depth.high // => 8
 * ```
 */
export function space<const S extends Space>(make: (builder: SpaceBuilder) => S): S {
  const made = make({
    int: (...range) => intSpec("int", range),
    float: (...range) => floatSpec("float", range),
    category: (choices) => categorySpec("category", choices),
  });
  for (const [name, spec] of Object.entries(made)) checkSpec(name, spec);
  return made;
}

/** A whole number in bounds. Throws `tune/out-of-range-param`. */
export function intSpec(param: string, [low, high, options = {}]: Range<IntOptions>): IntSpec {
  checkNames(`param ${JSON.stringify(param)}`, options, ["step", "log"]);
  const { step = 1, log = false } = options;
  const spec: IntSpec = { kind: "int", low, high, step, log };
  checkRange(param, spec);
  return spec;
}

/** A number in bounds. Throws `tune/out-of-range-param`. */
export function floatSpec(
  param: string,
  [low, high, options = {}]: Range<FloatOptions>,
): FloatSpec {
  checkNames(`param ${JSON.stringify(param)}`, options, ["step", "log"]);
  const { step = null, log = false } = options;
  const spec: FloatSpec = { kind: "float", low, high, step, log };
  checkRange(param, spec);
  return spec;
}

/** One of some choices. Throws `tune/out-of-range-param`. */
export function categorySpec<const C extends ParamValue>(
  param: string,
  choices: readonly C[],
): CategorySpec<C> {
  const isList = Array.isArray(choices) && choices.length > 0;
  const odd = isList ? choices.find((choice) => !isChoice(choice)) : undefined;
  const isFine = isList && new Set(choices).size === choices.length && odd === undefined;
  const expected = "a list of texts, finite numbers, booleans or null, no two the same";
  if (!isFine)
    fail("tune/out-of-range-param", { param, expected, got: JSON.stringify(choices) ?? "none" });
  return { kind: "category", choices: [...choices] };
}

const isChoice = (choice: unknown): boolean =>
  choice === null ||
  typeof choice === "string" ||
  typeof choice === "boolean" ||
  (typeof choice === "number" && Number.isFinite(choice));

/** Checks what is a spec by its type. Throws `tune/out-of-range-param`. */
export function checkSpec(param: string, spec: ParamSpec): void {
  if (spec.kind === "category") categorySpec(param, spec.choices);
  else checkRange(param, spec);
}

/** Whether two specs are the same. */
export function isSameSpec(a: ParamSpec, b: ParamSpec): boolean {
  if (a === b) return true;
  if (a.kind === "category" && b.kind === "category") {
    const { choices } = b;
    return a.choices.length === choices.length && a.choices.every((c, i) => c === choices[i]);
  }
  if (a.kind === "category" || b.kind === "category") return false;
  const isSameRange = a.low === b.low && a.high === b.high;
  return a.kind === b.kind && isSameRange && a.step === b.step && a.log === b.log;
}

/** How many values a param has; Infinity where any number between will do. */
export function valuesOf(spec: ParamSpec): number {
  if (spec.kind === "category") return spec.choices.length;
  if (spec.low === spec.high) return 1;
  return spec.step === null ? Infinity : Math.round((spec.high - spec.low) / spec.step) + 1;
}

/**
 * A value as the number that samplers work with, its code: numbers are their own, a choice is its
 * place among the choices. Undefined where the param cannot have the value.
 */
export function codeOf(spec: ParamSpec, value: unknown): number | undefined {
  if (spec.kind === "category") {
    const choices: readonly unknown[] = spec.choices;
    const at = choices.indexOf(value);
    return at < 0 ? undefined : at;
  }
  if (typeof value !== "number" || !(value >= spec.low && value <= spec.high)) return undefined;
  if (spec.step === null) return value;
  const near = steppedAt(spec, Math.round((value - spec.low) / spec.step));
  return Math.abs(near - value) <= 1e-9 * Math.max(1, Math.abs(value)) ? near : undefined;
}

/** The value that a code stands for. */
export function valueAt(spec: ParamSpec, code: number): ParamValue {
  return spec.kind === "category" ? (spec.choices[code] ?? null) : code;
}

/** A place in [0, 1) as a code, so that equal parts of the interval are equally likely values. */
export function codeAt(spec: ParamSpec, place: number): number {
  const last = Math.min(Math.max(place, 0), 1 - 2 ** -40);
  if (spec.kind === "category") return Math.floor(last * spec.choices.length);
  const { low, high, step, log } = spec;
  if (low === high) return low;
  if (log) return atLog(spec, last);
  if (step === null) return Math.min(high, low + last * (high - low));
  return steppedAt(spec, Math.floor(last * valuesOf(spec)));
}

/** A code as a place in [0, 1]; of values with a step, the middle of their part. */
export function placeOf(spec: ParamSpec, code: number): number {
  if (spec.kind === "category") return (code + 0.5) / spec.choices.length;
  const { low, high, step, log } = spec;
  if (low === high) return 0.5;
  if (log) {
    const [from, to] = logBounds(spec);
    return (Math.log(code) - from) / (to - from);
  }
  if (step === null) return (code - low) / (high - low);
  return (Math.round((code - low) / step) + 0.5) / valuesOf(spec);
}

/** The logarithms between which a value lies; of whole numbers, half a number wider. */
function logBounds({ kind, low, high }: IntSpec | FloatSpec): readonly [number, number] {
  const half = kind === "int" ? 0.5 : 0;
  return [Math.log(low - half), Math.log(high + half)];
}

function atLog(spec: IntSpec | FloatSpec, place: number): number {
  const [from, to] = logBounds(spec);
  const value = Math.exp(from + place * (to - from));
  const whole = spec.kind === "int" ? Math.round(value) : value;
  return Math.min(spec.high, Math.max(spec.low, whole));
}

/** The value after so many steps, without the dust of sums. */
function steppedAt({ low, high, step }: IntSpec | FloatSpec, steps: number): number {
  const value = low + steps * (step ?? 0);
  return Math.min(high, Number(value.toPrecision(15)));
}
