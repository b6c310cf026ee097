/** @file The loop of training, in whatever process it is called. */
import {
  type EarlyStoppingOptions,
  earlyStopping,
  type Runtime,
  type Session,
  sizeOf,
  type Values,
} from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import type { FrozenVectors } from "../frozen-scope.ts";
import { type NetworkRows, openFeed } from "./feed.ts";
import { howToOpen, vector } from "./parts.ts";
import { firstRows } from "./split-rows.ts";
import { openSteps } from "./steps.ts";
import type { NetworkEpoch, TrainingHooks, TrainingState, TrainingTask } from "./training.ts";
import { openUpdater } from "./updaters.ts";

/** Rows that are evaluated at once. */
const evaluatedRows = 512;

/** Trains until the epochs are done, it no longer gets better, or a hook says so. @throws `nn/failed-training` */
export async function runTraining(
  task: TrainingTask,
  runtime: Runtime,
  hooks: TrainingHooks,
): Promise<TrainingState> {
  const evaluation = await runtime.open(task.evaluation, howToOpen(task));
  const updater = await openUpdater(task, runtime).catch(async (error: unknown) => {
    await evaluation.close();
    throw error;
  });
  try {
    hooks.opened?.(updater.device);
    const rule = task.stopping === null ? undefined : earlyStopping(task.stopping);
    let state = entered(task, rule);
    const epoch = openSteps(task, updater);
    while (state.epoch < task.epochs && state.stopping?.stop !== true) {
      const trained = await epoch(state, hooks);
      const judged =
        task.validation === null
          ? undefined
          : await evaluate(evaluation, task.validation, { vectors: trained });
      state = concluded(task, trained, { judged, rule });
      if (!(await hooks.epoch(state))) break;
    }
    await checkAnswers(evaluation, task, state);
    return state;
  } finally {
    await updater.close();
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
  const last = trained.history.at(-1);
  if (last === undefined) return trained;
  if (judged !== undefined && !Number.isFinite(judged.loss))
    fail("nn/failed-training", {
      epoch: last.epoch,
      step: trained.step,
      where: "the loss of the validation rows",
      got: `${judged.loss}`,
      first: "the updates of this epoch",
    });
  const epoch: NetworkEpoch = {
    ...last,
    validationLoss: judged?.loss ?? null,
    validationAccuracy: judged?.accuracy ?? null,
  };
  const history = [...trained.history.slice(0, -1), epoch];
  const state = { ...trained, history };
  if (rule === undefined) return state;
  const monitored = stopping?.monitor ?? (judged === undefined ? "loss" : "validationLoss");
  const value = monitoredOf(epoch, monitored);
  const before = trained.stopping ?? rule.start;
  const next = rule.next(before, epoch.epoch, value);
  const isBest = next.bestEpoch === epoch.epoch;
  const best = isBest
    ? { weights: trained.weights.slice(), kept: trained.kept.slice() }
    : trained.best;
  return { ...state, stopping: next, best };
}

/** A figure of an epoch by its name. */
function monitoredOf(epoch: NetworkEpoch, name: string): number {
  const figures = new Map<string, number | null>(Object.entries(epoch));
  return figures.get(name) ?? Number.NaN;
}

/** The state that a training begins with: whether an earlier one had waited long enough is asked of the patience of this one. */
function entered({ state, stopping }: TrainingTask, rule: Rule | undefined): TrainingState {
  if (rule === undefined || stopping === null) return { ...state, stopping: null, best: null };
  const { stopping: before } = state;
  return before === null
    ? state
    : { ...state, stopping: { ...before, stop: before.waited >= rule.options.patience } };
}

/** The weights to answer with: those of the best epoch, where early stopping watched and restores. */
export function answering(
  stopping: EarlyStoppingOptions | null,
  { weights, kept, best }: TrainingState,
): FrozenVectors {
  if (stopping === null || stopping.restoreBest === false || best === null)
    return { weights, kept };
  return best;
}

/** Refuses weights that a last step made too large to answer with. */
async function checkAnswers(
  session: Session,
  { train, stopping }: TrainingTask,
  state: TrainingState,
): Promise<void> {
  const { loss } = await evaluate(session, firstRows(train, 64), {
    vectors: answering(stopping, state),
  });
  if (!Number.isFinite(loss))
    fail("nn/failed-training", {
      epoch: state.epoch,
      step: state.step,
      where: "the loss after the last step",
      got: `${loss}`,
      first: "the last update",
    });
}

/** How rows are judged. */
export interface Judging {
  /** The vectors, of a model that has not got its own. */
  readonly vectors?: FrozenVectors;
  /** Rows of a run at most. Default 512. */
  readonly atOnce?: number;
  /** Waited for between runs. */
  readonly turn?: () => Promise<void>;
}

/** The mean loss of rows and the share of right answers, without a step. */
export async function evaluate(
  session: Pick<Session, "run">,
  data: NetworkRows,
  { vectors, atOnce = evaluatedRows, turn }: Judging = {},
): Promise<NetworkScores> {
  const feed = openFeed(data);
  const given =
    vectors === undefined ? {} : { weights: vector(vectors.weights), kept: vector(vectors.kept) };
  const labels = sizeOf(data.labelShape); // of steps fewer rows: each has logits
  const most =
    labels > 1 ? Math.min(atOnce, Math.max(8, Math.floor(evaluatedRows / labels))) : atOnce;
  let [lost, right, count, told] = [0, 0, 0, false];
  for (let from = 0; from < data.rows; from += most) {
    if (from > 0) await turn?.();
    const places = Array.from({ length: Math.min(most, data.rows - from) }, (_, i) => from + i);
    const found = await session.run({ ...feed(places), ...given });
    lost += sumOf(found["lost"]);
    right += sumOf(found["right"]);
    count +=
      found["counted"] === undefined ? (found["lost"]?.data.length ?? 0) : sumOf(found["counted"]);
    told ||= found["right"] !== undefined;
  }
  return { loss: lost / Math.max(1, count), accuracy: told ? right / Math.max(1, count) : null };
}

/** The sum of numbers, one after the other. */
function sumOf(values: Values | undefined): number {
  let sum = 0;
  for (const value of values?.data ?? []) sum += Number(value);
  return sum;
}
