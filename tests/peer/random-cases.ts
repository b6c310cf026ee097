/**
 * @file Random small tables and random expectations about them, the same for the same seed, and what
 * Great Expectations made of some of them: stored by the interop test with UPDATE_PEER=1.
 */
import { readFile } from "node:fs/promises";
import { type ResultFormat, readSuite, validate } from "../../src/check/index.ts";
import { type Random, random } from "../../src/core/index.ts";
import type { Cell, ColumnKind, Json } from "../../src/flow.ts";
import { type Column, type Engine, schema } from "../../src/table/index.ts";
import { differences, type Judged, type Ours } from "./compare-results.ts";
import { frameOf } from "./great-expectations.ts";

/** Expectations about one table, in Great Expectations' JSON. */
export interface RandomCase {
  readonly columns: Readonly<Record<string, ColumnKind>>;
  readonly rows: readonly (readonly Json[])[];
  readonly expectations: readonly {
    readonly type: string;
    readonly kwargs: Readonly<Record<string, Json>>;
  }[];
  readonly resultFormat: ResultFormat;
}

const columns: Readonly<Record<string, ColumnKind>> = {
  id: "int",
  n: "int",
  m: "int",
  x: "float",
  y: "float",
  t: "text",
  u: "text",
  at: "timestamp",
  yes: "bool",
};

const texts = [
  "a",
  "b",
  "ab",
  "",
  " ",
  "Äpfel",
  "e\u0301",
  "😀",
  "a.c",
  "A1",
  "2024-02-29",
  "2023-02-29",
  "1/5/2024",
  "10",
  "NaN",
  "null",
  "x\ny",
  "50%",
  "a_c",
  "ß",
];
const floats = [0, -0, 0.1, 0.30000000000000004, 1, -1, 2.5, 2.5, 1e-12, 1e6, -1e6, 3, 7.25];
const moments = [1, 2, 2, 3, 5, 28].map(
  (day) => `2024-01-${String(day).padStart(2, "0")}T12:00:00+00:00`,
);

/** Chance with the few draws that the cases need. */
interface Dice {
  below(n: number): number;
  is(share: number): boolean;
  of<T>(items: readonly T[]): T;
  /** Up to so many of the items, with repetition. */
  some<T>(items: readonly T[], most: number): readonly T[];
}

function diceOf(chance: Random): Dice {
  const { below } = chance;
  const of = <T>(items: readonly T[]): T => chance.pick(items);
  return {
    below,
    of,
    is: (share) => chance.next() < share,
    some: (items, most) => Array.from({ length: below(most + 1) }, () => of(items)),
  };
}

/** The values that a column draws from: few of them, so that there are ties. */
function poolOf(dice: Dice, kind: ColumnKind): readonly Json[] {
  const few = 1 + dice.below(6);
  const draw = (): Json => {
    if (kind === "int") return dice.is(0.1) ? dice.of([0, 1000000, -7]) : dice.below(9) - 3;
    if (kind === "float")
      return dice.is(0.7) ? dice.of(floats) : Math.round((dice.below(2000) - 1000) * 7.7) / 16;
    if (kind === "bool") return dice.is(0.5);
    return dice.of(kind === "timestamp" ? moments : texts);
  };
  return Array.from({ length: few }, draw);
}

function rowsOf(dice: Dice): readonly (readonly Json[])[] {
  const length = dice.of([0, 0, 1, 1, 2, 3, 4, 5, 8, 12, 30]);
  const made = Object.entries(columns).map(([name, kind]): readonly Json[] => {
    const pool = poolOf(dice, kind);
    const missing = dice.of([0, 0, 0.2, 0.5, 1]);
    if (name === "id") return Array.from({ length }, (_, i) => i);
    return Array.from({ length }, () => (dice.is(missing) ? null : dice.of(pool)));
  });
  return Array.from({ length }, (_, i) => made.map((column) => column[i] ?? null));
}

const kinds = (...wanted: readonly ColumnKind[]): readonly string[] =>
  Object.keys(columns).filter((name) => wanted.includes(columns[name] ?? "text"));
const numbers = kinds("int", "float");
const words = kinds("text");

type Kwargs = Readonly<Record<string, Json>>;

/** A value of the column, or one that is not in it. */
function valueFor(dice: Dice, column: string): Json {
  const kind = columns[column] ?? "text";
  if (kind === "int") return dice.below(9) - 3;
  if (kind === "float") return dice.of(floats);
  if (kind === "bool") return dice.is(0.5);
  return dice.of(kind === "timestamp" ? moments : texts);
}

function bounds(dice: Dice, make: () => Json): Kwargs {
  const low = dice.is(0.7)
    ? { min_value: make(), ...(dice.is(0.3) ? { strict_min: true } : {}) }
    : {};
  const high =
    dice.is(0.7) || !("min_value" in low)
      ? { max_value: make(), ...(dice.is(0.3) ? { strict_max: true } : {}) }
      : {};
  const { min_value: a, max_value: b } = { ...low, ...high } as Kwargs;
  if (a === undefined || b === undefined || compare(a, b) <= 0)
    return { ...low, ...high } as Kwargs;
  return { ...low, ...high, min_value: b, max_value: a } as Kwargs;
}
const compare = (a: Json, b: Json): number =>
  typeof a === "number" && typeof b === "number"
    ? a - b
    : String(a) < String(b)
      ? -1
      : Number(a !== b);

const number = (dice: Dice) => (): number => dice.of([-4, -1, 0, 0, 0.5, 1, 2, 2.5, 3, 8, 100]);
const share = (dice: Dice) => (): number => dice.of([0, 0.2, 0.25, 0.5, 0.75, 1]);
const regexes = [
  "^a",
  "b$",
  ".",
  "^.$",
  "\\d",
  "[a-c]+",
  "(?i)ä",
  "^\\w+$",
  "a|ß",
  "\\s",
  "^$",
  "\u{1f600}",
] as const;

/** What each type takes, and whether `mostly` is among it. */
const types: Readonly<Record<string, (dice: Dice) => Kwargs>> = {
  expect_column_values_to_be_between: (d) => {
    const column = d.of([...numbers, "at"]);
    return { column, ...bounds(d, () => valueFor(d, column)) };
  },
  expect_column_values_to_be_in_set: (d) => setOf(d),
  expect_column_values_to_not_be_in_set: (d) => setOf(d),
  expect_column_values_to_be_null: (d) => ({ column: anyColumn(d) }),
  expect_column_values_to_not_be_null: (d) => ({ column: anyColumn(d) }),
  expect_column_values_to_be_unique: (d) => ({ column: anyColumn(d) }),
  expect_column_value_lengths_to_be_between: (d) => ({
    column: d.of(words),
    ...bounds(d, () => d.below(6)),
  }),
  expect_column_value_lengths_to_equal: (d) => ({ column: d.of(words), value: d.below(4) }),
  expect_column_values_to_match_regex: (d) => ({ column: d.of(words), regex: d.of(regexes) }),
  expect_column_values_to_not_match_regex: (d) => ({ column: d.of(words), regex: d.of(regexes) }),
  expect_column_values_to_match_regex_list: (d) => ({
    column: d.of(words),
    regex_list: [d.of(regexes), d.of(regexes)],
    match_on: d.of(["any", "all"]),
  }),
  expect_column_values_to_not_match_regex_list: (d) => ({
    column: d.of(words),
    regex_list: [d.of(regexes), d.of(regexes)],
  }),
  expect_column_values_to_match_strftime_format: (d) => ({
    column: d.of(words),
    strftime_format: d.of(["%Y-%m-%d", "%d/%m/%Y", "%m"]),
  }),
  expect_column_value_z_scores_to_be_less_than: (d) => ({
    column: d.of(numbers),
    threshold: d.of([0.3, 1, 1.5, 2]),
    double_sided: d.is(0.5),
  }),
  expect_column_values_to_not_be_outliers: (d) => ({
    column: d.of(numbers),
    method: d.of(["iqr", "std"]),
    multiplier: d.of([0, 0.5, 1.5, 3]),
  }),
  expect_column_pair_values_a_to_be_greater_than_b: (d) => ({
    ...pairOf(d, numbers),
    ...(d.is(0.5) ? { or_equal: true } : {}),
  }),
  expect_column_pair_values_to_be_equal: (d) => pairOf(d, d.is(0.5) ? numbers : words),
  expect_column_pair_values_to_be_in_set: (d) => ({
    ...pairOf(d, ["n", "t"]),
    column_A: "n",
    column_B: "t",
    value_pairs_set: [0, ...d.some([0], 3)].map(() => [d.below(9) - 3, d.of(texts)]),
  }),
  expect_multicolumn_sum_to_equal: (d) => ({
    ...listOf(d, ["n", "m", "id", "n"]),
    sum_total: d.below(6),
  }),
  expect_multicolumn_values_to_be_equal: (d) => listOf(d, numbers),
  expect_select_column_values_to_be_unique_within_record: (d) => listOf(d, numbers),
  expect_compound_columns_to_be_unique: (d) => listOf(d, ["n", "m", "t", "u", "yes"]),
  expect_column_max_to_be_between: (d) => ({ column: d.of(numbers), ...bounds(d, number(d)) }),
  expect_column_min_to_be_between: (d) => ({ column: d.of(numbers), ...bounds(d, number(d)) }),
  expect_column_mean_to_be_between: (d) => ({ column: d.of(numbers), ...bounds(d, number(d)) }),
  expect_column_median_to_be_between: (d) => ({ column: d.of(numbers), ...bounds(d, number(d)) }),
  expect_column_stdev_to_be_between: (d) => ({ column: d.of(numbers), ...bounds(d, number(d)) }),
  expect_column_sum_to_be_between: (d) => ({ column: d.of(numbers), ...bounds(d, number(d)) }),
  expect_column_unique_value_count_to_be_between: (d) => ({
    column: anyColumn(d),
    ...bounds(d, () => d.below(6)),
  }),
  expect_column_proportion_of_unique_values_to_be_between: (d) => ({
    column: anyColumn(d),
    ...bounds(d, share(d)),
  }),
  expect_column_proportion_of_non_null_values_to_be_between: (d) => ({
    column: anyColumn(d),
    ...bounds(d, share(d)),
  }),
  expect_column_quantile_values_to_be_between: (d) => ({
    column: d.of(numbers),
    quantile_ranges: {
      quantiles: [0, 0.25, 0.5, 1],
      value_ranges: [0, 1, 2, 3].map(() => [
        d.is(0.3) ? null : -d.below(5),
        d.is(0.3) ? null : d.below(50),
      ]),
    },
    allow_relative_error: "linear",
  }),
  expect_column_most_common_value_to_be_in_set: (d) => ({
    ...setOf(d),
    ...(d.is(0.5) ? { ties_okay: d.is(0.5) } : {}),
  }),
  expect_column_distinct_values_to_be_in_set: (d) => setOf(d),
  expect_column_distinct_values_to_contain_set: (d) => setOf(d),
  expect_column_distinct_values_to_equal_set: (d) => setOf(d),
  expect_column_kl_divergence_to_be_less_than: (d) =>
    d.is(0.5)
      ? {
          column: d.of(words),
          threshold: d.of([0.1, 1]),
          partition_object: { values: ["a", "b", "ab"], weights: [0.5, 0.25, 0.25] },
          ...(d.is(0.5) ? { tail_weight_holdout: 0.1 } : {}),
        }
      : {
          column: d.of(["n", "m"]),
          threshold: d.of([0.1, 1]),
          partition_object: { bins: [-4, 0, 2, 9], weights: [0.25, 0.5, 0.25] },
          ...(d.is(0.5) ? { tail_weight_holdout: 0.1 } : {}),
          ...(d.is(0.3) ? { internal_weight_holdout: 0.1 } : {}),
        },
  expect_table_row_count_to_equal: (d) => ({ value: d.of([0, 1, 5]) }),
  expect_table_row_count_to_be_between: (d) => bounds(d, () => d.below(9)),
  expect_table_column_count_to_equal: (d) => ({ value: 8 + d.below(3) }),
  expect_table_column_count_to_be_between: (d) => ({
    min_value: 7 + d.below(3),
    max_value: 9 + d.below(2),
  }),
  expect_table_columns_to_match_ordered_list: (d) => ({
    column_list: d.is(0.5) ? Object.keys(columns) : ["id", "m", ...d.some(words, 2)],
  }),
  expect_table_columns_to_match_set: (d) => ({
    column_set: d.is(0.5) ? Object.keys(columns) : ["id", "zz"],
    ...(d.is(0.5) ? { exact_match: d.is(0.5) } : {}),
  }),
  expect_column_to_exist: (d) => ({
    column: d.of(["n", "zz"]),
    ...(d.is(0.4) ? { column_index: d.below(3) } : {}),
  }),
};

const anyColumn = (dice: Dice): string => dice.of(Object.keys(columns));

function setOf(dice: Dice): Kwargs {
  const column = anyColumn(dice);
  return { column, value_set: [0, ...dice.some([0], 4)].map(() => valueFor(dice, column)) };
}

function pairOf(dice: Dice, from: readonly string[]): Kwargs {
  const ignore = dice.of(["both_values_are_missing", "either_value_is_missing", "neither"]);
  const a = dice.of(from);
  return {
    column_A: a,
    column_B: dice.of(from.filter((name) => name !== a)),
    ...(dice.is(0.7) ? { ignore_row_if: ignore } : {}),
  };
}

function listOf(dice: Dice, from: readonly string[]): Kwargs {
  const ignore = dice.of(["all_values_are_missing", "any_value_is_missing", "never"]);
  const chosen = [...new Set([dice.of(from), dice.of(from), dice.of(from)])];
  const list = chosen.length > 1 ? chosen : [...new Set([...chosen, ...from])].slice(0, 2);
  return { column_list: list, ...(dice.is(0.7) ? { ignore_row_if: ignore } : {}) };
}

const perTable = /^expect_table_(column|columns)_|^expect_column_to_exist$/;
const perRow =
  /_values_to_|_value_lengths_|_z_scores_|_pair_|_multicolumn_|_compound_|_select_column_/;
const aggregates =
  /_(distinct|unique|null|quantile)_values_to_(be_between|be_in_set|contain_set|equal_set)/;

function conditionOf(dice: Dice): Kwargs {
  const column = (name: string): Json => ({ name });
  const of = (name: string, operator: string, parameter: Json): Json => ({
    type: "comparison",
    column: column(name),
    operator,
    parameter,
  });
  const made: readonly Json[] = [
    of("n", dice.of([">", ">=", "<", "<=", "==", "!="]), dice.below(4)),
    of("t", dice.of(["==", "!="]), dice.of(texts.slice(0, 4))),
    of("id", "IN", [0, 1, 4]),
    of("t", "NOT_IN", ["a", "b"]),
    { type: "nullity", column: column(dice.of(["n", "t", "x"])), is_null: dice.is(0.5) },
    { type: dice.of(["and", "or"]), conditions: [of("id", "<", 4), of("x", ">", 0)] },
  ];
  if (dice.is(0.6)) return { row_condition: dice.of(made) };
  const text = dice.of([
    "n > 1",
    "n != 2",
    "t == 'a'",
    "not (n > 0)",
    "t in ['a', 'b']",
    "0 <= n < 3",
    "n == 2 or id < 2",
    "~(x > 0) & (id >= 1)",
  ]);
  return { row_condition: text, condition_parser: "pandas" };
}

function expectationOf(dice: Dice): RandomCase["expectations"][number] {
  const type = dice.of(Object.keys(types));
  const kwargs = types[type]?.(dice) ?? {};
  const mostly =
    perRow.test(type) && !aggregates.test(type) && dice.is(0.5)
      ? { mostly: dice.of([0, 0.25, 0.5, 0.75, 0.9, 1]) }
      : {};
  const condition = !perTable.test(type) && dice.is(0.25) ? conditionOf(dice) : {};
  return { type, kwargs: { ...kwargs, ...mostly, ...condition } };
}

/** The types that the cases have. */
export const randomTypes: readonly string[] = Object.keys(types);

/** A table and expectations about it. */
export function randomCase(seed: number, expectations: number): RandomCase {
  const dice = diceOf(random(seed));
  const rows = rowsOf(dice);
  const resultFormat: ResultFormat = {
    result_format: dice.of(["BASIC", "SUMMARY", "COMPLETE"] as const),
    partial_unexpected_count: dice.of([0, 2, 20]),
    ...(dice.is(0.5) ? { unexpected_index_column_names: ["id"] } : {}),
    ...(dice.is(0.3) ? { exclude_unexpected_values: true } : {}),
    ...(dice.is(0.3) ? { include_unexpected_rows: true } : {}),
    ...(dice.is(0.3) ? { return_unexpected_index_query: false } : {}),
  };
  return {
    columns,
    rows,
    expectations: Array.from({ length: expectations }, () => expectationOf(dice)),
    resultFormat,
  };
}

/** What Great Expectations made of an expectation; null where it raised an error of its own. */
export type RandomResult = Pick<Judged, "success" | "result"> | null;

/** The cases of which results are stored: so many tables with so many expectations. */
export const storedCases = { tables: 24, expectations: 20 } as const;

/** Where the results are stored. */
export const storedResults = new URL("./random-cases.json", import.meta.url);

/** Reads the stored results, by table and expectation. */
export async function readRandomResults(): Promise<readonly (readonly RandomResult[])[]> {
  const text = await readFile(storedResults, "utf8");
  return (JSON.parse(text) as { readonly results: readonly (readonly RandomResult[])[] }).results;
}

/** What we make of a case. */
export async function judgeCase(
  engine: Engine,
  one: RandomCase,
): Promise<readonly (Ours & { readonly raised: boolean })[]> {
  const specs = Object.entries(one.columns).map(([name, kind]): [string, Column<Cell>] => [
    name,
    { kind, nullable: true },
  ]);
  const rows = frameOf(
    engine,
    schema("random", Object.fromEntries(specs)),
    one.rows as readonly Cell[][],
  );
  const suite = readSuite({ name: "random", expectations: one.expectations });
  const { results } = await validate(rows, suite, { resultFormat: one.resultFormat });
  return results.map(({ success, result, exception_info }) => ({
    success,
    result,
    raised: exception_info.raised_exception,
  }));
}

/** Where our results differ from theirs, in a way that is not meant. */
export function caseDifferences(
  one: RandomCase,
  theirs: readonly RandomResult[],
  ours: Awaited<ReturnType<typeof judgeCase>>,
): readonly string[] {
  return one.expectations.flatMap(({ type, kwargs }, i) => {
    const [their, our] = [theirs[i], ours[i]];
    if (our === undefined || our.raised)
      return [`${type} ${JSON.stringify(kwargs)} was not judged`];
    if (their === null || their === undefined) return [];
    const found = differences({ type, kwargs, ...their }, our);
    return found.map((difference) => `${type} ${JSON.stringify(kwargs)}: ${difference}`);
  });
}
