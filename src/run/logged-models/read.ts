/** @file Rows of logged models, with what belongs to them. */
import { fromNumberColumns, type RecordDatabase } from "../../store/index.ts";
import { fail } from "../errors.ts";
import { runUri, type TrackingPlace } from "../tracking-store/place.ts";
import type { LoggedModel, LoggedModelStatus } from "./records.ts";

/** A row of the table of logged models. */
export type LoggedModelRow = Awaited<ReturnType<typeof loggedModelRow>>;

/** The row of a logged model. Throws `run/missing-logged-model`. */
export async function loggedModelRow(db: RecordDatabase, id: string, allowDeleted = false) {
  const row = await db
    .selectFrom("logged_model")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined || (row.deleted_at_ms !== null && !allowDeleted))
    return fail("run/missing-logged-model", { id });
  return row;
}

/** Logged models with their params, tags and metrics, in the order of their rows. */
export async function withDetails(
  place: TrackingPlace,
  rows: readonly LoggedModelRow[],
): Promise<readonly LoggedModel[]> {
  const { db } = place.records;
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const params = byModel(
    await db.selectFrom("logged_model_param").selectAll().where("model_id", "in", ids).execute(),
  );
  const tags = byModel(
    await db.selectFrom("logged_model_tag").selectAll().where("model_id", "in", ids).execute(),
  );
  const metrics = byModel(
    await db
      .selectFrom("logged_model_metric")
      .selectAll()
      .where("model_id", "in", ids)
      .orderBy("key")
      .orderBy("at_ms")
      .orderBy("step")
      .execute(),
  );
  return rows.map((row) => ({
    id: row.id,
    experimentId: row.experiment_id,
    name: row.name,
    modelType: row.model_type,
    status: row.status as LoggedModelStatus,
    sourceRunId: row.source_run_id,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    artifactUri: runUri(place, row),
    params: params(row.id).map(({ key, value }) => ({ key, value })),
    tags: tags(row.id).map(({ key, value }) => ({ key, value })),
    metrics: metrics(row.id).map((point) => ({
      ...{ key: point.key, value: fromNumberColumns(point), step: point.step, atMs: point.at_ms },
      ...{
        runId: point.run_id,
        datasetName: point.dataset_name,
        datasetDigest: point.dataset_digest,
      },
    })),
  }));
}

function byModel<R extends { readonly model_id: string }>(
  rows: readonly R[],
): (id: string) => readonly R[] {
  const groups = Map.groupBy(rows, ({ model_id }) => model_id);
  return (id) => groups.get(id) ?? [];
}
