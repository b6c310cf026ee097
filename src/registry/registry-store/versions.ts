/** @file Versions in the registry store: made by clients of the protocol, described, staged and deleted. */
import { formatJson } from "../../core/index.ts";
import type { RecordDatabase } from "../../store/index.ts";
import { moveAlias, type Who } from "../aliases.ts";
import { addAudit } from "../audit.ts";
import { fail } from "../errors.ts";
import { touch } from "./models.ts";
import type { RegistryPlace } from "./place.ts";
import { modelRow, versionRow, withVersionDetails } from "./read.ts";
import type { Stage, StoredModelVersion, Tag } from "./records.ts";

/** A version to be made of files that are somewhere already. */
export interface NewVersion extends Who {
  /** Where it comes from: "runs:/1f…/model". */
  readonly source: string;
  /** Where its files are. Default: the source. */
  readonly storage?: string | undefined;
  readonly runId?: string | undefined;
  readonly runLink?: string | undefined;
  readonly modelId?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

/** Makes the next version of a model. Throws `registry/missing-model`. */
export async function createVersion(
  place: RegistryPlace,
  name: string,
  made: NewVersion,
): Promise<StoredModelVersion> {
  const { source, storage = source, runId = "", runLink = "", modelId = "" } = made;
  const { description = "", tags = [], actor = "unknown", reason = "" } = made;
  const number = await place.records.write(async (db) => {
    await modelRow(db, name);
    const { last } = await db
      .selectFrom("model_version")
      .select((is) => is.fn.max("number").as("last"))
      .where("name", "=", name)
      .executeTakeFirstOrThrow();
    const next = Number(last ?? 0) + 1;
    const now = place.clock();
    await db
      .insertInto("model_version")
      .values({
        ...{ name, number: next, run_id: runId, description },
        ...{
          model_kind: "mlflow",
          model_hash: "",
          signature: "",
          files: formatJson({}),
          source: "",
        },
        ...{ source_uri: source, storage_uri: storage, run_link: runLink, model_id: modelId },
        ...{ created_at_ms: now, updated_at_ms: now, deleted_at_ms: null },
      })
      .execute();
    await putVersionTags(db, { name, number: next }, tags);
    await touch(place, db, name);
    await addAudit(db, name, {
      atMs: now,
      actor,
      action: "register",
      alias: null,
      from: null,
      to: next,
      reason,
    });
    return next;
  });
  return getVersion(place, name, number);
}

/** A version. Throws `registry/missing-version`. */
export async function getVersion(
  place: RegistryPlace,
  name: string,
  number: number,
): Promise<StoredModelVersion> {
  const row = await versionRow(place.records.db, name, number);
  const [version] = await withVersionDetails(place, [row]);
  return version ?? fail("registry/missing-version", { name, number, known: [] });
}

/** Where the files of a version are. */
export async function versionStorage(
  place: RegistryPlace,
  name: string,
  number: number,
): Promise<string> {
  const { storage_uri, source } = await versionRow(place.records.db, name, number);
  return storage_uri === "" ? place.addressOf(source) : storage_uri;
}

/** Describes a version. */
export async function describeVersion(
  place: RegistryPlace,
  { name, number }: { readonly name: string; readonly number: number },
  description: string,
): Promise<StoredModelVersion> {
  await changed(place, { name, number }, (db, at) =>
    db
      .updateTable("model_version")
      .set({ description, updated_at_ms: at })
      .where("name", "=", name)
      .where("number", "=", number)
      .execute(),
  );
  return getVersion(place, name, number);
}

/** Where a version goes, and whether those that are there go to "Archived". */
export interface StageMove {
  readonly stage: Stage;
  readonly archiveExisting?: boolean | undefined;
}

/** Moves a version to a stage. */
export async function stageVersion(
  place: RegistryPlace,
  { name, number }: { readonly name: string; readonly number: number },
  { stage, archiveExisting = false }: StageMove,
): Promise<StoredModelVersion> {
  await changed(place, { name, number }, async (db, at) => {
    if (archiveExisting)
      await db
        .updateTable("model_version")
        .set({ stage: "Archived", updated_at_ms: at })
        .where("name", "=", name)
        .where("stage", "=", stage)
        .where("number", "<>", number)
        .execute();
    await db
      .updateTable("model_version")
      .set({ stage, updated_at_ms: at })
      .where("name", "=", name)
      .where("number", "=", number)
      .execute();
  });
  return getVersion(place, name, number);
}

/** Deletes a version, and the aliases that stand on it. Its number is not used again. */
export function deleteVersion(
  place: RegistryPlace,
  { name, number }: { readonly name: string; readonly number: number },
  { actor = "unknown", reason = "" }: Who = {},
): Promise<void> {
  return changed(place, { name, number }, async (db, at) => {
    const aliases = await db
      .selectFrom("model_alias")
      .select("alias")
      .where("name", "=", name)
      .where("number", "=", number)
      .execute();
    for (const { alias } of aliases)
      await moveAlias(db, name, { alias, to: null, atMs: at, actor, reason });
    await db
      .updateTable("model_version")
      .set({ deleted_at_ms: at, updated_at_ms: at })
      .where("name", "=", name)
      .where("number", "=", number)
      .execute();
  });
}

/** Sets a tag of a version. */
export function setVersionTag(
  place: RegistryPlace,
  of: { readonly name: string; readonly number: number },
  tag: Tag,
): Promise<void> {
  return changed(place, of, (db) => putVersionTags(db, of, [tag]));
}

/** Removes a tag of a version; one that is not there too. */
export function deleteVersionTag(
  place: RegistryPlace,
  of: { readonly name: string; readonly number: number },
  key: string,
): Promise<void> {
  return changed(place, of, (db) =>
    db
      .deleteFrom("model_version_tag")
      .where("name", "=", of.name)
      .where("number", "=", of.number)
      .where("key", "=", key)
      .execute(),
  );
}

/** Does something to a version that is there, in one transaction; the model was changed then. */
async function changed(
  place: RegistryPlace,
  { name, number }: { readonly name: string; readonly number: number },
  work: (db: RecordDatabase, atMs: number) => Promise<unknown>,
): Promise<void> {
  await place.records.write(async (db) => {
    await versionRow(db, name, number);
    await work(db, place.clock());
    await touch(place, db, name);
  });
}

async function putVersionTags(
  db: RecordDatabase,
  { name, number }: { readonly name: string; readonly number: number },
  tags: readonly Tag[],
): Promise<void> {
  const byKey = new Map(tags.map(({ key, value }) => [key, value]));
  if (byKey.size === 0) return;
  await db
    .insertInto("model_version_tag")
    .values([...byKey].map(([key, value]) => ({ name, number, key, value })))
    .onConflict((on) =>
      on
        .columns(["name", "number", "key"])
        .doUpdateSet((set) => ({ value: set.ref("excluded.value") })),
    )
    .execute();
}
