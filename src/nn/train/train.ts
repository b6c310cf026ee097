/** @file Training a network: the public function, its options and their checks. */
import { checkChoice, checkNames, checkNumber, type LongWork, random } from "../../core/index.ts";
import { type Device, type EarlyStoppingOptions, earlyStopping, type OptimiserOptions, optimiser } from "../../tensor/index.ts"; // biome-ignore format: a list
import { fail } from "../errors.ts";
import { draw, fansOf } from "../initialisers.ts";
import type { Network, WeightSpec } from "../network.ts";
import { checkRuntime, type RuntimeOptions } from "../runtime.ts";
import { type AugmentOptions, augmentation } from "./augment.ts";
import { checkRows } from "./check-rows.ts";
import type { NetworkRows } from "./feed.ts";
import { type LossName, lossNames } from "./loss.ts";
import { slotCounts } from "./optimise.ts";
import type { NetworkEpoch, TrainingState, TrainingTask } from "./run-training.ts";
import { type ScheduleOptions, schedule } from "./schedule.ts";
import { evaluationModel, stepModel } from "./step-graph.ts";
import { trainInProcess } from "./train-in-process.ts";
import { type TrainedNetwork, trainedNetwork } from "./trained-network.ts";

/** Options of {@link train}. */
export interface TrainOptions extends LongWork, RuntimeOptions {
  /**
   * What is made small: "crossEntropy" of logits and numbers of classes, "binaryCrossEntropy" of logits and truths, "hinge", or of
   * numbers "squared", "absolute" or "huber".
   */
  readonly loss: LossName;
  /** Default adam with its learning rate of 0.001. */
  readonly optimiser?: OptimiserOptions;
  /** Times that every row is seen, ≥ 1. Default 10. */
  readonly epochs?: number;
  /** Rows of a step, ≥ 1. Default 32. */
  readonly batchRows?: number;
  /** Rows that only judge: a share of the rows above 0 and below 1, drawn by the seed, or rows of their own. Default none. */
  readonly validation?: number | NetworkRows;
  /** When to stop, and whether the best weights come back. Default never. */
  readonly stopping?: EarlyStoppingOptions;
  /** How the learning rate changes. Default not at all. */
  readonly schedule?: ScheduleOptions;
  /** The norm that a step's gradient is cut to, > 0. Default not cut. */
  readonly clipNorm?: number;
  /** Penalties on the kernels: l1·Σ|w| and l2/2·Σw², ≥ 0. Default 0. */
  readonly l1?: number;
  readonly l2?: number;
  /** Whether rows are dealt anew for every epoch. Default true. */
  readonly shuffle?: boolean;
  /** Of the first weights, the order of rows and dropout: whole. Default 0. */
  readonly seed?: number;
  /** Threads within an operation, ≥ 1. Default 1. */
  readonly threads?: number;
  /** How images [c, h, w] to learn from are changed, anew for every epoch; rows that judge stay as they are. Default not. */
  readonly augment?: AugmentOptions;
  /** Where an earlier training stopped: it goes on to the same bytes as one that was never stopped. */
  readonly from?: TrainingState;
  /** Called after each epoch, and waited for; `false` ends the training. */
  readonly onEpoch?: (epoch: NetworkEpoch, state: TrainingState) => unknown;
}

const known = ["loss", "optimiser", "epochs", "batchRows", "validation", "stopping", "schedule", "clipNorm", "l1", "l2", "shuffle", "seed", "threads", "augment", "from", "onEpoch", "runtime", "provider", "signal", "progress"]; // biome-ignore format: a list

/**
 * Trains a network: each step is one graph of ONNX (forward, backward and update) that ONNX Runtime runs, in a process of its own. The
 * same seed gives the same weights on the same machine.
 *
 * @param network - Layers; the last gives logits, without softmax or sigmoid.
 * @param data - The rows to learn from, n ≥ 1.
 * @param options - See {@link TrainOptions}; progress is told in batches.
 * @throws `nn/missing-runtime`, `nn/mismatch-rows`, `nn/missing-rows`, `nn/out-of-range-label`, `nn/failed-training`,
 *   `nn/failed-worker`, `nn/mismatch-checkpoint`, `option/out-of-range`, `option/unknown-name`
 */
export async function train(
  network: Network,
  data: NetworkRows,
  options: TrainOptions,
): Promise<TrainedNetwork> {
  options.signal?.throwIfAborted();
  const task = taskOf(network, data, options);
  const perEpoch = Math.ceil(task.train.rows / task.batchRows);
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
      const epoch = state.history.at(-1);
      return epoch === undefined || (await options.onEpoch?.(epoch, state)) !== false;
    },
  };
  const state = await trainInProcess(task, hooks, { signal: options.signal });
  return trainedNetwork({
    network,
    loss: options.loss,
    state,
    on: task.on,
    device: device ?? null,
  });
}

/** A training as data, once everything was found to fit. */
export function taskOf(network: Network, data: NetworkRows, options: TrainOptions): TrainingTask {
  const settings = checkedOptions(options);
  const { loss, seed, validation } = settings;
  checkRows("train", network, { data, loss });
  const chosen = optimiser(settings.optimiser);
  const rule = { kind: chosen.kind, options: chosen.options };
  const parts = typeof validation === "number" ? parted(data, validation, seed) : { train: data, validation: validation ?? null }; // biome-ignore format: one line
  if (parts.validation !== null) checkRows("train (validation)", network, { data: parts.validation, loss }); // biome-ignore format: one line
  const { clipNorm, l1, l2, augment } = settings;
  if (augment !== null) augmentation(augment, { shape: data.shape, seed }); // refuses rows that are no images
  const state = options.from ?? started(network, slotCounts[chosen.kind], seed);
  checkState(network, state, slotCounts[chosen.kind]);
  return {
    step: stepModel(network, { loss, optimiser: rule, clipNorm, l1, l2 }),
    evaluation: evaluationModel(network, loss),
    ...{ ...parts, state, optimiser: rule },
    ...{ epochs: settings.epochs, batchRows: settings.batchRows, shuffle: settings.shuffle, seed },
    on: checkRuntime("train", options),
    ...{ threads: settings.threads, schedule: settings.schedule, stopping: settings.stopping },
    augment,
  };
}

function checkedOptions(options: TrainOptions) {
  checkNames("train", options, known);
  const { loss, epochs = 10, batchRows = 32, shuffle = true, seed = 0, threads = 1 } = options;
  const { clipNorm, l1 = 0, l2 = 0, validation, stopping = null, augment = null } = options;
  checkChoice("train", { loss }, lossNames);
  checkNumber("train", { epochs }, { min: 1, integer: true });
  checkNumber("train", { batchRows }, { min: 1, integer: true });
  checkNumber("train", { seed }, { integer: true });
  checkNumber("train", { threads }, { min: 1, integer: true });
  checkNumber("train", { l1 }, { min: 0 });
  checkNumber("train", { l2 }, { min: 0 });
  if (clipNorm !== undefined) checkNumber("train", { clipNorm }, { above: 0 });
  if (typeof validation === "number") checkNumber("train", { validation }, { above: 0, below: 1 });
  if (stopping !== null) earlyStopping(stopping);
  schedule(options.schedule);
  return {
    ...{
      loss,
      epochs,
      batchRows,
      shuffle,
      seed,
      threads,
      clipNorm,
      l1,
      l2,
      validation,
      stopping,
      augment,
    },
    optimiser: options.optimiser ?? ({ kind: "adam" } as const),
    schedule: options.schedule ?? {},
  };
}

/** The state before the first step: weights drawn by the seed, each by a stream of its own name. */
function started(network: Network, slots: number, seed: number): TrainingState {
  const chance = random(seed).stream("weights");
  const filled = (specs: readonly WeightSpec[]): Float32Array => {
    const vector = new Float32Array(specs.reduce((sum, { length }) => sum + length, 0));
    for (const { name, shape, offset, length, initialiser } of specs)
      draw(vector.subarray(offset, offset + length), initialiser, { fans: fansOf(shape), chance: chance.stream(name) }); // biome-ignore format: one line
    return vector;
  };
  return {
    ...{ epoch: 0, step: 0, stopping: null, best: null, history: [] },
    weights: filled(network.weights),
    kept: filled(network.kept),
    slots: Array.from({ length: slots }, () => new Float32Array(network.parameters)),
  };
}

/** Refuses the state of another network or optimiser. */
function checkState(
  { parameters }: Network,
  { weights, slots }: TrainingState,
  count: number,
): void {
  if (weights.length !== parameters)
    fail("nn/mismatch-checkpoint", { expected: `${parameters} weights`, got: `${weights.length}` });
  if (slots.length !== count || slots.some(({ length }) => length !== parameters))
    fail("nn/mismatch-checkpoint", { expected: `${count} vectors of the optimiser`, got: `${slots.length}` }); // biome-ignore format: one line
}

/** A share of the rows, drawn by the seed, to judge, and the others to learn from. */
function parted(data: NetworkRows, share: number, seed: number) {
  const count = Math.max(1, Math.round(share * data.rows));
  if (data.rows < 2) fail("nn/missing-rows", { at: "train", least: 2, got: data.rows });
  const order = random(seed).stream("validation").shuffled(data.rows);
  const pick = (places: Uint32Array): NetworkRows => rowsAt(data, places.sort());
  return { train: pick(order.slice(count)), validation: pick(order.slice(0, count)) };
}

/** Some rows, by their numbers. */
function rowsAt(data: NetworkRows, places: ArrayLike<number>): NetworkRows {
  const picked = <T extends Float32Array | Uint8Array | Int32Array>(from: T, size: number): T => {
    const into = from.slice(0, places.length * size) as T;
    for (let i = 0; i < places.length; i++) into.set(from.subarray((places[i] ?? 0) * size, ((places[i] ?? 0) + 1) * size), i * size); // biome-ignore format: one line
    return into;
  };
  const [size, labels] = [data.x.length / data.rows, data.y.length / data.rows];
  return { ...data, rows: places.length, x: picked(data.x, size), y: picked(data.y, labels) };
}
