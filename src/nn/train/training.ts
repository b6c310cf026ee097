/** @file What a training is, as plain data: its task, its state and the figures of its epochs. */
import type { Json } from "../../flow.ts";
import type {
  Device,
  EarlyStoppingOptions,
  EarlyStoppingState,
  OptimiserOptions,
} from "../../tensor/index.ts";
import type { WeightSpec } from "../network.ts";
import type { RuntimeOptions } from "../runtime.ts";
import type { AugmentOptions } from "./augment.ts";
import type { NetworkRows } from "./feed.ts";
import type { ScheduleOptions } from "./schedule.ts";
import type { StepModel } from "./step-graph.ts";

/** What an epoch was like. */
export interface NetworkEpoch {
  /** From 1 on. */
  readonly epoch: number;
  /** The mean loss of the rows, each as the network was when its turn came; penalties are left out. */
  readonly loss: number;
  /** Of up to 100 classes, the share of right answers on the rows to learn from, each as the network was when the row's turn came. */
  readonly accuracy: number | null;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  /** The mean and the largest norm of a step's gradient. */
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
  readonly optimiser: {
    readonly kind: OptimiserOptions["kind"];
    readonly options: Readonly<Record<string, Json>>;
  };
  readonly schedule: ScheduleOptions;
  readonly stopping: EarlyStoppingOptions | null;
  readonly augment: AugmentOptions | null;
  /** Parts that the gradient of an update is gathered from, and their models where a step is not one graph. */
  readonly accumulate: number;
  readonly parts: PartModels | null;
  /** Processes that a batch is shared among. */
  readonly workers: number;
  /** Rows that the network needs at least in a batch, or in a part of one. */
  readonly leastRows: number;
  readonly inspection: InspectionTask;
}

/** A training whose rows are still together: the process that trains parts them. */
export interface TrainingOrder extends Omit<TrainingTask, "train" | "validation"> {
  readonly data: NetworkRows;
  /** Rows that judge: a share of the data, rows of their own, or none. */
  readonly judged: number | NetworkRows | null;
}

/** The gradient of a part, and the update by what was gathered, as ONNX. */
export interface PartModels {
  readonly gradient: Uint8Array<ArrayBuffer>;
  readonly update: Uint8Array<ArrayBuffer>;
}

/** What is asked where numbers are no longer finite. */
export interface InspectionTask {
  readonly model: Uint8Array<ArrayBuffer>;
  /** Names of layers, and where weights lie. */
  readonly layers: readonly string[];
  readonly weights: readonly Pick<WeightSpec, "name" | "offset" | "length">[];
}

/** What is told while it runs; `epoch` may say that it is enough. */
export interface TrainingHooks {
  /** What it runs on, once the graphs are opened. */
  opened?(device: Device): void;
  batch(done: number, total: number): void;
  epoch(state: TrainingState): Promise<boolean>;
}
