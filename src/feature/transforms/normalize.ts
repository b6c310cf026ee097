/** @file Several numbers of a row brought to a common length. */
import { checkChoice, checkNames } from "../../core/index.ts";
import type { NumberExpr } from "../../table/index.ts";
import { fail } from "../errors.ts";
import { type Feature, learnsNothing } from "../feature.ts";

/** Options of {@link normalize}. */
export interface NormalizeOptions {
  /** The root of the squares' sum, the sum of the amounts, or the largest amount. Default `l2`. */
  readonly norm?: "l2" | "l1" | "max";
}

/**
 * Each number divided by the length of all: what matters is their proportion, not how large they are. A
 * row of zeros, and one in which a number is missing, becomes 0.
 *
 * @param of - Two or more numbers.
 * @returns As many columns as numbers, `use 0`, `use 1`.
 * @throws `feature/missing-parts`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const use = schema("use", { calls: int(), texts: int() });
 * features(use, (c) => ({ use: normalize([c.calls, c.texts], { norm: "l1" }) })).reads // => ["calls", "texts"]
 * ```
 * @see scikit-learn `Normalizer`.
 */
export function normalize<R extends string>(
  of: readonly NumberExpr<R>[],
  options: NormalizeOptions = {},
): Feature<R> {
  checkNames("normalize", options, ["norm"]);
  const { norm = "l2" } = options;
  checkChoice("normalize", { norm }, ["l2", "l1", "max"]);
  const [first, ...more] = of;
  if (first === undefined || more.length === 0)
    return fail("feature/missing-parts", { at: "normalize, numbers", fewest: 2, got: of.length });
  const sized = (one: NumberExpr<R>): NumberExpr<R> => (norm === "l2" ? one.times(one) : one.abs());
  const joined = more.reduce(
    (sum, one) => (norm === "max" ? sum.atLeast(sized(one)) : sum.plus(sized(one))),
    sized(first),
  );
  const length = norm === "l2" ? joined.sqrt() : joined;
  return {
    transform: "normalize",
    options: { norm },
    reads: [...new Set(of.flatMap((one) => one.reads))],
    ...learnsNothing((name) =>
      of.map((one, i) => ({ name: `${name} ${i}`, node: one.over(length).orElse(0).node })),
    ),
  };
}
