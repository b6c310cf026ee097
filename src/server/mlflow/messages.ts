/** @file What the rooms keep, as the messages of MLflow's protocol. */
import type {
  KeyText,
  StoredDataset,
  StoredExperiment,
  StoredMetric,
  StoredRun,
  StoredRunInfo,
  StoredStatus,
} from "../../run/index.ts";

/** A number that JSON may lack. */
export const jsonNumber = (value: number): number | string =>
  Number.isFinite(value) ? value : String(value);

/** The message of an experiment. */
export const experimentMessage = (experiment: StoredExperiment): object => ({
  experiment_id: experiment.id,
  name: experiment.name,
  artifact_location: experiment.artifactLocation,
  lifecycle_stage: experiment.lifecycleStage,
  last_update_time: experiment.updatedAtMs,
  creation_time: experiment.createdAtMs,
  ...listed("tags", experiment.tags.map(tagMessage)),
});

/** The message of a run. */
export const runMessage = (run: StoredRun): object => ({
  info: runInfoMessage(run.info),
  data: {
    ...listed("metrics", run.metrics.map(metricMessage)),
    ...listed("params", run.params.map(tagMessage)),
    ...listed("tags", run.tags.map(tagMessage)),
  },
  inputs: {
    ...listed("dataset_inputs", run.datasets.map(datasetMessage)),
    ...listed(
      "model_inputs",
      run.modelInputs.map(({ modelId }) => ({ model_id: modelId })),
    ),
  },
  ...(run.modelOutputs.length === 0
    ? {}
    : {
        outputs: {
          model_outputs: run.modelOutputs.map(({ modelId, step }) => ({ model_id: modelId, step })),
        },
      }),
});

/** The message of what is known of a run besides its data. */
export const runInfoMessage = (info: StoredRunInfo): object => ({
  run_uuid: info.id,
  run_id: info.id,
  run_name: info.name,
  experiment_id: info.experimentId,
  user_id: info.userId,
  status: statusName(info.status),
  start_time: info.startedAtMs,
  ...(info.endedAtMs === null ? {} : { end_time: info.endedAtMs }),
  artifact_uri: info.artifactUri,
  lifecycle_stage: info.lifecycleStage,
});

/** The message of a point of a metric. */
export const metricMessage = ({ key, value, atMs, step }: StoredMetric): object => ({
  ...{ key, value: jsonNumber(value), timestamp: atMs, step },
});

const tagMessage = ({ key, value }: KeyText): object => ({ key, value });

const datasetMessage = ({ tags, ...dataset }: StoredDataset): object => ({
  ...listed("tags", tags.map(tagMessage)),
  dataset: {
    ...{ name: dataset.name, digest: dataset.digest },
    ...{ source_type: dataset.sourceType, source: dataset.source },
    ...(dataset.schema === undefined ? {} : { schema: dataset.schema }),
    ...(dataset.profile === undefined ? {} : { profile: dataset.profile }),
  },
});

/** A list under its name, or nothing where it is empty: the protocol leaves empty lists out. */
export const listed = (name: string, items: readonly object[]): object =>
  items.length === 0 ? {} : { [name]: items };

const statuses: Readonly<Record<string, StoredStatus>> = {
  RUNNING: "running",
  SCHEDULED: "scheduled",
  FINISHED: "finished",
  FAILED: "failed",
  KILLED: "killed",
};

/** The protocol's numbers of statuses. */
export const statusNumbers = {
  RUNNING: 1,
  SCHEDULED: 2,
  FINISHED: 3,
  FAILED: 4,
  KILLED: 5,
} as const;

/** A status by the protocol's name. */
export const statusOf = (name: keyof typeof statusNumbers): StoredStatus =>
  statuses[name] ?? "running";

const statusName = (status: StoredStatus): string => status.toUpperCase();
