/** @file Steps that keep one row of those that are the same: by the whole row or by a key. */
import { checkChoice } from "../../../core/index.ts";
import type { Columns } from "../../schema.ts";
import { quoteName } from "../../sql-text.ts";
import { type Bench, type Deed, place, type Touches } from "../deed.ts";
import { missingSql, placeOf } from "../values.ts";
import type { ColumnName } from "./columns.ts";

/** Keeps one row per key: the newest by some columns, largest first; of equals, the last. */
export interface NewestStep<C extends Columns> {
  readonly do: "newest";
  readonly by: ColumnName<C>;
  readonly order: readonly ColumnName<C>[];
  readonly why: string;
}

/**
 * Keeps one of the rows that are equal in some columns. Without `by` rows must be equal in every
 * column whose name does not begin with `_`, and then a missing cell equals a missing cell; with
 * `by` a row with a missing key equals no other.
 */
export interface DistinctStep<C extends Columns> {
  readonly do: "distinct";
  readonly by?: readonly ColumnName<C>[];
  /** Of "most complete" rows, the one with the fewest missing cells; of equals, the first. */
  readonly keep: "first" | "last" | "most complete";
  readonly why: string;
}

type Here<C extends Columns> = Pick<Bench<C>, "at" | "target">;

const business = (target: { readonly columns: Columns }): readonly string[] =>
  Object.keys(target.columns).filter((name) => !name.startsWith("_"));

/** What {@link NewestStep} and {@link DistinctStep} read. */
export function duplicateTouches<C extends Columns>(
  step: NewestStep<C> | DistinctStep<C>,
  { at, target }: Here<C>,
): Touches {
  if (step.do === "newest") return { reads: [step.by, ...step.order], writes: [], removes: true };
  checkChoice(at, { keep: step.keep }, ["first", "last", "most complete"]);
  const by: readonly string[] = step.by ?? business(target);
  const more = step.keep === "most complete" ? business(target) : [];
  return { reads: [...new Set([...by, ...more])], writes: [], removes: true };
}

/** {@link NewestStep} and {@link DistinctStep} in SQL. */
export function duplicateDeed<C extends Columns>(
  step: NewestStep<C> | DistinctStep<C>,
  { at, target }: Here<C>,
): Deed {
  const keys: readonly string[] = step.do === "newest" ? [step.by] : (step.by ?? business(target));
  const isExact = step.do === "distinct" && step.by === undefined;
  const missing = keys.map((key) => missingSql(placeOf(at, target, key)));
  const known = isExact ? "" : `NOT (${missing.join(" OR ")}) AND `;
  const by = keys.map((key) => `t.${quoteName(key)}`).join(", ");
  const rank = `row_number() OVER (PARTITION BY ${by} ORDER BY ${orderOf(step, { at, target })})`;
  return { reject: `${known}${rank} > 1`, shuffles: true };
}

function orderOf<C extends Columns>(
  step: NewestStep<C> | DistinctStep<C>,
  { at, target }: Here<C>,
): string {
  if (step.do === "newest")
    return [
      ...step.order.map((column) => `t.${quoteName(column)} DESC NULLS LAST`),
      `t.${place} DESC`,
    ].join(", ");
  if (step.keep !== "most complete") return `t.${place} ${step.keep === "last" ? "DESC" : "ASC"}`;
  const missing = business(target).map((name) => `${missingSql(placeOf(at, target, name))}::INT`);
  return `${missing.join(" + ")}, t.${place}`;
}
