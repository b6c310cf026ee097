/** @file Rows of models and versions, with their tags and aliases. */
import type { RecordDatabase } from "../../store/index.ts";
import { fail } from "../errors.ts";
import type { RegistryPlace } from "./place.ts";
import type { Stage, StoredModel, StoredModelVersion } from "./records.ts";

/** A row of the table of models. */
export type ModelRow = Awaited<ReturnType<typeof modelRow>>;

/** A row of the table of versions. */
export type VersionRow = Awaited<ReturnType<typeof versionRow>>;

/** The row of a model. Throws `registry/missing-model`. */
export async function modelRow(db: RecordDatabase, name: string) {
  const row = await db
    .selectFrom("registered_model")
    .selectAll()
    .where("name", "=", name)
    .where("deleted_at_ms", "is", null)
    .executeTakeFirst();
  return row ?? fail("registry/missing-model", { name, known: [] });
}

/** The row of a version. Throws `registry/missing-version`. */
export async function versionRow(db: RecordDatabase, name: string, number: number) {
  const row = await db
    .selectFrom("model_version")
    .selectAll()
    .where("name", "=", name)
    .where("number", "=", number)
    .where("deleted_at_ms", "is", null)
    .executeTakeFirst();
  return row ?? fail("registry/missing-version", { name, number, known: [] });
}

/** Models with what belongs to them, in the order of their rows. */
export async function withModelDetails(
  place: RegistryPlace,
  rows: readonly ModelRow[],
): Promise<readonly StoredModel[]> {
  const { db } = place.records;
  const names = rows.map(({ name }) => name);
  if (names.length === 0) return [];
  const tags = await db
    .selectFrom("registered_model_tag")
    .selectAll()
    .where("name", "in", names)
    .orderBy("key")
    .execute();
  const aliases = await aliasesOf(db, names);
  const latest = await latestVersions(place, names);
  return rows.map((row) => ({
    name: row.name,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    description: row.description,
    tags: tags.filter(({ name }) => name === row.name).map(({ key, value }) => ({ key, value })),
    aliases: aliases
      .filter(({ name }) => name === row.name)
      .map(({ alias, number }) => ({ alias, number })),
    latest: latest.filter(({ name }) => name === row.name),
  }));
}

/** The newest version of each stage of models. */
export async function latestVersions(
  place: RegistryPlace,
  names: readonly string[],
): Promise<readonly StoredModelVersion[]> {
  const { db } = place.records;
  const newest = await db
    .selectFrom("model_version")
    .select((is) => ["name", "stage", is.fn.max("number").as("number")])
    .where("name", "in", names)
    .where("deleted_at_ms", "is", null)
    .groupBy(["name", "stage"])
    .execute();
  const wanted = new Set(newest.map(({ name, number }) => `${name}/${number}`));
  const numbers = newest.map(({ number }) => Number(number));
  if (numbers.length === 0) return [];
  const rows = await db
    .selectFrom("model_version")
    .selectAll()
    .where("name", "in", names)
    .where("number", "in", numbers)
    .orderBy("number")
    .execute();
  return withVersionDetails(
    place,
    rows.filter(({ name, number }) => wanted.has(`${name}/${number}`)),
  );
}

/** Versions with what belongs to them, in the order of their rows. */
export async function withVersionDetails(
  place: RegistryPlace,
  rows: readonly VersionRow[],
): Promise<readonly StoredModelVersion[]> {
  const { db } = place.records;
  const names = [...new Set(rows.map(({ name }) => name))];
  if (names.length === 0) return [];
  const tags = await db
    .selectFrom("model_version_tag")
    .selectAll()
    .where("name", "in", names)
    .orderBy("key")
    .execute();
  const tagsOf = Map.groupBy(tags, ({ name, number }) => `${name}/${number}`);
  const aliasesBy = Map.groupBy(
    await aliasesOf(db, names),
    ({ name, number }) => `${name}/${number}`,
  );
  return rows.map((row) => ({
    name: row.name,
    number: row.number,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    description: row.description,
    userId: row.user_id,
    stage: row.stage as Stage,
    source: row.source_uri === "" ? place.addressOf(row.source) : row.source_uri,
    runId: row.run_id,
    runLink: row.run_link,
    modelId: row.model_id,
    tags: (tagsOf.get(`${row.name}/${row.number}`) ?? []).map(({ key, value }) => ({ key, value })),
    aliases: (aliasesBy.get(`${row.name}/${row.number}`) ?? []).map(({ alias }) => alias),
  }));
}

const aliasesOf = (db: RecordDatabase, names: readonly string[]) =>
  db.selectFrom("model_alias").selectAll().where("name", "in", names).orderBy("alias").execute();
