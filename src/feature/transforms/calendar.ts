/** @file Moments as parts of the calendar and the clock. */
import { checkNames } from "../../core/index.ts";
import type { DatePart, TimestampExpr } from "../../table/index.ts";
import { fail } from "../errors.ts";
import { type Feature, learnsNothing } from "../feature.ts";
import { checkInput } from "./made.ts";

/** Options of {@link calendar}. */
export interface CalendarOptions {
  /** Which parts, each once, in the order of the columns. */
  readonly parts: readonly DatePart[];
  /** The IANA time zone in which the clock hangs: "Europe/Berlin". Default UTC. */
  readonly zone?: string;
}

/**
 * Parts of a moment, a column each: `at month` 1 to 12, `at weekday` 0 (Monday) to 6. A missing moment is
 * NaN in all. Parts that go round are for trees; for other models see {@link cyclic}.
 *
 * @param of - The moment.
 * @returns As many columns as parts.
 * @throws `feature/mismatch-input`, `feature/missing-parts`, `feature/duplicate-names`, `table/unsupported-literal`,
 * `option/unknown-name`
 * @example
 * ```ts
 * const visits = schema("visits", { at: timestamp() });
 * const parts = ["year", "month", "hour"] as const;
 * features(visits, (c) => ({ at: calendar(c.at, { parts, zone: "Europe/Berlin" }) })).reads // => ["at"]
 * ```
 */
export function calendar<R extends string>(
  of: TimestampExpr<R>,
  options: CalendarOptions,
): Feature<R> {
  checkNames("calendar", options, ["parts", "zone"]);
  checkInput("calendar", of, ["timestamp"]);
  const { parts, zone } = options;
  if (parts.length === 0)
    fail("feature/missing-parts", { at: "calendar, parts", fewest: 1, got: 0 });
  const place = zone === undefined ? {} : { zone };
  const made = parts.map((part) => ({ part, node: of.part(part, place).node }));
  return {
    transform: "calendar",
    options: { parts: [...parts], ...place },
    reads: of.reads,
    ...learnsNothing((name) => made.map(({ part, node }) => ({ name: `${name} ${part}`, node }))),
  };
}
