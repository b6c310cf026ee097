/** @file The loop of training, in whatever process it is called. */
import { earlyStopping, type Runtime, type Session, sizeOf } from "../../tensor/index.ts";
import { type NetworkRows, openFeed } from "./feed.ts";
import { vector } from "./parts.ts";
import { openSteps } from "./steps.ts";
import type { NetworkEpoch, TrainingHooks, TrainingState, TrainingTask } from "./training.ts";
import { howToOpen, openUpdater } from "./updaters.ts";

/** Rows that are evaluated at once. */
const evaluatedRows = 512;

/** Trains until the epochs are done, it no longer gets better, or a hook says so. @throws `nn/failed-training` */
export async function runTraining(
  task: TrainingTask,
  runtime: Runtime,
  hooks: TrainingHooks,
): Promise<TrainingState> {
  const evaluation = await runtime.open(task.evaluation, howToOpen(task));
  const updater = await openUpdater(task, runtime);
  hooks.opened?.(updater.device);
  try {
    let { state } = task;
    const rule = task.stopping === null ? undefined : earlyStopping(task.stopping);
    const epoch = openSteps(task, updater);
    while (state.epoch < task.epochs && state.stopping?.stop !== true) {
      const trained = await epoch(state, hooks);
      const judged = task.validation === null ? undefined : await evaluate(evaluation, task.validation, trained); // biome-ignore format: one line
      state = concluded(task, trained, { judged, rule });
      if (!(await hooks.epoch(state))) break;
    }
    return restored(task, state);
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

/** The mean loss of rows and the share of right answers, without a step. */
export async function evaluate(
  session: Session,
  data: NetworkRows,
  { weights, kept }: Pick<TrainingState, "weights" | "kept">,
): Promise<NetworkScores> {
  const feed = openFeed(data);
  let [lost, right, count, told] = [0, 0, 0, false];
  const atOnce = Math.max(8, Math.floor(evaluatedRows / sizeOf(data.labelShape))); // of steps fewer: each has logits
  for (let from = 0; from < data.rows; from += atOnce) {
    const places = Array.from({ length: Math.min(atOnce, data.rows - from) }, (_, i) => from + i);
    const found = await session.run({
      ...feed(places),
      weights: vector(weights),
      kept: vector(kept),
    });
    for (const value of found["lost"]?.data ?? []) lost += Number(value);
    for (const value of found["right"]?.data ?? []) right += Number(value);
    const counted = found["counted"]?.data;
    if (counted === undefined) count += found["lost"]?.data.length ?? 0;
    else for (const value of counted) count += Number(value);
    told ||= found["right"] !== undefined;
  }
  return { loss: lost / Math.max(1, count), accuracy: told ? right / Math.max(1, count) : null };
}
