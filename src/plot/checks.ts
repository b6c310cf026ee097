/** @file Checks of the data that a chart is given. */
import { fail } from "./errors.ts";
import { label } from "./spec.ts";

/** Refuses an empty list. Throws `plot/missing-data`. */
export function checkSome(at: string, what: string, length: number): void {
  if (length === 0) fail("plot/missing-data", { at, what });
}

/** Refuses a number that is not finite or leaves [min, max]. Throws `plot/out-of-range-value`. */
export function checkValue(
  at: string,
  value: Readonly<Record<string, number>>,
  { min = -Infinity, max = Infinity }: { readonly min?: number; readonly max?: number } = {},
): void {
  const [what = "", got = Number.NaN] = Object.entries(value)[0] ?? [];
  if (Number.isFinite(got) && got >= min && got <= max) return;
  const from = min === -Infinity ? "" : ` ≥ ${min}`;
  const to = max === Infinity ? "" : `${from === "" ? "" : " and"} ≤ ${max}`;
  fail("plot/out-of-range-value", { at, what, expected: `a finite number${from}${to}`, got });
}

/** Refuses lists of different lengths. Throws `plot/mismatch-lengths`. */
export function checkLength(at: string, what: string, lengths: readonly [number, number]): void {
  const [expected, got] = lengths;
  if (expected !== got) fail("plot/mismatch-lengths", { at, what, expected, got });
}

/** Names as the chart shows them; refuses empty ones and two that look the same. */
export function checkLabels(at: string, names: readonly string[]): readonly string[] {
  const labels = names.map(label);
  const seen = new Set<string>();
  for (const name of labels) {
    if (name === "")
      fail("plot/out-of-range-value", { at, what: "a name", expected: "not empty", got: name });
    if (seen.has(name)) fail("plot/duplicate-name", { at, name });
    seen.add(name);
  }
  return labels;
}
