/** @file TPE: params are drawn where good trials are dense and others are not. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { ParamSpec } from "../space.ts";
import type { TrialRow } from "../trial-row.ts";
import { chanceOf, type SearchView } from "../view.ts";
import { groupsOf } from "./groups.ts";
import { type Parzen, parzen } from "./parzen.ts";
import { drawEvenly } from "./random-sampler.ts";
import { bestRows } from "./ranking.ts";
import type { Sampler } from "./sampler.ts";

/** How TPE searches. */
export interface TpeOptions {
  /** Trials that are drawn evenly before. Default 10. */
  readonly startupTrials?: number;
  /** How many points are drawn and judged for each trial. Default 24. */
  readonly candidates?: number;
  /** Whether trials under way count as bad, so that parallel ones do not all try the same. Default true. */
  readonly constantLiar?: boolean;
}

/**
 * The tree-structured Parzen estimator: of the trials so far the best tenth (at most 25) give a density
 * l, the others a density g, and of some points drawn from l the one with the greatest l / g is tried.
 * Params that occur together are drawn together, so that it learns which of them go together; those of
 * different branches of a conditional space are drawn apart. Failed trials are among the others, and a point at which
 * three trials failed and none came to an end is not drawn again where there is another one. It takes constraints (trials that break
 * them are among the others) and several objectives. O(n·d·candidates + n·log n) for each trial; of three objectives and more at worst O(n²·m).
 *
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * tpe({ startupTrials: 20 }).options["candidates"] // => 24
 * ```
 * @see Bergstra et al., NeurIPS 2011; Watanabe, arXiv:2304.11127, 2023. Peer: Optuna
 * `TPESampler(multivariate=True, group=True, constant_liar=True)`.
 */
export function tpe(options: TpeOptions = {}): Sampler {
  checkNames("tpe", options, ["startupTrials", "candidates", "constantLiar"]);
  const { startupTrials = 10, candidates = 24, constantLiar = true } = options;
  checkNumber("tpe", { startupTrials }, { min: 1, integer: true });
  checkNumber("tpe", { candidates }, { min: 1, integer: true });
  return {
    name: "tpe",
    options: { startupTrials, candidates, constantLiar },
    draw: (view, trial) => {
      const over = view.rows.filter(isOver);
      if (over.length < startupTrials) return { codes: {} };
      const codes: Record<string, number> = {};
      for (const group of groupsOf(view)) {
        const given = { trial, candidates, constantLiar };
        for (const [j, code] of drawGroup(view, group, given).entries())
          codes[group[j]?.[0] ?? ""] = code;
      }
      return { codes };
    },
    drawOne: drawEvenly,
  };
}

const isOver = ({ state }: TrialRow): boolean => state === "complete" || state === "pruned";

/** How many trials are good: a tenth, at most 25. */
const goodOf = (trials: number): number => Math.min(Math.ceil(0.1 * trials), 25);

/** Params that are drawn together. */
type Group = readonly (readonly [string, ParamSpec])[];

function drawGroup(
  view: SearchView,
  group: Group,
  how: { readonly trial: number; readonly candidates: number; readonly constantLiar: boolean },
): Float64Array {
  const [first = ""] = group.map(([name]) => name);
  const over = view.rows.filter((row) => isOver(row) && first in row.codes);
  const hasAll = (row: TrialRow): boolean => group.every(([name]) => name in row.codes);
  const lies = view.rows.filter(
    (row) => how.constantLiar && row.state === "running" && row.number !== how.trial && hasAll(row),
  );
  const failed = view.rows.filter((row) => row.state === "failed" && hasAll(row));
  const good = bestRows(view, over, goodOf(over.length));
  const chosen = new Set(good);
  const others = [...over.filter((row) => !chosen.has(row)), ...failed, ...lies];
  const names = group.map(([name]) => name).join("/");
  const chance = chanceOf(view, how.trial, `tpe/${names}`);
  const pointOf = pointsOf(view, group);
  const [l, g] = [good, others].map((rows) => mixture(group, rows, pointOf));
  if (l === undefined || g === undefined) return new Float64Array(0);
  const drawn = Array.from({ length: how.candidates }, () => l.draw(chance));
  const isHopeless = hopeless(group, { failed, over, pointOf });
  const hopeful = drawn.filter((point) => !isHopeless(point));
  return bestOf(l, g, hopeful.length > 0 ? hopeful : drawn);
}

/** After so many failures at one point it is the point that is to blame, and nothing that passes. */
const mostFailures = 3;

/**
 * Whether at a point several trials failed and none came to an end. Trials that asked for params of other groups too say nothing:
 * those may be why they failed.
 */
function hopeless(
  group: Group,
  {
    failed,
    over,
    pointOf,
  }: {
    readonly failed: readonly TrialRow[];
    readonly over: readonly TrialRow[];
    readonly pointOf: (row: TrialRow) => Float64Array;
  },
): (point: Float64Array) => boolean {
  const own = failed.filter(({ codes }) => Object.keys(codes).length === group.length);
  if (own.length === 0) return () => false;
  const failures = Map.groupBy(own, (row) => pointOf(row).join());
  const fine = new Set(over.map((row) => pointOf(row).join()));
  return (point) => {
    const key = point.join();
    return (failures.get(key)?.length ?? 0) >= mostFailures && !fine.has(key);
  };
}

function bestOf(l: Parzen, g: Parzen, points: readonly Float64Array[]): Float64Array {
  let best = new Float64Array(0);
  let most = -Infinity;
  for (const point of points) {
    const gain = l.logDensity(point) - g.logDensity(point);
    if (!(gain > most || best.length === 0)) continue;
    most = gain;
    best = new Float64Array(point);
  }
  return best;
}

function mixture(
  group: Group,
  rows: readonly TrialRow[],
  pointOf: (row: TrialRow) => Float64Array,
): Parzen {
  const points = [...rows].sort((a, b) => a.number - b.number).map(pointOf);
  const codes = group.map((_, j) => column(points, j));
  return parzen({ specs: group.map(([, spec]) => spec), codes, weights: weightsOf(points.length) });
}

/** One coordinate of all points; a plain loop, which is many times faster than `from`. */
function column(points: readonly Float64Array[], j: number): Float64Array {
  const codes = new Float64Array(points.length);
  for (let k = 0; k < codes.length; k++) codes[k] = points[k]?.[j] ?? 0;
  return codes;
}

/** The points of trials that are over, by study and group: they do not change any more. */
const known = new WeakMap<object, Map<string, WeakMap<TrialRow, Float64Array>>>();

/** Gives the points of trials in the params of a group; of one that is over, worked out once. */
function pointsOf({ identity }: SearchView, group: Group): (row: TrialRow) => Float64Array {
  const groups = known.get(identity) ?? new Map<string, WeakMap<TrialRow, Float64Array>>();
  known.set(identity, groups);
  const key = group.map(([name]) => name).join("\n");
  const points = groups.get(key) ?? new WeakMap<TrialRow, Float64Array>();
  groups.set(key, points);
  return (row) => {
    const held = points.get(row);
    if (held !== undefined) return held;
    const made = Float64Array.from(group, ([name]) => row.codes[name] ?? 0);
    if (isOver(row) || row.state === "failed") points.set(row, made);
    return made;
  };
}

/** The newest 25 weigh 1; of more, the oldest weighs 1 / n, and those between lie on a line. */
function weightsOf(n: number): Float64Array {
  const ramp = n - 25;
  return Float64Array.from({ length: n }, (_, k) => {
    if (k >= ramp) return 1;
    return ramp === 1 ? 1 / n : 1 / n + ((1 - 1 / n) * k) / (ramp - 1);
  });
}
