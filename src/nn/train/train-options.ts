/** @file The options of training, and their checks. */
import { checkChoice, checkNames, checkNumber, type LongWork } from "../../core/index.ts";
import {
  type EarlyStoppingOptions,
  earlyStopping,
  type OptimiserOptions,
} from "../../tensor/index.ts";
import type { RuntimeOptions } from "../runtime.ts";
import type { AugmentOptions } from "./augment.ts";
import type { NetworkRows } from "./feed.ts";
import { type LossName, lossNames } from "./loss.ts";
import { type ScheduleOptions, schedule } from "./schedule.ts";
import type { NetworkEpoch, TrainingState } from "./training.ts";

/** Options of `train`. */
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
  /**
   * Penalties on the kernels: l1·Σ|w| and l2/2·Σw², ≥ 0. They are those of Keras' `kernel_regularizer`: biases, the parameters of
   * normalisation and tables of embeddings go free. The optimiser's `weightDecay` is another thing: it shrinks every weight that is
   * trained, those too, as PyTorch's AdamW does. Default 0.
   */
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
  /**
   * Parts in which the gradient of a step is computed, one after the other, ≥ 1: less memory for large batches. Without batch
   * normalisation the result is that of one part, but for rounding. Default 1.
   */
  readonly accumulate?: number;
  /**
   * Processes that share the rows of a batch, ≥ 1: data-parallel. Each has all rows and the same weights; the gradients of their parts
   * are summed in a fixed order, so that the same number of workers gives the same bytes, and the result is that of one worker but for
   * rounding. Batch normalisation takes the moments of a part. It is worth it for large steps on free cores. Default 1.
   */
  readonly workers?: number;
  /**
   * Which weights stay as they are, by name ("1 conv2d/kernel"): those of a backbone that was trained before. No gradient is computed
   * for them. Default none.
   */
  readonly frozen?: (weight: string) => boolean;
  /** Where an earlier training stopped: it goes on to the same bytes as one that was never stopped. */
  readonly from?: TrainingState;
  /**
   * A file that the state is written to after each epoch, whole or not at all. Where it is there already, the training goes on from
   * it, to the same bytes as one that was never stopped; `from` goes before it. A file of another network, of other rows or of other
   * options is refused by the name of what differs; only `epochs`, `patience`, `threads` and the runtime may be others.
   */
  readonly checkpoint?: string;
  /** Called after each epoch, and waited for; `false` ends the training. */
  readonly onEpoch?: (epoch: NetworkEpoch, state: TrainingState) => unknown;
}

const known = [
  "loss",
  "optimiser",
  "epochs",
  "batchRows",
  "validation",
  "stopping",
  "schedule",
  "clipNorm",
  "l1",
  "l2",
  "shuffle",
  "seed",
  "threads",
  "augment",
  "accumulate",
  "workers",
  "frozen",
  "from",
  "checkpoint",
  "onEpoch",
  "runtime",
  "provider",
  "signal",
  "progress",
];

/** The options, with their defaults. @throws `option/out-of-range`, `option/unknown-name` */
export function checkedOptions(options: TrainOptions) {
  checkNames("train", options, known);
  const { loss, epochs = 10, batchRows = 32, shuffle = true, seed = 0, threads = 1 } = options;
  const {
    clipNorm,
    l1 = 0,
    l2 = 0,
    validation,
    stopping = null,
    augment = null,
    accumulate = 1,
    workers = 1,
  } = options;
  checkChoice("train", { loss }, lossNames);
  checkNumber("train", { epochs }, { min: 1, integer: true });
  checkNumber("train", { batchRows }, { min: 1, integer: true });
  checkNumber("train", { seed }, { integer: true });
  checkNumber("train", { threads }, { min: 1, integer: true });
  checkNumber("train", { l1 }, { min: 0 });
  checkNumber("train", { l2 }, { min: 0 });
  checkNumber("train", { accumulate }, { min: 1, integer: true });
  checkNumber("train", { workers }, { min: 1, max: 64, integer: true });
  if (clipNorm !== undefined) checkNumber("train", { clipNorm }, { above: 0 });
  if (typeof validation === "number") checkNumber("train", { validation }, { above: 0, below: 1 });
  const watched = stopping === null ? null : stoppingOf(stopping, validation !== undefined);
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
      stopping: watched,
      augment,
      accumulate,
      workers,
    },
    optimiser: options.optimiser ?? ({ kind: "adam" } as const),
    schedule: options.schedule ?? {},
  };
}

/** What early stopping may watch. */
const monitors = [
  "loss",
  "accuracy",
  "validationLoss",
  "validationAccuracy",
  "gradientNorm",
] as const;

/** The rule of stopping: what is watched is there, and accuracy is better the larger it is. */
function stoppingOf(options: EarlyStoppingOptions, isJudged: boolean): EarlyStoppingOptions {
  earlyStopping(options);
  const { monitor } = options;
  if (monitor === undefined) return options;
  const known = monitors.filter((name) => isJudged || !name.startsWith("validation"));
  checkChoice("train (stopping)", { monitor }, known);
  return { mode: monitor.toLowerCase().endsWith("accuracy") ? "max" : "min", ...options };
}
