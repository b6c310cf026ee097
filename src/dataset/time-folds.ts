/** @file Folds in the order of time: what is judged always comes after what was learned from. */
import { fail } from "./errors.ts";
import type { RowCodes } from "./row-codes.ts";

/** Which moments each fold learns from and is judged on; all counts are of distinct moments. */
export interface TimeWindows {
  readonly folds: number;
  /** Moments that a fold is judged on; undefined for ⌊moments / (folds + 1)⌋. */
  readonly testMoments: number | undefined;
  /** The most moments that a fold learns from, the latest ones; undefined for all before. */
  readonly trainMoments: number | undefined;
  /** Moments left out between the two. */
  readonly gap: number;
}

/** The first moment learned from, the one after the last, the first judged, the one after the last. */
export interface TimeFold {
  readonly train: readonly [number, number];
  readonly test: readonly [number, number];
}

/** The windows of each fold over m moments, the last ending with the last moment. */
export function timeWindows({ counts }: RowCodes, windows: TimeWindows): readonly TimeFold[] {
  const { folds, gap, trainMoments = Infinity } = windows;
  const moments = counts.length;
  const test = windows.testMoments ?? Math.max(1, Math.floor(moments / (folds + 1)));
  const first = moments - folds * test;
  const needed = folds * test + gap + 1;
  if (moments < needed) fail("dataset/missing-time-order", { folds, moments, test, gap, needed });
  return Array.from({ length: folds }, (_, i) => {
    const start = first + i * test;
    return {
      train: [Math.max(0, start - gap - trainMoments), start - gap],
      test: [start, start + test],
    };
  });
}

/** The rows of the moments from one up to another, in their order. */
export function rowsWithin(
  { codes }: RowCodes,
  [from, to]: readonly [number, number],
): Uint32Array {
  const rows: number[] = [];
  for (const [row, moment] of codes.entries()) if (moment >= from && moment < to) rows.push(row);
  return Uint32Array.from(rows);
}
