/** @file Which token comes next: the logits of a step, made into chances and drawn from. */
import { checkNumber, type Random } from "../../core/index.ts";
import { specials } from "./tokeniser.ts";

/** How the next token is drawn. */
export interface SamplingOptions {
  /** Logits are divided by it, ≥ 0: below 1 likely tokens become likelier, 0 takes the likeliest. Default 0.8. */
  readonly temperature?: number;
  /** Only so many of the likeliest tokens, ≥ 1. Default all. */
  readonly topK?: number;
  /** Only the fewest of the likeliest tokens that together have this chance, above 0 to 1. Default 1. */
  readonly topP?: number;
  /** What logits of tokens that are there already are divided by, or times it below 0, ≥ 1. Default 1. */
  readonly repetitionPenalty?: number;
}

/** Names of the options. */
export const samplingNames = ["temperature", "topK", "topP", "repetitionPenalty"] as const;

/** A token with its chance. */
export interface Candidate {
  readonly token: number;
  readonly chance: number;
}

/** The options with their defaults. @throws `option/out-of-range` */
export function checkedSampling(at: string, options: SamplingOptions): Required<SamplingOptions> {
  const { temperature = 0.8, topK = 2 ** 31, topP = 1, repetitionPenalty = 1 } = options;
  checkNumber(at, { temperature }, { min: 0 });
  checkNumber(at, { topK }, { min: 1, integer: true });
  checkNumber(at, { topP }, { above: 0, max: 1 });
  checkNumber(at, { repetitionPenalty }, { min: 1 });
  return { temperature, topK, topP, repetitionPenalty };
}

/**
 * The tokens that may come next with their chances, which add up to 1, the likeliest first; of equal ones the smaller. Pad and unknown
 * are never among them. The penalty acts on logits, then the temperature, then top-k, then top-p, as in Hugging Face's `generate`.
 *
 * @param logits - Of one step, [v].
 * @param before - Tokens that are there already.
 * @see Keskar et al., 2019 (repetition penalty); Holtzman et al., ICLR 2020 (top-p).
 */
export function candidatesOf(
  logits: Float32Array,
  options: Required<SamplingOptions>,
  before: Iterable<number> = [],
): readonly Candidate[] {
  const { temperature, topK, topP, repetitionPenalty } = options;
  const values = Float64Array.from(logits);
  if (repetitionPenalty > 1)
    for (const token of new Set(before)) {
      const value = values[token] ?? 0;
      values[token] = value > 0 ? value / repetitionPenalty : value * repetitionPenalty;
    }
  values[specials.pad] = -Infinity;
  values[specials.unknown] = -Infinity;
  const order = Array.from(values.keys()).filter(
    (token) => token !== specials.pad && token !== specials.unknown,
  );
  order.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
  const best = values[order[0] ?? 0] ?? 0;
  if (temperature === 0) return order.slice(0, 1).map((token) => ({ token, chance: 1 }));
  const weighed = order
    .slice(0, topK)
    .map((token) => ({ token, chance: Math.exp(((values[token] ?? 0) - best) / temperature) }));
  return shared(leastWith(shared(weighed), topP));
}

/** Chances that add up to 1. */
function shared(candidates: readonly Candidate[]): readonly Candidate[] {
  const all = candidates.reduce((sum, { chance }) => sum + chance, 0);
  return candidates.map(({ token, chance }) => ({ token, chance: chance / all }));
}

/** The fewest of the first whose chances reach a share. */
function leastWith(candidates: readonly Candidate[], share: number): readonly Candidate[] {
  if (share === 1) return candidates;
  let sum = 0;
  const last = candidates.findIndex(({ chance }) => {
    sum += chance;
    return sum >= share;
  });
  return last < 0 ? candidates : candidates.slice(0, last + 1);
}

/** One of the candidates, by their chances. */
export function drawn(candidates: readonly Candidate[], chance: Random): number {
  return chance.pick(
    candidates.map(({ token }) => token),
    candidates.map((one) => one.chance),
  );
}
