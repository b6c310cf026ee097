/** @file What is kept of a trained network: a run with its curves, its model and its pictures, and a version where that is asked for. */
import type { Images } from "../../dataset/index.ts";
import type { Cells, Json, ServedModel, Version } from "../../flow.ts";
import type { NetworkEpoch } from "../../nn/index.ts";
import type { Workspace } from "../../workspace/index.ts";
import { registerModel } from "../register-model.ts";
import { bytesOf } from "./figure-files.ts";

/** A trained network and what is known of it. */
export interface KeepTask {
  readonly experiment: string;
  /** The name of the run. */
  readonly name: string;
  readonly params: Readonly<Record<string, Json>>;
  /** Figures of the whole training; those that are no numbers are left out. */
  readonly scores: Readonly<Record<string, number | null>>;
  readonly history: readonly NetworkEpoch[];
  /** Trainings that it was held against, by what the names of their metrics begin with. */
  readonly beside?: Readonly<Record<string, readonly NetworkEpoch[]>>;
  /** Undefined: there is none to keep, and none can be registered. */
  readonly model: ServedModel | undefined;
  readonly inputExample: Cells;
  /** Files of the run, by path: pictures. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** The name to register it under; absent: not registered. */
  readonly register?: string | undefined;
}

/** Where it is. */
export interface KeptNetwork {
  readonly runId: string;
  readonly modelHash: string | null;
  readonly version: Pick<Version, "name" | "number"> | null;
}

/** Logs a trained network as a run, and registers it where that is asked for: the first version of a name becomes its champion. */
export async function keepNetwork(
  { tracking, registry, clock }: Pick<Workspace, "tracking" | "registry" | "clock">,
  task: KeepTask,
): Promise<KeptNetwork> {
  const { experiment, name, params, history, beside = {}, model, files = {}, register } = task;
  const { inputExample } = task;
  await using run = await tracking.startRun({ experiment, name });
  await run.logParams(params);
  const atMs = clock();
  const others = Object.entries(beside).map(([other, epochs]) => [`${other}_`, epochs] as const);
  await run.logPoints(
    [["", history] as const, ...others].flatMap(([start, epochs]) =>
      epochs.flatMap((epoch) =>
        curvePoints(epoch).map(([key, value]) => {
          return { key: `${start}${key}`, value, step: epoch.epoch, atMs };
        }),
      ),
    ),
  );
  const scores = Object.entries(task.scores).filter((one): one is [string, number] =>
    Number.isFinite(one[1]),
  );
  const metrics = Object.fromEntries(scores);
  await run.logMetrics(metrics);
  for (const [path, bytes] of Object.entries(files)) await run.logArtifact(path, bytes);
  if (model !== undefined) await run.logModel(model, { inputExample });
  await run.end();
  const kept = { runId: run.id, modelHash: model?.hash ?? null };
  if (register === undefined || model === undefined) return { ...kept, version: null };
  const { number } = await registerModel(registry, register, {
    model,
    runId: run.id,
    metrics,
    tags: { algorithm: name },
  });
  return { ...kept, version: { name: register, number } };
}

/** The option of commands whose network can be registered. */
export const registerOption = {
  type: "string",
  value: "NAME",
  help: "make a version of a registered model; the first becomes its champion",
} as const;

/** The first image, as the example of what a network takes. */
export const firstImage = (images: Images): string =>
  Buffer.from(bytesOf(images, 0)).toString("base64");

/** Params that were given. */
export const withoutAbsent = (values: Readonly<Record<string, string | number | undefined>>) =>
  Object.fromEntries(
    Object.entries(values).filter((one): one is [string, string | number] => one[1] !== undefined),
  );

/** Where a network is, in lines. */
export const keptLines = ({
  runId,
  version,
}: Pick<KeptNetwork, "runId" | "version">): readonly string[] => [
  `run: ${runId}`,
  ...(version === null
    ? []
    : [`model: ${version.name} version ${version.number} (serve answers with the champion)`]),
];

/** What is logged of each epoch, by the names of metrics. */
function curvePoints(epoch: NetworkEpoch): readonly (readonly [string, number])[] {
  const points = {
    loss: epoch.loss,
    val_loss: epoch.validationLoss,
    val_accuracy: epoch.validationAccuracy,
    gradient_norm: epoch.gradientNorm,
    learning_rate: epoch.learningRate,
    samples_per_second: epoch.samplesPerSecond,
  };
  return Object.entries(points).filter((one): one is [string, number] => Number.isFinite(one[1]));
}
