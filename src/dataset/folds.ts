/** @file Folds for cross-validation, as indices of rows. */
import { checkNames, checkNumber, type Random, random } from "../core/index.ts";
import { fail } from "./errors.ts";
import {
  type Deal,
  groupFoldNumbers,
  randomFoldNumbers,
  stratifiedFoldNumbers,
  stratifiedGroupFoldNumbers,
} from "./fold-numbers.ts";
import { codesOf, momentsOf, type RowKeys, type RowTimes } from "./row-codes.ts";
import { rowsWithin, type TimeWindows, timeWindows } from "./time-folds.ts";

/** One fold: rows to learn from, and rows to judge on; both ascending, none in common. */
export interface Fold {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** What tells the rows of a fold apart; what is given decides the kind of folds. */
export interface FoldsOptions {
  /** How many folds, at least 2 (1 for folds in time). Default 5. */
  readonly folds?: number;
  /** Another seed deals otherwise. Default 0. */
  readonly seed?: number;
  /** `false` deals rows in their order. Default true. */
  readonly shuffle?: boolean;
  /** The folds so many times, each dealt anew. Default 1. */
  readonly repeats?: number;
  /** Shape [n]: each fold has each label's share of the rows. */
  readonly labels?: RowKeys;
  /** Shape [n]: rows of one group stay together. */
  readonly groups?: RowKeys;
  /** Shape [n], or "rows" where rows are in their order: each fold learns from what came before. */
  readonly times?: RowTimes | "rows";
  /** With times: distinct moments to judge on in a fold. Default ⌊moments / (folds + 1)⌋. */
  readonly testMoments?: number;
  /** With times: at most so many moments are learned from (a sliding window). Default: all before (an expanding one). */
  readonly trainMoments?: number;
  /** With times: moments left out between learning and judging. Default 0. */
  readonly gap?: number;
}

const names = [
  ...["folds", "seed", "shuffle", "repeats", "labels", "groups", "times"],
  ...["testMoments", "trainMoments", "gap"],
];

/**
 * Deals n rows to k folds. Each fold judges on the rows dealt to it and learns from the others, so every row is judged once
 * in each repeat. With `labels` folds are stratified, with `groups` no group is on both sides, with both
 * it is both as far as groups allow. With `times` fold i learns from moments before those it is judged on: rows of one
 * moment stay together, and the first moments are learned from only. O(repeats · k · n).
 *
 * @param rows - How many rows there are, n ≥ 2.
 * @param options - See {@link FoldsOptions}.
 * @returns repeats · k folds, the first repeat first.
 * @throws `dataset/out-of-range-folds` when there are fewer rows, groups or rows of a label than folds, `dataset/missing-time-order`
 * when there are too few moments; `dataset/mismatch-length`, `dataset/missing-value`, `dataset/conflict-order`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const [first] = folds(6, { folds: 3, shuffle: false });
 * [[...first.train], [...first.test]] // => [[2, 3, 4, 5], [0, 1]]
 * const visits = folds(6, { folds: 2, groups: ["ann", "bob", "ann", "cat", "cat", "bob"] });
 * visits.length // => 2
 * const days = folds(6, { folds: 2, times: "rows", gap: 1 });
 * days.map(({ train, test }) => [[...train], [...test]]) // => [[[0], [2, 3]], [[0, 1, 2], [4, 5]]]
 * ```
 * @see Peers: scikit-learn `KFold`, `StratifiedKFold`, `GroupKFold`, `StratifiedGroupKFold`, `RepeatedKFold`, `TimeSeriesSplit`.
 */
export function folds(rows: number, options: FoldsOptions = {}): readonly Fold[] {
  const { folds: count = 5, seed = 0, shuffle = true, repeats = 1, gap = 0 } = options;
  checkNames("folds", options, names);
  checkNumber("folds", { rows }, { min: 1, integer: true });
  const inTime = options.times !== undefined;
  checkNumber("folds", { folds: count }, { min: inTime ? 1 : 2, integer: true });
  checkNumber("folds", { seed });
  checkNumber("folds", { repeats }, { min: 1, integer: true });
  checkNumber("folds", { gap }, { min: 0, integer: true });
  const { testMoments, trainMoments } = options;
  if (testMoments !== undefined) checkNumber("folds", { testMoments }, { min: 1, integer: true });
  if (trainMoments !== undefined) checkNumber("folds", { trainMoments }, { min: 1, integer: true });
  checkOrder(options);
  if (inTime) return foldsInTime(rows, options, { folds: count, testMoments, trainMoments, gap });
  const numbersOf = dealer(rows, options);
  return Array.from({ length: repeats }, (_, repeat) => {
    const chance = shuffle ? chanceOf(seed, repeat) : undefined;
    return foldsOf(numbersOf({ folds: count, chance }), count);
  }).flat();
}

function chanceOf(seed: number, repeat: number): Random {
  return random(seed).stream(`folds ${repeat}`);
}

/** Refuses what the order of time has no use for, and what only it has a use for. */
function checkOrder(options: FoldsOptions): void {
  const inTime = options.times !== undefined;
  const odd = inTime
    ? (["labels", "groups", "repeats", "shuffle"] as const)
    : (["testMoments", "trainMoments", "gap"] as const);
  const given = odd.find((name) => options[name] !== undefined);
  if (given !== undefined) fail("dataset/conflict-order", { at: "folds", option: given, inTime });
}

/** Deals the rows by what is known of them. */
function dealer(rows: number, options: FoldsOptions): (deal: Deal) => Uint32Array {
  const at = "folds";
  const labels = options.labels && codesOf(options.labels, { at, what: "labels", rows });
  const groups = options.groups && codesOf(options.groups, { at, what: "groups", rows });
  if (labels && groups) return (deal) => stratifiedGroupFoldNumbers({ labels, groups }, deal);
  if (labels) return (deal) => stratifiedFoldNumbers(labels, deal);
  if (groups) return (deal) => groupFoldNumbers(groups, deal);
  return (deal) => randomFoldNumbers(rows, deal);
}

function foldsOf(numbers: Uint32Array, count: number): readonly Fold[] {
  const sizes = new Uint32Array(count);
  for (const fold of numbers) sizes[fold] = (sizes[fold] ?? 0) + 1;
  return Array.from(sizes, (size, fold) => {
    const test = new Uint32Array(size);
    const train = new Uint32Array(numbers.length - size);
    let [tested, trained] = [0, 0];
    for (const [row, number] of numbers.entries())
      if (number === fold) test[tested++] = row;
      else train[trained++] = row;
    return { train, test };
  });
}

function foldsInTime(
  rows: number,
  { times = "rows" }: FoldsOptions,
  windows: TimeWindows,
): readonly Fold[] {
  const order = times === "rows" ? Uint32Array.from({ length: rows }, (_, i) => i) : times;
  const moments = momentsOf(order, { at: "folds", what: "times", rows });
  return timeWindows(moments, windows).map(({ train, test }) => ({
    train: rowsWithin(moments, train),
    test: rowsWithin(moments, test),
  }));
}
