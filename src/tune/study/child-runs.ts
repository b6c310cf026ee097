/** @file Every trial a child run: the study's run is the parent, and MLflow shows them nested. */
import type { Run, Tracking } from "../../run/index.ts";
import { valueAt } from "../space.ts";
import type { TrialRow } from "../trial-row.ts";
import type { StudyStore } from "./study-store.ts";

/** The runs of a study that is tracked. */
export interface ChildRuns {
  /** The run of a trial that begins. */
  begin(trial: number): Promise<Run>;
  /** Logs what came of a trial, and ends its run. */
  end(row: TrialRow): Promise<void>;
  /** Ends the run of a trial whose process is gone. */
  abandon(row: TrialRow): Promise<void>;
  /** Notes the best value so far in the study's run. */
  noteBest(best: TrialRow): Promise<void>;
  /** Ends the study's run: all of its trials are done. */
  finish(): Promise<void>;
}

/** The tag by which MLflow knows the parent of a run. */
const parentTag = "mlflow.parentRunId";

/** Makes the runs of trials; with the first, the run of the study, where there is none that goes on. */
export function childRuns(
  store: StudyStore,
  { tracking, experiment }: { readonly tracking: Tracking; readonly experiment: string },
): ChildRuns {
  let opened: Promise<Run> | undefined;
  const open = (): Promise<Run> => {
    opened ??= parentRun(store, { tracking, experiment });
    return opened;
  };
  const { name: study, objectives } = store.head;
  return {
    begin: async (trial) => {
      const { id } = await open();
      const tags = { [parentTag]: id, "millrace.study": study, "millrace.trial": `${trial}` };
      return tracking.startRun({ experiment, name: `${study} ${trial}`, tags });
    },
    end: async (row) => {
      if (row.runId === null) return;
      const run = await tracking.openRun(row.runId);
      await run.logParams(paramsOf(store, row));
      const first = objectives[0]?.metric ?? "value";
      for (const [step, value] of row.steps) await run.logMetrics({ [first]: value }, step);
      const last = (row.steps.at(-1)?.[0] ?? -1) + 1;
      const values = objectives.map(({ metric }, i) => [metric, row.values?.[i]] as const);
      const known = values.flatMap(([metric, value]) =>
        value === undefined ? [] : [[metric, value] as const],
      );
      await run.logMetrics(Object.fromEntries(known), last);
      const error = row.error === null ? {} : { "millrace.error": row.error.slice(0, 8000) };
      await run.logTags({ "millrace.state": row.state, ...error });
      await run.end(row.state === "failed" ? "failed" : "finished");
    },
    abandon: async ({ runId }) => {
      if (runId !== null) await (await tracking.openRun(runId)).end("failed");
    },
    noteBest: async ({ number, values }) => {
      const parent = await open();
      if ((await tracking.run(parent.id)).status !== "running") return; // another process has ended it
      const metric = objectives[0]?.metric ?? "value";
      await parent.logMetrics({ [metric]: values?.[0] ?? Number.NaN }, number);
      await parent.logTags({ "millrace.best": `${number}` });
    },
    finish: async () => (await opened)?.end(),
  };
}

const paramsOf = (store: StudyStore, row: TrialRow) =>
  Object.fromEntries(
    Object.entries(row.codes).flatMap(([name, code]) => {
      const spec = store.specs.get(name);
      return spec === undefined ? [] : [[name, valueAt(spec, code)]];
    }),
  );

async function parentRun(
  store: StudyStore,
  { tracking, experiment }: { readonly tracking: Tracking; readonly experiment: string },
): Promise<Run> {
  const held = store.head.runId;
  if (held !== null && (await tracking.run(held)).status === "running")
    return tracking.openRun(held);
  const tags = { "millrace.study": store.head.name };
  const made = await tracking.startRun({ experiment, name: store.head.name, tags });
  const chosen = await store.transact(() => {
    const other = store.head.runId;
    return other === held ? { runId: made.id, result: made.id } : { result: other ?? made.id };
  });
  if (chosen === made.id) return made;
  await made.end("failed"); // another process was faster
  return tracking.openRun(chosen);
}
