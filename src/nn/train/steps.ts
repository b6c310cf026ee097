/** @file The steps of an epoch: batches in, weights and what the optimiser remembers out. */
import { random } from "../../core/index.ts";
import type { Device } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { countedOf } from "./counted.ts";
import { schedule } from "./schedule.ts";
import type { NetworkEpoch, TrainingHooks, TrainingState, TrainingTask } from "./training.ts";
import { openTurns } from "./turns.ts";

/** One update: which rows, and of which epoch and step. */
export interface UpdateAt {
  readonly places: Uint32Array;
  /** From 1 on. */
  readonly epoch: number;
  /** Updates before it. */
  readonly step: number;
  readonly learningRate: number;
}

/** What an update was like: the mean loss of its rows, of classes the share of right answers, and the norm of the gradient. */
export interface Updated {
  readonly loss: number;
  readonly accuracy: number | null;
  readonly norm: number;
}

/** The vectors of a training. */
export type Vectors = Pick<TrainingState, "weights" | "slots" | "kept">;

/** What updates weights. Nothing is replaced by an update that gave a number that is not finite. */
export interface Updater {
  readonly device: Device;
  update(at: UpdateAt): Promise<Updated>;
  /** The vectors now. They are written to again two updates later. */
  vectors(): Vectors;
  /** The first place where the update is not finite, in words. */
  inspect(at: UpdateAt): Promise<string>;
  close(): Promise<void>;
}

/** Runs epochs by an updater. */
export function openSteps(task: TrainingTask, updater: Updater) {
  const { train, batchRows, seed } = task;
  const share = schedule(task.schedule);
  const ends = batchEnds(train.rows, batchRows, task.leastRows);
  const perEpoch = ends.length;
  const rate = Number(task.optimiser.options["learningRate"]);
  const chance = random(seed).stream("train");
  const orderOf = (epoch: number): Uint32Array =>
    task.shuffle
      ? chance.stream(`order/${epoch}`).shuffled(train.rows)
      : Uint32Array.from({ length: train.rows }, (_, i) => i);
  return async (state: TrainingState, hooks: TrainingHooks): Promise<TrainingState> => {
    const started = performance.now();
    const epoch = state.epoch + 1;
    const order = orderOf(epoch);
    const sums = openSums();
    const turn = openTurns(100); // a process whose parent has gone hears of it only then
    let learningRate = rate;
    for (const [b, end] of ends.entries()) {
      const step = state.step + b;
      const places = order.subarray(ends[b - 1] ?? 0, end);
      learningRate = rate * share({ step, steps: task.epochs * perEpoch, perEpoch });
      const at = { places, epoch, step, learningRate };
      const updated = await updater.update(at);
      await checkFinite(updated, { ...at, batch: b + 1, updater });
      sums.add(updated, countedOf(train, places));
      hooks.batch(b + 1, perEpoch);
      await turn();
    }
    const seconds = (performance.now() - started) / 1000;
    const figures: NetworkEpoch = {
      ...{ epoch, ...sums.means(), validationLoss: null, validationAccuracy: null },
      ...{ learningRate, seconds, samplesPerSecond: train.rows / seconds },
    };
    return {
      ...state,
      ...updater.vectors(),
      epoch,
      step: state.step + perEpoch,
      history: [...state.history, figures],
    };
  };
}

/** Where batches end. A last one with too few rows for the network joins the one before. */
export function batchEnds(rows: number, batchRows: number, leastRows: number): readonly number[] {
  const ends = Array.from({ length: Math.ceil(rows / batchRows) }, (_, b) =>
    Math.min(rows, (b + 1) * batchRows),
  );
  const last = rows - (ends.at(-2) ?? 0);
  return ends.length > 1 && last < leastRows ? [...ends.slice(0, -2), rows] : ends;
}

/** The figures of an epoch so far. */
function openSums() {
  let [counted, lost, right, steps, norms, largest, isTold] = [0, 0, 0, 0, 0, 0, true];
  return {
    add: (updated: Updated, count: number): void => {
      counted += count;
      steps++;
      lost += updated.loss * count;
      right += (updated.accuracy ?? 0) * count;
      isTold &&= updated.accuracy !== null;
      norms += updated.norm;
      largest = Math.max(largest, updated.norm);
    },
    means: () => ({
      loss: lost / Math.max(1, counted),
      accuracy: isTold ? right / Math.max(1, counted) : null,
      gradientNorm: norms / steps,
      largestNorm: largest,
    }),
  };
}

/** @throws `nn/failed-training` with the first place that is not finite */
async function checkFinite(
  { loss, norm }: Updated,
  { updater, batch, ...at }: UpdateAt & { readonly batch: number; readonly updater: Updater },
): Promise<void> {
  if (Number.isFinite(loss) && Number.isFinite(norm)) return;
  const [where, got] = Number.isFinite(loss) ? ["the gradient's norm", norm] : ["the loss", loss];
  const first = await updater.inspect(at);
  fail("nn/failed-training", {
    epoch: at.epoch,
    step: batch,
    where: `${where}`,
    got: `${got}`,
    first,
  });
}
