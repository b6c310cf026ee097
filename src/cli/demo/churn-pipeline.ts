/** @file The demo as two pipelines: from a file to a watched model, and the retrain that the monitor asks for. */
import { hashOf } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import { loadModel } from "../../model/index.ts";
import { type Pipeline, pipeline, step } from "../../pipeline/index.ts";
import { promote } from "../../registry/index.ts";
import { ingest } from "../../table/index.ts";
import type { Workspace } from "../../workspace/index.ts";
import { fail } from "../errors.ts";
import { churnSet, customerFeatures, writeCustomers } from "./customer-features.ts";
import { type Delivery, land, landedFiles } from "./land.ts";
import {
  type BronzeReport,
  type ChampionReport,
  type FeaturesReport,
  type LandReport,
  type MonitorSummary,
  outputOf,
  type TrainingReport,
  type TrainReport,
} from "./outputs.ts";
import { bronze, silver } from "./silver.ts";
import { type RecipeName, silverSteps, silverTable } from "./silver-steps.ts";
import { driftMs, sendTraffic, startMs } from "./traffic.ts";
import {
  type ChurnModel,
  candidateNames,
  churnModel,
  type Scores,
  scoreChurn,
  splitCustomers,
  storedScores,
  type Trained,
  trainCandidate,
} from "./train.ts";
import { joinLabels, labelTable, readTraining, watch, writeTraining } from "./watch.ts";

/** What the pipelines work with. */
export interface DemoTask {
  readonly workspace: Workspace;
  readonly delivery: Delivery;
  /** The classic one is run beside the default, which the models learn from. */
  readonly recipe: RecipeName;
  /** Tells how far the step under way is. */
  progress(done: number, total?: number): void;
}

/** The registered model's name. */
export const modelName = "churn";
/** The least a model must reach before it may answer anybody. */
const qualityGate = { auc: 0.7, accuracy: 0.7 };

/** The champion, typed: the demo registers no other kind of model. */
export async function loadChampion({
  registry,
}: Workspace): Promise<{ model: ChurnModel; version: number }> {
  const { model, version } = await registry.load(modelName, "champion");
  return { model: churnModel(model), version: version.number };
}

/** From the delivered file to what the monitor says. */
export function churnPipeline(task: DemoTask): Pipeline {
  const { workspace, delivery } = task;
  const { lake, bytes } = workspace;
  const { seed } = delivery;
  const bronzeTable = lake.table("telco.bronze", bronze);
  return pipeline("churn", [
    step({
      name: "land",
      inputs: () => hashOf(delivery.bytes),
      run: async () => ({ ...(await land(bytes, delivery)) }) satisfies LandReport,
    }),
    step({
      name: "bronze",
      needs: ["land"],
      inputs: () => landedFiles(bytes), // also those that somebody put there
      run: async ({ signal }) => {
        const from = bytes.locate("landing");
        const { rows: added } = await ingest(lake, { from, into: bronzeTable, signal });
        const rows = await (await bronzeTable.read()).count();
        return { rows, added } satisfies BronzeReport;
      },
    }),
    ...silverSteps(workspace, task.recipe),
    step({
      name: "features",
      needs: ["silver"],
      run: async () => {
        const customers = await lake.table(silverTable, silver).read();
        return (await writeCustomers(lake, customers)) satisfies FeaturesReport;
      },
    }),
    ...trainingSteps(task, { needs: ["silver", "features"], withAnswers: false }),
    step({
      name: "serve",
      needs: ["register"],
      run: async ({ output, signal }) => {
        const { version } = outputOf("register", output);
        const { model } = await workspace.registry.load(modelName, version);
        const served = { model: churnModel(model), version, seed };
        return sendTraffic(workspace, served, { signal, progress: task.progress });
      },
    }),
    step({
      name: "labels",
      needs: ["serve", "register"],
      run: async ({ output }) => {
        const { version } = outputOf("register", output);
        return joinLabels(workspace, { seed, version });
      },
    }),
    step({
      name: "monitor",
      needs: ["labels", "register", "training-set"],
      run: async ({ output }) => {
        const { version, metrics: trained } = outputOf("register", output);
        const { model } = await workspace.registry.load(modelName, version);
        const typed = churnModel(model);
        const { version: table } = outputOf("training-set", output);
        const about = { version, table, trained };
        const before = await watch(workspace, typed, { ...about, from: startMs, to: driftMs });
        const now = await watch(workspace, typed, { ...about, from: driftMs });
        return summary(before, now);
      },
    }),
  ]);
}

/** Learns again from the labelled requests too; nothing happens while nothing has changed. */
export function retrainPipeline(task: DemoTask): Pipeline {
  return pipeline("churn-retrain", trainingSteps(task, { needs: [], withAnswers: true }));
}

function trainingSteps(task: DemoTask, how: { needs: readonly string[]; withAnswers: boolean }) {
  const { workspace } = task;
  const { lake, registry, tracking } = workspace;
  return [
    step({
      name: "training-set",
      needs: how.needs,
      version: 2,
      inputs: () => (how.withAnswers ? sourcesOf(workspace) : null),
      run: async () => (await writeTraining(workspace, how)) satisfies TrainingReport,
    }),
    step({
      name: "train",
      needs: ["training-set"],
      run: async ({ output, signal }) => {
        const { version, rows } = outputOf("training-set", output);
        const training = await readTraining(workspace, version);
        const sides = await splitCustomers(training);
        const set = await churnSet(lake, training);
        const models: Trained[] = [];
        for (const [done, name] of candidateNames.entries()) {
          signal.throwIfAborted();
          task.progress(done, candidateNames.length);
          const params = { training_table: `telco.training@${version}`, training_rows: rows };
          models.push(await trainCandidate(workspace, sides, { name, params, set }));
        }
        const testRows = await sides.test.count();
        return {
          holdout: sides.holdout,
          testRows,
          models: models.map((one) => ({ ...one })),
        } satisfies TrainReport;
      },
    }),
    step({
      name: "register",
      needs: ["training-set", "train"],
      run: async ({ output }) => {
        const { version } = outputOf("training-set", output);
        const { models, holdout } = outputOf("train", output);
        const { test } = await splitCustomers(await readTraining(workspace, version));
        const loaded = models.map(async ({ runId, name }) => ({
          model: loadModel(await tracking.modelFiles(runId)),
          runId,
          tags: { candidate: name, training_table: `telco.training@${version}` },
        }));
        const decided = await promote(registry, modelName, {
          candidates: await Promise.all(loaded),
          gate: qualityGate,
          metric: "auc",
          holdout,
          score: (model) => scoreChurn(churnModel(model), test),
          actor: "millrace demo",
        });
        const champion = decided.version ?? fail("cli/failed-gate", { reason: decided.reason });
        const metrics: Scores = decided.scores[decided.best] ?? {};
        const { outcome, reason } = decided;
        return {
          outcome,
          reason,
          version: champion.number,
          modelHash: champion.modelHash,
          metrics: storedScores(
            outcome === "kept" ? (decided.champion?.metrics ?? metrics) : metrics,
          ),
          candidate: models[decided.best]?.name ?? "",
        } satisfies ChampionReport;
      },
    }),
  ];
}

/** What a retrain depends on: the versions of the tables it learns from. */
async function sourcesOf({ lake }: Workspace): Promise<Json> {
  const names = [silverTable, customerFeatures.name, labelTable];
  const versions = await Promise.all(names.map((name) => lake.table(name, silver).version()));
  return Object.fromEntries(names.map((name, i) => [name, versions[i] ?? -1]));
}

type Report = Awaited<ReturnType<typeof watch>>;

function summary(before: Report, now: Report): MonitorSummary {
  return {
    before: { severe: [...before.severe], moderate: [...before.moderate] },
    drift: now.drift.map(({ column, psi, level, noise }) => ({ column, psi, level, noise })),
    severe: [...now.severe],
    moderate: [...now.moderate],
    prediction: now.prediction?.psi ?? null,
    hours: [...before.hours, ...now.hours].map(({ hourMs, labelled, accuracy }) => ({
      hourMs,
      labelled,
      accuracy,
    })),
    labelled: before.labelled + now.labelled,
    retrain: { due: now.retrain.due, reasons: [...now.retrain.reasons] },
  };
}
