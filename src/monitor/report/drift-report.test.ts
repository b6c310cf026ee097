import { afterAll, describe, expect, test } from "vitest";
import { type Columns, frame, int, openEngine, schema, text } from "../../table/index.ts";
import type { TableView } from "../columns.ts";
import { labelSketch } from "../sketch/label-sketch.ts";
import { sketchRows } from "../sketch/sketch-rows.ts";
import type { ColumnSketch, TableSketch } from "../sketch/table-sketch.ts";
import { driftReport, driftReportPage, driftReportText, keepDriftReport } from "./drift-report.ts";

const engine = await openEngine();
afterAll(() => engine.close());

/** A table of so many columns, each with a thousand long labels. */
function wide(columns: number, salt: string): TableSketch {
  const sketch = (): ColumnSketch =>
    labelSketch(
      { rows: 20_000, missing: 0 },
      Array.from({ length: 1000 }, (_, i) => [
        `${salt} <label & number ${i}> ${"x".repeat(200)}`,
        20,
      ]),
    );
  return {
    rows: 20_000,
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
  const sketches = async (before: TableView, now: TableView) => ({
    reference: { name: "a", sketch: await sketchRows(before) },
    current: { name: "b", sketch: await sketchRows(now) },
    atMs: 0,
  });
  const rows = (select: string, columns: Columns): TableView =>
    frame({ engine, schema: schema("t", columns), sql: `SELECT ${select} FROM range(50)` });
  const same = rows("range AS x, 'a' AS y", { x: int(), y: text() });

  test("takes a column that vanished, came or changed its kind for severe drift", async () => {
    const vanished = driftReport(await sketches(same, rows("range AS x", { x: int() })));
    expect(vanished).toMatchObject({ level: "severe", severe: ["y"], onlyReference: ["y"] });
    const came = driftReport(await sketches(rows("range AS x", { x: int() }), same));
    expect(came).toMatchObject({ level: "severe", severe: ["y"], onlyCurrent: ["y"] });
    const other = rows("range::VARCHAR AS x, 'a' AS y", { x: text(), y: text() });
    const changed = driftReport(await sketches(same, other));
    expect(changed).toMatchObject({
      level: "severe",
      severe: ["x"],
      changed: [{ column: "x", reference: "numbers", current: "labels" }],
    });
    expect(changed.columns.map(({ column }) => column)).toEqual(["y"]);
    expect(driftReportText(changed)).toEqual([
      "column  level        value  measure",
      "y       none        1.0000  homogeneity",
      "",
      "severe: x had numbers, and has labels",
      "1 column of b against a: 1 severe, 0 moderate",
    ]);
    expect(driftReportPage(changed)).toContain("x had numbers, and has labels");
    expect(driftReport(await sketches(same, same)).level).toBe("none");
  });

  test("looks at the columns that it is asked for, and not at what it is told to ignore", async () => {
    const fewer = rows("range AS x, 1 AS z", { x: int(), z: int() });
    const tables = await sketches(same, fewer);
    expect(driftReport({ ...tables, columns: ["x"] }).level).toBe("none");
    expect(driftReport({ ...tables, ignore: ["y", "z"] }).level).toBe("none");
    expect(driftReport({ ...tables, columns: ["x", "y"] }).severe).toEqual(["y"]);
    expect(driftReport({ ...tables, columns: ["y"] }).level).toBe("severe");
    expect(() => driftReport({ ...tables, columns: ["q"] })).toThrow(
      expect.objectContaining({ code: "monitor/unknown-column" }),
    );
    const apart = await sketches(rows("1 AS p", { p: int() }), rows("1 AS q", { q: int() }));
    expect(() => driftReport(apart)).toThrow(
      expect.objectContaining({ code: "monitor/missing-columns" }),
    );
    const all = rows("'a' AS x", { x: text() });
    const none = driftReport(await sketches(rows("range AS x", { x: int() }), all));
    expect(none).toMatchObject({ level: "severe", columns: [] });
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
