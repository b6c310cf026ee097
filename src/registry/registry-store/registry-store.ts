/** @file The registry store: models and versions in records, with everything that MLflow's protocol asks of them. */
import { checkNames, systemClock } from "../../core/index.ts";
import type { Page } from "../../store/index.ts";
import { moveAlias, type Who } from "../aliases.ts";
import { fail } from "../errors.ts";
import {
  createModel,
  deleteModel,
  deleteModelTag,
  describeModel,
  getModel,
  type NewModel,
  renameModel,
  setModelTag,
} from "./models.ts";
import type { RegistryPlace, RegistryStoreOptions } from "./place.ts";
import { latestVersions, modelRow, versionRow } from "./read.ts";
import type { Stage, StoredModel, StoredModelVersion, Tag } from "./records.ts";
import { type ModelSearch, searchModels, searchVersions } from "./search.ts";
import {
  createVersion,
  deleteVersion,
  deleteVersionTag,
  describeVersion,
  getVersion,
  type NewVersion,
  type StageMove,
  setVersionTag,
  stageVersion,
  versionStorage,
} from "./versions.ts";

/** Which version is meant. */
export interface VersionId {
  readonly name: string;
  readonly number: number;
}

/** Models and versions as MLflow's protocol speaks of them. What a promise has resolved for is on the disk. */
export interface RegistryStore {
  createModel(made: NewModel): Promise<StoredModel>;
  model(name: string): Promise<StoredModel>;
  searchModels(search: ModelSearch): Promise<Page<StoredModel>>;
  describeModel(name: string, description: string): Promise<StoredModel>;
  renameModel(from: string, to: string): Promise<StoredModel>;
  deleteModel(name: string): Promise<void>;
  setModelTag(name: string, tag: Tag): Promise<void>;
  deleteModelTag(name: string, key: string): Promise<void>;
  createVersion(name: string, made: NewVersion): Promise<StoredModelVersion>;
  version(of: VersionId): Promise<StoredModelVersion>;
  /** The newest version of each stage that is asked for. */
  latestVersions(name: string, stages?: readonly Stage[]): Promise<readonly StoredModelVersion[]>;
  searchVersions(search: ModelSearch): Promise<Page<StoredModelVersion>>;
  describeVersion(of: VersionId, description: string): Promise<StoredModelVersion>;
  stageVersion(of: VersionId, move: StageMove): Promise<StoredModelVersion>;
  deleteVersion(of: VersionId, who?: Who): Promise<void>;
  /** Where the files of a version are. */
  storage(of: VersionId): Promise<string>;
  setVersionTag(of: VersionId, tag: Tag): Promise<void>;
  deleteVersionTag(of: VersionId, key: string): Promise<void>;
  setAlias(of: VersionId, alias: string, who?: Who): Promise<void>;
  /** Removes an alias; one that is not there too. */
  removeAlias(name: string, alias: string, who?: Who): Promise<void>;
  versionByAlias(name: string, alias: string): Promise<StoredModelVersion>;
}

/**
 * Opens the registry store over records. It holds nothing itself: close the records.
 *
 * @throws `option/unknown-name`. Its methods throw `registry/missing-…` for what is not there,
 * `registry/conflict-model` for names that are taken, and `store/corrupt-…` for filters, orders and page tokens.
 * @example
 * ```ts
 * await using records = await openRecords(":memory:");
 * const store = openRegistryStore({ records, addressOf: (source) => `file:///data/${source}` });
 * await store.createModel({ name: "churn" });
 * const { number } = await store.createVersion("churn", { source: "s3://models/churn" });
 * await store.setAlias({ name: "churn", number }, "champion");
 * (await store.versionByAlias("churn", "champion")).source // => "s3://models/churn"
 * ```
 * @see Peer: MLflow's model registry store.
 */
export function openRegistryStore(options: RegistryStoreOptions): RegistryStore {
  checkNames("openRegistryStore", options, ["records", "addressOf", "clock"]);
  const place: RegistryPlace = { clock: systemClock, ...options };
  return {
    createModel: (made) => createModel(place, made),
    model: (name) => getModel(place, name),
    searchModels: (search) => searchModels(place, search),
    describeModel: (name, description) => describeModel(place, name, description),
    renameModel: (from, to) => renameModel(place, from, to),
    deleteModel: (name) => deleteModel(place, name),
    setModelTag: (name, tag) => setModelTag(place, name, tag),
    deleteModelTag: (name, key) => deleteModelTag(place, name, key),
    createVersion: (name, made) => createVersion(place, name, made),
    version: ({ name, number }) => getVersion(place, name, number),
    latestVersions: async (name, stages) => {
      await modelRow(place.records.db, name);
      const latest = await latestVersions(place, [name]);
      return stages === undefined ? latest : latest.filter(({ stage }) => stages.includes(stage));
    },
    searchVersions: (search) => searchVersions(place, search),
    describeVersion: (of, description) => describeVersion(place, of, description),
    stageVersion: (of, move) => stageVersion(place, of, move),
    deleteVersion: (of, who) => deleteVersion(place, of, who),
    storage: ({ name, number }) => versionStorage(place, name, number),
    setVersionTag: (of, tag) => setVersionTag(place, of, tag),
    deleteVersionTag: (of, key) => deleteVersionTag(place, of, key),
    setAlias: (of, alias, who) => setAlias(place, { ...of, alias }, who),
    removeAlias: (name, alias, who) => removeAlias(place, { name, alias }, who),
    versionByAlias: (name, alias) => versionByAlias(place, name, alias),
  };
}

function setAlias(
  place: RegistryPlace,
  { name, number, alias }: VersionId & { readonly alias: string },
  { actor = "unknown", reason = "" }: Who = {},
): Promise<void> {
  return place.records.write(async (db) => {
    await versionRow(db, name, number);
    await moveAlias(db, name, { alias, to: number, atMs: place.clock(), actor, reason });
  });
}

function removeAlias(
  place: RegistryPlace,
  { name, alias }: { readonly name: string; readonly alias: string },
  { actor = "unknown", reason = "" }: Who = {},
): Promise<void> {
  return place.records.write(async (db) => {
    await modelRow(db, name);
    await moveAlias(db, name, { alias, to: null, atMs: place.clock(), actor, reason });
  });
}

async function versionByAlias(
  place: RegistryPlace,
  name: string,
  alias: string,
): Promise<StoredModelVersion> {
  const { db } = place.records;
  await modelRow(db, name);
  const row = await db
    .selectFrom("model_alias")
    .select("number")
    .where("name", "=", name)
    .where("alias", "=", alias)
    .executeTakeFirst();
  return row === undefined
    ? fail("registry/missing-alias", { name, alias, known: [] })
    : getVersion(place, name, row.number);
}
