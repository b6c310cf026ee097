/** @file Counts of an endpoint's requests, and how long the newest of them took. */

/** What an endpoint has done since it was made. */
export interface EndpointStats {
  readonly sinceMs: number;
  readonly requests: number;
  /** Requests that got no answer, whoever is to blame. */
  readonly failures: number;
  readonly rows: number;
  /** Milliseconds within which half, 95 % and 99 % of the newest 1,000 requests were answered. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
}

const kept = 1000;

/** Starts counting; a count takes O(1), reading sorts the newest 1,000 latencies. */
export function requestStats(sinceMs: number): {
  answered(rows: number, milliseconds: number): void;
  failed(): void;
  read(): EndpointStats;
} {
  const newest = new Float64Array(kept); // a ring
  let answers = 0;
  let failures = 0;
  let allRows = 0;
  return {
    answered: (rows, milliseconds) => {
      newest[answers % kept] = milliseconds;
      answers += 1;
      allRows += rows;
    },
    failed: () => {
      failures += 1;
    },
    read: () => {
      const sorted = newest.slice(0, Math.min(answers, kept)).sort();
      const rank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      const latencyMs =
        sorted.length === 0 ? null : { p50: rank(0.5), p95: rank(0.95), p99: rank(0.99) };
      return { sinceMs, requests: answers + failures, failures, rows: allRows, latencyMs };
    },
  };
}
