/** @file Logging to a run of the tracking store: metrics, params and tags, all or nothing. */
import type { RecordDatabase } from "../../store/index.ts";
import { fail } from "../errors.ts";
import { addModelPoints, type ModelPoint } from "../logged-models/logged-models.ts";
import { addPoints } from "../metrics.ts";
import { putTags } from "../run.ts";
import type { TrackingPlace } from "./place.ts";
import type { KeyText, StoredMetric } from "./records.ts";
import { activeRun, nameTag } from "./run-rows.ts";

/** A point of a metric; one that was measured on a model is kept of the model too. */
export interface LoggedMetric extends StoredMetric {
  readonly modelId?: string | undefined;
  readonly datasetName?: string | undefined;
  readonly datasetDigest?: string | undefined;
}

/** What is logged together. */
export interface LogBatch {
  readonly metrics?: readonly LoggedMetric[] | undefined;
  /** A param that is there already must have the same value. */
  readonly params?: readonly KeyText[] | undefined;
  /** A later value takes the place of an earlier one. */
  readonly tags?: readonly KeyText[] | undefined;
}

/** Logs to a run, in one transaction. Throws `run/missing-run`, `run/conflict-deleted`, `run/conflict-param`. */
export function logBatch(place: TrackingPlace, id: string, batch: LogBatch): Promise<void> {
  const { metrics = [], params = [], tags = [] } = batch;
  return place.records.write(async (db) => {
    await activeRun(db, id);
    await putParams(db, id, params);
    if (metrics.length > 0) await addPoints(db, id, metrics);
    await addModelPoints(
      db,
      metrics.flatMap((point) => modelPoint(id, point)),
    );
    await putTags(db, id, Object.fromEntries(tags.map(({ key, value }) => [key, value])));
    const name = tags.findLast(({ key }) => key === nameTag)?.value;
    if (name !== undefined)
      await db.updateTable("run").set({ name }).where("id", "=", id).execute();
  });
}

function modelPoint(runId: string, point: LoggedMetric): readonly ModelPoint[] {
  const { modelId, datasetName = "", datasetDigest = "" } = point;
  return modelId ? [{ ...point, modelId, runId, datasetName, datasetDigest }] : [];
}

/** Removes a tag of a run. Throws `run/missing-tag`. */
export function deleteTag(place: TrackingPlace, id: string, key: string): Promise<void> {
  return place.records.write(async (db) => {
    await activeRun(db, id);
    const { numDeletedRows } = await db
      .deleteFrom("run_tag")
      .where("run_id", "=", id)
      .where("key", "=", key)
      .executeTakeFirst();
    if (numDeletedRows === 0n) fail("run/missing-tag", { key, of: `run with id ${id}` });
  });
}

async function putParams(
  db: RecordDatabase,
  id: string,
  params: readonly KeyText[],
): Promise<void> {
  if (params.length === 0) return;
  const keys = params.map(({ key }) => key);
  const rows = await db
    .selectFrom("param")
    .selectAll()
    .where("run_id", "=", id)
    .where("key", "in", keys)
    .execute();
  const held = new Map(rows.map(({ key, value }) => [key, value]));
  const added: KeyText[] = [];
  for (const { key, value } of params) {
    const stored = held.get(key);
    if (stored === undefined) added.push({ key, value });
    else if (stored !== value) fail("run/conflict-param", { run: id, key, stored, given: value });
    held.set(key, value);
  }
  if (added.length === 0) return;
  await db
    .insertInto("param")
    .values(added.map(({ key, value }) => ({ run_id: id, key, value })))
    .execute();
}
