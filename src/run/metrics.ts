/** @file The history of metrics: adding points to it, and which point is the last. */
import {
  fromNumberColumns,
  type MetricRow,
  type RecordDatabase,
  toNumberColumns,
} from "../store/index.ts";

/** One value of a metric. */
export interface MetricPoint {
  readonly key: string;
  /** NaN and the infinities are values like any other. */
  readonly value: number;
  /** A whole number, such as the epoch. */
  readonly step: number;
  /** UTC milliseconds. */
  readonly atMs: number;
}

/**
 * Adds points to a run's history, and keeps the last one of each metric: the one with the largest
 * step, of those the latest, of those the one logged last. A point that is there already is not
 * added twice. O(n) for n points.
 */
export async function addPoints(
  db: RecordDatabase,
  runId: string,
  points: readonly MetricPoint[],
): Promise<void> {
  const chunkSize = 500; // well under every database's limit on values in a statement
  for (let start = 0; start < points.length; start += chunkSize)
    await addChunk(db, runId, points.slice(start, start + chunkSize));
}

/** All points of one metric in order of time, step and value. */
export async function readHistory(
  db: RecordDatabase,
  runId: string,
  key: string,
): Promise<readonly MetricPoint[]> {
  const rows = await db
    .selectFrom("metric")
    .selectAll()
    .where("run_id", "=", runId)
    .where("key", "=", key)
    .orderBy("at_ms")
    .orderBy("step")
    .orderBy("is_nan")
    .orderBy("value")
    .execute();
  return rows.map((row) => ({
    key,
    value: fromNumberColumns(row),
    step: row.step,
    atMs: row.at_ms,
  }));
}

async function addChunk(
  db: RecordDatabase,
  runId: string,
  points: readonly MetricPoint[],
): Promise<void> {
  const rows = points.map((p) => ({
    ...{ run_id: runId, key: p.key, step: p.step, at_ms: p.atMs },
    ...toNumberColumns(p.value),
  }));
  await db
    .insertInto("metric")
    .values(rows)
    .onConflict((on) => on.doNothing())
    .execute();
  const keys = [...new Set(points.map(({ key }) => key))];
  const before = await db
    .selectFrom("latest_metric")
    .selectAll()
    .where("run_id", "=", runId)
    .where("key", "in", keys)
    .execute();
  await db
    .insertInto("latest_metric")
    .values(lastOfEach([...before, ...rows]))
    .onConflict((on) =>
      on.columns(["run_id", "key"]).doUpdateSet((set) => ({
        step: set.ref("excluded.step"),
        at_ms: set.ref("excluded.at_ms"),
        value: set.ref("excluded.value"),
        is_nan: set.ref("excluded.is_nan"),
      })),
    )
    .execute();
}

function lastOfEach(rows: readonly MetricRow[]): MetricRow[] {
  const last = new Map<string, MetricRow>();
  for (const row of rows) {
    const held = last.get(row.key);
    const earlier =
      held !== undefined &&
      (row.step < held.step || (row.step === held.step && row.at_ms < held.at_ms));
    if (!earlier) last.set(row.key, row);
  }
  return [...last.values()];
}
