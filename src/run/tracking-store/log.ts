/** @file Logging to a run of the tracking store: metrics, params and tags, all or nothing. */
import { fail } from "../errors.ts";
import { addModelPoints, type ModelPoint } from "../logged-models/logged-models.ts";
import { addPoints } from "../metrics.ts";
import { putParams } from "../params.ts";
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

/** Sets a tag of a run to what comes of its value, in one transaction: no other change comes between. */
export function changeTag(
  place: TrackingPlace,
  { id, key }: { readonly id: string; readonly key: string },
  change: (before: string | undefined) => string,
): Promise<void> {
  return place.records.write(async (db) => {
    await activeRun(db, id);
    const row = await db
      .selectFrom("run_tag")
      .select("value")
      .where("run_id", "=", id)
      .where("key", "=", key)
      .executeTakeFirst();
    await putTags(db, id, { [key]: change(row?.value) });
  });
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
