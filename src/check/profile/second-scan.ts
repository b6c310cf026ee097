/** @file The second scan: bins, quantiles, common values, patterns, and pairs of columns. */
import { quoteText } from "../../table/index.ts";
import { type Place, textLimit } from "./columns-sql.ts";
import type { FirstFacts, FirstNumbers } from "./first-facts.ts";
import { guessPatterns } from "./text-pattern.ts";

/** A column with no more different values than this has them all counted. */
const fewValues = 1000;
/** Different values are counted exactly in columns of up to so many, and so many together. */
const exactLimit = 1_000_000;
const exactBudget = 20_000_000;
/** Pairs are made of at most so many columns. */
const missingColumns = 64;
const numberColumns = 40;
/** Cells that quantiles sort, and pairs that correlations multiply, before a sample is enough. */
const sortedCells = 10_000_000;
const multipliedPairs = 200_000_000;

/** The shares whose quantiles a profile holds. */
export const quantileShares = [
  0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99,
] as const;

/** Bins of a column of numbers. */
export interface Bins {
  readonly min: number;
  readonly width: number;
  readonly count: number;
}

/** What the second scan is to find out about one column. */
export interface ColumnPlan {
  readonly first: FirstFacts;
  /** Whether its values are counted exactly. */
  readonly exact: boolean;
  /** Whether all its values are counted one by one. */
  readonly few: boolean;
  readonly patterns: readonly string[];
  readonly bins: Bins | null;
}

/** What the second scan is to find out. */
export interface Plan {
  readonly columns: readonly ColumnPlan[];
  /** Columns whose missing cells, and whose numbers, are looked at in pairs. */
  readonly missing: readonly Place[];
  readonly numbers: readonly Place[];
  /** The share of rows that quantiles and correlations come from. */
  readonly share: number;
  readonly topK: number;
}

/** Decides from the first scan what the second one does. */
export function planSecond(
  facts: readonly FirstFacts[],
  sizes: { readonly rows: number; readonly bins: number; readonly topK: number },
): Plan {
  const { rows } = sizes;
  const exact = exactColumns(facts);
  const incomplete = facts.filter(({ count }) => count < rows && count > 0);
  const emptiest = incomplete.toSorted((a, b) => a.count - b.count).slice(0, missingColumns);
  const varied = facts.filter(({ place, numbers }) => place.measure === "number" && moves(numbers));
  const numbers = varied.slice(0, numberColumns).map(({ place }) => place);
  const measured = facts.filter((fact) => fact.numbers !== null).length;
  const pairs = (numbers.length * (numbers.length - 1)) / 2;
  const cost = Math.max((rows * measured) / sortedCells, (rows * pairs) / multipliedPairs);
  return {
    columns: facts.map((first) => ({
      first,
      exact: exact.has(first),
      few: first.near <= fewValues,
      patterns: patternsOf(first),
      bins: binsOf(first, sizes.bins),
    })),
    missing: incomplete.filter((fact) => emptiest.includes(fact)).map(({ place }) => place),
    numbers,
    share: cost > 1 ? 1 / cost : 1,
    topK: sizes.topK,
  };
}

/** SQL of the second scan: one row, one struct per column, and one list per set of pairs. */
export function secondScanSql(placed: string, plan: Plan): string {
  const drawn = plan.share < 1 ? "d" : "true";
  const structs = plan.columns.map(
    (column) => `${structSql(column, plan.topK, drawn)} AS s${column.first.place.at}`,
  );
  const both = pairsOf(plan.missing).map(
    ([a, b]) => `count_if(c${a.at} IS NULL AND c${b.at} IS NULL)`,
  );
  const correlations = pairsOf(plan.numbers).map(
    ([a, b]) => `corr(${tame(a, drawn)}, ${tame(b, drawn)})`,
  );
  const select = [
    `count_if(${drawn}) AS measured`,
    ...structs,
    `[${both.join(", ")}] AS both`,
    `[${correlations.join(", ")}] AS correlations`,
  ];
  return `SELECT ${select.join(", ")} FROM (${placed})`;
}

/** Every pair of a list, in order. */
export function pairsOf<T>(items: readonly T[]): readonly (readonly [T, T])[] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b): readonly [T, T] => [a, b]));
}

function structSql(plan: ColumnPlan, topK: number, drawn: string): string {
  const { first, exact, few, patterns, bins } = plan;
  const [c, v, k] = [`c${first.place.at}`, `v${first.place.at}`, `k${first.place.at}`];
  const heavy = first.heavy.map(quoteText).join(", ");
  const listed = few || heavy === "" ? k : `CASE WHEN ${k}::VARCHAR IN (${heavy}) THEN ${k} END`;
  const counts = `histogram((${listed})::VARCHAR)`;
  const negated = `list_transform(map_entries(${counts}), e -> {n: -e.value::BIGINT, value: e.key})`;
  // Where each value is counted anyway, and none is cut, counting them again would cost as much.
  const whole = few && (first.texts === null || first.texts.longest <= textLimit);
  const distinct = whole ? `cardinality(${counts})` : `count(DISTINCT ${c})`;
  const facts = [
    `different: ${exact ? distinct : "NULL"}`,
    `top: list_slice(list_sort(${negated}), 1, ${topK})`,
    `broken: [${patterns.map((p) => `count_if(NOT regexp_full_match(${c}, ${quoteText(p)}))`).join(", ")}]`,
  ];
  if (first.numbers !== null)
    facts.push(
      `quantiles: quantile_disc(CASE WHEN ${drawn} THEN ${v} END, [${quantileShares.join(", ")}])`,
    );
  if (bins !== null)
    facts.push(
      // least and greatest pass over a missing value: it must not reach them.
      `bins: map_entries(histogram(CASE WHEN ${v} IS NOT NULL THEN ${binSql(v, bins)} END))`,
    );
  return `{${facts.join(", ")}}`;
}

/** The bin of a number; rounding must not carry the outermost values past the ends. */
const binSql = (v: string, { min, width, count }: Bins): string =>
  `greatest(0, least(${count - 1}, floor((${v} - ${double(min)}) / ${double(width)})))::INTEGER`;

/** A number in SQL, to the last bit: a bare literal would be a decimal first. */
const double = (value: number): string => `'${value}'::DOUBLE`;

/** A number whose square is finite: products of larger ones have no correlation in doubles. */
const tame = ({ at }: Place, drawn: string): string =>
  `CASE WHEN ${drawn} AND abs(v${at}) < 1e150 THEN v${at} END`;

const moves = (numbers: FirstNumbers | null): boolean =>
  numbers !== null && numbers.min < numbers.max;

/** The columns whose values are counted exactly: those of few values first, within a budget. */
function exactColumns(facts: readonly FirstFacts[]): ReadonlySet<FirstFacts> {
  const exact = new Set<FirstFacts>();
  let used = 0;
  for (const fact of facts.toSorted((a, b) => a.near - b.near)) {
    if (fact.near > exactLimit || used + fact.near > exactBudget) break;
    used += fact.near;
    exact.add(fact);
  }
  return exact;
}

function patternsOf({ texts }: FirstFacts): readonly string[] {
  if (texts === null || texts.shortest !== texts.longest) return [];
  return guessPatterns(texts.guesses);
}

/** Bins of one width; those of whole numbers hold equally many whole numbers each. */
function binsOf({ place, numbers }: FirstFacts, wanted: number): Bins | null {
  if (numbers === null) return null;
  const { min, max } = numbers;
  const range = max - min;
  if (!Number.isFinite(range)) return null;
  if (place.kind === "int" && Number.isSafeInteger(min) && Number.isSafeInteger(max)) {
    const width = Math.ceil((range + 1) / wanted);
    return { min, width, count: Math.max(1, Math.ceil((range + 1) / width)) };
  }
  const width = range / wanted;
  return width > 0 && min + width > min
    ? { min, width, count: wanted }
    : { min, width: 1, count: 1 };
}
