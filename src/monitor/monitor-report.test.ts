import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { random } from "../core/index.ts";
import {
  bool,
  type Columns,
  type Frame,
  float,
  frame,
  int,
  type Lake,
  openLake,
  schema,
  text,
  timestamp,
} from "../table/index.ts";
import { accuracyByHour } from "./accuracy-by-hour.ts";
import { monitorReport } from "./monitor-report.ts";

const logColumns = {
  request_id: text({ key: true }),
  at: timestamp(),
  tenure: int(),
  prediction: bool(),
  probability: float(),
};
const labelColumns = { request_id: text(), churn: bool({ nullable: true }) };
const hourMs = 3_600_000;

let home: string;
let lake: Lake;
let made = 0;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-monitor-"));
  lake = await openLake(home);
});
afterAll(async () => {
  await lake.close();
  await rm(home, { recursive: true, force: true });
});

interface Served {
  readonly id: string;
  readonly hour: number;
  readonly tenure?: number;
  readonly prediction: boolean;
}
async function logOf(rows: readonly Served[]): Promise<Frame<typeof logColumns>> {
  const table = lake.table(`test.log${++made}`, schema("log", logColumns));
  const cells = rows.map(({ id, hour, tenure = 1, prediction }, i) => ({
    request_id: id,
    at: new Date(hour * hourMs + i),
    tenure,
    prediction,
    probability: prediction ? 0.9 : 0.1,
  }));
  await table.append(cells);
  return table.read();
}
async function labelsOf(
  rows: readonly (readonly [string, boolean | null])[],
): Promise<Frame<typeof labelColumns>> {
  const table = lake.table(`test.labels${++made}`, schema("labels", labelColumns));
  await table.append(rows.map(([request_id, churn]) => ({ request_id, churn })));
  return table.read();
}
const label = "churn";

describe("accuracyByHour", () => {
  test("joins late labels by request, hour by hour", async () => {
    const log = await logOf([
      { id: "a", hour: 10, prediction: true },
      { id: "b", hour: 10, prediction: false },
      { id: "c", hour: 10, prediction: true },
      { id: "d", hour: 12, prediction: true },
    ]);
    const labels = await labelsOf([
      ["a", true],
      ["b", true],
      ["unknown", true],
    ]);
    expect(await accuracyByHour({ log, labels, label, minLabels: 2 })).toEqual([
      {
        hourMs: 10 * hourMs,
        answered: 3,
        labelled: 2,
        accuracy: 0.5,
        margin: 1.96 * Math.sqrt(0.125),
        note: null,
      },
      {
        hourMs: 12 * hourMs,
        answered: 1,
        labelled: 0,
        accuracy: null,
        margin: null,
        note: "0 labels of 2 needed",
      },
    ]);
  });

  test("counts a request once, by its last answer, and leaves contradictions out", async () => {
    const log = await logOf([
      { id: "a", hour: 1, prediction: false },
      { id: "a", hour: 1, prediction: true },
      { id: "b", hour: 1, prediction: true },
      { id: "c", hour: 1, prediction: true },
    ]);
    const labels = await labelsOf([
      ["a", true],
      ["a", true],
      ["b", true],
      ["b", false],
      ["c", null],
    ]);
    const [hour] = await accuracyByHour({ log, labels, label });
    expect(hour).toMatchObject({ answered: 3, labelled: 1, accuracy: 1 });
  });

  test("refuses tables that do not go together", async () => {
    const log = await logOf([{ id: "a", hour: 1, prediction: true }]);
    const labels = await labelsOf([["a", true]]);
    const refused = async (change: object, code: string): Promise<void> => {
      await expect(accuracyByHour({ log, labels, label, ...change })).rejects.toMatchObject({
        code,
      });
    };
    await refused({ label: "chum" }, "monitor/unknown-column");
    await refused({ log: labels }, "monitor/unknown-column");
    await refused({ label: "request_id" }, "monitor/mismatch-column");
    await refused({ minLabels: 0 }, "option/out-of-range");
    await using other = await openLake(join(home, "other"));
    const elsewhere = frame({ ...labels, engine: other.engine });
    await refused({ labels: elsewhere }, "monitor/mismatch-engine");
  });
});

/** Twelve hours of a hundred answers each; `right` of the last three hours' are right. */
async function served(right: number, tenure: (draw: number) => number) {
  const draws = random(3);
  const rows = Array.from({ length: 1200 }, (_, i) => ({
    id: `r${i}`,
    hour: Math.floor(i / 100),
    tenure: tenure(draws.next()),
    prediction: i % 2 === 0,
  }));
  const labels = rows.map(({ id, hour, prediction }, i): readonly [string, boolean] => {
    const isRight = i % 100 < (hour < 9 ? 80 : right);
    return [id, isRight ? prediction : !prediction];
  });
  return { log: await logOf(rows), labels: await labelsOf(labels) };
}
async function reference(): Promise<Frame> {
  const draws = random(4);
  const rows = Array.from({ length: 3000 }, () => Math.floor(72 * draws.next()));
  return frame({
    engine: lake.engine,
    schema: schema("learned", { tenure: int() }),
    sql: `SELECT unnest([${rows.join(", ")}])::BIGINT AS tenure`,
  });
}

describe("monitorReport", () => {
  test("asks for nothing while all is as in training", async () => {
    const { log, labels } = await served(80, (draw) => Math.floor(72 * draw));
    const trained = { accuracy: 0.8, probabilities: Array.from({ length: 50 }, (_, i) => i % 2) };
    const report = await monitorReport({
      reference: await reference(),
      log,
      labels,
      label,
      trained: { ...trained, probabilities: trained.probabilities.map((p) => 0.1 + 0.8 * p) },
    });
    expect(report).toMatchObject({
      severe: [],
      moderate: [],
      labelled: 1200,
      prediction: { level: "none", psi: 0 },
      retrain: { due: false, reasons: [] },
      notes: [],
    });
    expect(report.recent).toMatchObject({ hours: 3, labelled: 300 });
    expect(report.recent?.accuracy).toBeClose(0.8);
    expect(report.hours).toHaveLength(12);
  });

  test("asks for a retrain when a feature has drifted severely", async () => {
    const { log } = await served(80, (draw) => Math.floor(30 * draw));
    const report = await monitorReport({ reference: await reference(), log });
    expect(report.severe).toEqual(["tenure"]);
    expect(report.retrain).toEqual({
      due: true,
      reasons: [expect.stringMatching(/^tenure has drifted severely: PSI \d\.\d{3} against 0\.0/)],
    });
    expect(report.notes).toEqual(["accuracy not judged: fewer than 30 labels"]);
  });

  test("tells of inputs that vanished or changed their kind, and notes columns that only the reference has", async () => {
    const rows = (select: string, columns: Columns) =>
      frame({
        engine: lake.engine,
        schema: schema("t", columns),
        sql: `SELECT ${select} FROM range(900)`,
      });
    const before = rows("range AS x, 'a' AS y, true AS churn", {
      x: int(),
      y: text(),
      churn: bool(),
    });
    const log = rows("range::VARCHAR AS x, 'a' AS y, 1 AS version", {
      x: text(),
      y: text(),
      version: int(),
    });
    const found = await monitorReport({ reference: before, log });
    expect(found).toMatchObject({
      severe: ["x"],
      drift: [{ column: "y", psi: 0 }],
      changes: { changed: [{ column: "x", reference: "numbers", current: "texts" }] },
      retrain: { due: true, reasons: ["x had numbers, and has texts"] },
    });
    expect(found.notes[0]).toBe('only in the reference and not in the log: "churn"');
    const named = await monitorReport({ reference: before, log, columns: ["y", "churn"] });
    expect(named.severe).toEqual(["churn"]);
    expect(named.retrain.reasons).toEqual(['only in the reference and not in the log: "churn"']);
  });

  test("asks for a retrain when the newest hours are worse than training", async () => {
    const { log, labels } = await served(70, (draw) => Math.floor(72 * draw));
    const trained = { accuracy: 0.8 };
    const options = { reference: await reference(), log, labels, label, trained };
    const report = await monitorReport(options);
    expect(report.retrain.reasons).toEqual([
      "accuracy 0.700 (± 0.052, 300 labels) in the newest 3 hours is 0.100 below the 0.800 of training; allowed are 0.05",
    ]);
    const lax = await monitorReport({ ...options, rules: { drop: 0.2 } });
    expect(lax.retrain.due).toBe(false);
    const { accuracy: _, ...unknown } = trained;
    expect((await monitorReport({ ...options, trained: unknown })).notes).toEqual([
      "accuracy not judged: that of training is not known",
    ]);
  });

  test("does not take chance in a small window for drift, unless told to", async () => {
    const log = await logOf(
      [1, 2, 3, 60, 61]
        .flatMap((tenure) => [tenure, tenure, tenure, tenure])
        .map((tenure, i) => ({ id: `${i}`, hour: 0, tenure, prediction: true })),
    );
    const options = { reference: await reference(), log, columns: ["tenure"] };
    const report = await monitorReport({ ...options, rules: { chance: 20 } });
    expect(report.severe).toEqual(["tenure"]);
    expect(report.retrain.due).toBe(false);
    expect(report.notes[0]).toMatch(/^tenure may have drifted .* but 20 rows are too few to tell$/);
    expect((await monitorReport({ ...options, rules: { chance: 0 } })).retrain.due).toBe(true);
  });

  test("calls what chance explains no drift, and notes an index that is large", async () => {
    const log = await logOf(
      [1, 2, 3, 60, 61].map((tenure, i) => ({ id: `${i}`, hour: 0, tenure, prediction: true })),
    );
    const options = { reference: await reference(), log, columns: ["tenure"] };
    const report = await monitorReport({ ...options, rules: { chance: 0 } });
    expect(report).toMatchObject({ severe: [], moderate: [], retrain: { due: false } });
    expect(report.drift[0]?.psi).toBeGreaterThan(0.2);
    expect(report.notes[0]).toMatch(/^tenure may have drifted .* but 5 rows are too few to tell$/);
  });

  test("notes drift of the predictions without making it a reason", async () => {
    const { log } = await served(80, (draw) => Math.floor(72 * draw));
    const trained = { probabilities: Array.from({ length: 100 }, (_, i) => i / 100) };
    const report = await monitorReport({ reference: await reference(), log, trained });
    expect(report.prediction?.level).toBe("severe");
    expect(report.retrain.due).toBe(false);
    expect(report.notes[0]).toMatch(/^the predictions have drifted \(severe\)/);
  });

  test.each([{ drop: 2 }, { newestHours: 0 }, { minLabels: 0.5 }, { chance: -1 }])(
    "refuses the rules %j",
    async (rules) => {
      const log = await logOf([]);
      await expect(monitorReport({ reference: log, log, rules })).rejects.toMatchObject({
        code: "option/out-of-range",
      });
    },
  );
});
