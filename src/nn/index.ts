export { nnErrors } from "./errors.ts";
export { type ExportReport, exportReport } from "./export-report.ts";
export * from "./import/index.ts";
export { type Initialiser, type InitialiserName, initialiserNames } from "./initialisers.ts";
export * from "./keep/index.ts";
export * from "./language/index.ts";
export type { Layer, Scope, ShapelessLayer, Size } from "./layer.ts";
export { type ActivationName, activation, activationNames } from "./layers/activation.ts";
export { flatten, reshape } from "./layers/arrangement.ts";
export { type AttentionOptions, attention, residual } from "./layers/attention.ts";
export * from "./layers/convolution.ts";
export { type DenseOptions, dense } from "./layers/dense.ts";
export {
  averagePool2d,
  globalAveragePool,
  maxPool2d,
  upsample2d,
} from "./layers/pooling.ts";
export { type BatchNormOptions, batchNorm, dropout, layerNorm } from "./layers/regularisation.ts";
export {
  type EmbeddingOptions,
  embedding,
  gru,
  lstm,
  placeEmbedding,
  type RecurrentOptions,
  type Steps,
  simpleRnn,
  stepDense,
} from "./layers/sequence.ts";
export {
  input,
  type LayerSpec,
  type LayerSummary,
  type Misfit,
  type Network,
  type WeightSpec,
} from "./network.ts";
export type { RuntimeOptions } from "./runtime.ts";
export { type AugmentedAt, type AugmentOptions, augmented } from "./train/augment.ts";
export { type CheckpointOf, formatCheckpoint, parseCheckpoint } from "./train/checkpoint.ts";
export { readTraining, writeTraining } from "./train/checkpoint-file.ts";
export type { NetworkRows } from "./train/feed.ts";
export { type LossName, lossNames } from "./train/loss.ts";
export type { NetworkScores } from "./train/run-training.ts";
export type { ScheduleOptions } from "./train/schedule.ts";
export { train } from "./train/train.ts";
export type { TrainOptions } from "./train/train-options.ts";
export type { OnnxOptions, TrainedNetwork } from "./train/trained-network.ts";
export type { NetworkEpoch, TrainingState } from "./train/training.ts";
export * from "./vision/index.ts";
