/** @file Rows in two or three parts, as indices: at random, by label, by group, or in time. */
import { checkNames, checkNumber, random } from "../core/index.ts";
import { fail } from "./errors.ts";
import {
  codesOf,
  momentsOf,
  type RowCodes,
  type RowKeys,
  type RowTimes,
  rowsByCode,
} from "./row-codes.ts";

/** Shares of the rows, each above 0; they sum to 1. */
export interface PartShares {
  readonly train: number;
  /** Absent: there is no validation part. */
  readonly validation?: number;
  readonly test: number;
}

/** What tells rows apart; at most one of labels, groups and times. */
export interface SplitRowsOptions {
  /** Default { train: 0.8, test: 0.2 }. */
  readonly shares?: PartShares;
  /** Another seed is another split. Default 0. */
  readonly seed?: number;
  /** Shape [n]: each part has each label's share of the rows. */
  readonly labels?: RowKeys;
  /** Shape [n]: rows of one group stay together. */
  readonly groups?: RowKeys;
  /** Shape [n]: the earliest rows are learned from, the latest tested on. Rows of one moment stay together. */
  readonly times?: RowTimes;
  /** With times: so many moments are left out before the validation and before the test part. Default 0. */
  readonly gap?: number;
}

/** The parts of a split: indices of rows, ascending, none in common. */
export interface RowParts {
  readonly train: Uint32Array;
  /** Empty where no share was asked for. */
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

/** One of train, validation and test, and its share. */
interface Part {
  readonly name: keyof RowParts;
  readonly share: number;
}

const at = "splitRows";

/**
 * Splits n rows in two or three parts. Shares are exact but for rounding; with `labels` they are for each label too,
 * with `groups` they are as near as groups allow. Every row is in one part, but for the moments of a gap. O(n).
 *
 * @param rows - How many rows there are, n ≥ 2.
 * @param options - See {@link SplitRowsOptions}.
 * @returns Indices of rows.
 * @throws `dataset/mismatch-shares`, `dataset/missing-part` when a part would have no row (or no row of a label),
 * `dataset/mismatch-length`, `dataset/missing-value`, `dataset/conflict-order`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const { train, validation, test } = splitRows(10, { shares: { train: 0.6, validation: 0.2, test: 0.2 } });
 * [train.length, validation.length, test.length] // => [6, 2, 2]
 * splitRows(5, { times: [3, 1, 2, 5, 4] }).test // => Uint32Array.of(3)
 * ```
 * @see Peers: scikit-learn `train_test_split`, `GroupShuffleSplit`.
 */
export function splitRows(rows: number, options: SplitRowsOptions = {}): RowParts {
  const { shares = { train: 0.8, test: 0.2 }, seed = 0, gap = 0 } = options;
  checkNames(at, options, ["shares", "seed", "labels", "groups", "times", "gap"]);
  checkNumber(at, { rows }, { min: 1, integer: true });
  checkNumber(at, { seed });
  checkNumber(at, { gap }, { min: 0, integer: true });
  const parts = partsOf(shares);
  checkOne(options);
  const numbers = numbersOf(rows, options, parts);
  const rowsOf = (name: keyof RowParts): Uint32Array => {
    const part = parts.findIndex((of) => of.name === name);
    return Uint32Array.from(indicesOf(numbers, part));
  };
  const split = { train: rowsOf("train"), validation: rowsOf("validation"), test: rowsOf("test") };
  for (const { name } of parts)
    if (split[name].length === 0) fail("dataset/missing-part", { at, part: name, of: "row", rows });
  return split;
}

function partsOf(shares: PartShares): readonly Part[] {
  checkNames(`${at}: shares`, shares, ["train", "validation", "test"]);
  const { train, validation, test } = shares;
  const parts: Part[] = [{ name: "train", share: train }];
  if (validation !== undefined) parts.push({ name: "validation", share: validation });
  parts.push({ name: "test", share: test });
  for (const { name, share } of parts) checkNumber(at, { [name]: share }, { above: 0, below: 1 });
  const sum = parts.reduce((total, { share }) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9) fail("dataset/mismatch-shares", { at, sum });
  return parts;
}

function checkOne(options: SplitRowsOptions): void {
  const given = (["labels", "groups", "times"] as const).filter((n) => options[n] !== undefined);
  const [first = "", second] = given;
  if (second !== undefined) fail("dataset/conflict-columns", { at, first, second });
  if (options.gap !== undefined && options.times === undefined)
    fail("dataset/conflict-order", { at, option: "gap", inTime: false });
}

/** The part of each row; as many as there are parts for a row in none. */
function numbersOf(rows: number, options: SplitRowsOptions, parts: readonly Part[]): Uint32Array {
  const { labels, groups, times, seed = 0, gap = 0 } = options;
  const chance = random(seed).stream("split rows");
  if (times !== undefined)
    return timeParts(momentsOf(times, { at, what: "times", rows }), parts, gap);
  if (groups !== undefined) {
    const codes = codesOf(groups, { at, what: "groups", rows });
    const partOf = groupParts(codes, parts, chance.shuffled(codes.counts.length));
    return codes.codes.map((group) => partOf[group] ?? 0);
  }
  if (labels === undefined) return dealt(chance.shuffled(rows), parts);
  const codes = codesOf(labels, { at, what: "labels", rows });
  const rare = codes.counts.findIndex((count) => count < parts.length);
  if (rare >= 0) {
    const of = `row of label ${JSON.stringify(codes.values[rare])}`;
    fail("dataset/missing-part", { at, part: "one part", of, rows: codes.counts[rare] ?? 0 });
  }
  const order = rowsByCode(codes).flatMap((of, label) => {
    const places = chance.stream(`label ${label}`).shuffled(of.length);
    return Array.from(places, (place) => of[place] ?? 0);
  });
  return dealt(Uint32Array.from(order), parts);
}

/** Deals rows one by one to the part that is furthest behind its share: every run of the order has all shares. */
function dealt(order: Uint32Array, parts: readonly Part[]): Uint32Array {
  const numbers = new Uint32Array(order.length);
  const held = new Float64Array(parts.length);
  for (const [i, row] of order.entries()) {
    const part = furthestBehind(parts, held, i + 1);
    numbers[row] = part;
    held[part] = (held[part] ?? 0) + 1;
  }
  return numbers;
}

/** The part whose share of so many rows is most above what it holds. */
function furthestBehind(parts: readonly Part[], held: Float64Array, rows: number): number {
  let best = { part: 0, behind: -Infinity };
  for (const [part, { share }] of parts.entries()) {
    const behind = share * rows - (held[part] ?? 0);
    if (behind > best.behind + 1e-9) best = { part, behind };
  }
  return best.part;
}

/** The part of each group: groups in random order, each to the part that is furthest behind in rows. */
function groupParts({ counts, codes }: RowCodes, parts: readonly Part[], order: Uint32Array) {
  if (counts.length < parts.length)
    fail("dataset/missing-part", { at, part: "one part", of: "group", rows: counts.length });
  const partOf = new Uint32Array(counts.length);
  const held = new Float64Array(parts.length);
  for (const group of order) {
    const part = furthestBehind(parts, held, codes.length);
    partOf[group] = part;
    held[part] = (held[part] ?? 0) + (counts[group] ?? 0);
  }
  return partOf;
}

/** Cuts the moments where the rows before are nearest to the share, and leaves the gap before each cut out. */
function timeParts({ counts, codes }: RowCodes, parts: readonly Part[], gap: number): Uint32Array {
  const partOf = new Uint32Array(counts.length);
  let [part, seen, share] = [0, 0, parts[0]?.share ?? 1];
  for (const [moment, count] of counts.entries()) {
    const isNext = part + 1 < parts.length && moment > 0 && seen + count / 2 > share * codes.length;
    if (isNext) {
      part += 1;
      share += parts[part]?.share ?? 0;
      partOf.fill(parts.length, Math.max(0, moment - gap), moment);
    }
    partOf[moment] = part;
    seen += count;
  }
  return codes.map((moment) => partOf[moment] ?? 0);
}

function indicesOf(numbers: Uint32Array, part: number): readonly number[] {
  const rows: number[] = [];
  for (const [row, number] of numbers.entries()) if (number === part) rows.push(row);
  return rows;
}
