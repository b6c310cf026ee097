/** @file What a range must be, and ranges in words. */
import { list, quote } from "../core/index.ts";
import { fail } from "./errors.ts";
import type { CategorySpec, FloatSpec, IntSpec, ParamSpec } from "./spec.ts";

/** Checks bounds, step and scale. Throws `tune/out-of-range-param`. */
export function checkRange(param: string, spec: IntSpec | FloatSpec): void {
  const { kind, low, high, step, log } = spec;
  const got = describeSpec(spec);
  const say = (expected: string): never =>
    fail("tune/out-of-range-param", { param, expected, got });
  if (!Number.isFinite(low) || !Number.isFinite(high)) say("bounds that are finite numbers");
  if (kind === "int" && !(Number.isSafeInteger(low) && Number.isSafeInteger(high)))
    say("bounds that are whole numbers");
  if (low > high) say("a lower bound that is not above the upper one");
  if (typeof log !== "boolean") say("log to be true or false");
  if (log) checkLog(spec, say);
  if (step !== null) checkStep(spec, step, say);
}

function checkLog(
  { kind, low, step }: IntSpec | FloatSpec,
  say: (expected: string) => never,
): void {
  const least = kind === "int" ? 1 : Number.MIN_VALUE;
  if (low < least)
    say(`a lower bound ${kind === "int" ? "of at least 1" : "above 0"} where log is true`);
  const plain = kind === "int" ? 1 : null;
  if (step !== plain) say("no step where log is true");
}

function checkStep(
  { kind, low, high }: IntSpec | FloatSpec,
  step: number,
  say: (expected: string) => never,
): void {
  if (!(Number.isFinite(step) && step > 0)) say("a step above 0");
  if (kind === "int" && !Number.isSafeInteger(step)) say("a step that is a whole number");
  const steps = (high - low) / step;
  const whole = Math.floor(steps + 1e-9);
  if (Math.abs(steps - whole) > 1e-9 * Math.max(1, steps))
    say(
      `an upper bound that is some steps above the lower one, such as ${Number((low + whole * step).toPrecision(12))}`,
    );
}

/** A spec in words: "int 2 … 8", "float 0.001 … 1 (log)", "one of "a", "b"". */
export function describeSpec(spec: ParamSpec): string {
  if (spec.kind === "category") return `one of ${list(spec.choices)}`;
  const { kind, low, high, step, log } = spec;
  const steps = step === null || (kind === "int" && step === 1) ? "" : ` in steps of ${step}`;
  return `${kind} ${low} … ${high}${steps}${log ? " (log)" : ""}`;
}

/** Two specs that differ in words that differ: of long lists of choices, the first that is another. */
export function describeBoth(a: ParamSpec, b: ParamSpec): readonly [string, string] {
  const [first, second] = [describeSpec(a), describeSpec(b)];
  if (first !== second || a.kind !== "category" || b.kind !== "category") return [first, second];
  const { choices } = b;
  const at = a.choices.findIndex((choice, i) => choice !== choices[i]);
  const which = (spec: CategorySpec): string =>
    `, of which number ${at + 1} is ${quote(spec.choices[at])}`;
  return [first + which(a), second + which(b)];
}
