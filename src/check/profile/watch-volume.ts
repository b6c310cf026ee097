/** @file Freshness and volume watched without rules: is the newest load late, or of an odd size? */
import { type Clock, checkNames, checkNumber, count, systemClock } from "../../core/index.ts";
import type { Finding, Severity } from "../../flow.ts";
import type { HistoryEntry } from "../../table/index.ts";

/** One load of a table: when it was committed, and how many rows it brought. */
export interface Load {
  readonly atMs: number;
  readonly rows: number;
}

/** How a table's loads are watched. */
export interface WatchOptions {
  /** Earlier loads below which nothing is judged, ≥ 3. Default 7. */
  readonly minimum?: number;
  /** The modified z-score from which a load is odd, > 0. Default 3.5. */
  readonly threshold?: number;
  /** The newest loads that count as history, ≥ `minimum`. Default 60. */
  readonly window?: number;
  /** What an odd load means. Default `warning`. */
  readonly severity?: Severity;
  /** Tells the time, by which a load that has not come is late. */
  readonly clock?: Clock;
}

/** One thing watched: what was seen, what is usual, and how far they are apart. */
export interface Watched {
  readonly seen: number;
  /** The median of the earlier loads. */
  readonly usual: number;
  /** The usual spread: 1.4826 · MAD, but never less than a twentieth of the median. */
  readonly spread: number;
  /** (seen − usual) / spread. */
  readonly score: number;
  readonly odd: boolean;
}

/** What watching found. */
export interface VolumeReport {
  readonly loads: number;
  /** Milliseconds since the newest load, against those between loads; null: too few loads. */
  readonly freshness: Watched | null;
  /** Rows of the newest load against those of earlier ones; null: too few loads. */
  readonly volume: Watched | null;
  /** False when a load is late or of an odd size. */
  readonly passed: boolean;
  /** The same as sentences, to be shown with the findings of suites. */
  readonly findings: readonly Finding[];
}

/**
 * The loads of a table's history: commits that brought rows, oldest first. An append or overwrite
 * brings its rows, a MERGE those it inserted and updated; other operations are no loads.
 *
 * @param history - What `table.history()` gives.
 * @example
 * ```ts
 * loadsOf([{ version: 0, atMs: 5, operation: "WRITE", metrics: { numOutputRows: "12" } }])
 * // => [{ atMs: 5, rows: 12 }]
 * ```
 */
export function loadsOf(history: readonly Commits[]): readonly Load[] {
  const loads = history.flatMap(({ version, atMs, operation, metrics }) => {
    const names = brought[operation];
    const known = (names ?? []).filter((name) => metrics[name] !== undefined);
    if (known.length === 0) return [];
    const rows = known.reduce((sum, name) => sum + Number(metrics[name]), 0);
    return Number.isFinite(rows) ? [{ version, atMs, rows }] : [];
  });
  return loads.toSorted((a, b) => a.version - b.version).map(({ atMs, rows }) => ({ atMs, rows }));
}

type Commits = Pick<HistoryEntry, "version" | "atMs" | "operation" | "metrics">;

const brought: Readonly<Record<string, readonly string[]>> = {
  WRITE: ["numOutputRows"],
  MERGE: ["numTargetRowsInserted", "numTargetRowsUpdated"],
  "STREAMING UPDATE": ["numOutputRows"],
};

/**
 * Watches freshness and volume without rules. The newest load is compared with the earlier ones by
 * the modified z-score (x − median) / (1.4826 · MAD), which an odd load in the history does not
 * move: it is odd from 3.5 on. Late is one-sided; a size is odd on either side. So that loads of
 * one size to the row do not make every other size odd, the spread counts as at least a twentieth
 * of the median.
 *
 * @param loads - Loads, oldest first, such as from {@link loadsOf}.
 * @param options - See {@link WatchOptions}.
 * @returns Two findings, each saying why; with too few loads they pass and say so.
 * @throws `option/unknown-name`, `option/out-of-range`
 * @example
 * ```ts
 * const days = [...Array(10).keys()].map((day) => ({ atMs: day * 86_400_000, rows: 1000 + day }));
 * const late = watchVolume(days, { clock: () => 12 * 86_400_000 });
 * [late.passed, late.freshness?.odd, late.volume?.odd] // => [false, true, false]
 * late.findings[0]?.expectation
 * // => "the newest load is not late: it came 3 days ago, usual are 1 day"
 * ```
 * @see Iglewicz & Hoaglin, How to Detect and Handle Outliers, ASQC 1993.
 */
export function watchVolume(loads: readonly Load[], options: WatchOptions = {}): VolumeReport {
  checkNames("watchVolume", options, ["minimum", "threshold", "window", "severity", "clock"]);
  const { minimum = 7, threshold = 3.5, window = 60 } = options;
  const { severity = "warning", clock = systemClock } = options;
  checkNumber("watchVolume", { minimum }, { min: 3, integer: true });
  checkNumber("watchVolume", { threshold }, { above: 0 });
  checkNumber("watchVolume", { window }, { min: minimum, integer: true });
  const recent = loads.slice(-window - 1);
  const [earlier, newest] = [recent.slice(0, -1), recent.at(-1)];
  const enough = newest !== undefined && earlier.length >= minimum;
  const gaps = recent.slice(1).map(({ atMs }, i) => atMs - (recent[i]?.atMs ?? atMs));
  const volume = enough
    ? compared(
        newest.rows,
        earlier.map(({ rows }) => rows),
      )
    : null;
  const waited = enough ? compared(Math.max(0, clock() - newest.atMs), gaps) : null;
  const isOdd = (found: Watched | null, score: number): Watched | null =>
    found === null ? null : { ...found, odd: score > threshold };
  const freshness = isOdd(waited, waited?.score ?? 0);
  const size = isOdd(volume, Math.abs(volume?.score ?? 0));
  const few = `not judged: ${count(earlier.length, "earlier load")}, ${minimum} are needed`;
  const findings = [
    finding(severity, freshness, {
      says: "the newest load is not late",
      why: (w) => `it came ${lasting(w.seen)} ago, usual are ${lasting(w.usual)}`,
      few,
    }),
    finding(severity, size, {
      says: "the newest load is of a usual size",
      why: (w) => `${count(w.seen, "row")}, usual are ${count(w.usual, "row")}`,
      few,
    }),
  ];
  const passed = findings.every((found) => found.passed);
  return { loads: loads.length, freshness, volume: size, passed, findings };
}

function compared(seen: number, earlier: readonly number[]): Watched {
  const usual = median(earlier);
  const mad = median(earlier.map((value) => Math.abs(value - usual)));
  const spread = Math.max(1.4826 * mad, usual / 20, 1);
  return { seen, usual, spread, score: (seen - usual) / spread, odd: false };
}

function finding(
  severity: Severity,
  watched: Watched | null,
  words: { says: string; why: (watched: Watched) => string; few: string },
): Finding {
  const why = watched === null ? words.few : words.why(watched);
  const passed = watched === null || !watched.odd;
  return {
    expectation: `${words.says}: ${why}`,
    column: null,
    severity,
    passed,
    failedRows: 0,
    rows: 0,
    sample: [],
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0];
  return (low + high) / 2;
}

const units = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1000, "second"],
] as const;

/** How long something lasts, in the largest unit that it fills. */
function lasting(ms: number): string {
  const [size, unit] = units.find(([size]) => ms >= size) ?? [1, "millisecond"];
  return count(Number((ms / size).toPrecision(2)), unit);
}
