/** @file What suits a column: for trees, and for linear models. */
import { formatLiteral } from "../../core/index.ts";
import type {
  BoolExpr,
  CategoryExpr,
  Expr,
  NumberExpr,
  TextExpr,
  TimestampExpr,
} from "../../table/index.ts";
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

/** Facts, and how many levels get a column each. */
export interface TreatedFacts extends ColumnFacts {
  readonly maxLevels: number;
}

/** What becomes of a column, and why; nothing said: it is left out. */
export interface Treatment {
  readonly said: readonly Said[];
  readonly why: string;
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

/** A feature, and how a program says it. */
interface Said {
  readonly name: string;
  readonly feature: Feature;
  readonly code: string;
}

const made = (why: string, ...said: readonly Said[]): Treatment => ({ said, why });

/** `c["monthly charges"]`, or `c.age` where a name allows it. */
const read = (column: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(column) ? `c.${column}` : `c[${JSON.stringify(column)}]`;

/** For trees: numbers as they are, codes of categories. */
export function treatTrees(expr: Expr, facts: TreatedFacts): Treatment {
  const { column: name, distinct, words } = facts;
  const c = read(name);
  if (!isAny(expr)) return made(`a ${expr.kind} column`);
  switch (expr.kind) {
    case "number":
      return made("a number", { name, feature: numeric(expr), code: `numeric(${c})` });
    case "bool":
      return made("a truth value", { name, feature: flag(expr), code: `flag(${c})` });
    case "timestamp": {
      const options = { parts: ["year", "month", "weekday", "hour"] } as const;
      const code = `calendar(${c}, ${formatLiteral({ parts: [...options.parts] })})`;
      return made("a moment", { name, feature: calendar(expr, options), code });
    }
    case "category": {
      const code = `indexLevels(${c})`;
      return made(`one of ${distinct} levels`, { name, feature: indexLevels(expr), code });
    }
    case "text": {
      if (distinct > mostCodes || words >= wordsOfProse) return treatText(expr, facts);
      const code = `indexLevels(${c})`;
      return made(`one of ${distinct} texts`, { name, feature: indexLevels(expr), code });
    }
  }
}

/** For linear models: scaled numbers, a column a level, a column more where values are missing. */
export function treatLinear(expr: Expr, facts: TreatedFacts): Treatment {
  const { column: name, missing: holes, distinct, maxLevels, words } = facts;
  const c = read(name);
  const own = holes > 0 ? "own" : "zero";
  const more = holes > 0 && isAny(expr) ? [isMissing(name, expr)] : [];
  if (!isAny(expr)) return made(`a ${expr.kind} column`);
  switch (expr.kind) {
    case "number": {
      const why = holes === 0 ? "a number" : `a number, missing in ${holes} rows`;
      const scaled = { name, feature: standardize(expr), code: `standardize(${c})` };
      return made(why, scaled, ...more);
    }
    case "bool": {
      const code = `flag(${c}, { missing: "${own}" })`;
      return made("a truth value", { name, feature: flag(expr, { missing: own }), code });
    }
    case "timestamp":
      return made("a moment", ...more, round(expr, name, "month"), round(expr, name, "weekday"));
    case "category": {
      const code = `oneHot(${c}, { missing: "${own}" })`;
      return made(`one of ${distinct} levels`, {
        name,
        feature: oneHot(expr, { missing: own }),
        code,
      });
    }
    case "text": {
      if (distinct > maxLevels || words >= wordsOfProse) return treatText(expr, facts);
      const options = { missing: own, maxLevels } as const;
      const code = `oneHot(${c}, ${formatLiteral(options)})`;
      return made(`one of ${distinct} texts`, { name, feature: oneHot(expr, options), code });
    }
  }
}

const isMissing = (column: string, expr: AnyExpr): Said => ({
  name: `${column} is`,
  feature: missing(expr),
  code: `missing(${read(column)})`,
});

/** A part of a moment that goes round; a missing moment is at its beginning. */
function round(expr: TimestampExpr, column: string, part: "month" | "weekday"): Said {
  const [first, period] = part === "month" ? [1, 12] : [0, 7];
  return {
    name: `${column} ${part}`,
    feature: cyclic(expr.part(part).orElse(first), { period }),
    code: `cyclic(${read(column)}.part("${part}").orElse(${first}), { period: ${period} })`,
  };
}

/** Prose by its words, names by how often they occur. */
function treatText(expr: TextExpr, { column: name, distinct, words }: TreatedFacts): Treatment {
  const c = read(name);
  if (words < wordsOfProse)
    return made(`one of ${distinct} texts`, {
      ...{ name, feature: countEncode(expr, { as: "share" }) },
      code: `countEncode(${c}, { as: "share" })`,
    });
  return made(`prose of ${words.toFixed(1)} words`, {
    ...{ name, feature: tfIdf(expr, { maxWords: 100 }) },
    code: `tfIdf(${c}, { maxWords: 100 })`,
  });
}
