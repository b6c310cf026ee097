/** @file Categories as the place in an order that is declared, given or learned. */
import { checkChoice, checkNames } from "../../core/index.ts";
import type { CategoryExpr, TextExpr } from "../../table/index.ts";
import { fail } from "../errors.ts";
import { type Feature, type Learned, learnsNothing } from "../feature.ts";
import { checkInput } from "./made.ts";

/**
 * What becomes of a text that is no level: NaN; the place after the last; an error; or the row is left
 * out of matrices.
 */
export type UnknownPlace = "missing" | "own" | "refuse" | "skip";

/** Options of {@link ordinal}. */
export interface OrdinalOptions<L extends string = string> {
  /** Every level once, lowest first. Default the declared order. */
  readonly order?: readonly L[];
  /** Default `missing`. */
  readonly unknown?: UnknownPlace;
}

/**
 * The place of a level in an order, 0 for the lowest. A missing value is NaN.
 *
 * @param of - A category.
 * @returns One column.
 * @throws `feature/mismatch-input`, `feature/mismatch-order`, `option/out-of-range`, `option/unknown-name`
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
  checkInput("ordinal", of, ["category"]);
  const { order = of.levels, unknown = "missing" } = options;
  checkUnknown("ordinal", unknown);
  const { levels } = of;
  const complete = order.length === levels.length && levels.every((level) => order.includes(level));
  if (!complete) fail("feature/mismatch-order", { at: "ordinal", order, levels });
  const { outputs, levels: known } = placeOf(of, { levels: order, unknown });
  return {
    transform: "ordinal",
    options: { order: [...order], unknown },
    reads: of.reads,
    ...learnsNothing(outputs, known),
  };
}

/** Options of {@link indexLevels}. */
export interface IndexLevelsOptions {
  /** In the order of their code points, or the most frequent first. Default `text`. */
  readonly order?: "text" | "rows";
  /** Default `missing`. */
  readonly unknown?: UnknownPlace;
}

/**
 * The place of a text among those of the training rows, from 0. A missing value is NaN. For trees: the
 * order means nothing.
 *
 * @param of - A text or a category.
 * @returns One column.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`; when fitted, `feature/missing-values`
 * @example
 * ```ts
 * const people = schema("people", { city: text() });
 * features(people, (c) => ({ city: indexLevels(c.city, { order: "rows" }) })).reads // => ["city"]
 * ```
 * @see Spark `StringIndexer` with `order: "rows"`; scikit-learn `OrdinalEncoder` with `text`.
 */
export function indexLevels<R extends string>(
  of: TextExpr<R> | CategoryExpr<R>,
  options: IndexLevelsOptions = {},
): Feature<R> {
  checkNames("indexLevels", options, ["order", "unknown"]);
  checkInput("indexLevels", of, ["text", "category"]);
  const { order = "text", unknown = "missing" } = options;
  checkChoice("indexLevels", { order }, ["text", "rows"]);
  checkUnknown("indexLevels", unknown);
  return {
    transform: "indexLevels",
    options: { order, unknown },
    reads: of.reads,
    requests: [{ measure: "counts", of: of.node }],
    learn: (name, measured): Learned => {
      const { counts } = measured.counts(0);
      const sorted = order === "text" ? counts : [...counts].sort((a, b) => b.rows - a.rows);
      const learned = sorted.map(({ text }) => text);
      const { outputs, levels } = placeOf(of, { levels: learned, unknown });
      return { stats: { levels: learned }, outputs: outputs(name), levels };
    },
  };
}

function placeOf(
  of: TextExpr | CategoryExpr,
  { levels, unknown }: { readonly levels: readonly string[]; readonly unknown: UnknownPlace },
) {
  const places = levels.map((_, i) => i);
  const own = unknown === "own" ? { otherwise: levels.length } : {};
  const { node } = of.lookup({ keys: levels, values: places, ...own });
  const policy = unknown === "refuse" || unknown === "skip" ? unknown : "zero";
  return {
    outputs: (name: string) => [{ name, node }],
    levels: { input: of.node, levels, unknown: policy },
  } as const;
}

function checkUnknown(at: string, unknown: UnknownPlace): void {
  checkChoice(at, { unknown }, ["missing", "own", "refuse", "skip"]);
}
