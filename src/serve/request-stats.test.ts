import { describe, expect, test } from "vitest";
import { requestStats } from "./request-stats.ts";

describe("requestStats", () => {
  test("has no latency before the first answer", () => {
    const stats = requestStats(7);
    stats.failed();
    expect(stats.read()).toEqual({
      sinceMs: 7,
      requests: 1,
      failures: 1,
      rows: 0,
      latencyMs: null,
    });
  });

  test("reads percentiles of the newest 1,000 answers", () => {
    const stats = requestStats(0);
    for (let i = 0; i < 500; i++) stats.answered(2, 9000);
    for (let i = 1; i <= 1000; i++) stats.answered(1, i);
    expect(stats.read()).toMatchObject({
      requests: 1500,
      rows: 2000,
      latencyMs: { p50: 500, p95: 950, p99: 990 },
    });
  });
});
