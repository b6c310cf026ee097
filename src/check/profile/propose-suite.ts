/** @file A suite proposed from a profile: what holds of a table today, each line with its reason. */
import { checkNames, checkNumber, count, list } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import type { Expectation } from "../expectation.ts";
import type { Suite } from "../suite.ts";
import type { ColumnProfile, TableProfile } from "./profile.ts";
import { typedSuite } from "./typed-suite.ts";

/** How a suite is proposed. */
export interface ProposeOptions {
  /** The share of rows that must pass each expectation about rows, 0 to 1. Default 1. */
  readonly mostly?: number;
  /** By what share of their range bounds of numbers, and by what share row counts, are widened, ≥ 0. Default 0.1. */
  readonly margin?: number;
}

/** One expectation as Great Expectations writes it, and why it is proposed. */
export interface Proposal {
  /** The type that Great Expectations gives it: `expect_column_values_to_be_in_set`. */
  readonly type: string;
  readonly column: string | null;
  /** Its arguments, by the names that Great Expectations gives them. */
  readonly kwargs: Readonly<Record<string, Json>>;
  /** What in the profile speaks for it. */
  readonly reason: string;
}

/** A proposed suite: the same expectations typed, to check with, and as JSON, with reasons. */
export interface ProposedSuite {
  readonly suite: Suite;
  /** In the order of the suite. */
  readonly proposals: readonly (Proposal & { readonly expectation: Expectation })[];
}

/** A set is proposed for texts of at most so many values, each seen so often on average. */
const largestSet = 20;
const seenEach = 5;
/** Patterns and uniqueness are proposed for at least so many different values. */
const fewestValues = 10;

/**
 * Proposes the suite that a table keeps today: a value where no cell is missing, uniqueness where
 * all values are different, a set for few categories, bounds for numbers, a pattern for texts of one
 * form, and bounds for the number of rows. It is a first draft to be read, not a truth: each line
 * says what speaks for it. Of a profile of all rows, the suite passes on the same rows. A sample
 * does not show what no row breaks: from one, neither uniqueness nor a pattern is proposed.
 *
 * @param profile - What {@link profileTable} gave.
 * @param options - See {@link ProposeOptions}.
 * @returns The suite, its name being `<table>.proposed`, and the reasons.
 * @throws `option/unknown-name`, `option/out-of-range`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = schema("points", { id: text({ key: true }), x: int() });
 * const table = lake.table("demo.points", points);
 * await table.append([{ id: "a", x: 1 }, { id: "b", x: 3 }]);
 * const { suite: proposed } = proposeSuite(await profileTable(await table.read()), { margin: 0 });
 * proposed.expectations.map(({ says }) => says)
 * // => ["there are at least 2 and at most 2 rows", "id has a value", "id is unique", "x has a value", "x is ≥ 1 and ≤ 3"]
 * ```
 */
export function proposeSuite(profile: TableProfile, options: ProposeOptions = {}): ProposedSuite {
  checkNames("proposeSuite", options, ["mostly", "margin"]);
  const { mostly = 1, margin = 0.1 } = options;
  checkNumber("proposeSuite", { mostly }, { min: 0, max: 1 });
  checkNumber("proposeSuite", { margin }, { min: 0 });
  const drafts = [
    rowCount(profile, margin),
    ...profile.columns.flatMap((column) => columnProposals(profile, column, margin)),
  ];
  const proposals = drafts.map((draft) => withMostly(draft, mostly));
  const suite = typedSuite(profile, proposals);
  return {
    suite,
    proposals: suite.expectations.flatMap((expectation, i) => {
      const proposal = proposals[i];
      return proposal === undefined ? [] : [{ ...proposal, expectation }];
    }),
  };
}

function rowCount({ rows }: TableProfile, margin: number): Proposal {
  const kwargs = {
    // 100 rows and a tenth are 110, which in binary are a little more.
    min_value: Math.max(0, Math.floor(rows * (1 - margin) + 1e-9)),
    max_value: Math.ceil(rows * (1 + margin) - 1e-9),
  };
  const reason = `the table has ${count(rows, "row")}, give or take ${percent(margin)}`;
  return { type: "expect_table_row_count_to_be_between", column: null, kwargs, reason };
}

/** `mostly` is said where it differs from 1, and where it means something. */
function withMostly(proposal: Proposal, mostly: number): Proposal {
  if (mostly === 1 || proposal.column === null) return proposal;
  return { ...proposal, kwargs: { ...proposal.kwargs, mostly } };
}

function columnProposals(
  profile: TableProfile,
  column: ColumnProfile,
  margin: number,
): readonly Proposal[] {
  if (column.count === 0) return [];
  const whole = profile.looked === profile.rows;
  return [
    notNull(column),
    whole ? unique(profile, column) : null,
    inSet(column),
    between(column, margin),
    whole ? pattern(column) : null,
  ].filter((proposal) => proposal !== null);
}

function notNull({ name, count: rows, missing }: ColumnProfile): Proposal | null {
  if (missing > 0) return null;
  const reason = `none of ${count(rows, "cell")} is missing`;
  return proposed("expect_column_values_to_not_be_null", name, { reason });
}

/**
 * Texts and whole numbers can be names of rows; that measures or times differ says nothing, and
 * neither do few values, unless the schema calls the column its key.
 */
function unique({ key }: TableProfile, column: ColumnProfile): Proposal | null {
  const { name, kind, count: rows, distinct, distinctExact } = column;
  const names = column.text !== null || kind === "int";
  const isKey = key.length === 1 && key[0] === name;
  if (!names || !distinctExact || distinct !== rows) return null;
  if (rows < (isKey ? 2 : fewestValues)) return null;
  const reason = `all ${rows.toLocaleString("en-US")} values are different`;
  return proposed("expect_column_values_to_be_unique", name, { reason });
}

function inSet(column: ColumnProfile): Proposal | null {
  const { name, text, top, topHolds, distinct } = column;
  if (text === null || topHolds !== "all" || text.longest >= 200) return null;
  if (distinct > largestSet || column.count < seenEach * distinct) return null;
  const values = top.map(({ value }) => value).toSorted();
  const reason = `${count(column.count, "value")}, of which only ${distinct} different: ${list(values)}`;
  return proposed("expect_column_values_to_be_in_set", name, {
    kwargs: { value_set: values },
    reason,
  });
}

function between({ name, kind, number }: ColumnProfile, margin: number): Proposal | null {
  if (number === null || number.infinite > 0 || kind === "timestamp") return null;
  const { min, max } = number;
  const wider = (max - min) * margin;
  // What was never negative stays so: a count or a price widened below zero says nothing.
  const low = min >= 0 ? Math.max(0, min - wider) : min - wider;
  const high = max <= 0 ? Math.min(0, max + wider) : max + wider;
  const bounds = kind === "int" ? [Math.floor(low), Math.ceil(high)] : outward(low, high);
  const [min_value = 0, max_value = 0] = bounds.map((bound) => bound + 0); // no −0
  const held = kind === "int" ? bounds.every(Number.isSafeInteger) : bounds.every(Number.isFinite);
  if (!held || min_value > min || max_value < max) return null;
  return proposed("expect_column_values_to_be_between", name, {
    kwargs: { min_value, max_value },
    reason: `the values are from ${min} to ${max}, give or take ${percent(margin)} of the range`,
  });
}

function pattern(column: ColumnProfile): Proposal | null {
  const { name, text, distinct } = column;
  if (text?.pattern == null || distinct < fewestValues || inSet(column) !== null) return null;
  const reason = `all ${distinct.toLocaleString("en-US")} different texts have ${text.longest} characters of one form`;
  return proposed("expect_column_values_to_match_regex", name, {
    kwargs: { regex: `^${text.pattern}$` },
    reason,
  });
}

function proposed(
  type: string,
  column: string,
  { kwargs = {}, reason }: { kwargs?: Readonly<Record<string, Json>>; reason: string },
): Proposal {
  return { type, column, kwargs: { column, ...kwargs }, reason };
}

/**
 * Bounds rounded away from the values to a hundredth of their range or less: short to read, and
 * decimals that no engine reads as another number.
 */
function outward(low: number, high: number): readonly number[] {
  const range = Math.max(high - low, Math.abs(low) * 1e-9, Math.abs(high) * 1e-9, 1e-290);
  const digits = Math.floor(Math.log10(range)) - 2;
  const step = 10 ** digits;
  const decimal = (steps: number): number => Number(`${steps}e${digits}`);
  const [down, up] = [Math.floor(low / step), Math.ceil(high / step)];
  return [
    low === 0 ? 0 : decimal(decimal(down) <= low ? down : down - 1),
    high === 0 ? 0 : decimal(decimal(up) >= high ? up : up + 1),
  ];
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
