/** @file What each expectation of a suite came to in its newest results: a small JSON beside their pages. */
import { formatJson, hashOf, parseJson } from "../../core/index.ts";
import type { Finding } from "../../flow.ts";
import type { DocsFolder, DocsResult } from "./docs-data.ts";
import { fail } from "./errors.ts";

const format = 1;
/** Results that a history holds, and findings of each. */
const kept = { results: 60, findings: 300 };
/** Points of a trend. */
const shown = 24;

/** What became of one expectation in one result. */
export interface HistoryPoint {
  readonly atMs: number;
  readonly failedRows: number;
  readonly rows: number;
  readonly passed: boolean;
}

/** Failed rows, rows and 1 or 0, by a hash of what the expectation says. */
type Outcomes = Readonly<Record<string, readonly [failed: number, rows: number, passed: 0 | 1]>>;

interface Entry {
  readonly id: string;
  readonly atMs: number;
  readonly findings: Outcomes;
}

/** The newest results of a suite, oldest first. */
export type SuiteHistory = readonly Entry[];

const keyOf = (slug: string): string => `results/${slug}/history.json`;
const markOf = ({ expectation }: Pick<Finding, "expectation">): string =>
  hashOf(expectation).slice(7, 19);

/** Reads the history of a suite, or an empty one. Throws `check/unsupported-docs`, `json/corrupt-text`. */
export async function readSuiteHistory(folder: DocsFolder, slug: string): Promise<SuiteHistory> {
  const key = keyOf(slug);
  if (!(await folder.has(key))) return [];
  const text = Buffer.from(await folder.get(key)).toString();
  const found = parseJson(text, key) as {
    readonly format?: number;
    readonly results: SuiteHistory;
  };
  if (found?.format !== format)
    fail("check/unsupported-docs", { key, found: found?.format, known: format });
  return found.results;
}

/** The history with one more result in its place by time; of too many findings the failed ones stay. */
export function withResult(
  history: SuiteHistory,
  id: string,
  { report, atMs }: DocsResult,
): SuiteHistory {
  const first = report.findings.toSorted((a, b) => Number(a.passed) - Number(b.passed));
  const outcomes = first
    .slice(0, kept.findings)
    .map((one) => [markOf(one), [one.failedRows, one.rows, one.passed ? 1 : 0]] as const);
  const entry: Entry = { id, atMs, findings: Object.fromEntries(outcomes) };
  const others = history.filter((one) => one.id !== id);
  return [...others, entry]
    .toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1))
    .slice(-kept.results);
}

/** Writes the history of a suite. */
export function putSuiteHistory(
  folder: DocsFolder,
  slug: string,
  results: SuiteHistory,
): Promise<void> {
  return folder.put(keyOf(slug), Buffer.from(`${formatJson({ format, results })}\n`));
}

/** What an expectation came to up to a result, oldest first; fewer than two points are no trend. */
export function pointsOf(
  history: SuiteHistory,
  id: string,
  finding: Finding,
): readonly HistoryPoint[] {
  const mark = markOf(finding);
  const end = history.findIndex((entry) => entry.id === id) + 1;
  const points = history.slice(0, end).flatMap(({ atMs, findings }) => {
    const [failedRows, rows, passed] = findings[mark] ?? [];
    return failedRows === undefined || rows === undefined
      ? []
      : [{ atMs, failedRows, rows, passed: passed === 1 }];
  });
  return points.length < 2 ? [] : points.slice(-shown);
}
