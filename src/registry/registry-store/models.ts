/** @file Registered models in the registry store: made, described, renamed and deleted. */
import type { RecordDatabase } from "../../store/index.ts";
import { fail } from "../errors.ts";
import type { RegistryPlace } from "./place.ts";
import { modelRow, withModelDetails } from "./read.ts";
import type { StoredModel, Tag } from "./records.ts";

/** A model to be made. */
export interface NewModel {
  readonly name: string;
  readonly description?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

/** Makes a model without versions. Throws `registry/conflict-model` where one has the name. */
export async function createModel(place: RegistryPlace, made: NewModel): Promise<StoredModel> {
  const { name, description = "", tags = [] } = made;
  await place.records.write(async (db) => {
    const row = await db
      .selectFrom("registered_model")
      .select("deleted_at_ms")
      .where("name", "=", name)
      .executeTakeFirst();
    if (row !== undefined && row.deleted_at_ms === null) fail("registry/conflict-model", { name });
    const now = place.clock();
    const facts = { description, created_at_ms: now, updated_at_ms: now, deleted_at_ms: null };
    // The numbers of a model that was deleted are not used again: models:/churn/1 stays what it was.
    await db
      .insertInto("registered_model")
      .values({ name, ...facts })
      .onConflict((on) => on.column("name").doUpdateSet(facts))
      .execute();
    await putModelTags(db, name, tags);
  });
  return getModel(place, name);
}

/** A model. Throws `registry/missing-model`. */
export async function getModel(place: RegistryPlace, name: string): Promise<StoredModel> {
  const [model] = await withModelDetails(place, [await modelRow(place.records.db, name)]);
  return model ?? fail("registry/missing-model", { name, known: [] });
}

/** Describes a model. */
export async function describeModel(
  place: RegistryPlace,
  name: string,
  description: string,
): Promise<StoredModel> {
  await place.records.write(async (db) => {
    await modelRow(db, name);
    await db
      .updateTable("registered_model")
      .set({ description, updated_at_ms: place.clock() })
      .where("name", "=", name)
      .execute();
  });
  return getModel(place, name);
}

/** Gives a model, its versions, its tags, its aliases and its audit log another name. Throws `registry/conflict-model`. */
export async function renameModel(
  place: RegistryPlace,
  from: string,
  to: string,
): Promise<StoredModel> {
  await place.records.write(async (db) => {
    const row = await modelRow(db, from);
    const taken = await db
      .selectFrom("registered_model")
      .select("name")
      .where("name", "=", to)
      .executeTakeFirst();
    if (taken !== undefined) fail("registry/conflict-model", { name: to });
    const now = place.clock();
    await db
      .insertInto("registered_model")
      .values({ ...row, name: to, updated_at_ms: now })
      .execute();
    const versions = await db
      .selectFrom("model_version")
      .selectAll()
      .where("name", "=", from)
      .execute();
    for (const version of versions)
      await db
        .insertInto("model_version")
        .values({ ...version, name: to, updated_at_ms: now })
        .execute();
    for (const table of childTables)
      await db.updateTable(table).set({ name: to }).where("name", "=", from).execute();
    await db.deleteFrom("model_version").where("name", "=", from).execute();
    await db.deleteFrom("registered_model").where("name", "=", from).execute();
  });
  return getModel(place, to);
}

const childTables = [
  "model_version_metric",
  "model_version_tag",
  "model_alias",
  "registered_model_tag",
  "registry_audit",
] as const;

/** Deletes a model with its versions, tags and aliases; its audit log stays. */
export function deleteModel(place: RegistryPlace, name: string): Promise<void> {
  return place.records.write(async (db) => {
    await modelRow(db, name);
    const deleted_at_ms = place.clock();
    await db
      .updateTable("model_version")
      .set({ deleted_at_ms })
      .where("name", "=", name)
      .where("deleted_at_ms", "is", null)
      .execute();
    await db
      .updateTable("registered_model")
      .set({ deleted_at_ms })
      .where("name", "=", name)
      .execute();
    await db.deleteFrom("model_alias").where("name", "=", name).execute();
    await db.deleteFrom("registered_model_tag").where("name", "=", name).execute();
  });
}

/** Sets a tag of a model. */
export function setModelTag(place: RegistryPlace, name: string, tag: Tag): Promise<void> {
  return place.records.write(async (db) => {
    await modelRow(db, name);
    await putModelTags(db, name, [tag]);
    await touch(place, db, name);
  });
}

/** Removes a tag of a model; one that is not there too. */
export function deleteModelTag(place: RegistryPlace, name: string, key: string): Promise<void> {
  return place.records.write(async (db) => {
    await modelRow(db, name);
    await db
      .deleteFrom("registered_model_tag")
      .where("name", "=", name)
      .where("key", "=", key)
      .execute();
    await touch(place, db, name);
  });
}

/** Says that a model was changed now. */
export async function touch(place: RegistryPlace, db: RecordDatabase, name: string): Promise<void> {
  await db
    .updateTable("registered_model")
    .set({ updated_at_ms: place.clock() })
    .where("name", "=", name)
    .execute();
}

async function putModelTags(db: RecordDatabase, name: string, tags: readonly Tag[]): Promise<void> {
  const byKey = new Map(tags.map(({ key, value }) => [key, value]));
  if (byKey.size === 0) return;
  await db
    .insertInto("registered_model_tag")
    .values([...byKey].map(([key, value]) => ({ name, key, value })))
    .onConflict((on) =>
      on.columns(["name", "key"]).doUpdateSet((set) => ({ value: set.ref("excluded.value") })),
    )
    .execute();
}
