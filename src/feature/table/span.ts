/** @file Spans of time as people write them. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { fail } from "./errors.ts";

/** A span of time; the units add up. */
export interface Span {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

const units = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 } as const;

/**
 * A span in whole milliseconds.
 *
 * @throws `feature/mismatch-span` for what is no span, `option/unknown-name`, `option/out-of-range`
 * unless it is above 0
 */
export function spanMs(at: string, span: Span): number {
  const given: unknown = span;
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return fail("feature/mismatch-span", { at, got: given });
  checkNames(at, span, Object.keys(units));
  for (const [unit, count] of Object.entries(span)) checkNumber(at, { [unit]: count });
  const ms = Object.entries(units).reduce(
    (sum, [unit, size]) => sum + (span[unit as keyof Span] ?? 0) * size,
    0,
  );
  return checkNumber(at, { milliseconds: ms }, { above: 0, max: 1e14, integer: true });
}
