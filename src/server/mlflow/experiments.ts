/** @file The places of experiments. */
import { refuse } from "./answer-error.ts";
import { checkExperimentName, checkExperimentTag, invalidValue } from "./checks.ts";
import { choice, int, list, message, required, text } from "./fields.ts";
import { localAddress } from "./local-address.ts";
import { experimentMessage, listed } from "./messages.ts";
import { type ProtocolRoute, route } from "./route.ts";

const tag = message({ key: required(text()), value: text() });
const byId = { experiment_id: required(text()) };

/** Which of what counts and what lies in the bin are asked for. */
export const viewType = choice({ ACTIVE_ONLY: 1, DELETED_ONLY: 2, ALL: 3 });

/** The store's word for a view. */
export const viewOf = (view: "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL" = "ACTIVE_ONLY") =>
  ({ ACTIVE_ONLY: "active", DELETED_ONLY: "deleted", ALL: "all" })[view] as
    | "active"
    | "deleted"
    | "all";

const search = {
  view_type: viewType,
  max_results: int(),
  order_by: list(text()),
  filter: text(),
  page_token: text(),
};

/** The places of experiments. */
export const experimentRoutes: readonly ProtocolRoute[] = [
  route(
    "POST 2.0 experiments/create",
    { name: required(text()), artifact_location: text(), tags: list(tag) },
    async ({ name, artifact_location, tags = [] }, { tracking }) => {
      checkExperimentName(name);
      for (const one of tags) checkExperimentTag(one);
      const artifactLocation = artifact_location ? localAddress(artifact_location) : undefined;
      const all = tags.map(({ key, value = "" }) => ({ key, value }));
      return {
        experiment_id: await tracking.createExperiment({ name, artifactLocation, tags: all }),
      };
    },
  ),
  ...(["GET", "POST"] as const).map((method) =>
    route(`${method} 2.0 experiments/search`, search, async (asked, { tracking }) => {
      const {
        max_results: maxResults = 1000,
        order_by: orderBy,
        filter,
        page_token: pageToken,
      } = asked;
      checkMaxResults(maxResults, 50_000);
      const view = viewOf(asked.view_type);
      const page = await tracking.searchExperiments({
        maxResults,
        orderBy,
        filter,
        pageToken,
        view,
      });
      return {
        ...listed("experiments", page.items.map(experimentMessage)),
        ...(page.nextPageToken === undefined ? {} : { next_page_token: page.nextPageToken }),
      };
    }),
  ),
  route("GET 2.0 experiments/get", byId, async ({ experiment_id }, { tracking }) => ({
    experiment: experimentMessage(await tracking.experiment(checkExperimentId(experiment_id))),
  })),
  route(
    "GET 2.0 experiments/get-by-name",
    { experiment_name: required(text()) },
    async ({ experiment_name: name }, { tracking }) => {
      const found = await tracking.experimentByName(name);
      return found === undefined
        ? refuse("RESOURCE_DOES_NOT_EXIST", `Could not find experiment with name '${name}'`)
        : { experiment: experimentMessage(found) };
    },
  ),
  route("POST 2.0 experiments/delete", byId, async ({ experiment_id }, { tracking }) => {
    await tracking.deleteExperiment(checkExperimentId(experiment_id));
    return {};
  }),
  route("POST 2.0 experiments/restore", byId, async ({ experiment_id }, { tracking }) => {
    await tracking.restoreExperiment(checkExperimentId(experiment_id));
    return {};
  }),
  route(
    "POST 2.0 experiments/update",
    { ...byId, new_name: required(text()) },
    async ({ experiment_id, new_name }, { tracking }) => {
      checkExperimentName(new_name);
      await tracking.renameExperiment(checkExperimentId(experiment_id), new_name);
      return {};
    },
  ),
  route(
    "POST 2.0 experiments/set-experiment-tag",
    { ...byId, key: required(text()), value: text() },
    async ({ experiment_id, key, value = "" }, { tracking }) => {
      checkExperimentTag({ key, value });
      await tracking.setExperimentTag(checkExperimentId(experiment_id), { key, value });
      return {};
    },
  ),
  route(
    "POST 2.0 experiments/delete-experiment-tag",
    { ...byId, key: required(text()) },
    async ({ experiment_id, key }, { tracking }) => {
      await tracking.deleteExperimentTag(checkExperimentId(experiment_id), key);
      return {};
    },
  ),
];

/** Refuses an id that is no whole number. */
export function checkExperimentId(id: string): string {
  if (!/^\d+$/.test(id))
    refuse(
      "INVALID_PARAMETER_VALUE",
      `Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`,
    );
  return id;
}

/** Refuses a number of results that is none. */
export function checkMaxResults(maxResults: number, most: number): void {
  if (maxResults < 1 || maxResults > most)
    refuse(
      "INVALID_PARAMETER_VALUE",
      `${invalidValue("max_results", maxResults)} It must be a positive integer of at most ${most}.`,
    );
}
