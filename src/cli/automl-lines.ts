/** @file What people are shown of a search, of rows or of a series: its checks, its leaderboard, where the winner is. */
import { count } from "../core/index.ts";
import type { DataCheck, TriedEntry } from "../tune/index.ts";
import type { KeptWinner } from "./automl-keep.ts";
import { columns, wrap } from "./text.ts";

/** What stands before a finding, by its severity. */
export const marks = { critical: "✖", warning: "⚠", info: "·" } as const;
/** How many trials people are shown. */
const listed = 10;

/** What was found out about the data before anything was learned. */
export const checkLines = (checks: readonly DataCheck[], width: number): readonly string[] =>
  checks.flatMap(({ severity, message }) => wrap(`${marks[severity]} ${message}`, width));

/** How a leaderboard is headed, and how its scores are written. */
export interface LeaderboardStyle {
  readonly metric: string;
  /** What is tried: "estimator". */
  readonly what: string;
  readonly format: (score: number) => string;
  readonly width: number;
}

/** The best trials as a table, and how many more there are. */
export function leaderboardLines(
  leaderboard: readonly TriedEntry<string, unknown>[],
  { metric, what, format, width }: LeaderboardStyle,
): readonly string[] {
  const rows = leaderboard
    .slice(0, listed)
    .map(({ family, score, state, milliseconds, code }) => [
      family,
      score === null ? state : format(score),
      milliseconds === null ? "" : `${(milliseconds / 1000).toFixed(2)} s`,
      code,
    ]);
  const more = leaderboard.length - rows.length;
  return [
    ...columns([["family", metric, "time", what], ...rows], {
      right: [1, 2],
      width,
      whole: [0, 1, 2],
    }),
    ...(more > 0 ? [`… and ${count(more, "trial")} more`] : []),
  ];
}

/** The run of the winner, and the version that it was registered as. */
export const keptLines = ({ runId, version }: KeptWinner, program: string): readonly string[] => [
  `run ${runId}`,
  ...(version === null
    ? []
    : [
        `registered as ${version.name}/${version.number}; the champion is served with ${program} serve --model ${version.name}`,
      ]),
];

/** The program that was written, and how it is run. */
export const programLines = (file: string | null, program: string): readonly string[] =>
  file === null ? [] : [`${file} makes the same model: ${program} run ${file}`];
