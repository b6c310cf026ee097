/** @file Anomalies by reconstruction: an autoencoder learns what is normal, and what it cannot draw again is not. */
import {
  checkChoice,
  checkNames,
  checkNumber,
  type LongWork,
  quantileOf,
  random,
} from "../../core/index.ts";
import { type Images, imageBytes, takeImages } from "../../dataset/index.ts";
import { f1, precision, recall, rocAuc } from "../../metric/index.ts";
import { fail } from "../errors.ts";
import type { Network } from "../network.ts";
import { byteScale, type NetworkRows } from "../train/feed.ts";
import { train } from "../train/train.ts";
import type { TrainedNetwork } from "../train/trained-network.ts";
import { imageNetwork } from "./presets.ts";

/** How far an image is from its reconstruction; see {@link AnomalyOptions}. */
export type AnomalyError = "relative" | "squared";
/** Its choices. */
export const anomalyErrors = ["relative", "squared"] as const;

/** Options of {@link fitAnomalies}. */
export interface AnomalyOptions extends LongWork {
  /** Gives logits of its input's shape. Default `imageNetwork("autoencoder")` for the images. */
  readonly network?: Network;
  /**
   * How far an image x of numbers from 0 to 1 is from its reconstruction x̂: "squared", the mean of (x − x̂)² over its pixels, or "relative",
   * that divided by the mean of x² (by 0.001 where it is less), as thin strokes have small squares however badly they are drawn
   * again. Default "relative".
   */
  readonly error?: AnomalyError;
  /** The share of the normal images that are not learned from: they decide the threshold. Default 0.2. */
  readonly validation?: number;
  /** The threshold is the mean error of those plus k deviations, k ≥ 0. Default 2. */
  readonly k?: number;
  /** Or the error that this share of those is at most, above 0 and below 1. Default not used. */
  readonly percentile?: number;
  /** Default 10, 32, 0.003, 3 and 0. */
  readonly epochs?: number;
  readonly batchRows?: number;
  readonly learningRate?: number;
  readonly patience?: number;
  readonly seed?: number;
}

/** How well anomalies are told from normal images. */
export interface AnomalyScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly rocAuc: number;
  /** The share of normal images that are taken for anomalies. */
  readonly falseAlarms: number;
  readonly normalError: number;
  readonly anomalyError: number;
}

/** One image, and what came of it: numbers from 0 to 1, [c, h, w] each. */
export interface Reconstruction {
  readonly original: Float32Array;
  readonly reconstruction: Float32Array;
  /** |original − reconstruction|. */
  readonly difference: Float32Array;
  /** As the detector measures it. */
  readonly error: number;
  readonly isAnomaly: boolean;
}

/** What finds anomalies. */
export interface AnomalyDetector {
  readonly trained: TrainedNetwork;
  /** How it measures. */
  readonly error: AnomalyError;
  /** Images whose error is above it are anomalies. */
  readonly threshold: number;
  /** Of the errors of the normal images that were not learned from. */
  readonly mean: number;
  readonly deviation: number;
  /** The error of each image, [n]. */
  errors(images: Pick<Images, "pixels">): Promise<Float64Array>;
  /** Judges it by images of both kinds, none of which it learned from. */
  judge(normals: Images, anomalies: Images): Promise<AnomalyScores>;
  /** One image beside its reconstruction. */
  show(images: Images, row: number): Promise<Reconstruction>;
}

const names = [
  "network",
  "error",
  "validation",
  "k",
  "percentile",
  "epochs",
  "batchRows",
  "learningRate",
  "patience",
  "seed",
  "signal",
  "progress",
];

/**
 * Learns normal images: an autoencoder is trained on them alone, and the threshold comes from normal images that it did not see, so that
 * no anomaly is needed.
 *
 * @param normals - Images of what is normal, n ≥ 10.
 * @param options - See {@link AnomalyOptions}; progress is told in batches.
 * @throws `nn/missing-rows`, `nn/mismatch-network` where the network does not give its input's shape, `option/out-of-range`,
 *   `option/unknown-name`, and as `train`
 */
export async function fitAnomalies(
  normals: Images,
  options: AnomalyOptions = {},
): Promise<AnomalyDetector> {
  const at = "fitAnomalies";
  checkNames(at, options, names);
  const { validation = 0.2, k = 2, percentile, seed = 0, error = "relative" } = options;
  checkChoice(at, { error }, anomalyErrors);
  checkNumber(at, { validation }, { above: 0, below: 1 });
  checkNumber(at, { k }, { min: 0 });
  if (percentile !== undefined) checkNumber(at, { percentile }, { above: 0, below: 1 });
  const { network = imageNetwork("autoencoder", { shape: normals.shape }) } = options;
  if (network.outputShape.join() !== network.inputShape.join())
    fail("nn/mismatch-network", {
      at,
      expected: `one that gives its input's shape, [${network.inputShape.join(", ")}]`,
      got: `[${network.outputShape.join(", ")}]`,
    });
  if (normals.rows < 10) fail("nn/missing-rows", { at, least: 10, got: normals.rows });
  const order = random(seed).stream("anomalies").shuffled(normals.rows);
  const held = Math.max(2, Math.round(validation * normals.rows));
  const judged = takeImages(normals, order.subarray(0, held));
  const trained = await learned(network, takeImages(normals, order.subarray(held)), {
    ...options,
    judged,
  });
  const errors = await errorsOf({ trained, error }, judged);
  const mean = errors.reduce((sum, one) => sum + one, 0) / errors.length;
  const deviation = Math.sqrt(
    errors.reduce((sum, one) => sum + (one - mean) ** 2, 0) / errors.length,
  );
  const threshold =
    percentile === undefined ? mean + k * deviation : quantileOf(errors.toSorted(), percentile);
  return anomalyDetector({ trained, error, threshold, mean, deviation });
}

async function learned(
  network: Network,
  images: Images,
  { judged, ...options }: AnomalyOptions & { readonly judged: Images },
): Promise<TrainedNetwork> {
  const { epochs = 10, batchRows = 32, learningRate = 0.003, patience = 3, seed = 0 } = options;
  const { signal, progress } = options;
  return train(network, itself(images), {
    ...{ loss: "binaryCrossEntropy", epochs, batchRows, seed, validation: itself(judged) },
    ...{ optimiser: { kind: "adam", learningRate }, stopping: { patience } },
    ...(signal === undefined ? {} : { signal }),
    ...(progress === undefined ? {} : { progress }),
  });
}

/** Images whose labels are themselves. */
function itself({ rows, shape, pixels }: Images): NetworkRows {
  return {
    rows,
    x: pixels,
    shape,
    y: Float32Array.from(pixels, (byte) => byte * byteScale),
    labelShape: shape,
  };
}

/** The least mean square that an image counts as having: an empty one must not divide by 0. */
export const leastSquare = 1e-3;

async function errorsOf(
  { trained, error: kind }: Pick<AnomalyDetector, "trained" | "error">,
  { pixels }: Pick<Images, "pixels">,
): Promise<Float64Array> {
  const told = await trained.predict(pixels);
  const size = trained.network.inputShape.reduce((product, side) => product * side, 1);
  const [errors, squares] = [
    new Float64Array(pixels.length / size),
    new Float64Array(pixels.length / size),
  ];
  for (let i = 0; i < pixels.length; i++) {
    const row = Math.floor(i / size);
    const x = (pixels[i] ?? 0) * byteScale;
    errors[row] = (errors[row] ?? 0) + ((told[i] ?? 0) - x) ** 2 / size;
    squares[row] = (squares[row] ?? 0) + x ** 2 / size;
  }
  return kind === "squared"
    ? errors
    : errors.map((error, row) => error / Math.max(leastSquare, squares[row] ?? 0));
}

/** What a detector is made of. */
export type DetectorParts = Pick<
  AnomalyDetector,
  "trained" | "error" | "threshold" | "mean" | "deviation"
>;

/** The detector of what was learned: fitting and loading both end here. */
export function anomalyDetector(parts: DetectorParts): AnomalyDetector {
  const { trained, threshold } = parts;
  return {
    ...parts,
    errors: (images) => errorsOf(parts, images),
    judge: async (normals, anomalies) => {
      const errors = Float64Array.from([
        ...(await errorsOf(parts, normals)),
        ...(await errorsOf(parts, anomalies)),
      ]);
      const y = errors.map((_, i) => Number(i >= normals.rows));
      const said = errors.map((error) => Number(error > threshold));
      const meanOf = (from: number, to: number): number =>
        errors.subarray(from, to).reduce((sum, error) => sum + error, 0) / (to - from);
      return {
        ...{ precision: precision(y, said), recall: recall(y, said), f1: f1(y, said) },
        rocAuc: rocAuc(y, squeezed(errors)),
        falseAlarms:
          said.subarray(0, normals.rows).reduce((sum, one) => sum + one, 0) / normals.rows,
        normalError: meanOf(0, normals.rows),
        anomalyError: meanOf(normals.rows, errors.length),
      };
    },
    show: async (images, row) => {
      const size = imageBytes(images);
      const bytes = takeImages(images, [row]).pixels;
      const reconstruction = (await trained.predict(bytes)).slice(0, size);
      const original = Float32Array.from(bytes, (byte) => byte * byteScale);
      const difference = original.map((value, i) => Math.abs(value - (reconstruction[i] ?? 0)));
      const [error = 0] = await errorsOf(parts, { pixels: bytes });
      return { original, reconstruction, difference, error, isAnomaly: error > threshold };
    },
  };
}

/** Errors as numbers from 0 to 1 in the same order, as curves take them. */
const squeezed = (errors: Float64Array): Float64Array => errors.map((error) => error / (1 + error));
