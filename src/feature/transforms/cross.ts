/** @file Several categories as one: what they say together. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { type BoolExpr, type CategoryExpr, type TextExpr, when } from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { Feature } from "../feature.ts";
import { hashed } from "./hashed.ts";
import { oneHot } from "./one-hot.ts";

/** What can be crossed: numbers are put into buckets first. */
export type Crossable<R extends string = string> = TextExpr<R> | CategoryExpr<R> | BoolExpr<R>;

/** Options of {@link cross}. */
export interface CrossOptions {
  /** The most combinations that have a column of their own; more are refused. Default 1000. */
  readonly maxLevels?: number;
  /** Hash the combinations into so many columns instead. */
  readonly buckets?: number;
  /** Of the hash. Default 0. */
  readonly seed?: number;
  /** Stands between the parts; no part of a training row may have it in it. Default ", ". */
  readonly separator?: string;
}

/**
 * The combination of several categories, `Yes, 0`: a column of 0 and 1 for each that occurs in the
 * training rows, or hashed into `buckets` columns. Where one is missing, or the combination is new,
 * every column is 0. Tokens of one column stay apart from those of another by their place, and by the
 * separator, which training rows must not have in a part: "a, b" with "c" is not "a" with "b, c".
 *
 * @param of - Two or more categories, texts or truth values.
 * @returns As many columns as combinations, `married × children=Yes, 0`; or `buckets`.
 * @throws `feature/missing-parts`, `option/out-of-range`, `option/unknown-name`; when fitted,
 * `feature/out-of-range-levels`, `feature/conflict-separator`
 * @example
 * ```ts
 * const people = schema("people", { married: category(["Yes", "No"]), children: category(["0", "1"]) });
 * features(people, (c) => ({ home: cross([c.married, c.children]) })).reads // => ["married", "children"]
 * ```
 * @see TensorFlow `CategoryCrossing`, `HashedCrossing`.
 */
export function cross<R extends string>(
  of: readonly Crossable<R>[],
  options: CrossOptions = {},
): Feature<R> {
  checkNames("cross", options, ["maxLevels", "buckets", "seed", "separator"]);
  const { maxLevels = 1000, buckets, seed = 0, separator = ", " } = options;
  checkNumber("cross", { maxLevels }, { min: 1, integer: true });
  const parts = of.map(textOf);
  const [first, ...others] = parts;
  if (first === undefined || others.length === 0)
    return fail("feature/missing-parts", { at: "cross, categories", fewest: 2, got: of.length });
  const together = first.joined(others, separator);
  const inner = buckets === undefined ? oneHot(together) : hashed(together, { buckets, seed });
  const kept = buckets === undefined ? { maxLevels } : { buckets, seed };
  return {
    ...inner,
    transform: "cross",
    options: { of: of.length, separator, ...kept },
    requests: [
      ...inner.requests,
      ...parts.map(({ node }) => ({ measure: "counts", of: node }) as const),
    ],
    learn: (name, measured) => {
      const { counts } = measured.counts(0);
      const texts = parts.flatMap((_, i) => measured.counts(inner.requests.length + i).counts);
      const clash = texts.find(({ text }) => text.includes(separator));
      if (clash !== undefined)
        fail("feature/conflict-separator", { feature: name, text: clash.text, separator });
      if (buckets === undefined && counts.length > maxLevels)
        fail("feature/out-of-range-levels", {
          feature: name,
          levels: counts.length,
          most: maxLevels,
        });
      return inner.learn(name, measured);
    },
  };
}

function textOf<R extends string>(of: Crossable<R>): TextExpr<R> | CategoryExpr<R> {
  if (of.kind !== "bool") return of;
  return when(of, "true", when(of.not(), "false"));
}
