/** @file Runs the demo's pipelines one stage after another and gathers what they found. */
import { resolve } from "node:path";
import { isMillraceError } from "../../core/index.ts";
import type { Hash } from "../../flow.ts";
import { type PipelineRun, runPipeline, type StepEvent } from "../../pipeline/index.ts";
import { openWorkspace, type Workspace } from "../../workspace/index.ts";
import type { Surroundings } from "../command.ts";
import { fail } from "../errors.ts";
import { checksPage } from "./checks.ts";
import { churnPipeline, type DemoTask, modelName, retrainPipeline } from "./churn-pipeline.ts";
import { tableHashes } from "./hashes.ts";
import { type Delivery, type DemoSource, deliver } from "./land.ts";
import {
  type BronzeReport,
  type ChampionReport,
  type ClassicReport,
  describeOutput,
  type LabelReport,
  type LandReport,
  type MonitorSummary,
  outputOf,
  type SilverReport,
  type StepOutputs,
  type TrainingReport,
  type TrainReport,
} from "./outputs.ts";
import { bronze } from "./silver.ts";
import type { RecipeName } from "./silver-steps.ts";
import type { TrafficReport } from "./traffic.ts";

/** Everything the demo found, as plain data. */
export interface DemoResult {
  readonly folder: string;
  readonly land: LandReport;
  readonly bronze: BronzeReport;
  readonly silver: SilverReport;
  /** Null unless it was asked for. */
  readonly classic: ClassicReport | null;
  readonly training: TrainingReport;
  readonly train: TrainReport;
  readonly champion: ChampionReport;
  readonly traffic: TrafficReport;
  readonly labels: LabelReport;
  readonly monitor: MonitorSummary;
  /** Null when the monitor asked for none. */
  readonly retrain: { readonly training: TrainingReport; readonly champion: ChampionReport } | null;
  /** The champion at the end. */
  readonly final: { readonly name: string; readonly version: number; readonly hash: Hash };
  /** Steps that ran now, and steps that had nothing to do. */
  readonly ran: readonly string[];
  readonly skipped: readonly string[];
  /** Steps of the retrain when it was run once more at the end: all of them have nothing to do. */
  readonly again: readonly string[];
  /** Content hashes of the tables, without their times. */
  readonly tables: Readonly<Record<string, Hash>>;
  readonly stages: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** How the demo is run. */
export interface DemoOptions {
  readonly folder: string;
  readonly source: DemoSource;
  readonly recipe: RecipeName;
}

/** Runs both pipelines in a workspace. */
export async function runDemo(options: DemoOptions, around: Surroundings): Promise<DemoResult> {
  const started = performance.now();
  const folder = resolve(options.folder);
  const delivery = await deliver(options.source); // a file that cannot be read is told before anything is made
  await using workspace = await openWorkspace(folder);
  await checkSameSource(workspace, delivery);
  const stage = { title: "", progress: (_done: number, _total?: number): void => undefined };
  const task: DemoTask = {
    workspace,
    delivery,
    recipe: options.recipe,
    progress: (done, total) => stage.progress(done, total),
  };
  const stages: Record<string, number> = {};
  const run = (pipeline: Parameters<typeof runPipeline>[0]) =>
    showSteps(pipeline, { workspace, around, stage, stages });
  const main = await run(churnPipeline(task));
  const monitor = out(main, "monitor");
  if (monitor.retrain.due) around.reporter.note("The retrain that the monitor asks for:");
  const retrain = monitor.retrain.due ? await run(retrainPipeline(task)) : undefined;
  const again = retrain === undefined ? undefined : await quietly(retrainPipeline(task), workspace);
  const champion = await workspace.registry.version(modelName, "champion");
  return {
    folder,
    land: out(main, "land"),
    bronze: out(main, "bronze"),
    silver: out(main, "silver"),
    classic: options.recipe === "classic" ? out(main, "silver-classic") : null,
    training: out(main, "training-set"),
    train: out(main, "train"),
    champion: out(main, "register"),
    traffic: out(main, "serve"),
    labels: out(main, "labels"),
    monitor,
    retrain:
      retrain === undefined
        ? null
        : { training: out(retrain, "training-set"), champion: out(retrain, "register") },
    final: { name: modelName, version: champion.number, hash: champion.modelHash },
    ran: [...main.ran, ...(retrain?.ran ?? [])],
    skipped: [...main.skipped, ...(retrain?.skipped ?? [])],
    again: again?.skipped ?? [],
    tables: await tableHashes(workspace),
    stages,
    seconds: (performance.now() - started) / 1000,
  };
}

const out = <K extends keyof StepOutputs>({ steps }: PipelineRun, name: K): StepOutputs[K] =>
  outputOf(name, (wanted) => steps.find(({ step }) => step === wanted)?.output);

interface Showing {
  readonly workspace: Workspace;
  readonly around: Surroundings;
  readonly stage: { title: string; progress(done: number, total?: number): void };
  readonly stages: Record<string, number>;
}

/** Runs a pipeline, showing each step while it works. */
async function showSteps(
  pipeline: Parameters<typeof runPipeline>[0],
  { workspace, around, stage, stages }: Showing,
): Promise<PipelineRun> {
  let settle: ((record: StepEvent["record"]) => void) | undefined;
  let shown: Promise<unknown> = Promise.resolve();
  const onStep = ({ step, state, record }: StepEvent): void => {
    if (state === "running") {
      const over = new Promise<StepEvent["record"]>((done) => {
        settle = done;
      });
      shown = around.reporter.stage(
        step,
        async (progress) => {
          stage.progress = (done, total) =>
            progress(total === undefined ? { done } : { done, total });
          const result = await over;
          if (result?.state === "failed") throw new Error(step);
          return result;
        },
        (result) => describeRecord(step, result),
      );
      shown.catch(() => undefined);
      return;
    }
    if (record?.state === "ran") stages[`${pipeline.name}/${step}`] = record.milliseconds / 1000;
    settle?.(record);
    settle = undefined;
  };
  const { records, clock, ids } = workspace;
  try {
    return await runPipeline(pipeline, { records, clock, ids, signal: around.signal, onStep });
  } catch (error) {
    settle?.(null);
    if (isMillraceError(error, "pipeline/failed-step") && error.cause instanceof Error) {
      await shown.catch(() => undefined);
      if (isMillraceError(error.cause, "check/failed-suite"))
        around.reporter.note(`what failed, with rows: ${checksPage(workspace)}`);
      throw error.cause;
    }
    throw error;
  } finally {
    await shown.catch(() => undefined);
  }
}

const quietly = ({ ...pipeline }: Parameters<typeof runPipeline>[0], workspace: Workspace) => {
  const { records, clock, ids } = workspace;
  return runPipeline(pipeline, { records, clock, ids });
};

/** Nothing for a step that was not run because one before it failed. */
function describeRecord(step: string, record: StepEvent["record"]): string | null {
  if (record === null || (record.state === "skipped" && record.output === null)) return null;
  return record.state === "skipped" ? "nothing to do" : describeOutput(step, record.output);
}

/** A workspace holds one source of customers; two would be mixed silently. */
export async function checkSameSource(
  workspace: Pick<Workspace, "lake" | "path">,
  { name, isTwin }: Delivery,
): Promise<void> {
  const tables = await workspace.lake.tables();
  if (!tables.includes("telco.bronze") || !isTwin) return;
  const rows = await (await workspace.lake.table("telco.bronze", bronze).read()).texts(
    "_source_file",
  );
  const other = rows.find((file) => file !== name);
  if (other !== undefined && other !== null)
    fail("cli/conflict-seed", { folder: workspace.path, before: other, now: name });
}
