/** @file Freshness and volume watched without rules: is the newest load late, or of an odd size? */
import { type Clock, checkNames, checkNumber, count, systemClock } from "../../core/index.ts";
import type { Finding, Severity } from "../../flow.ts";
import type { HistoryEntry, Table } from "../../table/index.ts";
import { type RhythmName, type Timed, usualAt } from "./rhythm.ts";

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
  /** The median of the earlier loads, where there is a rhythm of those like it. */
  readonly usual: number;
  /** Whether the day of the week, or the hour, decides what is usual (UTC). */
  readonly rhythm: RhythmName;
  /** The usual spread: 1.4826 · MAD, but never less than a twentieth of the median. */
  readonly spread: number;
  /** (seen − usual) / spread. */
  readonly score: number;
  /** Between these lie all earlier loads that were not odd themselves, moved to what is usual now. */
  readonly low: number;
  readonly high: number;
  /**
   * The probability, at least, that a further load like the earlier ones is within the interval,
   * whatever their distribution: (w − 1) / (n + 1) of n earlier loads with w within; w / (n + 1) for
   * lateness, which has one side. 1 minus this is the rate of false alarms at most.
   */
  readonly coverage: number;
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

const defaultWindow = 60;

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
 * of the median. Where the day of the week or the hour foretells the earlier loads, as with a table
 * that rests at weekends, what is usual is that of such days or hours.
 *
 * What is odd lies outside the interval of all earlier loads that were not odd, so that the rate of
 * false alarms is known without any assumption but that loads are alike: see {@link Watched}.
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
 * // => "the newest load is not late: it came 3 days ago, usual are 1 day and up to 1 day"
 * ```
 * @see Iglewicz & Hoaglin, How to Detect and Handle Outliers, ASQC 1993; for the interval, Vovk,
 * Gammerman & Shafer, Algorithmic Learning in a Random World, Springer 2005, on exchangeability.
 */
export function watchVolume(loads: readonly Load[], options: WatchOptions = {}): VolumeReport {
  checkNames("watchVolume", options, ["minimum", "threshold", "window", "severity", "clock"]);
  const { minimum = 7, threshold = 3.5, window = defaultWindow } = options;
  const { severity = "warning", clock = systemClock } = options;
  checkNumber("watchVolume", { minimum }, { min: 3, integer: true });
  checkNumber("watchVolume", { threshold }, { above: 0 });
  checkNumber("watchVolume", { window }, { min: minimum, integer: true });
  const recent = loads.slice(-window - 1);
  const [earlier, newest] = [recent.slice(0, -1), recent.at(-1)];
  const enough = newest !== undefined && earlier.length >= minimum;
  const gaps = recent.slice(1).map(({ atMs }, i) => {
    const from = recent[i]?.atMs ?? atMs;
    return { atMs: from, value: atMs - from };
  });
  const sizes = earlier.map(({ atMs, rows }) => ({ atMs, value: rows }));
  const waited = newest && { atMs: newest.atMs, value: Math.max(0, clock() - newest.atMs) };
  const freshness = enough && waited ? compared(waited, gaps, { threshold, sides: 1 }) : null;
  const size = enough
    ? compared({ ...newest, value: newest.rows }, sizes, { threshold, sides: 2 })
    : null;
  const few = `not judged: ${count(earlier.length, "earlier load")}, ${minimum} are needed`;
  const findings = [
    finding(severity, freshness, {
      says: "the newest load is not late",
      why: (w) =>
        `it came ${lasting(w.seen)} ago, usual are ${lasting(w.usual)} and up to ${lasting(w.high)}${rhythmText(w)}`,
      few,
    }),
    finding(severity, size, {
      says: "the newest load is of a usual size",
      why: (w) =>
        `${count(w.seen, "row")}, usual are ${count(w.usual, "row")}, from ${count(Math.floor(w.low), "row").replace(/ rows?$/, "")} to ${count(Math.ceil(w.high), "row").replace(/ rows?$/, "")}${rhythmText(w)}`,
      few,
    }),
  ];
  const passed = findings.every((found) => found.passed);
  return { loads: loads.length, freshness, volume: size, passed, findings };
}

/** How far a value is off what earlier ones make usual at its moment; late has one side. */
function compared(
  { atMs, value: seen }: Timed,
  earlier: readonly Timed[],
  { threshold, sides }: { readonly threshold: number; readonly sides: 1 | 2 },
): Watched {
  const { rhythm, usual, spread, offsets } = usualAt(earlier, atMs);
  const calm = offsets.filter((offset) => Math.abs(offset) <= threshold * spread);
  const score = (seen - usual) / spread;
  return {
    seen,
    usual,
    rhythm,
    spread,
    score,
    low: sides === 1 ? 0 : Math.max(0, usual + Math.min(0, ...calm)),
    high: usual + Math.max(0, ...calm),
    coverage: Math.max(0, calm.length - (sides - 1)) / (offsets.length + 1),
    odd: (sides === 1 ? score : Math.abs(score)) > threshold,
  };
}

/**
 * Watches the freshness and the volume of a table by its history alone; see {@link watchVolume}.
 *
 * @param table - Its history is read: the newest commits, enough for the window.
 * @param options - See {@link WatchOptions}.
 * @throws `option/unknown-name`, `option/out-of-range`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const table = lake.table("demo.points", schema("points", { x: int() }));
 * await table.append([{ x: 1 }]);
 * const { passed, findings } = await watchTable(table);
 * passed // => true
 * findings[0]?.expectation // => "the newest load is not late: not judged: 0 earlier loads, 7 are needed"
 * ```
 */
export async function watchTable(
  table: Pick<Table, "history">,
  options: WatchOptions = {},
): Promise<VolumeReport> {
  // Of the commits some are no loads: OPTIMIZE, DELETE, changes of rules.
  const limit = 4 * ((options.window ?? defaultWindow) + 1);
  return watchVolume(loadsOf(await table.history({ limit })), options);
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

const rhythmText = ({ rhythm }: Watched): string =>
  rhythm === "none" ? "" : ` on such ${rhythm === "hour" ? "hours" : "weekdays"}`;

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
