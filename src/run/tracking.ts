/** @file Tracking: starting runs, and reading what they recorded. */
import { type Clock, checkNames, type Ids, randomIds, systemClock } from "../core/index.ts";
import type { ModelFiles, RunRecord } from "../flow.ts";
import type { Bytes, Records } from "../store/index.ts";
import { type Artifacts, listArtifacts, readArtifact } from "./artifacts.ts";
import { fail } from "./errors.ts";
import {
  defaultExperiment,
  type ExperimentRecord,
  ensureExperiment,
  findExperiment,
  readExperiments,
} from "./experiments.ts";
import { checkText, longest } from "./keys.ts";
import { type MetricPoint, readHistory } from "./metrics.ts";
import { readModelFiles } from "./read-model.ts";
import { readRun, readRuns } from "./read-runs.ts";
import { checkTags, putTags, type Run, runAt } from "./run.ts";

/** Options of {@link openTracking}. */
export interface TrackingOptions {
  readonly records: Records;
  readonly bytes: Bytes;
  /** Tells the time. Default: the machine's clock. */
  readonly clock?: Clock;
  /** Makes run ids. Default: random ones. */
  readonly ids?: Ids;
}

/** Options of {@link Tracking.startRun}. */
export interface StartRunOptions {
  /** Made on first use. Default "Default". */
  readonly experiment?: string;
  /** Default: "run-" and the first 8 digits of the id. */
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Experiments and runs, kept in records and bytes. */
export interface Tracking {
  /** Starts a run; its record is stored before the promise resolves. */
  startRun(options?: StartRunOptions): Promise<Run>;
  /** The handle of a run that was started before, perhaps by another process. */
  openRun(id: string): Promise<Run>;
  /** What a run has recorded. Throws `run/missing-run`. */
  run(id: string): Promise<RunRecord>;
  /** Runs, newest first; of one experiment if asked. Throws `run/missing-experiment`. */
  runs(options?: { readonly experiment?: string }): Promise<readonly RunRecord[]>;
  /** All experiments, oldest first. */
  experiments(): Promise<readonly ExperimentRecord[]>;
  /** All values of a metric, by time, step and value. Throws `run/missing-metric`. */
  metricHistory(runId: string, key: string): Promise<readonly MetricPoint[]>;
  /** The paths of a run's artifacts, sorted. */
  artifacts(runId: string): Promise<readonly string[]>;
  /** One artifact of a run. Throws `run/missing-artifact`. */
  artifact(runId: string, path: string): Promise<Uint8Array>;
  /** The files of a model that a run logged (default name "model"), each checked by its hash. */
  modelFiles(runId: string, name?: string): Promise<ModelFiles>;
}

/**
 * Opens tracking over a record store and a byte store. It holds nothing itself: close the stores.
 *
 * @param options - Where to keep things, and how to tell time and make ids.
 * @returns Tracking whose methods may be called from several processes at once.
 * @throws `option/unknown-name`
 * @example
 * ```ts
 * await using records = await openRecords(":memory:");
 * const tracking = openTracking({ records, bytes: memoryBytes() });
 * await using run = await tracking.startRun({ experiment: "churn", name: "first" });
 * await run.logParams({ trees: 200 });
 * await run.logMetrics({ auc: 0.84 });
 * await run.end();
 * (await tracking.run(run.id)).metrics // => { auc: 0.84 }
 * ```
 * @see Peer: MLflow's tracking API.
 */
export function openTracking(options: TrackingOptions): Tracking {
  checkNames("openTracking", options, ["records", "bytes", "clock", "ids"]);
  const { records, bytes, clock = systemClock, ids = randomIds } = options;
  const { db } = records;
  const room = { records, bytes, clock, ids };
  return {
    startRun: (start = {}) => startRun(room, start),
    openRun: (id) => openRun(room, id),
    run: (id) => readRun(db, id),
    runs: async ({ experiment } = {}) => {
      if (experiment === undefined) return readRuns(db, {});
      return readRuns(db, { experimentId: await findExperiment(db, experiment) });
    },
    experiments: () => readExperiments(db),
    metricHistory: async (runId, key) => {
      const points = await readHistory(db, runId, key);
      if (points.length > 0) return points;
      const known = Object.keys((await readRun(db, runId)).metrics);
      return fail("run/missing-metric", { run: runId, key, known });
    },
    artifacts: async (runId) => listArtifacts(await artifactsOf(room, runId)),
    artifact: async (runId, path) => readArtifact(await artifactsOf(room, runId), path),
    modelFiles: async (runId, name = "model") =>
      readModelFiles(await artifactsOf(room, runId), name),
  };
}

/** Tracking's own things, with defaults filled in. */
type Room = Required<TrackingOptions>;

async function startRun(room: Room, options: StartRunOptions): Promise<Run> {
  checkNames("startRun", options, ["experiment", "name", "tags"]);
  const id = room.ids();
  const now = room.clock();
  const { experiment = defaultExperiment, name = `run-${id.slice(0, 8)}`, tags = {} } = options;
  checkText("startRun", ["name", name], longest.tag);
  checkTags("startRun", tags);
  const artifactRoot = await room.records.db.transaction().execute(async (db) => {
    const experimentId = await ensureExperiment(db, experiment, now);
    const artifact_root = `artifacts/${experimentId}/${id}/artifacts`;
    const row = { id, experiment_id: experimentId, name, status: "running", started_at_ms: now };
    await db
      .insertInto("run")
      .values({ ...row, ended_at_ms: null, deleted_at_ms: null, artifact_root })
      .execute();
    await putTags(db, id, tags);
    return artifact_root;
  });
  return runAt({ ...room, id, experiment, name, artifactRoot });
}

async function openRun(room: Room, id: string): Promise<Run> {
  const { experiment, name } = await readRun(room.records.db, id);
  const { root } = await artifactsOf(room, id);
  return runAt({ ...room, id, experiment, name, artifactRoot: root });
}

async function artifactsOf({ records, bytes }: Room, runId: string): Promise<Artifacts> {
  const row = await records.db
    .selectFrom("run")
    .select("artifact_root")
    .where("id", "=", runId)
    .where("deleted_at_ms", "is", null)
    .executeTakeFirst();
  return { bytes, runId, root: row?.artifact_root ?? fail("run/missing-run", { id: runId }) };
}
