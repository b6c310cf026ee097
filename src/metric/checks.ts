/** @file The checks that every metric makes of its input. */
import { checkNumber } from "../core/index.ts";
import { fail } from "./errors.ts";
import { checkWeights } from "./weights.ts";

/** Refuses no rows, and another number of predictions than asked for. */
export function checkLengths(at: string, wanted: number, predictions: number): void {
  if (wanted === 0) fail("metric/missing-rows", { at });
  if (predictions !== wanted)
    fail("metric/mismatch-length", { at, what: "prediction", wanted, got: predictions });
}

/** Refuses no rows, unequal lengths, and labels other than 0 and 1. */
export function checkRows(at: string, y: Float64Array, predictions: Float64Array): void {
  checkLengths(at, y.length, predictions.length);
  const row = y.findIndex((label) => label !== 0 && label !== 1);
  if (row >= 0)
    fail("metric/out-of-range-label", { at, row, expected: "0 or 1", got: y[row] ?? Number.NaN });
}

/** As {@link checkRows}, and refuses what is not a probability. */
export function checkProbabilities(at: string, y: Float64Array, probability: Float64Array): void {
  checkRows(at, y, probability);
  checkUnit(at, probability, 1);
}

/** Refuses what is not between 0 and 1. */
function checkUnit(at: string, probability: Float64Array, each: number): void {
  const place = probability.findIndex((p) => !(p >= 0 && p <= 1));
  if (place < 0) return;
  const [row, got] = [Math.floor(place / each), probability[place] ?? Number.NaN];
  fail("metric/out-of-range-probability", { at, row, got });
}

/** Refuses labels that are not whole numbers from 0 up to the number of classes. */
export function checkClasses(at: string, y: Float64Array, classes = Infinity): void {
  const row = y.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (row < 0) return;
  const expected = classes === Infinity ? "a whole number from 0" : `0 to ${classes - 1}`;
  fail("metric/out-of-range-label", { at, row, expected, got: y[row] ?? Number.NaN });
}

/** How far the probabilities of a row may sum to something other than 1. */
const sumTolerance = 1e-6;

/** Labels of k classes and probabilities [n, k] whose rows sum to 1. */
export function checkClassProbabilities(
  at: string,
  [y, probability]: readonly [Float64Array, Float64Array],
  classes: number,
): void {
  checkNumber(at, { classes }, { min: 2, integer: true });
  checkLengths(at, y.length * classes, probability.length);
  checkClasses(at, y, classes);
  checkUnit(at, probability, classes);
  for (let row = 0; row < y.length; row++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += probability[row * classes + c] ?? 0;
    if (Math.abs(sum - 1) > sumTolerance) fail("metric/mismatch-sum", { at, row, sum });
  }
}

/** Numbers to be predicted and predictions of them: as many, finite, with fitting weights. */
export function checkNumbers(
  at: string,
  {
    y,
    predicted,
    weights,
  }: {
    readonly y: Float64Array;
    readonly predicted: Float64Array;
    readonly weights: Float64Array | undefined;
  },
): void {
  checkLengths(at, y.length, predicted.length);
  for (const [what, values] of [
    ["the label", y],
    ["the prediction", predicted],
  ] as const) {
    const row = values.findIndex((value) => !Number.isFinite(value));
    if (row >= 0)
      fail("metric/out-of-range-number", {
        at,
        what,
        row,
        expected: "a finite number",
        got: values[row] ?? Number.NaN,
      });
  }
  checkWeights(at, y.length, weights);
}
