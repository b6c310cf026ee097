/** @file Training a network: the public function. */
import type { Device } from "../../tensor/index.ts";
import type { Network } from "../network.ts";
import type { CheckpointOf } from "./checkpoint.ts";
import { readTraining, removeParts, writeTraining } from "./checkpoint-file.ts";
import type { NetworkRows } from "./feed.ts";
import { answering } from "./run-training.ts";
import { learnedRows } from "./split-rows.ts";
import { batchEnds } from "./steps.ts";
import { goingOn, orderOf } from "./task.ts";
import { trainInProcess } from "./train-in-process.ts";
import type { TrainOptions } from "./train-options.ts";
import { type TrainedNetwork, trainedNetwork } from "./trained-network.ts";
import type { TrainingState } from "./training.ts";
import { trainingFacts } from "./training-facts.ts";

/**
 * Trains a network: each step is one graph of ONNX (forward, backward and update) that ONNX Runtime runs, in a process of its own. The
 * same seed gives the same weights on the same machine.
 *
 * @param network - Layers; the last gives logits, without softmax or sigmoid.
 * @param data - The rows to learn from, n ≥ 1.
 * @param options - See {@link TrainOptions}; progress is told in batches.
 * @throws `nn/missing-runtime`, `nn/mismatch-rows`, `nn/missing-rows`, `nn/out-of-range-label`, `nn/failed-training`,
 *   `nn/failed-worker`, `nn/mismatch-checkpoint`, `nn/corrupt-checkpoint`, `nn/failed-checkpoint`, `option/out-of-range`, `option/unknown-name`
 */
export async function train(
  network: Network,
  data: NetworkRows,
  options: TrainOptions,
): Promise<TrainedNetwork> {
  options.signal?.throwIfAborted();
  const { checkpoint: path } = options;
  const order = await orderOf(network, data, options);
  const of = await checkpointOf(network, data, options);
  const from = options.from === undefined && path !== undefined ? await found(path, of) : undefined;
  const task = from === undefined ? order : goingOn(network, order, from);
  const perEpoch = batchEnds(learnedRows(task), task.batchRows, task.leastRows).length;
  let epochs = task.state.epoch;
  let device: Device | undefined;
  const hooks = {
    opened: (one: Device) => {
      device = one;
    },
    batch: (done: number) =>
      options.progress?.({ done: epochs * perEpoch + done, total: task.epochs * perEpoch }),
    epoch: async (state: TrainingState) => {
      epochs = state.epoch;
      if (path !== undefined) await writeTraining(path, state, of);
      const epoch = state.history.at(-1);
      return epoch === undefined || (await options.onEpoch?.(epoch, state)) !== false;
    },
  };
  const state = await trainInProcess(task, hooks, { signal: options.signal });
  return trainedNetwork({
    network,
    loss: options.loss,
    state,
    vectors: answering(task.stopping, state),
    on: task.on,
    device: device ?? null,
  });
}

/** Whose checkpoint this training takes: one of the same network, rows and options. */
async function checkpointOf(
  network: Network,
  data: NetworkRows,
  options: TrainOptions,
): Promise<CheckpointOf> {
  const { optimiser, checkpoint } = options;
  return {
    network,
    ...(optimiser === undefined ? {} : { optimiser }),
    ...(checkpoint === undefined ? {} : { facts: await trainingFacts(network, data, options) }),
  };
}

/** The state in a file, when it is there; what a process that was killed left beside it is removed. */
async function found(path: string, of: CheckpointOf): Promise<TrainingState | undefined> {
  await removeParts(path);
  return readTraining(path, of);
}
