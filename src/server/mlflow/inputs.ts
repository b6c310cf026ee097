/** @file The places of what went into runs and came out of them. */
import type { StoredDataset } from "../../run/index.ts";
import { refuse } from "./answer-error.ts";
import { checkLength, longest } from "./checks.ts";
import { int, list, type Message, message, required, text } from "./fields.ts";
import { listed } from "./messages.ts";
import { type ProtocolRoute, route } from "./route.ts";

const datasetInput = message({
  tags: list(message({ key: required(text()), value: required(text()) })),
  dataset: required(
    message({
      ...{ name: required(text()), digest: required(text()) },
      ...{
        source_type: required(text()),
        source: required(text()),
        schema: text(),
        profile: text(),
      },
    }),
  ),
});
type DatasetInput = Message<{ readonly it: typeof datasetInput }>["it"];

const modelLink = message({ model_id: required(text()), step: int() });

/** The places of inputs, outputs and data sets. */
export const inputRoutes: readonly ProtocolRoute[] = [
  route(
    "POST 2.0 runs/log-inputs",
    { run_id: required(text()), datasets: list(datasetInput), models: list(modelLink) },
    async ({ run_id, datasets = [], models = [] }, { tracking }) => {
      const stored = datasets.map((dataset, i) => storedDataset(dataset, `datasets[${i}]`));
      const links = models.map(({ model_id, step = 0 }) => ({ modelId: model_id, step }));
      await tracking.logInputs(run_id, { datasets: stored, models: links });
      return {};
    },
  ),
  route(
    "POST 2.0 runs/outputs",
    { run_id: required(text()), models: required(list(modelLink)) },
    async ({ run_id, models }, { tracking }) => {
      const links = models.map(({ model_id, step = 0 }) => ({ modelId: model_id, step }));
      await tracking.logOutputs(run_id, links);
      return {};
    },
  ),
  route(
    "POST 2.0 experiments/search-datasets",
    { experiment_ids: list(text()) },
    async ({ experiment_ids: ids = [] }, { tracking }) => {
      if (ids.length === 0)
        refuse(
          "INVALID_PARAMETER_VALUE",
          "SearchDatasets request must specify at least one experiment_id.",
        );
      if (ids.length > 20)
        refuse(
          "INVALID_PARAMETER_VALUE",
          `SearchDatasets request cannot specify more than 20 experiment_ids. Received ${ids.length} experiment_ids.`,
        );
      const found = await tracking.datasets(ids);
      return listed(
        "dataset_summaries",
        found.map(({ experimentId, name, digest, context }) => ({
          ...{ experiment_id: experimentId, name, digest },
          ...(context === "" ? {} : { context }),
        })),
      );
    },
  ),
];

function storedDataset(
  { dataset, tags = [] }: NonNullable<DatasetInput>,
  path: string,
): StoredDataset {
  const { name, digest, source, schema, profile } = dataset;
  checkLength(`${path}.dataset.name`, longest.datasetName, name);
  checkLength(`${path}.dataset.digest`, longest.datasetDigest, digest);
  checkLength(`${path}.dataset.source`, longest.datasetSource, source);
  checkLength(`${path}.dataset.schema`, longest.datasetSchema, schema);
  checkLength(`${path}.dataset.profile`, longest.datasetProfile, profile);
  for (const [i, { key, value }] of tags.entries()) {
    checkLength(`${path}.tags[${i}].key`, longest.inputTagKey, key);
    checkLength(`${path}.tags[${i}].value`, longest.inputTagValue, value);
  }
  return { name, digest, source, schema, profile, sourceType: dataset.source_type, tags };
}
