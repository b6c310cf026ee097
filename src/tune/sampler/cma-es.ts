/** @file CMA-ES as a sampler: its generations are trials, and its state is worked out from them. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { TrialRow } from "../trial-row.ts";
import { chanceOf, type SearchView } from "../view.ts";
import { type CmaState, cmaDraw, cmaStart, cmaTell, generationSize, isSpent } from "./cma.ts";
import { type NumericSpace, numericSpace } from "./numeric-space.ts";
import { drawEvenly } from "./random-sampler.ts";
import { ranked } from "./ranking.ts";
import type { Sampler } from "./sampler.ts";

/** How CMA-ES begins. */
export interface CmaEsOptions {
  /** The first deviation, as a share of each range. Default 1 / 6. */
  readonly sigma?: number;
}

/**
 * CMA-ES: the numbers of a trial are drawn from a normal distribution which follows, generation by
 * generation, where trials were good; it needs only their order. For 2 to some 50 numbers, a budget of
 * hundreds of trials or more, and one objective. Categories, and params that not all trials have, are
 * drawn evenly. A distribution that has become a point begins anew elsewhere. O(d²) a draw, O(d³) for
 * each generation of 4 + ⌊3·ln d⌋ trials.
 *
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * cmaEs().name // => "cmaEs"
 * ```
 * @see Hansen, arXiv:1604.00772, 2023. Peer: Optuna `CmaEsSampler`.
 */
export function cmaEs(options: CmaEsOptions = {}): Sampler {
  checkNames("cmaEs", options, ["sigma"]);
  const { sigma = 1 / 6 } = options;
  checkNumber("cmaEs", { sigma }, { above: 0, max: 1 });
  return {
    name: "cmaEs",
    options: { sigma },
    mostObjectives: 1,
    draw: (view, trial) => {
      const space = numericSpace(view);
      if (space.axes.length === 0) return { codes: {} };
      const state = stateOf(view, space, sigma);
      const point = cmaDraw(state, chanceOf(view, trial, "cma"));
      const note = { generation: state.generation, space: space.key };
      return { codes: space.codesOf(point), note };
    },
    drawOne: drawEvenly,
  };
}

/** The states of a study by the space they are of. */
const known = new WeakMap<object, Map<string, CmaState>>();

/** The state after all generations that are whole; of each, the trials that ended first count. */
function stateOf(view: SearchView, space: NumericSpace, sigma: number): CmaState {
  const states = known.get(view.identity) ?? new Map<string, CmaState>();
  known.set(view.identity, states);
  const key = `${sigma} ${space.key}`;
  const d = space.axes.length;
  let state = states.get(key) ?? cmaStart(new Float64Array(d).fill(0.5), sigma);
  const size = generationSize(d);
  for (;;) {
    const { generation } = state;
    const ended = view.rows.filter((row) => isOf(row, generation, space.key));
    if (ended.length < size) break;
    ended.sort((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0) || a.number - b.number);
    const best = ranked(view, ended.slice(0, size));
    state = cmaTell(state, best.map(space.pointOf));
    if (isSpent(state)) state = anew(view, state, sigma);
  }
  states.set(key, state);
  return state;
}

function isOf({ state, drawn }: TrialRow, generation: number, space: string): boolean {
  if (state !== "complete" || typeof drawn !== "object" || drawn === null) return false;
  return "generation" in drawn && drawn["generation"] === generation && drawn["space"] === space;
}

function anew(view: SearchView, { generation, mean }: CmaState, sigma: number): CmaState {
  const chance = chanceOf(view, generation, "cma/anew");
  return cmaStart(
    mean.map(() => chance.next()),
    sigma,
    generation,
  );
}
