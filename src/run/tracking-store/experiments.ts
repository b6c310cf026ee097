/** @file Experiments in the tracking store: made, renamed, put into the bin and taken out of it. */
import type { RecordDatabase } from "../../store/index.ts";
import { fail } from "../errors.ts";
import { nextExperimentId } from "../experiments.ts";
import { experimentUri, type TrackingPlace } from "./place.ts";
import type { KeyText, StoredExperiment } from "./records.ts";

/** An experiment to be made. */
export interface NewExperiment {
  readonly name: string;
  /** Default: the store's own place. */
  readonly artifactLocation?: string | undefined;
  readonly tags?: readonly KeyText[] | undefined;
}

/** Makes an experiment, and gives its id. Throws `run/conflict-experiment` where the name is taken, by a deleted one too. */
export function createExperiment(place: TrackingPlace, made: NewExperiment): Promise<string> {
  const { name, artifactLocation = "", tags = [] } = made;
  return place.records.write(async (db) => {
    const taken = await db
      .selectFrom("experiment")
      .select("id")
      .where("name", "=", name)
      .executeTakeFirst();
    if (taken !== undefined) fail("run/conflict-experiment", { name });
    const id = await nextExperimentId(db);
    const now = place.clock();
    const times = { created_at_ms: now, updated_at_ms: now, deleted_at_ms: null };
    await db
      .insertInto("experiment")
      .values({ id, name, ...times, artifact_location: artifactLocation })
      .execute();
    await putExperimentTags(db, id, tags);
    return id;
  });
}

/** An experiment by its id, a deleted one too. Throws `run/missing-experiment-id`. */
export async function getExperiment(place: TrackingPlace, id: string): Promise<StoredExperiment> {
  const [found] = await withTags(place, [await experimentRow(place.records.db, id)]);
  return found ?? fail("run/missing-experiment-id", { id });
}

/** An experiment by its name; undefined where none has it. */
export async function getExperimentByName(
  place: TrackingPlace,
  name: string,
): Promise<StoredExperiment | undefined> {
  const row = await place.records.db
    .selectFrom("experiment")
    .selectAll()
    .where("name", "=", name)
    .executeTakeFirst();
  return row === undefined ? undefined : (await withTags(place, [row]))[0];
}

/** Gives an experiment another name. Throws `run/conflict-deleted`, `run/conflict-experiment`. */
export function renameExperiment(place: TrackingPlace, id: string, name: string): Promise<void> {
  return place.records.write(async (db) => {
    const { deleted_at_ms } = await experimentRow(db, id);
    if (deleted_at_ms !== null)
      fail("run/conflict-deleted", { what: "experiment", id, doing: "rename" });
    const other = await db
      .selectFrom("experiment")
      .select("id")
      .where("name", "=", name)
      .executeTakeFirst();
    if (other !== undefined && other.id !== id) fail("run/conflict-experiment", { name });
    await db
      .updateTable("experiment")
      .set({ name, updated_at_ms: place.clock() })
      .where("id", "=", id)
      .execute();
  });
}

/** Puts an experiment and its runs into the bin, or takes them out of it. */
export function binExperiment(place: TrackingPlace, id: string, isDeleted: boolean): Promise<void> {
  return place.records.write(async (db) => {
    const { deleted_at_ms } = await experimentRow(db, id);
    if ((deleted_at_ms !== null) === isDeleted) fail("run/missing-experiment-id", { id });
    const now = place.clock();
    const deleted = { deleted_at_ms: isDeleted ? now : null };
    await db
      .updateTable("experiment")
      .set({ ...deleted, updated_at_ms: now })
      .where("id", "=", id)
      .execute();
    await db.updateTable("run").set(deleted).where("experiment_id", "=", id).execute();
  });
}

/** Sets a tag of an experiment. Throws `run/conflict-deleted`. */
export function setExperimentTag(place: TrackingPlace, id: string, tag: KeyText): Promise<void> {
  return place.records.write(async (db) => {
    checkActive(await experimentRow(db, id));
    await putExperimentTags(db, id, [tag]);
    await db
      .updateTable("experiment")
      .set({ updated_at_ms: place.clock() })
      .where("id", "=", id)
      .execute();
  });
}

/** Removes a tag of an experiment. Throws `run/missing-tag`. */
export function deleteExperimentTag(place: TrackingPlace, id: string, key: string): Promise<void> {
  return place.records.write(async (db) => {
    checkActive(await experimentRow(db, id));
    const { numDeletedRows } = await db
      .deleteFrom("experiment_tag")
      .where("experiment_id", "=", id)
      .where("key", "=", key)
      .executeTakeFirst();
    if (numDeletedRows === 0n) fail("run/missing-tag", { key, of: `experiment with id ${id}` });
  });
}

/** A row of the table of experiments. */
export type ExperimentRow = Awaited<ReturnType<typeof experimentRow>>;

/** The row of an experiment. Throws `run/missing-experiment-id`. */
export async function experimentRow(db: RecordDatabase, id: string) {
  const row = await db.selectFrom("experiment").selectAll().where("id", "=", id).executeTakeFirst();
  return row ?? fail("run/missing-experiment-id", { id });
}

/** Refuses an experiment in the bin. Throws `run/conflict-deleted`. */
export function checkActive({ id, deleted_at_ms }: ExperimentRow): void {
  if (deleted_at_ms !== null)
    fail("run/conflict-deleted", { what: "experiment", id, doing: "use" });
}

/** Rows with their tags, in their order. */
export async function withTags(
  place: TrackingPlace,
  rows: readonly ExperimentRow[],
): Promise<readonly StoredExperiment[]> {
  const ids = rows.map(({ id }) => id);
  const tags =
    ids.length === 0
      ? []
      : await place.records.db
          .selectFrom("experiment_tag")
          .selectAll()
          .where("experiment_id", "in", ids)
          .orderBy("key")
          .execute();
  const tagsOf = Map.groupBy(tags, (tag) => tag.experiment_id);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    artifactLocation: experimentUri(place, { id: row.id, location: row.artifact_location }),
    lifecycleStage: row.deleted_at_ms === null ? "active" : "deleted",
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    tags: (tagsOf.get(row.id) ?? []).map(({ key, value }) => ({ key, value })),
  }));
}

async function putExperimentTags(
  db: RecordDatabase,
  id: string,
  tags: readonly KeyText[],
): Promise<void> {
  const byKey = new Map(tags.map(({ key, value }) => [key, value]));
  if (byKey.size === 0) return;
  await db
    .insertInto("experiment_tag")
    .values([...byKey].map(([key, value]) => ({ experiment_id: id, key, value })))
    .onConflict((on) =>
      on
        .columns(["experiment_id", "key"])
        .doUpdateSet((set) => ({ value: set.ref("excluded.value") })),
    )
    .execute();
}
