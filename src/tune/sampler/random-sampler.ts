/** @file Random search: each param drawn evenly from its range. */
import { codeAt } from "../space.ts";
import { chanceOf, type SearchView } from "../view.ts";
import type { Asked, Sampler } from "./sampler.ts";

/** A code drawn evenly from the range of a param. */
export function drawEvenly(view: SearchView, { trial, name, spec }: Asked): number {
  return codeAt(spec, chanceOf(view, trial, `even/${name}`).next());
}

/**
 * Random search: each param is drawn evenly from its range (evenly in its logarithm with `log`),
 * whatever the trials before it gave. The measure that every other sampler has to beat.
 *
 * @example
 * ```ts
 * randomSampler().name // => "random"
 * ```
 * @see Bergstra & Bengio, JMLR 13, 2012. Peer: Optuna `RandomSampler`.
 */
export const randomSampler = (): Sampler => ({ name: "random", options: {}, drawOne: drawEvenly });
