/** @file Categories as numbers: a column a level, or the place in an order. */
import { checkChoice, checkNames } from "../core/index.ts";
import { type BoolExpr, type CategoryExpr, type NumberExpr, when } from "../table/index.ts";
import { fail } from "./errors.ts";
import { type Feature, measuresNothing } from "./feature.ts";

/** Options of {@link oneHot}. */
export interface OneHotOptions {
  /**
   * What becomes of a text that is not a declared level: every column is 0 and `unknowns` tells, or
   * an error. Default `zero`.
   */
  readonly unknown?: "zero" | "refuse";
  /** What becomes of a missing value: a column of its own, or 0 in every column. Default `zero`. */
  readonly missing?: "own" | "zero";
}

/**
 * A column of 0 and 1 for each declared level, in the declared order: `contract=One year`; for a
 * truth value `partner=false` and `partner=true`. With `missing: "own"` one more: `contract missing`.
 *
 * @param of - A category or a truth value.
 * @returns As many columns as levels, or one more.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const people = schema("people", { plan: category(["free", "paid"]) });
 * features(people, (c) => ({ plan: oneHot(c.plan) })).reads // => ["plan"]
 * ```
 * @see scikit-learn `OneHotEncoder(handle_unknown="ignore")`.
 */
export function oneHot<R extends string>(
  of: CategoryExpr<R> | BoolExpr<R>,
  options: OneHotOptions = {},
): Feature<R> {
  checkNames("oneHot", options, ["unknown", "missing"]);
  const { unknown = "zero", missing = "zero" } = options;
  checkChoice("oneHot", { unknown }, ["zero", "refuse"]);
  checkChoice("oneHot", { missing }, ["own", "zero"]);
  const held: readonly (readonly [string, BoolExpr])[] =
    of.kind === "bool"
      ? [false, true].map((value) => [String(value), of.is(value)] as const)
      : of.levels.map((level) => [level, of.is(level)] as const);
  return {
    transform: "oneHot",
    options: { unknown, missing },
    reads: of.reads,
    ...(of.kind === "bool" ? {} : { levels: { input: of.node, levels: of.levels, unknown } }),
    measure: measuresNothing,
    outputs: (name) => [
      ...held.map(([level, is]) => ({ name: `${name}=${level}`, node: when(is, 1, 0).node })),
      ...(missing === "own"
        ? [{ name: `${name} missing`, node: when(of.isMissing(), 1, 0).node }]
        : []),
    ],
  };
}

/** Options of {@link ordinal}. */
export interface OrdinalOptions<L extends string = string> {
  /** Every level once, lowest first. Default the declared order. */
  readonly order?: readonly L[];
  /** What becomes of a text that is not a declared level: NaN, or an error. Default `missing`. */
  readonly unknown?: "missing" | "refuse";
}

/**
 * The place of a level in an order, 0 for the lowest. Missing and unknown levels are NaN.
 *
 * @param of - A category.
 * @returns One column.
 * @throws `feature/mismatch-order`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const people = schema("people", { plan: category(["free", "paid"]) });
 * features(people, (c) => ({ plan: ordinal(c.plan) })).reads // => ["plan"]
 * ```
 * @see scikit-learn `OrdinalEncoder`.
 */
export function ordinal<R extends string, L extends string>(
  of: CategoryExpr<R, L>,
  options: OrdinalOptions<NoInfer<L>> = {},
): Feature<R> {
  checkNames("ordinal", options, ["order", "unknown"]);
  const { order = of.levels, unknown = "missing" } = options;
  checkChoice("ordinal", { unknown }, ["missing", "refuse"]);
  const { levels } = of;
  const complete = order.length === levels.length && levels.every((level) => order.includes(level));
  if (!complete) fail("feature/mismatch-order", { at: "ordinal", order, levels });
  const places = [...order].reverse().reduce<NumberExpr | undefined>((above, level) => {
    const place = order.indexOf(level);
    return above === undefined ? when(of.is(level), place) : when(of.is(level), place, above);
  }, undefined);
  return {
    transform: "ordinal",
    options: { order: [...order], unknown },
    reads: of.reads,
    levels: { input: of.node, levels, unknown: unknown === "refuse" ? "refuse" : "zero" },
    measure: measuresNothing,
    outputs: (name) => (places === undefined ? [] : [{ name, node: places.node }]),
  };
}
