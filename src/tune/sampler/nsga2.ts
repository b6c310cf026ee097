/** @file NSGA-II: generations of trials whose parents are the best and most apart of those before. */
import { checkNames, checkNumber, type Random } from "../../core/index.ts";
import type { TrialRow } from "../trial-row.ts";
import { chanceOf, type SearchView } from "../view.ts";
import { drawEvenly } from "./random-sampler.ts";
import { ranked } from "./ranking.ts";
import type { Sampler } from "./sampler.ts";

/** How generations are made. */
export interface Nsga2Options {
  /** Trials of a generation, and parents of the next. Default 50. */
  readonly population?: number;
  /** The chance that a trial has two parents, not one. Default 0.9. */
  readonly crossover?: number;
  /** The chance that a param is drawn anew. Default: one param of a trial on average. */
  readonly mutation?: number;
}

/**
 * NSGA-II, for several objectives: a generation's parents are the best of all before by front, and
 * within a front those that stand most alone; a trial takes each param from one of two parents, and
 * some are drawn anew. Trials that break constraints come last. O(n·log n) for each generation of two objectives, of more at worst O(n²·m).
 *
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * nsga2({ population: 20 }).options["crossover"] // => 0.9
 * ```
 * @see Deb et al., IEEE Transactions on Evolutionary Computation 6(2), 2002. Peer: Optuna `NSGAIISampler`.
 */
export function nsga2(options: Nsga2Options = {}): Sampler {
  checkNames("nsga2", options, ["population", "crossover", "mutation"]);
  const { population = 50, crossover = 0.9, mutation = null } = options;
  checkNumber("nsga2", { population }, { min: 2, integer: true });
  checkNumber("nsga2", { crossover }, { min: 0, max: 1 });
  if (mutation !== null) checkNumber("nsga2", { mutation }, { min: 0, max: 1 });
  return {
    name: "nsga2",
    options: { population, crossover, mutation },
    draw: (view, trial) => {
      const { generation, parents } = parentsOf(view, population);
      const note = { generation };
      if (generation === 0) return { codes: {}, note };
      const chance = chanceOf(view, trial, "nsga2");
      return { codes: childOf(parents, { crossover, mutation }, chance), note };
    },
    drawOne: drawEvenly,
  };
}

/** The generation to be made, and the parents of it, from best to worst. */
interface Population {
  readonly generation: number;
  readonly parents: readonly TrialRow[];
}

const known = new WeakMap<object, Map<number, Population>>();

function parentsOf(view: SearchView, size: number): Population {
  const populations = known.get(view.identity) ?? new Map<number, Population>();
  known.set(view.identity, populations);
  let found = populations.get(size) ?? { generation: 0, parents: [] };
  for (;;) {
    const { generation, parents } = found;
    const ended = view.rows.filter((row) => isOf(row, generation));
    if (ended.length < size) break;
    ended.sort((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0) || a.number - b.number);
    const all = ranked(view, [...parents, ...ended.slice(0, size)]);
    found = { generation: generation + 1, parents: all.slice(0, size) };
  }
  populations.set(size, found);
  return found;
}

function isOf({ state, drawn }: TrialRow, generation: number): boolean {
  if (state !== "complete" || typeof drawn !== "object" || drawn === null) return false;
  return "generation" in drawn && drawn["generation"] === generation && !("space" in drawn);
}

function childOf(
  parents: readonly TrialRow[],
  how: { readonly crossover: number; readonly mutation: number | null },
  chance: Random,
): Readonly<Record<string, number>> {
  const [first, second] = [winner(parents, chance), winner(parents, chance)];
  const isMixed = chance.next() < how.crossover;
  const names = new Set([...Object.keys(first?.codes ?? {}), ...Object.keys(second?.codes ?? {})]);
  const mutation = how.mutation ?? 1 / Math.max(1, names.size);
  const codes: Record<string, number> = {};
  for (const name of [...names].sort()) {
    const [other, isNew] = [chance.next() < 0.5, chance.next() < mutation];
    const parent = isMixed && other ? second : first;
    const code = parent?.codes[name] ?? (isMixed ? first : undefined)?.codes[name];
    if (code !== undefined && !isNew) codes[name] = code; // what is left out is drawn evenly
  }
  return codes;
}

/** The better of two parents drawn by chance: they stand from best to worst. */
function winner(parents: readonly TrialRow[], chance: Random): TrialRow | undefined {
  const [a, b] = [chance.below(parents.length), chance.below(parents.length)];
  return parents[Math.min(a, b)];
}
