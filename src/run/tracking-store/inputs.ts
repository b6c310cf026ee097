/** @file What went into runs and came out of them: data sets and models. */
import { hashOf } from "../../core/index.ts";
import type { RecordDatabase } from "../../store/index.ts";
import type { TrackingPlace } from "./place.ts";
import type { StoredDataset, StoredModelLink } from "./records.ts";
import { activeRun } from "./run-rows.ts";

/** The tag of a data set that says what it was for: "training". */
export const contextTag = "mlflow.data.context";

/** Adds data sets and models to what went into a run; what is there already stays as it is. */
export function logInputs(
  place: TrackingPlace,
  id: string,
  inputs: {
    readonly datasets?: readonly StoredDataset[] | undefined;
    readonly models?: readonly StoredModelLink[] | undefined;
  },
): Promise<void> {
  const { datasets = [], models = [] } = inputs;
  return place.records.write(async (db) => {
    const { experiment_id } = await activeRun(db, id);
    for (const dataset of datasets) await putDataset(db, { runId: id, experiment_id }, dataset);
    await putModels(db, { runId: id, direction: "input" }, models);
  });
}

/** Adds models to what came out of a run. */
export function logOutputs(
  place: TrackingPlace,
  id: string,
  models: readonly StoredModelLink[],
): Promise<void> {
  return place.records.write(async (db) => {
    await activeRun(db, id);
    await putModels(db, { runId: id, direction: "output" }, models);
  });
}

/** A data set of an experiment, and what runs took it for. */
export interface DatasetSummary {
  readonly experimentId: string;
  readonly name: string;
  readonly digest: string;
  /** The value of the tag "mlflow.data.context"; "" where there is none. */
  readonly context: string;
}

/** The data sets that runs of experiments took in; at most 1,000. */
export async function datasetSummaries(
  { records }: TrackingPlace,
  experimentIds: readonly string[],
): Promise<readonly DatasetSummary[]> {
  const rows = await records.db
    .selectFrom("dataset")
    .innerJoin("run_dataset", "run_dataset.dataset_id", "dataset.id")
    .innerJoin("run", "run.id", "run_dataset.run_id")
    .leftJoin("run_dataset_tag", (join) =>
      join
        .onRef("run_dataset_tag.run_id", "=", "run_dataset.run_id")
        .onRef("run_dataset_tag.dataset_id", "=", "run_dataset.dataset_id")
        .on("run_dataset_tag.key", "=", contextTag),
    )
    .select(["dataset.experiment_id", "dataset.name", "dataset.digest", "run_dataset_tag.value"])
    .distinct()
    .where("dataset.experiment_id", "in", experimentIds)
    .where("run.deleted_at_ms", "is", null)
    .orderBy("dataset.name")
    .orderBy("dataset.digest")
    .limit(1000)
    .execute();
  return rows.map(({ experiment_id, name, digest, value }) => ({
    ...{ experimentId: experiment_id, name, digest },
    context: value ?? "",
  }));
}

async function putDataset(
  db: RecordDatabase,
  { runId, experiment_id }: { readonly runId: string; readonly experiment_id: string },
  dataset: StoredDataset,
): Promise<void> {
  const { name, digest, sourceType, source, schema = null, profile = null, tags } = dataset;
  const id = hashOf(JSON.stringify([experiment_id, name, digest])).slice("sha256:".length);
  await db
    .insertInto("dataset")
    .values({
      ...{ id, experiment_id, name, digest },
      source_type: sourceType,
      source,
      schema,
      profile,
    })
    .onConflict((on) => on.doNothing())
    .execute();
  const { last } = await db
    .selectFrom("run_dataset")
    .select((is) => is.fn.max("position").as("last"))
    .where("run_id", "=", runId)
    .executeTakeFirstOrThrow();
  await db
    .insertInto("run_dataset")
    .values({ run_id: runId, dataset_id: id, position: Number(last ?? -1) + 1 })
    .onConflict((on) => on.doNothing())
    .execute();
  if (tags.length === 0) return;
  await db
    .insertInto("run_dataset_tag")
    .values(tags.map(({ key, value }) => ({ run_id: runId, dataset_id: id, key, value })))
    .onConflict((on) => on.doNothing())
    .execute();
}

async function putModels(
  db: RecordDatabase,
  { runId, direction }: { readonly runId: string; readonly direction: "input" | "output" },
  models: readonly StoredModelLink[],
): Promise<void> {
  if (models.length === 0) return;
  await db
    .insertInto("run_model")
    .values(
      models.map(({ modelId, step }) => ({ run_id: runId, model_id: modelId, direction, step })),
    )
    .onConflict((on) => on.doNothing())
    .execute();
}
