/** @file Which family a trial of forecasters tries: each once, then those that have params take turns. */
import type { Sampler } from "../sampler/sampler.ts";
import type { SearchView } from "../view.ts";
import type { ForecastFamily } from "./forecast-families.ts";

/** The note of a trial of which the family cannot take the series, whatever its params. */
export const unable = "unable";

/** Whether there are params to search. */
export const isSearched = ({ first }: ForecastFamily): boolean => Object.keys(first).length > 0;

/**
 * Draws params as another sampler does, and the family by the number of the trial, so that processes which search
 * together try each once. A family of which the first trial could not take the series is not tried again; where none
 * is left to search, the study ends with the last family.
 */
export function familySampler(sampler: Sampler, families: readonly ForecastFamily[]): Sampler {
  const open = ({ rows }: SearchView): readonly ForecastFamily[] =>
    families.filter((family, i) => isSearched(family) && !(unable in (rows[i]?.notes ?? {})));
  return {
    ...sampler,
    draw: (view, trial) => {
      const rest = open(view);
      const next = families[trial] ?? rest[(trial - families.length) % rest.length];
      const drawn = sampler.draw?.(view, trial) ?? { codes: {} };
      if (next === undefined) return drawn;
      return { ...drawn, codes: { ...drawn.codes, family: families.indexOf(next) } };
    },
    size: (view) => (open(view).length === 0 ? families.length : Infinity),
  };
}
