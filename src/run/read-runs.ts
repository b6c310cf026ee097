/** @file Runs as records: the run, its params, its last metrics and its tags, in four queries. */
import type { RunRecord, RunStatus } from "../flow.ts";
import { fromNumberColumns, type RecordDatabase } from "../store/index.ts";
import { fail } from "./errors.ts";

/** Which runs to read. */
export interface RunChoice {
  readonly id?: string;
  readonly experimentId?: string;
}

/** The chosen runs, newest first. Four queries, whatever the number of runs. */
export async function readRuns(
  db: RecordDatabase,
  choice: RunChoice,
): Promise<readonly RunRecord[]> {
  const runs = await chosen(db, choice)
    .innerJoin("experiment", "experiment.id", "run.experiment_id")
    .selectAll("run")
    .select("experiment.name as experiment")
    .orderBy("started_at_ms", "desc")
    .orderBy("run.id")
    .execute();
  const ids = chosen(db, choice).select("run.id");
  const params = await db.selectFrom("param").selectAll().where("run_id", "in", ids).execute();
  const tags = await db.selectFrom("run_tag").selectAll().where("run_id", "in", ids).execute();
  const metrics = await db
    .selectFrom("latest_metric")
    .selectAll()
    .where("run_id", "in", ids)
    .execute();
  const paramsOf = byRun(params, ({ value }) => value);
  const tagsOf = byRun(tags, ({ value }) => value);
  const metricsOf = byRun(metrics, fromNumberColumns);
  return runs.map((run) => ({
    id: run.id,
    experiment: run.experiment,
    name: run.name,
    status: run.status as RunStatus,
    startedAtMs: run.started_at_ms,
    endedAtMs: run.ended_at_ms,
    params: paramsOf(run.id),
    metrics: metricsOf(run.id),
    tags: tagsOf(run.id),
  }));
}

/** One run. Throws `run/missing-run`. */
export async function readRun(db: RecordDatabase, id: string): Promise<RunRecord> {
  const [run] = await readRuns(db, { id });
  return run ?? fail("run/missing-run", { id });
}

function chosen(db: RecordDatabase, { id, experimentId }: RunChoice) {
  const all = db.selectFrom("run").where("run.deleted_at_ms", "is", null);
  const ofExperiment =
    experimentId === undefined ? all : all.where("run.experiment_id", "=", experimentId);
  return id === undefined ? ofExperiment : ofExperiment.where("run.id", "=", id);
}

/** Groups rows by run, each group an object with its keys in order. */
function byRun<R extends { readonly run_id: string; readonly key: string }, V>(
  rows: readonly R[],
  value: (row: R) => V,
): (runId: string) => Readonly<Record<string, V>> {
  const groups = Map.groupBy(rows, (row) => row.run_id);
  const ordered = (group: readonly R[]): readonly R[] =>
    [...group].sort((a, b) => (a.key < b.key ? -1 : 1));
  return (runId) =>
    Object.fromEntries(ordered(groups.get(runId) ?? []).map((row) => [row.key, value(row)]));
}
