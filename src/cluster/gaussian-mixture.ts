/** @file Gaussian mixture: clusters as normal distributions, and how likely a row is in each. */
import {
  checkChoice,
  checkNames,
  checkNumber,
  isMillraceError,
  type LongWork,
} from "../core/index.ts";
import type { Matrix } from "../flow.ts";
import {
  fitMixture,
  lloydKMeans,
  type Mixture,
  type MixtureForm,
  mixtureDensities,
  nearestCentres,
} from "../tensor/index.ts";
import { type Clusterer, clusterer } from "./clusterer.ts";
import type { Clusters } from "./clusters.ts";
import { type ClusterData, checkRows } from "./data.ts";
import { fail } from "./errors.ts";
import { tooMany } from "./k-means.ts";
import { commonOf, damaged, type Fields, storedMatrix } from "./state-fields.ts";

/** Options of {@link gaussianMixture}. */
export interface GaussianMixtureOptions {
  /** How many distributions, k ≥ 1. */
  readonly clusters: number;
  /** Any covariances, none between features (`diagonal`), or one variance for all (`spherical`). Default "full". */
  readonly covariance?: MixtureForm;
  /** How often to begin anew from other k-means, ≥ 1; the likeliest is kept. Default 1. */
  readonly starts?: number;
  /** Most steps of a start, ≥ 1. Default 100. */
  readonly maxIterations?: number;
  /** Done when the mean log-likelihood of a row changes by less, in nats, > 0. Default 1e-3. */
  readonly tolerance?: number;
  /** Added to every variance, ≥ 0, in the squared unit of the features. Default 1e-6. */
  readonly regularisation?: number;
  /** Where chance starts. Default 0. */
  readonly seed?: number;
}

/** What `gaussianMixture` learned. */
export interface GaussianMixtureState {
  readonly mixture: Mixture;
  /** Mean log-likelihood of a row, in nats. */
  readonly logLikelihood: number;
  /** −2·ln L + p·ln n for p parameters: the lower the better the trade. */
  readonly bic: number;
  /** −2·ln L + 2·p. */
  readonly aic: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/** Gives a row to the distribution that it is likeliest from. */
export interface GaussianMixtureClusters extends Clusters, GaussianMixtureState {
  readonly kind: "gaussianMixture";
  /** How likely each row is from each distribution, [n, k]; every row sums to 1. */
  probabilities(x: Matrix): Matrix;
  /** ln of the density at each row, [n]: low where nothing like it was seen. */
  logDensity(x: Matrix): Float64Array;
}

/**
 * Gaussian mixture: the weights, means and covariances of k normal distributions under which the rows
 * are likely, as far as expectation and maximisation find them from k-means. It has clusters that are
 * stretched and overlap, and says how sure it is. Time O(n·k·d²) a step when full, else O(n·k·d).
 *
 * @param options - See {@link GaussianMixtureOptions}.
 * @returns A clusterer; it refuses missing values and more clusters than distinct rows.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also `cluster/failed-fit`
 * @example
 * ```ts
 * const x = matrix([[0], [1], [2], [20], [21], [22]]);
 * const found = await gaussianMixture({ clusters: 2 }).learn({ x, names: ["a"] });
 * found.mixture.weights // => Float64Array.of(0.5, 0.5)
 * const { data } = found.probabilities(matrix([[1]]));
 * Math.max(...data) > 0.999 // => true
 * ```
 * @see Dempster, Laird & Rubin, J. Royal Statistical Society B 39(1), 1977. Peer: scikit-learn
 *   `GaussianMixture`.
 */
export function gaussianMixture(
  options: GaussianMixtureOptions,
): Clusterer<GaussianMixtureClusters> {
  const at = "gaussianMixture";
  const known = [
    "clusters",
    "covariance",
    "starts",
    "maxIterations",
    "tolerance",
    "regularisation",
    "seed",
  ];
  checkNames(at, options, known);
  const {
    clusters,
    starts = 1,
    maxIterations = 100,
    tolerance = 1e-3,
    regularisation = 1e-6,
    seed = 0,
  } = options;
  const covariance = checkChoice(at, { covariance: options.covariance ?? "full" }, [
    "full",
    "diagonal",
    "spherical",
  ]);
  checkNumber(at, { clusters }, { min: 1, integer: true });
  checkNumber(at, { starts }, { min: 1, integer: true });
  checkNumber(at, { maxIterations }, { min: 1, integer: true });
  checkNumber(at, { tolerance }, { above: 0 });
  checkNumber(at, { regularisation }, { min: 0 });
  checkNumber(at, { seed });
  const settings = { clusters, covariance, starts, maxIterations, tolerance, regularisation, seed };
  return clusterer({
    name: at,
    options: settings,
    learn: (data, work) => likeliest(data, settings, work),
  });
}

type Settings = Required<GaussianMixtureOptions>;

/** The likeliest of the starts. */
async function likeliest(
  { x, names, warnings }: ClusterData & { readonly warnings: readonly string[] },
  settings: Settings,
  { signal, progress }: LongWork,
): Promise<GaussianMixtureClusters> {
  const { clusters, covariance: form, starts, seed, regularisation } = settings;
  const work = signal === undefined ? {} : { signal };
  let best: Awaited<ReturnType<typeof fitMixture>> | undefined;
  for (let start = 0; start < starts; start++) {
    const how = { clusters, starts: 1, maxIterations: 300, tolerance: 1e-4, seed: seed + start };
    const found = await lloydKMeans({ x, ...how }, work);
    if (found === undefined) return tooMany("gaussianMixture", x, clusters);
    const labels = nearestCentres(x, found.centres);
    const fitted = await told(
      () => fitMixture({ ...settings, x, form, labels }, work),
      regularisation,
    );
    if (best === undefined || fitted.logLikelihood > best.logLikelihood) best = fitted;
    progress?.({ done: start + 1, total: starts });
  }
  if (best === undefined) return tooMany("gaussianMixture", x, clusters);
  const likelihood = best.logLikelihood * x.rows;
  const parameters = parametersOf(form, clusters, x.cols);
  const bic = -2 * likelihood + parameters * Math.log(x.rows);
  const aic = -2 * likelihood + 2 * parameters;
  return gaussianMixtureClusters({ ...best, bic, aic, names, warnings });
}

/** Says what can be done about a covariance that is none. */
async function told<T>(work: () => Promise<T>, regularisation: number): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isMillraceError(cause, "tensor/failed-factorisation")) throw cause;
    return fail("cluster/failed-fit", { at: "gaussianMixture", regularisation }, { cause });
  }
}

/** Free numbers of a mixture: weights, means, and covariances. */
function parametersOf(form: MixtureForm, k: number, d: number): number {
  const spread = form === "full" ? (k * d * (d + 1)) / 2 : form === "diagonal" ? k * d : k;
  return k - 1 + k * d + spread;
}

/** The clusters of a mixture; learning and loading both come through here. */
function gaussianMixtureClusters(state: GaussianMixtureState): GaussianMixtureClusters {
  const { mixture, names } = state;
  const clusters = mixture.weights.length;
  const densities = (x: Matrix) => {
    checkRows("gaussianMixture", x, names);
    return mixtureDensities(mixture, x);
  };
  const assign: Clusters["assign"] = (x) => {
    const { data } = densities(x).parts;
    return Int32Array.from({ length: x.rows }, (_, i) => largest(data, i * clusters, clusters));
  };
  const probabilities: GaussianMixtureClusters["probabilities"] = (x) => {
    const { parts, whole } = densities(x);
    const share = (value: number, at: number): number =>
      Math.exp(value - (whole[Math.floor(at / clusters)] ?? 0));
    return { ...parts, data: parts.data.map(share) };
  };
  const logDensity: GaussianMixtureClusters["logDensity"] = (x) => densities(x).whole;
  return { kind: "gaussianMixture", ...state, clusters, assign, probabilities, logDensity };
}

/** The place of the largest of some numbers; of equal ones the first. */
function largest(data: Float64Array, from: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if ((data[from + k] ?? 0) > (data[from + best] ?? 0)) best = k;
  return best;
}

/** The clusters of a stored state. */
export function readGaussianMixture(fields: Fields): GaussianMixtureClusters {
  const { width, ...common } = commonOf(fields);
  const mixture = fields.fields("mixture");
  const k = fields.number("clusters");
  const form = (["full", "diagonal", "spherical"] as const).find(
    (known) => known === mixture.text("form"),
  );
  if (form === undefined) return damaged("form", "a known covariance", mixture.text("form"));
  const shapes = {
    full: { rows: k * width, cols: width },
    diagonal: { rows: k, cols: width },
    spherical: { rows: k, cols: 1 },
  };
  return gaussianMixtureClusters({
    mixture: {
      form,
      weights: mixture.array("weights", Float64Array, k),
      means: storedMatrix(mixture, "means", { rows: k, cols: width }),
      covariances: storedMatrix(mixture, "covariances", shapes[form]),
    },
    logLikelihood: fields.number("logLikelihood"),
    bic: fields.number("bic"),
    aic: fields.number("aic"),
    iterations: fields.number("iterations"),
    converged: fields.boolean("converged"),
    ...common,
  });
}
