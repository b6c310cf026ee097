/** @file Categories as how often they occur. */
import { checkChoice, checkNames } from "../../core/index.ts";
import type { CategoryExpr, TextExpr } from "../../table/index.ts";
import type { Feature } from "../feature.ts";
import { checkInput } from "./made.ts";

/** Options of {@link countEncode}. */
export interface CountEncodeOptions {
  /** The number of training rows that have the level, or their share. Default `rows`. */
  readonly as?: "rows" | "share";
}

/**
 * How many of the training rows have the level: 0 for a level that none has; of a missing value, how
 * many rows miss it.
 *
 * @param of - A category or a text.
 * @returns One column.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const people = schema("people", { city: text() });
 * features(people, (c) => ({ city: countEncode(c.city, { as: "share" }) })).reads // => ["city"]
 * ```
 * @see category_encoders `CountEncoder`.
 */
export function countEncode<R extends string>(
  of: CategoryExpr<R> | TextExpr<R>,
  options: CountEncodeOptions = {},
): Feature<R> {
  checkNames("countEncode", options, ["as"]);
  checkInput("countEncode", of, ["text", "category"]);
  const { as = "rows" } = options;
  checkChoice("countEncode", { as }, ["rows", "share"]);
  return {
    transform: "countEncode",
    options: { as },
    reads: of.reads,
    requests: [{ measure: "counts", of: of.node }],
    learn: (name, measured) => {
      const { counts, missing, rows } = measured.counts(0);
      const of1 = as === "rows" ? 1 : rows;
      const keys = counts.map(({ text }) => text);
      const values = counts.map((count) => count.rows / of1);
      const node = of.lookup({ keys, values, otherwise: 0 }).orElse(missing / of1).node;
      return { stats: { levels: keys.length, missing: missing / of1 }, outputs: [{ name, node }] };
    },
  };
}
