/** @file The loop of training, in whatever thread it is called. */
import { random } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import { type Device, type EarlyStoppingOptions, type EarlyStoppingState, earlyStopping, type OptimiserOptions, type Runtime, type Session, type Values } from "../../tensor/index.ts"; // biome-ignore format: a list
import { fail } from "../errors.ts";
import type { RuntimeOptions } from "../runtime.ts";
import { type AugmentOptions, augmentation } from "./augment.ts";
import { masksOf, type NetworkRows, openFeed } from "./feed.ts";
import { scalarsAt } from "./optimise.ts";
import { type ScheduleOptions, schedule } from "./schedule.ts";
import type { StepModel } from "./step-graph.ts";

/** What an epoch was like. */
export interface NetworkEpoch {
  /** From 1 on. */
  readonly epoch: number;
  /** The mean loss of the batches, penalties left out, and, of classes, the share of right answers on the validation rows. */
  readonly loss: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  /** The largest and the mean norm of a step's gradient. */
  readonly gradientNorm: number;
  readonly largestNorm: number;
  readonly learningRate: number;
  readonly seconds: number;
  readonly samplesPerSecond: number;
}

/** Everything that training needs to go on: plain data. */
export interface TrainingState {
  readonly epoch: number;
  readonly step: number;
  readonly weights: Float32Array;
  readonly slots: readonly Float32Array[];
  readonly kept: Float32Array;
  readonly stopping: EarlyStoppingState | null;
  readonly best: { readonly weights: Float32Array; readonly kept: Float32Array } | null;
  readonly history: readonly NetworkEpoch[];
}

/** A training as plain data, so that it can be posted to a worker. */
export interface TrainingTask {
  readonly step: StepModel;
  readonly evaluation: Uint8Array<ArrayBuffer>;
  readonly train: NetworkRows;
  readonly validation: NetworkRows | null;
  readonly state: TrainingState;
  readonly epochs: number;
  readonly batchRows: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly threads: number;
  readonly on: RuntimeOptions;
  readonly optimiser: { readonly kind: OptimiserOptions["kind"]; readonly options: Readonly<Record<string, Json>> }; // biome-ignore format: one line
  readonly schedule: ScheduleOptions;
  readonly stopping: EarlyStoppingOptions | null;
  readonly augment: AugmentOptions | null;
}

/** What is told while it runs; `epoch` may say that it is enough. */
export interface TrainingHooks {
  /** What it runs on, once the graphs are opened. */
  opened?(device: Device): void;
  batch(done: number, total: number): void;
  epoch(state: TrainingState): Promise<boolean>;
}

/** Rows that are evaluated at once. */
const evaluatedRows = 512;

/** Trains until the epochs are done, it no longer gets better, or a hook says so. @throws `nn/failed-training` */
export async function runTraining(
  task: TrainingTask,
  runtime: Runtime,
  hooks: TrainingHooks,
): Promise<TrainingState> {
  const how = { threads: task.threads, provider: task.on.provider ?? "cpu" } as const;
  const [step, evaluation] = [await runtime.open(task.step.bytes, how), await runtime.open(task.evaluation, how)]; // biome-ignore format: one line
  hooks.opened?.(step.device);
  try {
    let { state } = task;
    const rule = task.stopping === null ? undefined : earlyStopping(task.stopping);
    const steps = openSteps(task, step, state);
    while (state.epoch < task.epochs && state.stopping?.stop !== true) {
      const trained = await steps.epoch(state, hooks);
      const judged = task.validation === null ? undefined : await evaluate(evaluation, task.validation, trained); // biome-ignore format: one line
      state = concluded(task, trained, { judged, rule });
      if (!(await hooks.epoch(state))) break;
    }
    return restored(task, state);
  } finally {
    await step.close();
    await evaluation.close();
  }
}

/** How rows were judged. */
export interface NetworkScores {
  readonly loss: number;
  readonly accuracy: number | null;
}

type Rule = ReturnType<typeof earlyStopping>;

/** The state at the end of an epoch, with its figures and with what early stopping says. */
function concluded(
  { stopping }: TrainingTask,
  trained: TrainingState,
  { judged, rule }: { readonly judged: NetworkScores | undefined; readonly rule: Rule | undefined },
): TrainingState {
  const last = trained.history.at(-1) as NetworkEpoch;
  const epoch: NetworkEpoch = { ...last, validationLoss: judged?.loss ?? null, validationAccuracy: judged?.accuracy ?? null }; // biome-ignore format: one line
  const history = [...trained.history.slice(0, -1), epoch];
  const state = { ...trained, history };
  if (rule === undefined) return state;
  const monitored = stopping?.monitor ?? (judged === undefined ? "loss" : "validationLoss");
  const value = Number(epoch[monitored as keyof NetworkEpoch] ?? Number.NaN);
  const before = trained.stopping ?? rule.start;
  const next = rule.next(before, epoch.epoch, value);
  const isBest = next.bestEpoch === epoch.epoch;
  const best = isBest ? { weights: trained.weights.slice(), kept: trained.kept.slice() } : trained.best; // biome-ignore format: one line
  return { ...state, stopping: next, best };
}

/** The weights of the best epoch, where early stopping watched and restores. */
function restored({ stopping }: TrainingTask, state: TrainingState): TrainingState {
  if (stopping === null || stopping.restoreBest === false || state.best === null) return state;
  return { ...state, ...state.best };
}

/** Steps of an epoch, with two sets of vectors: one is read while the other is written. */
function openSteps(task: TrainingTask, session: Session, start: TrainingState) {
  const { train, batchRows, optimiser, seed } = task;
  const share = schedule(task.schedule);
  const perEpoch = Math.ceil(train.rows / batchRows);
  const chance = random(seed).stream("train");
  const { augment } = task;
  const feed = openFeed(train, augment === null ? undefined : augmentation(augment, { shape: train.shape, seed })); // biome-ignore format: one line
  const vectorsOf = ({ weights, slots, kept }: TrainingState) => [weights, ...slots, kept].map((one) => one.slice()); // biome-ignore format: one line
  let [now, next]: [Float32Array[], Float32Array[]] = [vectorsOf(start), vectorsOf(start)];
  const names = ["weights", ...start.slots.map((_, i) => `slot ${i}`), "kept"];
  const isWritten = names.map((name) => name !== "kept" || start.kept.length > 0);
  const rate = Number(optimiser.options["learningRate"]);

  const epoch = async (state: TrainingState, hooks: TrainingHooks): Promise<TrainingState> => {
    const started = performance.now();
    const number = state.epoch + 1;
    const order = task.shuffle ? chance.stream(`order/${number}`).shuffled(train.rows) : Uint32Array.from({ length: train.rows }, (_, i) => i); // biome-ignore format: one line
    let [lost, norms, largest, learningRate] = [0, 0, 0, rate];
    for (let b = 0; b < perEpoch; b++) {
      const places = order.subarray(b * batchRows, Math.min(train.rows, (b + 1) * batchRows));
      const t = state.step + b;
      learningRate = rate * share({ step: t, steps: task.epochs * perEpoch, perEpoch });
      const scalars = scalarsAt(optimiser.options, learningRate, t + 1);
      const feeds = {
        ...feed(places, number),
        ...masksOf(task.step.masks, places.length, chance.stream(`masks/${t}`)),
        ...Object.fromEntries(Object.entries(scalars).map(([name, value]): [string, Values] => [name, { type: "float", shape: [], data: Float32Array.of(value) }])), // biome-ignore format: one line
        ...Object.fromEntries(names.map((name, i) => [name, valuesOf(now[i] as Float32Array)])),
      };
      const into = {
        ...Object.fromEntries(names.flatMap((name, i) => (isWritten[i] ? [[`next ${name}`, valuesOf(next[i] as Float32Array)]] : []))), // biome-ignore format: one line
        loss: { type: "float", shape: [], data: new Float32Array(1) },
        norm: { type: "float", shape: [], data: new Float32Array(1) },
      } as const;
      const told = await session.run(feeds, into);
      const [loss, norm] = [Number(told["loss"]?.data[0]), Number(told["norm"]?.data[0])];
      checkFinite({ loss, norm }, { epoch: number, step: b + 1 });
      const written = names.map((name, i) => (isWritten[i] ? (told[`next ${name}`]?.data as Float32Array) : (now[i] as Float32Array))); // biome-ignore format: one line
      [now, next] = [written, now];
      lost += loss * places.length;
      norms += norm;
      largest = Math.max(largest, norm);
      hooks.batch(b + 1, perEpoch);
    }
    const seconds = (performance.now() - started) / 1000;
    const figures: NetworkEpoch = {
      ...{ epoch: number, loss: lost / train.rows, validationLoss: null, validationAccuracy: null },
      ...{ gradientNorm: norms / perEpoch, largestNorm: largest, learningRate, seconds },
      samplesPerSecond: train.rows / seconds,
    };
    const [weights = state.weights, ...rest] = now;
    const kept = rest.at(-1) ?? state.kept;
    const slots = rest.slice(0, -1);
    return { ...state, epoch: number, step: state.step + perEpoch, weights, slots, kept, history: [...state.history, figures] }; // biome-ignore format: one line
  };
  return { epoch };
}

/** A vector as a graph takes it. */
const valuesOf = (data: Float32Array): Values => ({ type: "float", shape: [data.length], data });

function checkFinite(
  numbers: Readonly<Record<"loss" | "norm", number>>,
  at: { readonly epoch: number; readonly step: number },
): void {
  const { loss, norm } = numbers;
  if (!Number.isFinite(loss))
    fail("nn/failed-training", { ...at, where: "the loss", got: `${loss}` });
  if (!Number.isFinite(norm)) fail("nn/failed-training", { ...at, where: "the gradient's norm", got: `${norm}` }); // biome-ignore format: one line
}

/** The mean loss of rows and the share of right answers, without a step. */
export async function evaluate(
  session: Session,
  data: NetworkRows,
  { weights, kept }: Pick<TrainingState, "weights" | "kept">,
): Promise<NetworkScores> {
  const feed = openFeed(data);
  let [lost, right, count, told] = [0, 0, 0, false];
  for (let from = 0; from < data.rows; from += evaluatedRows) {
    const places = Array.from({ length: Math.min(evaluatedRows, data.rows - from) }, (_, i) => from + i); // biome-ignore format: one line
    const found = await session.run({
      ...feed(places),
      weights: valuesOf(weights),
      kept: valuesOf(kept),
    });
    for (const value of found["lost"]?.data ?? []) lost += Number(value);
    for (const value of found["right"]?.data ?? []) right += Number(value);
    count += found["lost"]?.data.length ?? 0;
    told ||= found["right"] !== undefined;
  }
  return { loss: lost / count, accuracy: told ? right / count : null };
}
