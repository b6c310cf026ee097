/** @file Quasi-random search: points of a scrambled Halton sequence, which leave no gaps. */
import { type Random, random } from "../../core/index.ts";
import { codeAt } from "../space.ts";
import { jointSpace } from "../view.ts";
import { drawEvenly } from "./random-sampler.ts";
import type { Sampler } from "./sampler.ts";

/**
 * Quasi-random search: the params of trial i are point i of a Halton sequence whose digits are permuted
 * by chance, so that points fill the space more evenly than random ones. A param takes part once it is
 * known: from the start in a declared space, else from the second trial on; before, it is drawn evenly.
 *
 * @example
 * ```ts
 * quasiRandom().name // => "quasiRandom"
 * ```
 * @see Owen, "A randomized Halton algorithm in R", arXiv:1706.02808, 2017. Peer: Optuna `QMCSampler`.
 */
export function quasiRandom(): Sampler {
  return {
    name: "quasiRandom",
    options: {},
    draw: (view, trial) => {
      const joint = jointSpace(view);
      const point = haltonPoint(view.seed, trial, joint.length);
      const codes = joint.map(([name, spec], j) => [name, codeAt(spec, point[j] ?? 0)] as const);
      return { codes: Object.fromEntries(codes) };
    },
    drawOne: drawEvenly,
  };
}

/**
 * Point `index` of a scrambled Halton sequence in [0, 1)^d: coordinate j mirrors the digits of the index
 * in the base of prime j, each permuted by a permutation of its own. O(d · 32).
 *
 * @param seed - Decides the permutations.
 * @param index - Whole, from 0.
 * @returns Shape [d].
 */
export function haltonPoint(seed: number, index: number, dimensions: number): Float64Array {
  const point = new Float64Array(dimensions);
  const chance = random(seed).stream("halton");
  for (const [j, base] of primes(dimensions).entries())
    point[j] = mirrored(index, base, chance.stream(`${base}`));
  return point;
}

/** How many digits count: as many as a double can tell apart. */
const digitsOf = (base: number): number => Math.ceil((52 * Math.LN2) / Math.log(base));

function mirrored(index: number, base: number, chance: Random): number {
  let [left, value, scale] = [index, 0, 1 / base];
  for (let digit = 0; digit < digitsOf(base); digit++) {
    const order = chance.shuffled(base);
    value += (order[left % base] ?? 0) * scale;
    left = Math.floor(left / base);
    scale /= base;
  }
  return Math.min(value, 1 - 2 ** -52);
}

const known: number[] = [2];

function primes(count: number): readonly number[] {
  for (let n = (known.at(-1) ?? 1) + 1; known.length < count; n++)
    if (known.every((prime) => n % prime !== 0)) known.push(n);
  return known.slice(0, count);
}
