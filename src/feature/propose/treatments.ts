/** @file What suits a column: for trees, and for linear models. */
import type { BoolExpr, CategoryExpr, Expr, NumberExpr, TextExpr, TimestampExpr } from "../../table/index.ts"; // biome-ignore format: one line
import type { Feature } from "../feature.ts";
import {
  calendar,
  countEncode,
  cyclic,
  flag,
  indexLevels,
  missing,
  numeric,
  oneHot,
  standardize,
  tfIdf,
} from "../transforms/index.ts";
import type { ColumnFacts } from "./column-facts.ts";
import type { Treatment } from "./propose-features.ts";

/** Facts, and how many levels get a column each. */
export interface TreatedFacts extends ColumnFacts {
  readonly maxLevels: number;
}

/** An expression by its kind, so that the compiler tells them apart. */
type AnyExpr = BoolExpr | CategoryExpr | NumberExpr | TextExpr | TimestampExpr;

const known: readonly string[] = ["bool", "category", "number", "text", "timestamp"];
const isAny = (expr: Expr): expr is AnyExpr => known.includes(expr.kind);

const mostMissing = 0.995;
const mostCodes = 1000; // categories of a tree's split
const wordsOfProse = 4; // more words than this on average are prose

/** Why a column tells nothing; undefined when it may. */
export function limits({
  rows,
  missing: holes,
  distinct,
  kind,
  words,
}: ColumnFacts): string | undefined {
  if (holes === rows) return "missing in every row";
  if (holes > mostMissing * rows) return `missing in ${holes} of ${rows} rows`;
  if (distinct === 1 && holes === 0) return "the same in every row";
  const present = rows - holes;
  const isName = kind === "text" && distinct === present && present > 20 && words < wordsOfProse;
  return isName ? "another text in every row" : undefined;
}

const made = (name: string, feature: Feature, why: string): Treatment => ({
  features: { [name]: feature },
  why,
});

/** For trees: numbers as they are, codes of categories. */
export function treatTrees(expr: Expr, facts: TreatedFacts): Treatment {
  const { column } = facts;
  if (!isAny(expr)) return { why: `a ${expr.kind} column` };
  switch (expr.kind) {
    case "number":
      return made(column, numeric(expr), "a number");
    case "bool":
      return made(column, flag(expr), "a truth value");
    case "timestamp":
      return made(column, calendar(expr, { parts: ["year", "month", "weekday", "hour"] }), "a moment"); // biome-ignore format: one line
    case "category":
      return made(column, indexLevels(expr), `one of ${facts.distinct} levels`);
    case "text":
      return facts.distinct <= mostCodes && facts.words < wordsOfProse
        ? made(column, indexLevels(expr), `one of ${facts.distinct} texts`)
        : treatText(expr, facts);
  }
}

/** For linear models: scaled numbers, a column a level, a column more where values are missing. */
export function treatLinear(expr: Expr, facts: TreatedFacts): Treatment {
  const { column, missing: holes, distinct, maxLevels } = facts;
  if (!isAny(expr)) return { why: `a ${expr.kind} column` };
  const own = holes > 0 ? "own" : "zero";
  switch (expr.kind) {
    case "number": {
      const scaled = { [column]: standardize(expr) };
      if (holes === 0) return { features: scaled, why: "a number" };
      const where = { [`${column} is`]: missing(expr) };
      return { features: { ...scaled, ...where }, why: `a number, missing in ${holes} rows` };
    }
    case "bool":
      return made(column, flag(expr, { missing: own }), "a truth value");
    case "timestamp":
      return {
        features: {
          ...(holes > 0 ? { [`${column} is`]: missing(expr) } : {}),
          [`${column} month`]: cyclic(expr.part("month").orElse(1), { period: 12 }),
          [`${column} weekday`]: cyclic(expr.part("weekday").orElse(0), { period: 7 }),
        },
        why: "a moment",
      };
    case "category":
      return made(column, oneHot(expr, { missing: own }), `one of ${distinct} levels`);
    case "text":
      return distinct <= maxLevels && facts.words < wordsOfProse
        ? made(column, oneHot(expr, { missing: own, maxLevels }), `one of ${distinct} texts`)
        : treatText(expr, facts);
  }
}

/** Prose by its words, names by how often they occur. */
function treatText(expr: TextExpr, { column, distinct, words }: TreatedFacts): Treatment {
  if (words >= wordsOfProse)
    return made(column, tfIdf(expr, { maxWords: 100 }), `prose of ${words.toFixed(1)} words`);
  return made(column, countEncode(expr, { as: "share" }), `one of ${distinct} texts`);
}
