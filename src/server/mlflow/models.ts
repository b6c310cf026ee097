/** @file The places of registered models and their versions. */
import {
  type Stage,
  type StoredModel,
  type StoredModelVersion,
  stages,
  type Tag,
} from "../../registry/index.ts";
import { refuse } from "./answer-error.ts";
import { checkLength, checkName, longest } from "./checks.ts";
import { bool, int, list, message, required, text } from "./fields.ts";
import { missingValue } from "./incoming.ts";
import { listed } from "./messages.ts";
import { checkSource } from "./model-source.ts";
import { type ProtocolRoute, route } from "./route.ts";

const invalid = (sentence: string): never => refuse("INVALID_PARAMETER_VALUE", sentence);
const tag = message({ key: required(text()), value: text() });
const byName = { name: required(text()) };
const byVersion = { ...byName, version: required(text()) };
const search = { filter: text(), max_results: int(), order_by: list(text()), page_token: text() };

const done = async (work: Promise<unknown>): Promise<object> => {
  await work;
  return {};
};

/** The places of registered models. */
export const modelRoutes: readonly ProtocolRoute[] = [
  route(
    "POST 2.0 registered-models/create",
    { ...byName, description: text(), tags: list(tag) },
    async ({ name, description, tags = [] }, { registry }) => ({
      registered_model: modelMessage(
        await registry.createModel({
          name: checkModelName(name),
          description,
          tags: checkedTags(tags),
        }),
      ),
    }),
  ),
  route(
    "POST 2.0 registered-models/rename",
    { ...byName, new_name: text() },
    async ({ name, new_name }, { registry }) => {
      if (new_name === undefined)
        return invalid(
          `${missingValue("new_name")} See the API docs for more information about request parameters.`,
        );
      if (new_name.trim() === "") invalid("Registered model name cannot be empty.");
      return {
        registered_model: modelMessage(
          await registry.renameModel(checkModelName(name), checkModelName(new_name)),
        ),
      };
    },
  ),
  route(
    "PATCH 2.0 registered-models/update",
    { ...byName, description: text() },
    async ({ name, description = "" }, { registry }) => ({
      registered_model: modelMessage(
        await registry.describeModel(checkModelName(name), description),
      ),
    }),
  ),
  route("DELETE 2.0 registered-models/delete", byName, ({ name }, { registry }) =>
    done(registry.deleteModel(checkModelName(name))),
  ),
  route("GET 2.0 registered-models/get", byName, async ({ name }, { registry }) => ({
    registered_model: modelMessage(await registry.model(checkModelName(name))),
  })),
  route("GET 2.0 registered-models/search", search, async (asked, { registry }) => {
    const {
      max_results: maxResults = 100,
      filter,
      order_by: orderBy,
      page_token: pageToken,
    } = asked;
    checkMost(maxResults, 1000);
    const page = await registry.searchModels({ filter, orderBy, maxResults, pageToken });
    return {
      ...listed("registered_models", page.items.map(modelMessage)),
      ...(page.nextPageToken === undefined ? {} : { next_page_token: page.nextPageToken }),
    };
  }),
  ...(["GET", "POST"] as const).map((method) =>
    route(
      `${method} 2.0 registered-models/get-latest-versions`,
      { ...byName, stages: list(text()) },
      async ({ name, stages: asked = [] }, { registry }) => {
        const wanted = asked.length === 0 ? undefined : asked.map(stageOf);
        const found = await registry.latestVersions(checkModelName(name), wanted);
        return listed("model_versions", found.map(versionMessage));
      },
    ),
  ),
  route(
    "POST 2.0 registered-models/set-tag",
    { ...byName, key: required(text()), value: text() },
    ({ name, key, value = "" }, { registry }) =>
      done(registry.setModelTag(checkModelName(name), checkedTag({ key, value }))),
  ),
  route(
    "DELETE 2.0 registered-models/delete-tag",
    { ...byName, key: required(text()) },
    ({ name, key }, { registry }) => {
      checkName(key, "key");
      return done(registry.deleteModelTag(checkModelName(name), key));
    },
  ),
  route(
    "POST 2.0 registered-models/alias",
    { ...byVersion, alias: required(text()) },
    ({ name, version, alias }, { registry }) =>
      done(
        registry.setAlias(
          { name: checkModelName(name), number: numberOf(version) },
          checkFreeAlias(alias),
        ),
      ),
  ),
  route(
    "DELETE 2.0 registered-models/alias",
    { ...byName, alias: required(text()) },
    ({ name, alias }, { registry }) =>
      done(registry.removeAlias(checkModelName(name), checkAlias(alias))),
  ),
  route(
    "GET 2.0 registered-models/alias",
    { ...byName, alias: required(text()) },
    async ({ name, alias }, { registry }) => {
      checkModelName(name);
      if (checkAlias(alias).toLowerCase() !== "latest")
        return { model_version: versionMessage(await registry.versionByAlias(name, alias)) };
      const newest = (await registry.latestVersions(name)).reduce<StoredModelVersion | undefined>(
        (a, b) => (a !== undefined && a.number > b.number ? a : b),
        undefined,
      );
      return newest === undefined
        ? refuse("RESOURCE_DOES_NOT_EXIST", `Latest version not found for model ${name}.`)
        : { model_version: versionMessage(newest) };
    },
  ),
  route(
    "POST 2.0 model-versions/create",
    {
      ...{ ...byName, source: required(text()), run_id: text(), run_link: text() },
      ...{ tags: list(tag), description: text(), model_id: text() },
    },
    async ({ name, source, run_id = "", run_link, tags = [], description, model_id }, stores) => {
      checkModelName(name);
      const all = checkedTags(tags);
      const isPrompt =
        all.findLast(({ key }) => key === "mlflow.prompt.is_prompt")?.value.toLowerCase() ===
        "true";
      if (!isPrompt) await checkSource(source, run_id, stores.tracking);
      const version = await stores.registry.createVersion(name, {
        ...{ source, runId: run_id, runLink: run_link, modelId: model_id },
        ...{ description, tags: all },
      });
      return { model_version: versionMessage(version) };
    },
  ),
  route(
    "PATCH 2.0 model-versions/update",
    { ...byVersion, description: text() },
    async ({ name, version, description = "" }, { registry }) => ({
      model_version: versionMessage(
        await registry.describeVersion(idOf({ name, version }), description),
      ),
    }),
  ),
  route(
    "POST 2.0 model-versions/transition-stage",
    { ...byVersion, stage: required(text()), archive_existing_versions: required(bool()) },
    async ({ name, version, stage, archive_existing_versions }, { registry }) => {
      const to = stageOf(stage);
      const isActive = to === "Staging" || to === "Production";
      if (archive_existing_versions && !isActive)
        refuse(
          "INVALID_PARAMETER_VALUE",
          `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
        );
      const move = { stage: to, archiveExisting: archive_existing_versions };
      return {
        model_version: versionMessage(await registry.stageVersion(idOf({ name, version }), move)),
      };
    },
  ),
  route("DELETE 2.0 model-versions/delete", byVersion, (asked, { registry }) =>
    done(registry.deleteVersion(idOf(asked))),
  ),
  route("GET 2.0 model-versions/get", byVersion, async (asked, { registry }) => ({
    model_version: versionMessage(await registry.version(idOf(asked))),
  })),
  route("GET 2.0 model-versions/search", search, async (asked, { registry }) => {
    const {
      max_results: maxResults = 10_000,
      filter,
      order_by: orderBy,
      page_token: pageToken,
    } = asked;
    checkMost(maxResults, 200_000);
    const page = await registry.searchVersions({ filter, orderBy, maxResults, pageToken });
    return {
      ...listed("model_versions", page.items.map(versionMessage)),
      ...(page.nextPageToken === undefined ? {} : { next_page_token: page.nextPageToken }),
    };
  }),
  route("GET 2.0 model-versions/get-download-uri", byVersion, async (asked, { registry }) => ({
    artifact_uri: await registry.storage(idOf(asked)),
  })),
  route(
    "POST 2.0 model-versions/set-tag",
    { ...byVersion, key: required(text()), value: required(text()) },
    ({ key, value, ...asked }, { registry }) =>
      done(registry.setVersionTag(idOf(asked), checkedTag({ key, value }))),
  ),
  route(
    "DELETE 2.0 model-versions/delete-tag",
    { ...byVersion, key: required(text()) },
    ({ key, ...asked }, { registry }) => {
      checkName(key, "key");
      return done(registry.deleteVersionTag(idOf(asked), key));
    },
  ),
];

/** The message of a model. */
export const modelMessage = (model: StoredModel): object => ({
  name: model.name,
  creation_timestamp: model.createdAtMs,
  last_updated_timestamp: model.updatedAtMs,
  ...(model.description === "" ? {} : { description: model.description }),
  ...listed("latest_versions", model.latest.map(versionMessage)),
  ...listed(
    "tags",
    model.tags.map(({ key, value }) => ({ key, value })),
  ),
  ...listed(
    "aliases",
    model.aliases.map(({ alias, number }) => ({ alias, version: `${number}` })),
  ),
});

/** The message of a version. */
export const versionMessage = (version: StoredModelVersion): object => ({
  name: version.name,
  version: `${version.number}`,
  creation_timestamp: version.createdAtMs,
  last_updated_timestamp: version.updatedAtMs,
  ...(version.userId === "" ? {} : { user_id: version.userId }),
  current_stage: version.stage,
  description: version.description,
  source: version.source,
  run_id: version.runId,
  status: "READY",
  ...listed(
    "tags",
    version.tags.map(({ key, value }) => ({ key, value })),
  ),
  run_link: version.runLink,
  ...(version.aliases.length === 0 ? {} : { aliases: version.aliases }),
  ...(version.modelId === "" ? {} : { model_id: version.modelId }),
});

/** Refuses a name of a model that is none. */
function checkModelName(name: string): string {
  if (name.trim() === "") invalid(missingValue("name"));
  if (/[/:]/.test(name)) invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  return name;
}

function numberOf(version: string): number {
  if (!/^\d+$/.test(version)) invalid(`Parameter 'version' must be an integer, got '${version}'.`);
  return Number(version);
}

const idOf = ({ name, version }: { readonly name: string; readonly version: string }) => ({
  name: checkModelName(name),
  number: numberOf(version),
});

function stageOf(stage: string): Stage {
  const found = stages.find((known) => known.toLowerCase() === stage.toLowerCase());
  return (
    found ??
    invalid(
      `Invalid Model Version stage: ${stage}. Value must be one of None, Staging, Production, Archived.`,
    )
  );
}

function checkAlias(alias: string): string {
  if (alias === "") invalid("Registered model alias name cannot be empty.");
  if (!/^[\p{L}\p{N}_-]*$/u.test(alias))
    invalid(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  checkLength("Registered model alias name", longest.alias, alias);
  return alias;
}

/** An alias that may be set: "latest" and "v3" have a meaning already. */
function checkFreeAlias(alias: string): string {
  checkAlias(alias);
  if (alias.toLowerCase() === "latest")
    invalid("'latest' alias name (case insensitive) is reserved.");
  if (/^v\d+$/i.test(alias)) invalid(`Version alias name '${alias}' is reserved.`);
  return alias;
}

function checkMost(maxResults: number, most: number): void {
  if (maxResults > most)
    invalid(
      `Invalid value for request parameter max_results. It must be at most ${most}, but got value ${maxResults}`,
    );
  if (maxResults < 1)
    invalid(`Invalid value for max_results. It must be a positive integer, but got ${maxResults}`);
}

function checkedTag({ key, value = "" }: { readonly key: string; readonly value?: string }): Tag {
  checkName(key, "key");
  checkLength("key", longest.key, key);
  checkLength("value", longest.registryTag, value);
  return { key, value };
}

const checkedTags = (
  tags: readonly { readonly key: string; readonly value?: string }[],
): readonly Tag[] => tags.map(checkedTag);
