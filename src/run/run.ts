/** @file A run that is going on: what can be logged to it, and how it ends. */
import { type Clock, checkChoice, formatJson, type Ids } from "../core/index.ts";
import type { Cells, Json, RunStatus, ServedModel } from "../flow.ts";
import type { Bytes, RecordDatabase, Records } from "../store/index.ts";
import { type Artifacts, listArtifacts, readArtifact } from "./artifacts.ts";
import { fail } from "./errors.ts";
import { checkArtifactPath, checkLogKey, checkText, longest } from "./keys.ts";
import { addPoints, type MetricPoint } from "./metrics.ts";
import { aboutFiles, modelFolder } from "./model-folder.ts";
import { putParams } from "./params.ts";

/** How a run can end. */
export type EndStatus = Exclude<RunStatus, "running">;

/** Options of {@link Run.logModel}. */
export interface LogModelOptions {
  /** A row, or some rows, that the model takes; of a model with lookups, a request (`lookups.request`). */
  readonly inputExample: Cells | readonly Cells[];
  /** The folder among the run's artifacts. Default "model". */
  readonly name?: string;
}

/**
 * A run that is going on. What a promise has resolved for survives a crash. Leaving a block that
 * holds it by `await using` ends it as failed, unless it was ended before.
 */
export interface Run extends AsyncDisposable {
  readonly id: string;
  readonly experiment: string;
  readonly name: string;
  /** What went in. A param never changes; the same value again is fine. Others are kept as JSON. */
  logParams(params: Readonly<Record<string, Json>>): Promise<void>;
  /** What was measured, at a step; in one transaction. The default step is 0. */
  logMetrics(metrics: Readonly<Record<string, number>>, step?: number): Promise<void>;
  /** Points of metrics with their own steps and times, such as a learning curve, in one transaction. */
  logPoints(points: readonly MetricPoint[]): Promise<void>;
  /** Notes; a later value takes the place of an earlier one. */
  logTags(tags: Readonly<Record<string, string>>): Promise<void>;
  /** A file; a later one takes the place of an earlier one at the same path. */
  logArtifact(path: string, bytes: Uint8Array): Promise<void>;
  /** A model, as an MLflow model folder among the artifacts. */
  logModel(model: ServedModel, options: LogModelOptions): Promise<void>;
  /** The paths of the artifacts, sorted. */
  artifacts(): Promise<readonly string[]>;
  artifact(path: string): Promise<Uint8Array>;
  /** Ends the run, "finished" unless told otherwise. The first end counts; later ones do nothing. */
  end(status?: EndStatus): Promise<void>;
}

/** What a run is kept in, and who it is. */
export interface RunPlace {
  readonly records: Records;
  readonly bytes: Bytes;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly id: string;
  readonly experiment: string;
  readonly name: string;
  readonly artifactRoot: string;
}

/** The handle of a run whose record is there. It holds nothing but where things are. */
export function runAt(place: RunPlace): Run {
  const { id, experiment, name, clock } = place;
  const at: Artifacts = { bytes: place.bytes, runId: id, root: place.artifactRoot };
  const end = (status: EndStatus = "finished"): Promise<void> => endRun(place, status);
  return {
    id,
    experiment,
    name,
    end,
    logParams: (params) => logParams(place, params),
    logMetrics: (metrics, step = 0) => {
      const atMs = clock();
      const points = Object.entries(metrics).map(([key, value]) => ({ key, value, step, atMs }));
      return logPoints(place, points);
    },
    logPoints: (points) => logPoints(place, points),
    logTags: (tags) => {
      checkTags("logTags", tags);
      return whileRunning(place, (db) => putTags(db, id, tags));
    },
    logArtifact: async (path, bytes) => {
      const key = `${at.root}/${checkArtifactPath(path)}`;
      await whileRunning(place, async () => undefined);
      await place.bytes.put(key, bytes);
    },
    logModel: (model, options) => logModel(place, model, options),
    artifacts: () => listArtifacts(at),
    artifact: (path) => readArtifact(at, path),
    [Symbol.asyncDispose]: () => end("failed"),
  };
}

/** Checks tags. Throws `run/out-of-range-key`, `run/out-of-range-value`. */
export function checkTags(at: string, tags: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(tags)) {
    checkLogKey(at, key);
    checkText(at, [key, value], longest.tag);
  }
}

/** Writes tags of a run, in place of earlier ones. */
export async function putTags(
  db: RecordDatabase,
  runId: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const rows = Object.entries(tags).map(([key, value]) => ({ run_id: runId, key, value }));
  if (rows.length === 0) return;
  await db
    .insertInto("run_tag")
    .values(rows)
    .onConflict((on) =>
      on.columns(["run_id", "key"]).doUpdateSet((set) => ({ value: set.ref("excluded.value") })),
    )
    .execute();
}

/** Does something in one transaction, unless the run has ended. */
async function whileRunning(
  { records, id }: RunPlace,
  work: (db: RecordDatabase) => Promise<void>,
): Promise<void> {
  await records.db.transaction().execute(async (transaction) => {
    const { status } = await transaction
      .selectFrom("run")
      .select("status")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    if (status !== "running") fail("run/conflict-ended", { run: id, status });
    await work(transaction);
  });
}

async function logParams(place: RunPlace, params: Readonly<Record<string, Json>>): Promise<void> {
  const given = Object.entries(params).map(([key, value]) => {
    const text = paramText(value);
    checkLogKey("logParams", key);
    checkText("logParams", [key, text], longest.param);
    return { key, value: text };
  });
  await whileRunning(place, (db) => putParams(db, place.id, given));
}

/** Texts as they are; the rest as JSON. */
function paramText(value: Json): string {
  return typeof value === "string" ? value : formatJson(value);
}

async function logPoints(place: RunPlace, points: readonly MetricPoint[]): Promise<void> {
  for (const { key, value, step, atMs } of points) {
    checkLogKey("logMetrics", key);
    const whole = Number.isSafeInteger(step) && Number.isSafeInteger(atMs);
    if (typeof value === "number" && whole) continue;
    const got = `${value} at step ${step} and ${atMs} ms`;
    const expected = "a number, at a step and a time that are whole numbers";
    fail("run/out-of-range-value", { at: "logMetrics", key, expected, got });
  }
  await whileRunning(place, (db) => addPoints(db, place.id, points));
}

async function logModel(
  place: RunPlace,
  model: ServedModel,
  options: LogModelOptions,
): Promise<void> {
  const { inputExample, name = "model" } = options;
  const folder = `${place.artifactRoot}/${checkArtifactPath(name)}`;
  const rows = isRows(inputExample) ? inputExample : [inputExample];
  const files = modelFolder(model, {
    ...{ runId: place.id, uuid: place.ids(), atMs: place.clock() },
    ...{ artifactPath: name, inputExample: rows },
  });
  await whileRunning(place, async () => undefined);
  // The file that makes the folder a model goes first and comes last: a crash leaves no half model.
  await place.bytes.remove(`${folder}/${aboutFiles.facts}`);
  for (const [path, bytes] of files)
    await place.bytes.put(`${folder}/${checkArtifactPath(path)}`, bytes);
}

const isRows = (example: Cells | readonly Cells[]): example is readonly Cells[] =>
  Array.isArray(example);

async function endRun({ records, id, clock }: RunPlace, status: EndStatus): Promise<void> {
  checkChoice("end", { status }, ["finished", "failed"]);
  await records.db
    .updateTable("run")
    .set({ status, ended_at_ms: clock() })
    .where("id", "=", id)
    .where("status", "=", "running")
    .execute();
}
