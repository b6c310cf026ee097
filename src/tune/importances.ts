/** @file How much each param matters: how differently it lies in the best trials and in all. */
import { checkNames, checkNumber } from "../core/index.ts";
import { fail } from "./errors.ts";
import { lossOf } from "./objective.ts";
import { codeOf, type ParamSpec, type Params, placeOf, valuesOf } from "./space.ts";
import type { StudyReader } from "./study/read-study.ts";

/** Which trials are the best, and by what. */
export interface ImportancesOptions {
  /** The share of the trials that counts as the best, above 0, below 1. Default 0.1. */
  readonly best?: number;
  /** The metric by which, of a study with several. Default: the first. */
  readonly metric?: string;
}

/** A param, and its share of all that matters, 0 to 1. */
export interface ParamImportance {
  readonly name: string;
  readonly share: number;
}

/** Complete trials that are needed. */
const leastTrials = 10;
/** Cells into which the range of a number is divided. */
const cells = 48;

/**
 * The importances of the params that all complete trials with params have, by PED-ANOVA: for each, the variance of
 * p_best(x) / p_all(x) − 1 under p_all, where the densities are those of the best tenth and of all
 * trials. A param that can be anything in a good trial has none. O(n·d·48).
 *
 * @returns Shares that sum to 1, the largest first; all equal where no param matters.
 * @throws `tune/missing-importances` for fewer than 10 complete trials with params, values that do not differ, or trials that
 * have no param in common;
 * `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const study = await openStudy({ name: "i", metric: "loss", direction: "minimise", sampler: randomSampler() });
 * await study.search((trial) => trial.float("x", -1, 1) ** 2 + 0.01 * trial.float("y", -1, 1), { trials: 100 });
 * (await paramImportances(study))[0]?.name // => "x"
 * ```
 * @see Watanabe et al., IJCAI 2023. Peer: Optuna `PedAnovaImportanceEvaluator`.
 */
export async function paramImportances<P extends Params>(
  study: StudyReader<P>,
  options: ImportancesOptions = {},
): Promise<readonly ParamImportance[]> {
  checkNames("paramImportances", options, ["best", "metric"]);
  const { best = 0.1, metric = study.objectives[0]?.metric ?? "" } = options;
  checkNumber("paramImportances", { best }, { above: 0, below: 1 });
  const at = study.objectives.findIndex((objective) => objective.metric === metric);
  const direction = study.objectives[at]?.direction;
  if (direction === undefined)
    return fail("tune/out-of-range-value", {
      at: "paramImportances",
      expected: `one of ${study.objectives.map((objective) => objective.metric).join(", ")}`,
      got: metric,
    });
  // A trial without params, as that of a baseline, says nothing of any.
  const trials = (await study.trials()).filter(
    ({ state, params }) => state === "complete" && Object.keys(params).length > 0,
  );
  const ordered = trials
    .map(({ params, values }) => ({ params, loss: lossOf(direction, values?.[at] ?? 0) }))
    .sort((a, b) => a.loss - b.loss);
  const differ = new Set(ordered.map(({ loss }) => loss)).size > 1;
  if (ordered.length < leastTrials || !differ)
    fail("tune/missing-importances", {
      ...{ study: study.name, trials: differ || ordered.length === 0 ? ordered.length : 1 },
      ...{ least: leastTrials, isApart: false },
    });
  const good = Math.max(2, Math.ceil(best * ordered.length));
  const specs = Object.entries(await study.space()).filter(([name]) =>
    ordered.every(({ params }) => name in params),
  );
  if (specs.length === 0)
    fail("tune/missing-importances", {
      study: study.name,
      trials: ordered.length,
      least: leastTrials,
      isApart: true,
    });
  const raw = specs.map(([name, spec]) => {
    const codes = ordered.map(({ params }) => codeOf(spec, params[name]) ?? 0);
    return { name, weight: divergence(spec, codes, good) };
  });
  const total = raw.reduce((sum, { weight }) => sum + weight, 0);
  return raw
    .map(({ name, weight }) => ({ name, share: total > 0 ? weight / total : 1 / raw.length }))
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
}

/** Σ (p_best / p_all − 1)² · p_all over the cells of a param. */
function divergence(spec: ParamSpec, codes: readonly number[], good: number): number {
  const count = Math.min(valuesOf(spec), spec.kind === "category" ? Infinity : cells);
  if (count <= 1) return 0;
  const at = codes.map((code) => Math.min(count - 1, Math.floor(placeOf(spec, code) * count)));
  const width = spec.kind === "category" ? 0 : 1;
  const [some, all] = [at.slice(0, good), at].map((places) => density(places, count, width));
  let sum = 0;
  for (let c = 0; c < count; c++) {
    const [p = 0, q = 1] = [some?.[c], all?.[c]];
    sum += (p / q - 1) ** 2 * q;
  }
  return sum;
}

/** How often each cell is met, with one even observation more, and for numbers blurred by Scott's width. */
function density(places: readonly number[], count: number, width: number): Float64Array {
  const n = places.length;
  const mean = places.reduce((sum, place) => sum + place, 0) / n;
  const spread = Math.sqrt(places.reduce((sum, place) => sum + (place - mean) ** 2, 0) / n);
  const blur = width * Math.max(0.5, 1.06 * spread * n ** -0.2);
  const mass = new Float64Array(count).fill(1 / count);
  for (const place of places) addBell(mass, place, blur);
  return mass.map((m) => m / (n + 1));
}

function addBell(mass: Float64Array, place: number, blur: number): void {
  const bell = mass.map((_, c) =>
    blur === 0 ? Number(c === place) : Math.exp(-(((c - place) / blur) ** 2) / 2),
  );
  const total = bell.reduce((sum, m) => sum + m, 0);
  for (let c = 0; c < mass.length; c++) mass[c] = (mass[c] ?? 0) + (bell[c] ?? 0) / total;
}
