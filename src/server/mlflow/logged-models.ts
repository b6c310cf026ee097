/** @file The places of logged models. */
import type { LoggedModel, LoggedModelMetric, LoggedModelStatus } from "../../run/index.ts";
import { refuse } from "./answer-error.ts";
import { invalidValue } from "./checks.ts";
import { checkExperimentId } from "./experiments.ts";
import { bool, choice, int, list, message, required, text } from "./fields.ts";
import { jsonNumber, listed } from "./messages.ts";
import { type ProtocolRoute, route } from "./route.ts";

const pair = message({ key: required(text()), value: text() });
const byId = { model_id: required(text()) };
const texts = (pairs: readonly { readonly key: string; readonly value?: string }[]) =>
  pairs.map(({ key, value = "" }) => ({ key, value }));

const statuses = {
  LOGGED_MODEL_PENDING: "pending",
  LOGGED_MODEL_READY: "ready",
  LOGGED_MODEL_UPLOAD_FAILED: "failed",
} as const satisfies Readonly<Record<string, LoggedModelStatus>>;

const statusNumbers = {
  ...{ LOGGED_MODEL_PENDING: 1, LOGGED_MODEL_READY: 2, LOGGED_MODEL_UPLOAD_FAILED: 3 },
} as const;

/** The places of logged models. */
export const loggedModelRoutes: readonly ProtocolRoute[] = [
  route(
    "POST 2.0 logged-models",
    {
      ...{ experiment_id: required(text()), name: text(), model_type: text() },
      ...{ source_run_id: text(), params: list(pair), tags: list(pair) },
    },
    async (asked, { tracking }) => {
      checkLoggedName(asked.name);
      const model = await tracking.loggedModels.create({
        ...{ experimentId: checkExperimentId(asked.experiment_id), name: asked.name },
        ...{ modelType: asked.model_type, sourceRunId: asked.source_run_id },
        ...{ params: texts(asked.params ?? []), tags: texts(asked.tags ?? []) },
      });
      return { model: loggedModelMessage(model) };
    },
  ),
  route(
    "POST 2.0 logged-models/search",
    {
      ...{ experiment_ids: required(list(text())), filter: text() },
      datasets: list(message({ dataset_name: required(text()), dataset_digest: text() })),
      ...{ max_results: int(), page_token: text() },
      order_by: list(
        message({
          ...{ field_name: required(text()), ascending: bool() },
          ...{ dataset_name: text(), dataset_digest: text() },
        }),
      ),
    },
    async (asked, { tracking }) => {
      const { max_results: maxResults = 100, filter, page_token: pageToken } = asked;
      if (maxResults < 1)
        refuse(
          "INVALID_PARAMETER_VALUE",
          `${invalidValue("max_results", maxResults)} It must be a positive integer.`,
        );
      const page = await tracking.loggedModels.search({
        ...{
          experimentIds: asked.experiment_ids.map(checkExperimentId),
          filter,
          maxResults,
          pageToken,
        },
        datasets: asked.datasets?.map(({ dataset_name: name, dataset_digest: digest }) => ({
          name,
          digest,
        })),
        orderBy: asked.order_by?.map(
          ({ field_name, ascending = true, dataset_name, dataset_digest }) => ({
            ...{ field: field_name, isAscending: ascending },
            dataset: dataset_name ? { name: dataset_name, digest: dataset_digest } : undefined,
          }),
        ),
      });
      return {
        ...listed("models", page.items.map(loggedModelMessage)),
        ...(page.nextPageToken === undefined ? {} : { next_page_token: page.nextPageToken }),
      };
    },
  ),
  route(
    "GET 2.0 logged-models/:model_id",
    { ...byId, allow_deleted: bool() },
    async ({ model_id, allow_deleted }, { tracking }) => ({
      model: loggedModelMessage(await tracking.loggedModels.get(model_id, allow_deleted)),
    }),
  ),
  route(
    "PATCH 2.0 logged-models/:model_id",
    { ...byId, status: required(choice(statusNumbers)) },
    async ({ model_id, status }, { tracking }) => ({
      model: loggedModelMessage(await tracking.loggedModels.finalize(model_id, statuses[status])),
    }),
  ),
  route("DELETE 2.0 logged-models/:model_id", byId, async ({ model_id }, { tracking }) => {
    await tracking.loggedModels.delete(model_id);
    return {};
  }),
  route(
    "POST 2.0 logged-models/:model_id/params",
    { ...byId, params: list(pair) },
    async ({ model_id, params = [] }, { tracking }) => {
      await tracking.loggedModels.logParams(model_id, texts(params));
      return {};
    },
  ),
  route(
    "PATCH 2.0 logged-models/:model_id/tags",
    { ...byId, tags: list(pair) },
    async ({ model_id, tags = [] }, { tracking }) => {
      await tracking.loggedModels.setTags(model_id, texts(tags));
      return {};
    },
  ),
  route(
    "DELETE 2.0 logged-models/:model_id/tags/:tag_key",
    { ...byId, tag_key: required(text()) },
    async ({ model_id, tag_key }, { tracking }) => {
      await tracking.loggedModels.deleteTag(model_id, tag_key);
      return {};
    },
  ),
];

const statusNames: Readonly<Record<LoggedModelStatus, string>> = {
  pending: "LOGGED_MODEL_PENDING",
  ready: "LOGGED_MODEL_READY",
  failed: "LOGGED_MODEL_UPLOAD_FAILED",
};

const loggedModelMessage = (model: LoggedModel): object => ({
  info: {
    ...{ model_id: model.id, experiment_id: model.experimentId, name: model.name },
    ...{ creation_timestamp_ms: model.createdAtMs, last_updated_timestamp_ms: model.updatedAtMs },
    ...{ artifact_uri: model.artifactUri, status: statusNames[model.status] },
    ...{ model_type: model.modelType, source_run_id: model.sourceRunId },
    ...listed("tags", [...model.tags]),
  },
  data: {
    ...listed("params", [...model.params]),
    ...listed(
      "metrics",
      model.metrics.map((point) => pointMessage(point, model.id)),
    ),
  },
});

const pointMessage = (point: LoggedModelMetric, modelId: string): object => ({
  ...{ key: point.key, value: jsonNumber(point.value), timestamp: point.atMs, step: point.step },
  ...{ model_id: modelId, run_id: point.runId },
  ...(point.datasetName === "" ? {} : { dataset_name: point.datasetName }),
  ...(point.datasetDigest === "" ? {} : { dataset_digest: point.datasetDigest }),
});

function checkLoggedName(name: string | undefined): void {
  if (name !== undefined && /[/:.%"']/.test(name))
    refuse(
      "INVALID_PARAMETER_VALUE",
      `Invalid model name (${name}) provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
    );
}
