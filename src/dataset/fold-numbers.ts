/** @file Which fold each row is judged in: at random, by label, by group, or by both. */
import type { Random } from "../core/index.ts";
import { fail } from "./errors.ts";
import { type RowCodes, rowsByCode } from "./row-codes.ts";

/** How many folds, and the chance that deals rows to them; undefined deals them in their order. */
export interface Deal {
  readonly folds: number;
  readonly chance: Random | undefined;
}

const at = "folds";

/** Blocks of the rows in random order, the first n mod k of them one row longer. */
export function randomFoldNumbers(rows: number, { folds, chance }: Deal): Uint32Array {
  if (folds > rows) fail("dataset/out-of-range-folds", { at, folds, what: "rows", got: rows });
  const order = orderOf(rows, chance);
  const numbers = new Uint32Array(rows);
  const [size, longer] = [Math.floor(rows / folds), rows % folds];
  let place = 0;
  for (let fold = 0; fold < folds; fold++)
    for (let i = 0; i < size + (fold < longer ? 1 : 0); i++) numbers[order[place++] ?? 0] = fold;
  return numbers;
}

/**
 * Rows sorted by label are dealt to the folds in turn, which says how many of a label each fold gets; which ones is chance.
 * Peer: scikit-learn `StratifiedKFold`.
 */
export function stratifiedFoldNumbers(labels: RowCodes, { folds, chance }: Deal): Uint32Array {
  checkClasses(labels, folds);
  const numbers = new Uint32Array(labels.codes.length);
  let start = 0;
  for (const [label, rows] of rowsByCode(labels).entries()) {
    const shares = new Uint32Array(folds);
    for (let i = 0; i < rows.length; i++)
      shares[(start + i) % folds] = (shares[(start + i) % folds] ?? 0) + 1;
    start += rows.length;
    const order = orderOf(rows.length, chance?.stream(`label ${label}`));
    let place = 0;
    for (const [fold, share] of shares.entries())
      for (let i = 0; i < share; i++) numbers[rows[order[place++] ?? 0] ?? 0] = fold;
  }
  return numbers;
}

/** Groups, the largest first, each to the fold that has the fewest rows so far. Peer: scikit-learn `GroupKFold`. */
export function groupFoldNumbers(groups: RowCodes, { folds, chance }: Deal): Uint32Array {
  const { counts, codes } = groups;
  checkGroups(groups, folds);
  const order = Array.from(orderOf(counts.length, chance));
  order.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  const sizes = new Float64Array(folds);
  const foldOf = new Uint32Array(counts.length);
  for (const group of order) {
    const lightest = sizes.indexOf(Math.min(...sizes));
    foldOf[group] = lightest;
    sizes[lightest] = (sizes[lightest] ?? 0) + (counts[group] ?? 0);
  }
  return codes.map((group) => foldOf[group] ?? 0);
}

/**
 * Groups, those of the most uneven labels first, each to the fold where it leaves the shares of labels most alike
 * over the folds. Peer: scikit-learn `StratifiedGroupKFold`.
 */
export function stratifiedGroupFoldNumbers(
  { labels, groups }: { readonly labels: RowCodes; readonly groups: RowCodes },
  { folds, chance }: Deal,
): Uint32Array {
  checkGroups(groups, folds);
  checkClasses(labels, folds);
  const k = labels.values.length;
  const held = Array.from(groups.counts, () => new Float64Array(k)); // labels of each group
  for (const [row, group] of groups.codes.entries()) {
    const label = labels.codes[row] ?? 0;
    const of = held[group];
    if (of !== undefined) of[label] = (of[label] ?? 0) + 1;
  }
  const order = Array.from(orderOf(held.length, chance));
  const spread = held.map(deviation);
  order.sort((a, b) => (spread[b] ?? 0) - (spread[a] ?? 0));
  const shares = Array.from({ length: folds }, () => new Float64Array(k));
  const foldOf = new Uint32Array(held.length);
  for (const group of order) {
    const added = (held[group] ?? new Float64Array(k)).map((n, c) => n / (labels.counts[c] ?? 1));
    const best = mostEven(shares, added, labels.counts);
    foldOf[group] = best;
    shares[best] = (shares[best] ?? added).map((share, c) => share + (added[c] ?? 0));
  }
  return groups.codes.map((group) => foldOf[group] ?? 0);
}

/** The fold that, given these shares, leaves the labels most even; of equal ones the one of the fewest rows. */
function mostEven(
  shares: readonly Float64Array[],
  added: Float64Array,
  counts: Uint32Array,
): number {
  let best = { fold: 0, uneven: Infinity, rows: Infinity };
  for (const [fold, held] of shares.entries()) {
    const after = held.map((share, c) => share + (added[c] ?? 0));
    let uneven = 0;
    for (let c = 0; c < added.length; c++)
      uneven += deviation(shares.map((of, i) => (i === fold ? after : of)[c] ?? 0));
    uneven /= added.length;
    const rows = after.reduce((sum, share, c) => sum + share * (counts[c] ?? 0), 0);
    const alike = Math.abs(uneven - best.uneven) <= 1e-8 + 1e-5 * Math.abs(best.uneven);
    if (alike ? rows < best.rows : uneven < best.uneven) best = { fold, uneven, rows };
  }
  return best.fold;
}

/** The standard deviation √(Σ (xᵢ − x̄)²/n). */
function deviation(values: ArrayLike<number>): number {
  const all = Array.from(values);
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  return Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length);
}

function orderOf(n: number, chance: Random | undefined): Uint32Array {
  return chance?.shuffled(n) ?? Uint32Array.from({ length: n }, (_, i) => i);
}

function checkGroups({ counts }: RowCodes, folds: number): void {
  if (folds > counts.length)
    fail("dataset/out-of-range-folds", { at, folds, what: "groups", got: counts.length });
}

function checkClasses({ counts, values }: RowCodes, folds: number): void {
  const rare = counts.findIndex((count) => count < folds);
  if (rare < 0) return;
  const what = `rows of label ${JSON.stringify(values[rare])}`;
  fail("dataset/out-of-range-folds", { at, folds, what, got: counts[rare] ?? 0 });
}
