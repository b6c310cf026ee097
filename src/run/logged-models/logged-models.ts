/** @file Logged models: models as things of their own, made before their files arrive. */
import { type Page, type RecordDatabase, toNumberColumns } from "../../store/index.ts";
import { fail } from "../errors.ts";
import { checkActive, experimentRow } from "../tracking-store/experiments.ts";
import { placeOfFiles, type TrackingPlace } from "../tracking-store/place.ts";
import type { KeyText } from "../tracking-store/records.ts";
import { loggedModelRow, withDetails } from "./read.ts";
import type { LoggedModel, LoggedModelMetric, LoggedModelStatus } from "./records.ts";
import { type LoggedModelSearch, searchLoggedModels } from "./search.ts";

/** A logged model to be made. */
export interface NewLoggedModel {
  readonly experimentId: string;
  /** Default: "model-" and the first 8 digits of its id. */
  readonly name?: string | undefined;
  readonly modelType?: string | undefined;
  readonly sourceRunId?: string | undefined;
  readonly params?: readonly KeyText[] | undefined;
  readonly tags?: readonly KeyText[] | undefined;
}

/** Models that runs logged, each with an id, a status, params, tags and metrics by data set. */
export interface LoggedModels {
  /** Makes one that is pending. */
  create(made: NewLoggedModel): Promise<LoggedModel>;
  /** One model; a deleted one too, if asked. Throws `run/missing-logged-model`. */
  get(id: string, allowDeleted?: boolean): Promise<LoggedModel>;
  /** Says that its files are there, or did not arrive. */
  finalize(id: string, status: LoggedModelStatus): Promise<LoggedModel>;
  delete(id: string): Promise<void>;
  search(search: LoggedModelSearch): Promise<Page<LoggedModel>>;
  /** Adds params; one that is there already must have the same value. */
  logParams(id: string, params: readonly KeyText[]): Promise<void>;
  setTags(id: string, tags: readonly KeyText[]): Promise<void>;
  /** Throws `run/missing-tag`. */
  deleteTag(id: string, key: string): Promise<void>;
}

/** The logged models of a tracking store. */
export const loggedModelsOf = (place: TrackingPlace): LoggedModels => ({
  create: (made) => create(place, made),
  get: (id, allowDeleted) => get(place, id, allowDeleted),
  finalize: async (id, status) => {
    await changed(place, id, { status });
    return get(place, id);
  },
  delete: (id) => changed(place, id, { deleted_at_ms: place.clock() }),
  search: (search) => searchLoggedModels(place, search),
  logParams: (id, params) =>
    place.records.write(async (db) => {
      await loggedModelRow(db, id);
      await putParams(db, id, params);
    }),
  setTags: (id, tags) =>
    place.records.write(async (db) => {
      await loggedModelRow(db, id);
      await putTexts(db, { table: "logged_model_tag", id }, tags);
    }),
  deleteTag: (id, key) => deleteTag(place, id, key),
});

async function create(place: TrackingPlace, made: NewLoggedModel): Promise<LoggedModel> {
  const { experimentId, modelType = "", sourceRunId = "", params = [], tags = [] } = made;
  const id = `m-${place.ids().replaceAll("-", "")}`;
  await place.records.write(async (db) => {
    const experiment = await experimentRow(db, experimentId);
    checkActive(experiment);
    const now = place.clock();
    await db
      .insertInto("logged_model")
      .values({
        ...{ id, experiment_id: experimentId, name: made.name || `model-${id.slice(2, 10)}` },
        ...{ model_type: modelType, status: "pending", source_run_id: sourceRunId },
        ...{ created_at_ms: now, updated_at_ms: now, deleted_at_ms: null },
        ...placeOfFiles(place, experiment, `models/${id}/artifacts`),
      })
      .execute();
    await putParams(db, id, params);
    await putTexts(db, { table: "logged_model_tag", id }, tags);
  });
  return get(place, id);
}

async function get(place: TrackingPlace, id: string, allowDeleted = false): Promise<LoggedModel> {
  const row = await loggedModelRow(place.records.db, id, allowDeleted);
  const [model] = await withDetails(place, [row]);
  return model ?? fail("run/missing-logged-model", { id });
}

function changed(
  place: TrackingPlace,
  id: string,
  change: { readonly status?: LoggedModelStatus; readonly deleted_at_ms?: number },
): Promise<void> {
  return place.records.write(async (db) => {
    await loggedModelRow(db, id);
    await db
      .updateTable("logged_model")
      .set({ ...change, updated_at_ms: place.clock() })
      .where("id", "=", id)
      .execute();
  });
}

async function putParams(
  db: RecordDatabase,
  id: string,
  params: readonly KeyText[],
): Promise<void> {
  const rows = await db
    .selectFrom("logged_model_param")
    .selectAll()
    .where("model_id", "=", id)
    .execute();
  const held = new Map(rows.map(({ key, value }) => [key, value]));
  for (const { key, value } of params) {
    const stored = held.get(key) ?? value;
    if (stored !== value) fail("run/conflict-param", { run: id, key, stored, given: value });
  }
  await putTexts(db, { table: "logged_model_param", id }, params);
}

async function putTexts(
  db: RecordDatabase,
  { table, id }: { readonly table: "logged_model_param" | "logged_model_tag"; readonly id: string },
  texts: readonly KeyText[],
): Promise<void> {
  const byKey = new Map(texts.map(({ key, value }) => [key, value]));
  if (byKey.size === 0) return;
  await db
    .insertInto(table)
    .values([...byKey].map(([key, value]) => ({ model_id: id, key, value })))
    .onConflict((on) =>
      on.columns(["model_id", "key"]).doUpdateSet((set) => ({ value: set.ref("excluded.value") })),
    )
    .execute();
}

function deleteTag(place: TrackingPlace, id: string, key: string): Promise<void> {
  return place.records.write(async (db) => {
    await loggedModelRow(db, id);
    const { numDeletedRows } = await db
      .deleteFrom("logged_model_tag")
      .where("model_id", "=", id)
      .where("key", "=", key)
      .executeTakeFirst();
    if (numDeletedRows === 0n) fail("run/missing-tag", { key, of: `logged model with id ${id}` });
  });
}

/** A point of a metric that was measured on a model. */
export type ModelPoint = LoggedModelMetric & { readonly modelId: string };

/** Keeps points of metrics that were measured on models, inside the transaction that logs them. */
export async function addModelPoints(
  db: RecordDatabase,
  points: readonly ModelPoint[],
): Promise<void> {
  for (const id of new Set(points.map(({ modelId }) => modelId))) await loggedModelRow(db, id);
  if (points.length === 0) return;
  await db
    .insertInto("logged_model_metric")
    .values(
      points.map((point) => ({
        ...{ model_id: point.modelId, run_id: point.runId, key: point.key, step: point.step },
        ...{ at_ms: point.atMs, ...toNumberColumns(point.value) },
        ...{ dataset_name: point.datasetName, dataset_digest: point.datasetDigest },
      })),
    )
    .onConflict((on) => on.doNothing())
    .execute();
}
