/** @file How sure a network is of images: who may be believed, who must be looked at, and whether its probabilities come true. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Images } from "../../dataset/index.ts";
import { calibrationError, type ReliabilityBin, reliability } from "../../metric/index.ts";
import { fail } from "../errors.ts";

/** What tells probabilities of classes: a trained network, or anything else. */
export interface ImageJudge {
  predict(x: Uint8Array): Promise<Float32Array>;
}

/** What is done with an answer. */
export const confidenceBands = ["accept", "review", "reject"] as const;
export type ConfidenceBand = (typeof confidenceBands)[number];

/** Options of {@link confidenceReport}. */
export interface ConfidenceOptions {
  /** From which probability on an answer is accepted, 0 to 1. Default 0.9. */
  readonly accept?: number;
  /** Below which it is rejected, at most `accept`. Default 0.5. */
  readonly reject?: number;
  /** Bins of the reliability table, ≥ 1. Default 10. */
  readonly bins?: number;
}

/** Answers of one band. */
export interface BandReport {
  readonly band: ConfidenceBand;
  readonly rows: number;
  /** Of all rows, 0 to 1. */
  readonly share: number;
  /** The share of right answers; null where there are no rows. */
  readonly accuracy: number | null;
}

/** An image whose own class got little. */
export interface AmbiguousImage {
  readonly class: string;
  /** The number of the image. */
  readonly row: number;
  readonly answer: string;
  /** The answer's probability, which is the lowest of the images of the class. */
  readonly top: number;
  /** Of each class. */
  readonly probabilities: readonly number[];
}

/** How sure a network is of images. */
export interface ConfidenceReport {
  readonly rows: number;
  readonly accuracy: number;
  readonly accept: number;
  readonly reject: number;
  readonly bands: readonly BandReport[];
  /** The likeliest class of each image, [n], its probability, and what is done with it. */
  readonly answers: Int32Array;
  readonly tops: Float32Array;
  readonly routes: readonly ConfidenceBand[];
  readonly reliability: readonly ReliabilityBin[];
  /** The expected calibration error, 0 to 1. */
  readonly calibrationError: number;
  /** For each class that is there, its most ambiguous image. */
  readonly ambiguous: readonly AmbiguousImage[];
}

/**
 * Routes images by the probability of their likeliest class: from `accept` on an answer is believed, below `reject` it is refused, between
 * them someone looks. With the accuracy of each band, whether probabilities come true, and the most ambiguous image of each class. O(n·k).
 *
 * @param judge - A network that was trained with "crossEntropy".
 * @param images - With labels, n ≥ 1.
 * @param options - See {@link ConfidenceOptions}.
 * @throws `nn/mismatch-network` where there are not as many probabilities as classes, `nn/mismatch-rows`, `option/out-of-range`,
 *   `option/unknown-name`
 * @see Peer of the reliability table: scikit-learn `calibration_curve`; Guo et al., ICML 2017.
 */
export async function confidenceReport(
  judge: ImageJudge,
  images: Images,
  options: ConfidenceOptions = {},
): Promise<ConfidenceReport> {
  checkNames("confidenceReport", options, ["accept", "reject", "bins"]);
  const { accept = 0.9, reject = 0.5, bins = 10 } = options;
  checkNumber("confidenceReport", { accept }, { min: 0, max: 1 });
  checkNumber("confidenceReport", { reject }, { min: 0, max: accept });
  const { rows, labels, classes } = images;
  const k = classes.length;
  const told = await probabilitiesOf("confidenceReport", judge, images);
  const { answers, tops } = likeliestOf(told, k);
  const routes = Array.from(tops, (top) =>
    top >= accept ? "accept" : top < reject ? "reject" : "review",
  );
  const isRight = Array.from(answers, (answer, i) => answer === labels[i]);
  const [y, given] = [Float64Array.from(labels), normalised(told, k)];
  return {
    ...{ rows, accept, reject, answers, tops, routes },
    accuracy: isRight.filter(Boolean).length / rows,
    bands: confidenceBands.map((band) => bandReport(band, routes, isRight)),
    reliability: reliability(y, given, { classes: k, bins }),
    calibrationError: calibrationError(y, given, { classes: k, bins }),
    ambiguous: classes.flatMap((name, c) => {
      const own = Array.from(labels.keys()).filter((i) => labels[i] === c);
      const row = own.reduce(
        (best, i) => ((tops[i] ?? 1) < (tops[best] ?? 1) ? i : best),
        own[0] ?? -1,
      );
      if (row < 0) return [];
      return [
        {
          class: name,
          row,
          answer: classes[answers[row] ?? 0] ?? "",
          top: tops[row] ?? 0,
          probabilities: Array.from(told.subarray(row * k, (row + 1) * k)),
        },
      ];
    }),
  };
}

function bandReport(
  band: ConfidenceBand,
  routes: readonly string[],
  isRight: readonly boolean[],
): BandReport {
  const own = isRight.filter((_, i) => routes[i] === band);
  const accuracy = own.length === 0 ? null : own.filter(Boolean).length / own.length;
  return { band, rows: own.length, share: own.length / routes.length, accuracy };
}

/** The probabilities of images, [n, k]. @throws `nn/mismatch-network` */
export async function probabilitiesOf(
  at: string,
  judge: ImageJudge,
  { pixels, rows, classes }: Images,
): Promise<Float32Array> {
  const told = await judge.predict(pixels);
  if (told.length !== rows * classes.length)
    fail("nn/mismatch-network", {
      at,
      expected: `a probability for each of ${classes.length} classes`,
      got: `${told.length / rows} numbers an image`,
    });
  return told;
}

/** The likeliest class of each row, and its probability. */
export function likeliestOf(told: Float32Array, k: number) {
  const rows = told.length / k;
  const [answers, tops] = [new Int32Array(rows), new Float32Array(rows)];
  for (let i = 0; i < told.length; i++) {
    const row = Math.floor(i / k);
    if ((told[i] ?? 0) > (tops[row] ?? 0)) {
      tops[row] = told[i] ?? 0;
      answers[row] = i % k;
    }
  }
  return { answers, tops };
}

/** Probabilities of 64 bits whose rows sum to 1. */
function normalised(told: Float32Array, k: number): Float64Array {
  const given = Float64Array.from(told);
  for (let from = 0; from < given.length; from += k) {
    const row = given.subarray(from, from + k);
    const sum = row.reduce((total, value) => total + value, 0);
    for (let j = 0; j < k; j++) row[j] = (row[j] ?? 0) / sum;
  }
  return given;
}
