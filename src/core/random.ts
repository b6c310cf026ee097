/** @file The one source of chance: a seeded generator with streams derived by name. */
import { createHash } from "node:crypto";

/** A deterministic generator (xoshiro128**). Drawing from it changes it; deriving does not. */
export interface Random {
  /** A number in [0, 1) with 32 random bits. */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  /** A draw from the normal distribution N(0, 1) (Box–Muller). */
  normal(): number;
  /** One of the values; with weights, in proportion to them. */
  pick<T>(values: readonly T[], weights?: readonly number[]): T;
  /** The numbers 0 … n-1 in random order (Fisher–Yates). */
  shuffled(n: number): Uint32Array<ArrayBuffer>;
  /** A generator of its own, independent of how often this one was drawn from. */
  stream(name: string): Random;
}

/**
 * Makes a generator from a seed. Adding a draw in one named stream never changes another.
 *
 * @param seed - Any finite number; equal seeds give equal draws on every machine.
 * @example
 * ```ts
 * random(42).stream("split").below(100) === random(42).stream("split").below(100) // => true
 * ```
 * @see Blackman & Vigna, ACM TOMS 47(4), 2021 (xoshiro128**).
 */
export function random(seed: number, path = ""): Random {
  const start = createHash("sha256").update(`${seed}/${path}`).digest();
  const state = Uint32Array.from({ length: 4 }, (_, i) => start.readUInt32LE(4 * i));
  const next = (): number => step(state) / 4294967296;
  const below = (n: number): number => Math.floor(next() * n);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const pick = <T>(values: readonly T[], weights?: readonly number[]): T =>
    values[weights === undefined ? below(values.length) : chosen(weights, next())] as T;
  const shuffled = (n: number): Uint32Array<ArrayBuffer> => {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = below(i + 1);
      const held = order[i] as number;
      order[i] = order[j] as number;
      order[j] = held;
    }
    return order;
  };
  return { next, below, normal, pick, shuffled, stream: (name) => random(seed, `${path}/${name}`) };
}

/** The index whose share of the weights holds the point `at` of [0, 1). */
function chosen(weights: readonly number[], at: number): number {
  let left = at * weights.reduce((sum, w) => sum + w, 0);
  for (const [i, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return i;
  }
  return weights.length - 1;
}

function step(s: Uint32Array): number {
  const [a, b, c, d] = s as unknown as [number, number, number, number];
  const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
  const t = b << 9;
  const c2 = c ^ a;
  const d2 = d ^ b;
  s[1] = b ^ c2;
  s[0] = a ^ d2;
  s[2] = c2 ^ t;
  s[3] = rotate(d2, 11);
  return scrambled;
}

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
