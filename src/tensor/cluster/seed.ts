/** @file k-means++: the first centres are rows, each drawn by its squared distance to those before. */
import type { Random } from "../../core/index.ts";
import type { Matrix } from "../../flow.ts";
import type { ClusterMemory } from "./k-means-memory.ts";

/** Candidates of a step, a multiple of four; the one that lowers the sum of distances most is taken. */
export const trialsOf = (clusters: number): number =>
  4 * Math.ceil((2 + Math.floor(Math.log(clusters))) / 4);

/**
 * Draws the numbers of k rows as centres with the kernel; each row's label and nearest distance are
 * in its memory then. Undefined when single precision tells fewer than k rows apart.
 */
export function seedRows(memory: ClusterMemory, draws: Random): readonly number[] | undefined {
  const { code, clusters, trials, potentials, rows } = memory;
  const chosen = [draws.below(rows)];
  takeRows(memory, chosen);
  let potential = code.seedFirst();
  for (let k = 1; k < clusters; k++) {
    if (!(potential > 0)) return undefined;
    const drawn = Array.from({ length: trials }, () => code.pickRow(draws.next() * potential));
    takeRows(memory, drawn);
    writeThresholds(memory, chosen);
    for (let group = 0; group < trials / 4; group++) code.tryCandidates(group);
    let best = 0;
    for (let t = 1; t < trials; t++) if (potentials[t]! < potentials[best]!) best = t;
    code.takeCandidate(best, k);
    chosen.push(drawn[best]!);
    potential = potentials[best]!;
  }
  return chosen;
}

function takeRows({ candidates, x, width }: ClusterMemory, rows: readonly number[]): void {
  for (const [t, row] of rows.entries())
    candidates.set(x.subarray(row * width, (row + 1) * width), t * width);
}

/** A row within half the way to the nearest candidate cannot be nearer to one. */
function writeThresholds(memory: ClusterMemory, chosen: readonly number[]): void {
  const { thresholds, x, candidates, trials, width } = memory;
  for (const [k, row] of chosen.entries()) {
    let least = Infinity;
    for (let t = 0; t < trials; t++) {
      let sum = 0;
      for (let j = 0; j < width; j++)
        sum += (x[row * width + j]! - candidates[t * width + j]!) ** 2;
      least = Math.min(least, sum);
    }
    thresholds[k] = least * 0.2499;
  }
}

/**
 * The same in double precision, a row at a time: where rows differ by less than single precision
 * holds. Undefined when there are fewer than k distinct rows. O(n·k·d).
 *
 * @param x - Shape [n, d].
 * @param clusters - k.
 * @param draws - Chance.
 * @returns Numbers of rows, [k].
 */
export function seedExactly(x: Matrix, clusters: number, draws: Random): number[] | undefined {
  const { rows, cols, data } = x;
  const nearest = new Float64Array(rows).fill(Infinity);
  const chosen: number[] = [];
  let next = draws.below(rows);
  for (;;) {
    chosen.push(next);
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      let d = 0;
      for (let j = 0; j < cols; j++) d += (data[i * cols + j]! - data[next * cols + j]!) ** 2;
      nearest[i] = Math.min(nearest[i]!, d);
      sum += nearest[i]!;
    }
    if (chosen.length === clusters) return chosen;
    if (!(sum > 0)) return undefined;
    next = drawn(nearest, draws.next() * sum);
  }
}

/** The place at which the running sum passes `at`. */
function drawn(weights: Float64Array, at: number): number {
  let [sum, last] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    sum += weights[i]!;
    last = i;
    if (sum > at) return i;
  }
  return last;
}
