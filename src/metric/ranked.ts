/** @file Rows of two labels in the order of their scores, as counts at each distinct score. */
import { checkRows } from "./checks.ts";
import { fail } from "./errors.ts";
import { risingOrder } from "./rising-order.ts";
import { checkWeights, weightOf } from "./weights.ts";

/** How many rows, or how much weight, of each label lies at or above each distinct score, highest first. */
export interface Steps {
  readonly count: number;
  readonly thresholds: Float64Array;
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** A step for each distinct score. Rows of weight 0 have none. O(n·log n). */
export function stepsOf(
  at: string,
  [y, score]: readonly [Float64Array, Float64Array],
  weights?: Float64Array,
): Steps {
  checkRows(at, y, score);
  const odd = score.findIndex(Number.isNaN);
  if (odd >= 0) fail("metric/out-of-range-score", { at, row: odd });
  checkWeights(at, y.length, weights);
  return weights === undefined ? counted(y, score) : weighed([y, score], weights);
}

/** Sorting the scores of each label and merging them is several times faster than sorting rows. */
function counted(y: Float64Array, score: Float64Array): Steps {
  const [ones, zeros] = [1, 0].map((label) => score.filter((_, row) => y[row] === label).sort());
  const steps = new Rising(y.length);
  let [i, j] = [(ones?.length ?? 0) - 1, (zeros?.length ?? 0) - 1];
  while (i >= 0 || j >= 0) {
    const threshold = Math.max(ones?.[i] ?? -Infinity, zeros?.[j] ?? -Infinity);
    while (i >= 0 && ones?.[i] === threshold) i -= 1;
    while (j >= 0 && zeros?.[j] === threshold) j -= 1;
    steps.push(threshold, (ones?.length ?? 0) - 1 - i, (zeros?.length ?? 0) - 1 - j);
  }
  return steps.done();
}

function weighed([y, score]: readonly [Float64Array, Float64Array], weights: Float64Array): Steps {
  const order = risingOrder(score)
    .filter((row) => weightOf(weights, row) > 0)
    .reverse();
  const steps = new Rising(order.length);
  let [positives, negatives] = [0, 0];
  for (const [place, row] of order.entries()) {
    if (y[row] === 1) positives += weightOf(weights, row);
    else negatives += weightOf(weights, row);
    const [threshold = 0, next] = [score[row], score[order[place + 1] ?? -1]];
    if (threshold !== next) steps.push(threshold, positives, negatives);
  }
  return steps.done();
}

/** Steps while they are found. */
class Rising {
  readonly #thresholds: Float64Array;
  readonly #positives: Float64Array;
  readonly #negatives: Float64Array;
  #count = 0;

  constructor(most: number) {
    this.#thresholds = new Float64Array(most);
    this.#positives = new Float64Array(most);
    this.#negatives = new Float64Array(most);
  }

  push(threshold: number, positives: number, negatives: number): void {
    this.#thresholds[this.#count] = threshold;
    this.#positives[this.#count] = positives;
    this.#negatives[this.#count] = negatives;
    this.#count += 1;
  }

  done(): Steps {
    const count = this.#count;
    return {
      count,
      thresholds: this.#thresholds.subarray(0, count),
      positives: this.#positives.subarray(0, count),
      negatives: this.#negatives.subarray(0, count),
    };
  }
}

/** Numbers with one before them. */
export function after(first: number, rest: Float64Array): Float64Array {
  const all = new Float64Array(rest.length + 1);
  all[0] = first;
  all.set(rest, 1);
  return all;
}
