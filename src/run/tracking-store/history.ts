/** @file The history of metrics: all of it, a page, or evenly spread steps for a chart. */
import {
  fromNumberColumns,
  type MetricRow,
  type Page,
  pageToken,
  parsePageToken,
  type RecordDatabase,
} from "../../store/index.ts";
import type { TrackingPlace } from "./place.ts";
import type { StoredMetric } from "./records.ts";

/** A point of a metric of a run. */
export interface RunMetric extends StoredMetric {
  readonly runId: string;
}

/** Points of a metric by time, step and value; all of them, or a page of at most `maxResults`. */
export async function metricHistory(
  { records }: TrackingPlace,
  run: { readonly id: string; readonly key: string },
  page: { readonly maxResults?: number | undefined; readonly pageToken?: string | undefined } = {},
): Promise<Page<StoredMetric>> {
  const offset = parsePageToken(page.pageToken);
  const { maxResults } = page;
  const all = ofMetric(records.db, [run.id], run.key);
  const rows = await (maxResults === undefined
    ? all
    : all.limit(maxResults + 1).offset(offset)
  ).execute();
  const items = rows.slice(0, maxResults ?? rows.length).map(pointOf);
  const isMore = maxResults !== undefined && rows.length > maxResults;
  return { items, nextPageToken: isMore ? pageToken(offset + maxResults) : undefined };
}

/** Points of a metric of several runs, run after run; at most `maxResults`. */
export async function metricHistories(
  { records }: TrackingPlace,
  runs: { readonly ids: readonly string[]; readonly key: string },
  maxResults: number,
): Promise<readonly RunMetric[]> {
  const rows = await ofMetric(records.db, runs.ids, runs.key).limit(maxResults).execute();
  return rows.map(runPointOf);
}

/** Which steps of runs a chart asks for. */
export interface SampledSteps {
  readonly ids: readonly string[];
  readonly key: string;
  /** From and to which step; undefined for all. */
  readonly range?: readonly [number, number] | undefined;
  /** How many steps are wanted, ≥ 1; the first and the last of each run are told besides. */
  readonly maxResults: number;
}

/** Points of evenly spread steps of several runs, by run, step and time. */
export async function sampledHistories(
  { records: { db } }: TrackingPlace,
  { ids, key, range, maxResults }: SampledSteps,
): Promise<readonly RunMetric[]> {
  const runs = [...new Set(ids)].sort();
  const stepsOf = new Map<string, readonly number[]>();
  for (const id of runs) stepsOf.set(id, await distinctSteps(db, { id, key, range }));
  const ends = [...stepsOf.values()].flatMap((steps) => [...steps.slice(0, 1), ...steps.slice(-1)]);
  const all = [...new Set([...stepsOf.values()].flat())].sort((a, b) => a - b);
  const wanted = new Set([...ends, ...spread(all, maxResults)]);
  const points: RunMetric[] = [];
  for (const [id, steps] of stepsOf)
    points.push(...(await pointsAt(db, { id, key, steps: steps.filter((s) => wanted.has(s)) })));
  return points;
}

/** Evenly spread ones of sorted steps, and the last. */
function spread(steps: readonly number[], most: number): readonly number[] {
  if (steps.length <= most) return steps;
  const every = steps.length / most;
  const chosen = new Set(Array.from({ length: most }, (_, i) => Math.floor(i * every)));
  return steps.filter((_, i) => chosen.has(i) || i === steps.length - 1);
}

const ofMetric = (db: RecordDatabase, ids: readonly string[], key: string) =>
  db
    .selectFrom("metric")
    .selectAll()
    .where("run_id", "in", ids)
    .where("key", "=", key)
    .orderBy("run_id")
    .orderBy("at_ms")
    .orderBy("step")
    .orderBy("is_nan")
    .orderBy("value");

/** A metric of a run, within a range of steps. */
interface RangeOfMetric {
  readonly id: string;
  readonly key: string;
  readonly range: readonly [number, number] | undefined;
}

async function distinctSteps(
  db: RecordDatabase,
  { id, key, range }: RangeOfMetric,
): Promise<readonly number[]> {
  const all = db
    .selectFrom("metric")
    .select("step")
    .distinct()
    .where("run_id", "=", id)
    .where("key", "=", key);
  const within =
    range === undefined ? all : all.where("step", ">=", range[0]).where("step", "<=", range[1]);
  return (await within.orderBy("step").execute()).map(({ step }) => step);
}

async function pointsAt(
  db: RecordDatabase,
  {
    id,
    key,
    steps,
  }: { readonly id: string; readonly key: string; readonly steps: readonly number[] },
): Promise<readonly RunMetric[]> {
  if (steps.length === 0) return [];
  const rows = await db
    .selectFrom("metric")
    .selectAll()
    .where("run_id", "=", id)
    .where("key", "=", key)
    .where("step", "in", steps)
    .orderBy("step")
    .orderBy("at_ms")
    .execute();
  return rows.map(runPointOf);
}

const pointOf = (row: MetricRow): StoredMetric => ({
  ...{ key: row.key, step: row.step, atMs: row.at_ms },
  value: fromNumberColumns(row),
});

const runPointOf = (row: MetricRow): RunMetric => ({ ...pointOf(row), runId: row.run_id });
