/** @file What is usual at a moment: by the day of the week or the hour where loads have such a rhythm. */

/** A value and the moment it belongs to, in milliseconds since 1970. */
export interface Timed {
  readonly atMs: number;
  readonly value: number;
}

/** By what moments are alike. */
export type RhythmName = "none" | "weekday" | "hour";

/** What earlier values make usual at a moment. */
export interface Usual {
  readonly rhythm: RhythmName;
  /** The median of the earlier values of such moments. */
  readonly usual: number;
  /** 1.4826 · MAD of what each earlier value is off the others like it; at least a twentieth of the usual. */
  readonly spread: number;
  /** What each earlier value is off the median of the others like it. */
  readonly offsets: readonly number[];
}

const day = 86_400_000;
const keys: Readonly<Record<RhythmName, (atMs: number) => number>> = {
  none: () => 0,
  weekday: (atMs) => Math.floor(atMs / day) % 7,
  hour: (atMs) => Math.floor(atMs / 3_600_000) % 24,
};
/** Fewer values like it are no group: all of them are asked then. */
const smallestGroup = 3;
/** A rhythm must bring what is usual so much nearer to be one. */
const gain = 0.5;

/**
 * What is usual at a moment, by earlier values. Each earlier value is foretold from the others, once
 * by all of them and once by those of the same weekday or hour (UTC); a rhythm counts when it halves
 * the mean error.
 */
export function usualAt(earlier: readonly Timed[], atMs: number): Usual {
  const found = (["none", "weekday", "hour"] as const).map((rhythm) => ({
    rhythm,
    offsets: offsetsOf(earlier, keys[rhythm]),
  }));
  const [none, ...rhythms] = found;
  const best = rhythms
    .filter((one) => errorOf(one.offsets) < gain * errorOf(none?.offsets ?? []))
    .sort((a, b) => errorOf(a.offsets) - errorOf(b.offsets))[0];
  const { rhythm, offsets } = best ?? none ?? { rhythm: "none", offsets: [] };
  const usual = median(alike(earlier, keys[rhythm], atMs).map(({ value }) => value));
  const middle = median(offsets);
  const mad = median(offsets.map((offset) => Math.abs(offset - middle)));
  return { rhythm, usual, offsets, spread: Math.max(1.4826 * mad, usual / 20, 1) };
}

function alike(all: readonly Timed[], key: (atMs: number) => number, atMs: number) {
  const same = all.filter((one) => key(one.atMs) === key(atMs));
  return same.length >= smallestGroup ? same : all;
}

function offsetsOf(all: readonly Timed[], key: (atMs: number) => number): readonly number[] {
  return all.map((one) => {
    const others = all.filter((other) => other !== one);
    return one.value - median(alike(others, key, one.atMs).map(({ value }) => value));
  });
}

const errorOf = (offsets: readonly number[]): number =>
  offsets.reduce((sum, offset) => sum + Math.abs(offset), 0) / Math.max(1, offsets.length);

/** The middle value, or the mean of the two in the middle; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0];
  return (low + high) / 2;
}
