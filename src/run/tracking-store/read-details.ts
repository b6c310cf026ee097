/** @file The data of runs: params, tags, last metrics, inputs and outputs, in a few queries however many runs there are. */
import { fromNumberColumns, type RecordDatabase } from "../../store/index.ts";
import { runUri, type TrackingPlace } from "./place.ts";
import type { StoredDataset, StoredRun, StoredRunInfo, StoredStatus } from "./records.ts";
import type { RunRow } from "./run-rows.ts";

/** Runs asked for at once: well under what a statement may bind. */
const chunk = 1000;

/** Rows of runs with their data, in their order. */
export async function readDetails(
  place: TrackingPlace,
  rows: readonly RunRow[],
): Promise<readonly StoredRun[]> {
  const runs: StoredRun[] = [];
  for (let start = 0; start < rows.length; start += chunk)
    runs.push(...(await detailsOf(place, rows.slice(start, start + chunk))));
  return runs;
}

/** What is known of a run besides its data, by its row. */
export const runInfo = (place: TrackingPlace, row: RunRow): StoredRunInfo => ({
  id: row.id,
  experimentId: row.experiment_id,
  name: row.name,
  userId: row.user_id,
  status: row.status as StoredStatus,
  startedAtMs: row.started_at_ms,
  endedAtMs: row.ended_at_ms,
  lifecycleStage: row.deleted_at_ms === null ? "active" : "deleted",
  artifactUri: runUri(place, row),
});

async function detailsOf(
  place: TrackingPlace,
  rows: readonly RunRow[],
): Promise<readonly StoredRun[]> {
  const { db } = place.records;
  const ids = rows.map(({ id }) => id);
  const [params, tags, metrics, models] = [
    byRun(await db.selectFrom("param").selectAll().where("run_id", "in", ids).execute()),
    byRun(await db.selectFrom("run_tag").selectAll().where("run_id", "in", ids).execute()),
    byRun(await db.selectFrom("latest_metric").selectAll().where("run_id", "in", ids).execute()),
    byRun(await db.selectFrom("run_model").selectAll().where("run_id", "in", ids).execute()),
  ];
  const datasets = await datasetsOf(db, ids);
  const linked = (id: string, direction: string) =>
    models(id)
      .filter((model) => model.direction === direction)
      .map(({ model_id, step }) => ({ modelId: model_id, step }));
  return rows.map((row) => ({
    info: runInfo(place, row),
    metrics: metrics(row.id).map((point) => ({
      key: point.key,
      value: fromNumberColumns(point),
      step: point.step,
      atMs: point.at_ms,
    })),
    params: params(row.id).map(({ key, value }) => ({ key, value })),
    tags: tags(row.id).map(({ key, value }) => ({ key, value })),
    datasets: datasets.get(row.id) ?? [],
    modelInputs: linked(row.id, "input"),
    modelOutputs: linked(row.id, "output"),
  }));
}

async function datasetsOf(
  db: RecordDatabase,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredDataset[]>> {
  const rows = await db
    .selectFrom("run_dataset")
    .innerJoin("dataset", "dataset.id", "run_dataset.dataset_id")
    .selectAll("dataset")
    .select(["run_dataset.run_id", "run_dataset.position"])
    .where("run_dataset.run_id", "in", ids)
    .orderBy("run_dataset.position")
    .execute();
  if (rows.length === 0) return new Map();
  const tags = await db
    .selectFrom("run_dataset_tag")
    .selectAll()
    .where("run_id", "in", ids)
    .execute();
  const tagsOf = Map.groupBy(tags, (tag) => `${tag.run_id} ${tag.dataset_id}`);
  const groups = Map.groupBy(rows, (row) => row.run_id);
  const stored = (row: (typeof rows)[number]): StoredDataset => ({
    name: row.name,
    digest: row.digest,
    sourceType: row.source_type,
    source: row.source,
    schema: row.schema ?? undefined,
    profile: row.profile ?? undefined,
    tags: (tagsOf.get(`${row.run_id} ${row.id}`) ?? []).map(({ key, value }) => ({ key, value })),
  });
  return new Map([...groups].map(([id, group]) => [id, group.map(stored)]));
}

function byRun<R extends { readonly run_id: string }>(
  rows: readonly R[],
): (id: string) => readonly R[] {
  const groups = Map.groupBy(rows, (row) => row.run_id);
  return (id) => groups.get(id) ?? [];
}
