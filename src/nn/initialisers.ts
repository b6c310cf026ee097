/** @file What weights are before training: drawn by a seed, with a variance that keeps that of what flows through. */
import type { Random } from "../core/index.ts";
import { sizeOf } from "../tensor/index.ts";

/** How weights begin: uniform or normal after Glorot & Bengio (Xavier) or He, a normal or uniform distribution, or one number. */
export type Initialiser =
  | { readonly kind: "xavierUniform" | "xavierNormal" | "heUniform" | "heNormal" }
  | { readonly kind: "normal"; readonly deviation: number }
  | { readonly kind: "uniform"; readonly limit: number }
  | { readonly kind: "constant"; readonly value: number };

/** Names of initialisers that need no number. */
export const initialiserNames = [
  "xavierUniform",
  "xavierNormal",
  "heUniform",
  "heNormal",
  "zeros",
] as const;
export type InitialiserName = (typeof initialiserNames)[number];

/** The initialiser of a name. */
export const initialiserOf = (name: InitialiserName): Initialiser =>
  name === "zeros" ? { kind: "constant", value: 0 } : { kind: name };

/** How many numbers go into one that a weight makes, and how many it goes into. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * The fans of a weight: [d, k] of dense layers has d in and k out; kernels [k, c, h, w] have c·h·w in and k·h·w out.
 */
export function fansOf(shape: readonly number[]): Fans {
  const [first = 1, second = 1, ...window] = shape;
  const field = sizeOf(window);
  if (window.length === 0) return { fanIn: first, fanOut: second };
  return { fanIn: second * field, fanOut: first * field };
}

/**
 * Draws weights: Xavier has a variance of 2/(in + out), He of 2/in, uniform ones within √3 deviations.
 *
 * @param into - Where they are written.
 * @see Glorot & Bengio, AISTATS 2010; He et al., ICCV 2015. Peers: Keras' `GlorotUniform`, PyTorch's `kaiming_normal_`.
 */
export function draw(
  into: Float32Array,
  how: Initialiser,
  { fans: { fanIn, fanOut }, chance }: { readonly fans: Fans; readonly chance: Random },
): void {
  const next = drawer(how, { xavier: Math.sqrt(2 / (fanIn + fanOut)), he: Math.sqrt(2 / fanIn) });
  for (let i = 0; i < into.length; i++) into[i] = next(chance);
}

/** One number after the other, by deviations that keep variances. */
function drawer(
  how: Initialiser,
  { xavier, he }: { readonly xavier: number; readonly he: number },
): (chance: Random) => number {
  const uniform = (limit: number) => (chance: Random) => (2 * chance.next() - 1) * limit;
  const normal = (deviation: number) => (chance: Random) => chance.normal() * deviation;
  switch (how.kind) {
    case "xavierUniform":
      return uniform(Math.sqrt(3) * xavier);
    case "xavierNormal":
      return normal(xavier);
    case "heUniform":
      return uniform(Math.sqrt(3) * he);
    case "heNormal":
      return normal(he);
    case "normal":
      return normal(how.deviation);
    case "uniform":
      return uniform(how.limit);
    case "constant":
      return () => how.value;
  }
}
