/** @file Runs in the tracking store: made, changed, put into the bin and read. */
import { fail } from "../errors.ts";
import { putTags } from "../run.ts";
import { checkActive, experimentRow } from "./experiments.ts";
import { placeOfFiles, type TrackingPlace } from "./place.ts";
import { readDetails, runInfo } from "./read-details.ts";
import type { KeyText, StoredRun, StoredRunInfo, StoredStatus } from "./records.ts";
import { activeRun, nameTag, type RunRow, runRow } from "./run-rows.ts";

/** A run to be made. */
export interface NewRun {
  readonly experimentId: string;
  readonly name?: string | undefined;
  readonly userId?: string | undefined;
  /** UTC milliseconds. Default: now. */
  readonly startedAtMs?: number | undefined;
  readonly tags?: readonly KeyText[] | undefined;
}

/** Makes a run that is running. Throws `run/missing-experiment-id`, `run/conflict-deleted`, `run/conflict-name`. */
export async function createRun(place: TrackingPlace, made: NewRun): Promise<StoredRun> {
  const { experimentId, userId = "", tags = [], startedAtMs = place.clock() } = made;
  const tagged = tags.find(({ key }) => key === nameTag)?.value;
  const id = place.ids().replaceAll("-", "");
  if (made.name && tagged && made.name !== tagged)
    fail("run/conflict-name", { name: made.name, tag: tagged });
  const name = made.name || tagged || `run-${id.slice(0, 8)}`;
  const texts = Object.fromEntries(tags.map((tag) => [tag.key, tag.value]));
  const allTags = { ...texts, [nameTag]: name };
  const row = await place.records.write(async (db) => {
    const experiment = await experimentRow(db, experimentId);
    checkActive(experiment);
    const made: RunRow = {
      ...{ id, name, experiment_id: experimentId, user_id: userId, status: "running" },
      ...{ started_at_ms: startedAtMs, ended_at_ms: null, deleted_at_ms: null },
      ...placeOfFiles(place, experiment, `${id}/artifacts`),
    };
    await db.insertInto("run").values(made).execute();
    await putTags(db, id, allTags);
    return made;
  });
  return {
    info: runInfo(place, row),
    tags: Object.entries(allTags).map(([key, value]) => ({ key, value })),
    ...{ metrics: [], params: [], datasets: [], modelInputs: [], modelOutputs: [] },
  };
}

/** A run with its data, a deleted one too. Throws `run/missing-run`. */
export async function getRun(place: TrackingPlace, id: string): Promise<StoredRun> {
  const [run] = await readDetails(place, [await runRow(place.records.db, id)]);
  return run ?? fail("run/missing-run", { id });
}

/** What may change of a run. */
export interface RunChange {
  readonly status?: StoredStatus | undefined;
  readonly endedAtMs?: number | undefined;
  readonly name?: string | undefined;
}

/** Changes a run, and gives what is known of it then. Throws `run/missing-run`, `run/conflict-deleted`. */
export function updateRun(
  place: TrackingPlace,
  id: string,
  { status, endedAtMs, name }: RunChange,
): Promise<StoredRunInfo> {
  return place.records.write(async (db) => {
    const row = await activeRun(db, id);
    const change = {
      ...(status === undefined ? {} : { status }),
      ...(endedAtMs === undefined ? {} : { ended_at_ms: endedAtMs }),
      ...(name ? { name } : {}),
    };
    if (Object.keys(change).length > 0)
      await db.updateTable("run").set(change).where("id", "=", id).execute();
    if (name) await putTags(db, id, { [nameTag]: name });
    return runInfo(place, { ...row, ...change });
  });
}

/** Puts a run into the bin, or takes it out of it. */
export function binRun(place: TrackingPlace, id: string, isDeleted: boolean): Promise<void> {
  return place.records.write(async (db) => {
    await runRow(db, id);
    const deleted_at_ms = isDeleted ? place.clock() : null;
    await db.updateTable("run").set({ deleted_at_ms }).where("id", "=", id).execute();
  });
}
