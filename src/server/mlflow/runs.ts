/** @file The places of runs: made, changed, logged to and searched. */
import type { LoggedMetric } from "../../run/index.ts";
import { refuse } from "./answer-error.ts";
import {
  checkBatch,
  checkMetric,
  checkParam,
  checkTag,
  type GivenMetric,
  invalidValue,
} from "./checks.ts";
import { checkExperimentId, viewOf, viewType } from "./experiments.ts";
import { choice, double, int, list, message, required, text } from "./fields.ts";
import { missingValue } from "./incoming.ts";
import { listed, runInfoMessage, runMessage, statusNumbers, statusOf } from "./messages.ts";
import { type ProtocolRoute, route } from "./route.ts";

const tag = message({ key: required(text()), value: text() });
const metric = message({
  ...{ key: required(text()), value: required(double()), timestamp: required(int()) },
  ...{
    step: int(),
    model_id: text(),
    dataset_name: text(),
    dataset_digest: text(),
    run_id: text(),
  },
});

/** A run is asked for by its id; old clients call it run_uuid. */
const byId = { run_id: text(), run_uuid: text() };

/** The id of the run that is meant. */
export const idOf = ({
  run_id,
  run_uuid,
}: {
  readonly run_id?: string;
  readonly run_uuid?: string;
}): string =>
  run_id ||
  run_uuid ||
  refuse(
    "INVALID_PARAMETER_VALUE",
    `${missingValue("run_id")} See the API docs for more information about request parameters.`,
  );

const texts = (tags: readonly { readonly key: string; readonly value?: string }[]) =>
  tags.map(({ key, value = "" }) => ({ key, value }));

/** The places of runs. */
export const runRoutes: readonly ProtocolRoute[] = [
  route(
    "POST 2.0 runs/create",
    {
      ...{ experiment_id: text(), user_id: text(), run_name: text() },
      ...{ start_time: int(), tags: list(tag) },
    },
    async ({ experiment_id = "0", user_id, run_name, start_time, tags = [] }, { tracking }) => {
      for (const [i, one] of tags.entries()) checkTag(one, `tags[${i}]`);
      const run = await tracking.createRun({
        ...{ experimentId: checkExperimentId(experiment_id), name: run_name, userId: user_id },
        ...{ startedAtMs: start_time, tags: texts(tags) },
      });
      return { run: runMessage(run) };
    },
  ),
  route(
    "POST 2.0 runs/update",
    { ...byId, status: choice(statusNumbers), end_time: int(), run_name: text() },
    async ({ status, end_time, run_name, ...asked }, { tracking }) => {
      const id = idOf(asked);
      const info = await tracking.updateRun(id, {
        ...{ status: status === undefined ? undefined : statusOf(status) },
        ...{ endedAtMs: end_time, name: run_name },
      });
      return { run_info: runInfoMessage(info) };
    },
  ),
  route("POST 2.0 runs/delete", byId, async (asked, { tracking }) => {
    await tracking.deleteRun(idOf(asked));
    return {};
  }),
  route("POST 2.0 runs/restore", byId, async (asked, { tracking }) => {
    await tracking.restoreRun(idOf(asked));
    return {};
  }),
  route("GET 2.0 runs/get", byId, async (asked, { tracking }) => ({
    run: runMessage(await tracking.run(idOf(asked))),
  })),
  route(
    "POST 2.0 runs/search",
    {
      ...{ experiment_ids: list(text()), filter: text(), run_view_type: viewType },
      ...{ max_results: int(), order_by: list(text()), page_token: text() },
    },
    async (asked, { tracking }) => {
      const { experiment_ids: experimentIds = [], max_results: maxResults = 1000 } = asked;
      if (maxResults > 50_000 || maxResults < 1)
        refuse(
          "INVALID_PARAMETER_VALUE",
          `${invalidValue("max_results", maxResults, " Hint: Value was of type 'int'.")}`,
        );
      const page = await tracking.searchRuns({
        ...{ experimentIds: experimentIds.map(checkExperimentId), maxResults },
        ...{ filter: asked.filter, orderBy: asked.order_by, pageToken: asked.page_token },
        view: viewOf(asked.run_view_type),
      });
      return {
        ...listed("runs", page.items.map(runMessage)),
        ...(page.nextPageToken === undefined ? {} : { next_page_token: page.nextPageToken }),
      };
    },
  ),
  route(
    "POST 2.0 runs/log-metric",
    {
      ...{ ...byId, key: required(text()), value: required(double()), timestamp: required(int()) },
      ...{ step: int(), model_id: text(), dataset_name: text(), dataset_digest: text() },
    },
    async (asked, { tracking }) => {
      const { key, value, timestamp } = asked;
      const id = idOf(asked);
      checkMetric({ key, value, timestamp }, "");
      await tracking.log(id, { metrics: [pointOf(asked)] });
      return {};
    },
  ),
  route(
    "POST 2.0 runs/log-parameter",
    { ...byId, key: required(text()), value: text() },
    async ({ key, value = "", ...asked }, { tracking }) => {
      const id = idOf(asked);
      checkParam({ key, value }, "");
      await tracking.log(id, { params: [{ key, value }] });
      return {};
    },
  ),
  route(
    "POST 2.0 runs/set-tag",
    { ...byId, key: required(text()), value: text() },
    async ({ key, value = "", ...asked }, { tracking }) => {
      const id = idOf(asked);
      checkTag({ key, value }, "");
      await tracking.log(id, { tags: [{ key, value }] });
      return {};
    },
  ),
  route(
    "POST 2.0 runs/delete-tag",
    { ...byId, key: required(text()) },
    async ({ key, ...asked }, { tracking }) => {
      await tracking.deleteTag(idOf(asked), key);
      return {};
    },
  ),
  route(
    "POST 2.0 runs/log-batch",
    { ...byId, metrics: list(metric), params: list(tag), tags: list(tag) },
    async ({ metrics = [], params = [], tags = [], ...asked }, { tracking }) => {
      const id = idOf(asked);
      for (const [i, one] of metrics.entries()) checkMetric(one, `metrics[${i}]`);
      for (const [i, one] of params.entries()) checkParam(one, `params[${i}]`);
      for (const [i, one] of tags.entries()) checkTag(one, `tags[${i}]`);
      checkBatch({ metrics: metrics.length, params: params.length, tags: tags.length });
      checkDistinct(params.map(({ key }) => key));
      const points = metrics.map(pointOf);
      await tracking.log(id, { metrics: points, params: texts(params), tags: texts(tags) });
      return {};
    },
  ),
  route(
    "POST 2.0 runs/log-model",
    { ...byId, model_json: required(text()) },
    async ({ model_json, ...asked }, { tracking }) => {
      const id = idOf(asked);
      const model = modelOf(model_json);
      await tracking.changeTag(id, modelsTag, (before = "[]") => {
        const value = JSON.stringify([...(JSON.parse(before) as readonly unknown[]), model]);
        checkTag({ key: modelsTag, value }, "");
        return value;
      });
      return {};
    },
  ),
];

/** A metric of a request, as the store takes it. */
const pointOf = (metric: GivenPoint): LoggedMetric => ({
  ...{ key: metric.key, value: metric.value, step: metric.step ?? 0, atMs: metric.timestamp },
  ...{ modelId: metric.model_id, datasetName: metric.dataset_name },
  datasetDigest: metric.dataset_digest,
});

interface GivenPoint extends GivenMetric {
  readonly model_id?: string;
  readonly dataset_name?: string;
  readonly dataset_digest?: string;
}

const modelsTag = "mlflow.log-model.history";

function modelOf(text: string): Readonly<Record<string, unknown>> {
  const malformed = (why: string): never =>
    refuse("INVALID_PARAMETER_VALUE", `Malformed model info. \n ${text} \n ${why}`);
  let model: unknown;
  try {
    model = JSON.parse(text);
  } catch {
    return malformed("is not a valid JSON.");
  }
  const object = model as Readonly<Record<string, unknown>>;
  const missing = ["artifact_path", "flavors", "utc_time_created", "run_id"].filter(
    (name) => !(name in object),
  );
  if (missing.length > 0)
    refuse(
      "INVALID_PARAMETER_VALUE",
      `Model json is missing mandatory fields: ${missing.join(", ")}`,
    );
  return object;
}

function checkDistinct(keys: readonly string[]): void {
  const twins = keys.filter((key, i) => keys.indexOf(key) < i);
  if (twins.length > 0)
    refuse(
      "INVALID_PARAMETER_VALUE",
      `Duplicate parameter keys have been submitted: [${twins.map((key) => `'${key}'`).join(", ")}]. Please ensure the request contains only one param value per param key.`,
    );
}
