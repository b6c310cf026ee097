import { describe, expect, test } from "vitest";
import { labelSketch } from "../sketch/label-sketch.ts";
import type { ColumnSketch, TableSketch } from "../sketch/table-sketch.ts";
import { driftReport, driftReportPage, driftReportText, keepDriftReport } from "./drift-report.ts";

/** A table of so many columns, each with a thousand long labels. */
function wide(columns: number, salt: string): TableSketch {
  const sketch = (): ColumnSketch =>
    labelSketch(
      { rows: 2000, missing: 0 },
      Array.from({ length: 1000 }, (_, i) => [
        `${salt} <label & number ${i}> ${"x".repeat(200)}`,
        2,
      ]),
    );
  return {
    rows: 2000,
    columns: new Map(Array.from({ length: columns }, (_, i) => [`column "${i}"`, sketch()])),
  };
}
const report = (columns: number) =>
  driftReport({
    reference: { name: "a", sketch: wide(columns, "a") },
    current: { name: "b", sketch: wide(columns, "b") },
    atMs: 0,
  });

describe("driftReportPage", () => {
  test("stays below a megabyte for 400 columns of a thousand long labels each", () => {
    const page = driftReportPage(report(400));
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    expect(page).toContain("left out to keep the page small");
    expect(page).not.toContain("<label");
    expect(page).not.toMatch(/<script|https?:/);
  });
});

describe("driftReport", () => {
  test("counts columns by level, and names those that only one table has", () => {
    const one = driftReport({
      reference: { name: "a", sketch: wide(2, "a") },
      current: { name: "b", sketch: wide(1, "a") },
      atMs: 0,
    });
    expect(one).toMatchObject({
      level: "none",
      severe: [],
      onlyReference: ['column "1"'],
      onlyCurrent: [],
    });
    expect(driftReportText(one).at(-1)).toBe("1 column of b against a: 0 severe, 0 moderate");
  });
});

describe("keepDriftReport", () => {
  test("gives each column a key that a run takes, also where the names have other signs", async () => {
    const metrics: Record<string, number> = {};
    const nothing = async (): Promise<void> => undefined;
    const run = {
      logParams: nothing,
      logTags: nothing,
      logArtifact: nothing,
      logMetrics: async (given: Readonly<Record<string, number>>) =>
        void Object.assign(metrics, given),
    };
    await keepDriftReport(run, report(2));
    expect(Object.keys(metrics)).toEqual([
      "columns.severe",
      "columns.moderate",
      "drift.column _0_ 22-22.jensen-shannon",
      "drift.column _1_ 22-22.jensen-shannon",
      "missing.column _0_ 22-22",
      "missing.column _1_ 22-22",
    ]);
  });
});
