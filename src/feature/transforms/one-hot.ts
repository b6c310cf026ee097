/** @file Categories as a column of 0 and 1 a level. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import {
  type BoolExpr,
  type CategoryExpr,
  type ExprNode,
  type TextExpr,
  when,
} from "../../table/index.ts";
import { fail } from "../errors.ts";
import {
  type Feature,
  type Learned,
  type Levels,
  learnsNothing,
  type Output,
  type TextCounts,
} from "../feature.ts";
import { checkInput, missingColumn } from "./made.ts";

/** Options of {@link oneHot}. */
export interface OneHotOptions {
  /**
   * What becomes of a text that is no level: every column is 0 and `unknowns` tells; a column of their
   * own, `plan other`; an error; or the row is left out of matrices. Default `zero`.
   */
  readonly unknown?: "zero" | "own" | "refuse" | "skip";
  /** What becomes of a missing value: a column of its own, or 0 in every column. Default `zero`. */
  readonly missing?: "own" | "zero";
  /**
   * A column to leave out, because the others tell it: that of the first level, of the last, or of the
   * first if there are two. Default none.
   */
  readonly drop?: "first" | "last" | "ifBinary";
  /** Of a text: levels in fewer rows share the column `plan other`; a share when below 1. */
  readonly minRows?: number;
  /**
   * Of a text: the most columns for levels and `plan other`, which the rarest share. Without it, more
   * than 1000 levels are refused.
   */
  readonly maxLevels?: number;
}

/** More columns than this are made only when `maxLevels` says so. */
const mostColumns = 1000;

const names = ["unknown", "missing", "drop", "minRows", "maxLevels"];

/**
 * A column of 0 and 1 for each level: `contract=One year`. The levels of a category are those declared,
 * in the declared order; those of a truth value are false and true; those of a text are learned from
 * the training rows, in the order of their code points.
 *
 * @param of - A category, a truth value or a text.
 * @returns As many columns as levels; with `other` and `missing` one more each, with `drop` one fewer.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`; when fitted, `feature/out-of-range-levels`
 * @example
 * ```ts
 * const people = schema("people", { plan: category(["free", "paid"]), city: text() });
 * features(people, (c) => ({
 *   plan: oneHot(c.plan, { drop: "first" }),
 *   city: oneHot(c.city, { minRows: 10, unknown: "own" }),
 * })).reads // => ["plan", "city"]
 * ```
 * @see scikit-learn `OneHotEncoder`.
 */
export function oneHot<R extends string>(
  of: CategoryExpr<R> | TextExpr<R> | BoolExpr<R>,
  options: OneHotOptions = {},
): Feature<R> {
  checkInput("oneHot", of, ["text", "category", "bool"]);
  checkNames("oneHot", options, of.kind === "text" ? names : names.slice(0, 3));
  const { unknown = "zero", missing = "zero", drop, minRows = 1, maxLevels } = options;
  checkChoice("oneHot", { unknown }, ["zero", "own", "refuse", "skip"]);
  checkChoice("oneHot", { missing }, ["own", "zero"]);
  if (drop !== undefined) checkChoice("oneHot", { drop }, ["first", "last", "ifBinary"]);
  checkNumber("oneHot", { minRows }, { above: 0 });
  if (maxLevels !== undefined) checkNumber("oneHot", { maxLevels }, { min: 2, integer: true });
  const how: How = { unknown, missing, drop };
  const kept: Record<string, Json> = { unknown, missing };
  for (const [key, value] of Object.entries({ drop, minRows: options.minRows, maxLevels }))
    if (value !== undefined) kept[key] = value;
  const shared = { transform: "oneHot", options: kept, reads: of.reads };
  if (of.kind === "bool") {
    const held = [false, true].map((value) => ({ level: String(value), is: of.is(value) }));
    return { ...shared, ...learnsNothing((name) => columns(of, { held, how, name })) };
  }
  if (of.kind === "category") {
    const held = of.levels.map((level) => ({ level, is: of.is(level) }));
    const levels = levelsOf(of.node, of.levels, unknown);
    return { ...shared, ...learnsNothing((name) => columns(of, { held, how, name }), levels) };
  }
  return {
    ...shared,
    requests: [{ measure: "counts", of: of.node }],
    learn: (name, measured): Learned => {
      const counts = measured.counts(0);
      const { levels, rare } = chosen(counts, { minRows, maxLevels: maxLevels ?? Infinity });
      if (levels.length > (maxLevels ?? mostColumns))
        fail("feature/out-of-range-levels", {
          feature: name,
          levels: levels.length,
          most: mostColumns,
        });
      const held = levels.map((level) => ({ level, is: of.is(level) }));
      return {
        stats: { levels, rare },
        outputs: columns(of, { held, how, name, rare }),
        levels: levelsOf(of.node, [...levels, ...rare], unknown),
      };
    },
  };
}

interface How {
  readonly unknown: "zero" | "own" | "refuse" | "skip";
  readonly missing: "own" | "zero";
  readonly drop: "first" | "last" | "ifBinary" | undefined;
}

interface Held {
  readonly level: string;
  readonly is: BoolExpr;
}

interface Wanted {
  readonly held: readonly Held[];
  readonly how: How;
  readonly name: string;
  /** Levels of the training rows that have no column of their own. */
  readonly rare?: readonly string[];
}

function columns(
  of: CategoryExpr | TextExpr | BoolExpr,
  { held, how, name, rare = [] }: Wanted,
): readonly Output[] {
  const all = held.map(({ level, is }) => ({
    name: `${name}=${level}`,
    node: when(is, 1, 0).node,
  }));
  const dropped = { first: 0, last: all.length - 1, ifBinary: all.length === 2 ? 0 : -1 };
  const kept = all.filter((_, i) => how.drop === undefined || i !== dropped[how.drop]);
  return [
    ...kept,
    ...other(of, { held, how, name, rare }),
    ...(how.missing === "own" ? [missingColumn(of, name)] : []),
  ];
}

/** The column of what has no column: rare levels, and unknown ones where they have one of their own. */
function other(
  of: CategoryExpr | TextExpr | BoolExpr,
  { held, how, name, rare = [] }: Wanted,
): readonly Output[] {
  if (of.kind === "bool") return [];
  const column = `${name} other`;
  if (how.unknown === "own") {
    const [first, ...more] = held;
    const known = more.reduce((any, { is }) => any.or(is), first?.is ?? of.isMissing());
    return [{ name: column, node: when(known.orElse(true), 0, 1).node }];
  }
  if (of.kind === "category" || rare.length === 0) return [];
  return [{ name: column, node: when(of.isIn(rare), 1, 0).node }];
}

function levelsOf(input: ExprNode, levels: readonly string[], unknown: How["unknown"]): Levels {
  return { input, levels, unknown: unknown === "own" ? "zero" : unknown };
}

/** Which levels have a column: as scikit-learn chooses, of equally frequent ones the later. */
function chosen(
  { counts, rows }: TextCounts,
  { minRows, maxLevels }: { readonly minRows: number; readonly maxLevels: number },
): { readonly levels: string[]; readonly rare: string[] } {
  const least = minRows < 1 ? minRows * rows : minRows;
  const frequent = new Set(counts.filter((count) => count.rows >= least));
  if (frequent.size + (frequent.size < counts.length ? 1 : 0) > maxLevels) {
    const rarestFirst = [...frequent].sort((a, b) => a.rows - b.rows);
    for (const count of rarestFirst.slice(0, frequent.size - (maxLevels - 1)))
      frequent.delete(count);
  }
  const texts = (has: boolean) =>
    counts.filter((count) => frequent.has(count) === has).map(({ text }) => text);
  return { levels: texts(true), rare: texts(false) };
}
