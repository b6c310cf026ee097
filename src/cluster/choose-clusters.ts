/** @file How many clusters: k-means of several numbers beside each other, judged four ways. */
import { checkNames, checkNumber, type LongWork, type Random, random } from "../core/index.ts";
import type { Matrix } from "../flow.ts";
import { calinskiHarabasz, daviesBouldin, silhouette } from "../metric/index.ts";
import { type ClusterData, checkClusters, checkData, distinctRows, scaleWarnings } from "./data.ts";
import { gaussianMixture } from "./gaussian-mixture.ts";
import { kMeans } from "./k-means.ts";

/** Options of {@link chooseClusters}. */
export interface ChooseClustersOptions {
  /** The least number tried, ≥ 1. Default 1. */
  readonly from?: number;
  /** The largest, ≥ from. Default 10, and at most as many as there are distinct rows. */
  readonly to?: number;
  /** How often k-means begins anew for each number, of the rows and of noise, ≥ 1. Default 5. */
  readonly starts?: number;
  /** Rows that stand for all in the silhouette, ≥ 1. Default 2000. */
  readonly silhouetteRows?: number;
  /** Tables of uniform noise that the gap compares with, ≥ 0; 0 leaves it out. Default 10. */
  readonly references?: number;
  /** Whether Gaussian mixtures are fitted too, for their BIC. Default true. */
  readonly bic?: boolean;
  /** Where chance starts. Default 0. */
  readonly seed?: number;
}

/** What one number of clusters gives. */
export interface ClusterChoice {
  readonly clusters: number;
  /** Of k-means: falls with every cluster more. */
  readonly inertia: number;
  /** −1 to 1, higher is better; null for one cluster. */
  readonly silhouette: number | null;
  /** Lower is better; null for one cluster. */
  readonly daviesBouldin: number | null;
  /** Higher is better; null for one cluster. */
  readonly calinskiHarabasz: number | null;
  /** How much better than noise: the mean of ln inertia of noise, minus ln inertia; null where it was left out. */
  readonly gap: number | null;
  /** The standard error of the gap. */
  readonly gapError: number | null;
  /** Of a Gaussian mixture with full covariances, lower is better; null where there is none. */
  readonly bic: number | null;
}

/** Numbers of clusters beside each other, and which of them each way of judging prefers. */
export interface ClusterChoices {
  readonly choices: readonly ClusterChoice[];
  readonly best: {
    /** Where the fall of the inertia bends most; null where it does not bend. */
    readonly elbow: number | null;
    readonly silhouette: number | null;
    /** The least number whose gap is that of the next less its error, or more. */
    readonly gap: number | null;
    readonly bic: number | null;
  };
  /** The number that most ways prefer; of equally many, what the silhouette prefers of them, else the least. */
  readonly suggested: number;
  readonly warnings: readonly string[];
}

/**
 * Tries numbers of clusters: k-means for each, with its inertia (elbow), silhouette, gap statistic and
 * the BIC of a Gaussian mixture. The ways need not agree; where they do not, the data has no clear
 * number. Time that of (1 + references) k-means and a mixture for each number.
 *
 * @param data - x of shape [n, d], and names.
 * @param options - See {@link ChooseClustersOptions}.
 * @param work - Progress in numbers; the signal is heard between them.
 * @returns A line for each number, and the preferred ones.
 * @throws as a clusterer's `learn`, and `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const rows = Array.from({ length: 60 }, (_, i) => [(i % 3) * 20 + Math.sin(i), Math.cos(7 * i)]);
 * const found = await chooseClusters({ x: matrix(rows), names: ["a", "b"] }, { to: 5 });
 * found.best.silhouette // => 3
 * found.suggested // => 3
 * ```
 * @see Tibshirani, Walther & Hastie, J. Royal Statistical Society B 63(2), 2001 (gap); Satopää et al.,
 *   ICDCS workshops 2011 (the bend of a curve).
 */
export async function chooseClusters(
  data: ClusterData,
  options: ChooseClustersOptions = {},
  { signal, progress }: LongWork = {},
): Promise<ClusterChoices> {
  const settings = settingsOf(data, options);
  const { from, to } = settings;
  checkData("chooseClusters", data);
  checkClusters("chooseClusters", data.x, to);
  const choices: ClusterChoice[] = [];
  for (let clusters = from; clusters <= to; clusters++) {
    signal?.throwIfAborted();
    choices.push(await judged(data, clusters, settings));
    progress?.({ done: choices.length, total: to - from + 1 });
  }
  const best = {
    elbow: elbowOf(choices),
    silhouette: bestBy(choices, ({ silhouette }) => silhouette),
    gap: gapChoice(choices),
    bic: bestBy(choices, ({ bic }) => (bic === null ? null : -bic)),
  };
  return { choices, best, suggested: mostNamed(best, from), warnings: scaleWarnings(data) };
}

const mostTried = 10;

type Settings = Required<ChooseClustersOptions>;

function settingsOf({ x }: ClusterData, options: ChooseClustersOptions): Settings {
  const at = "chooseClusters";
  checkNames(at, options, ["from", "to", "starts", "silhouetteRows", "references", "bic", "seed"]);
  const {
    from = 1,
    starts = 5,
    silhouetteRows = 2000,
    references = 10,
    bic = true,
    seed = 0,
  } = options;
  const { to = Math.max(from, Math.min(mostTried, distinctRows(x, mostTried))) } = options;
  checkNumber(at, { from }, { min: 1, integer: true });
  checkNumber(at, { to }, { min: from, integer: true });
  checkNumber(at, { starts }, { min: 1, integer: true });
  checkNumber(at, { silhouetteRows }, { min: 1, integer: true });
  checkNumber(at, { references }, { min: 0, integer: true });
  checkNumber(at, { seed });
  return { from, to, starts, silhouetteRows, references, bic, seed };
}

async function judged(
  data: ClusterData,
  clusters: number,
  settings: Settings,
): Promise<ClusterChoice> {
  const { starts, seed, silhouetteRows } = settings;
  const found = await kMeans({ clusters, starts, seed }).learn(data);
  const labels = found.assign(data.x);
  const number = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    clusters,
    inertia: found.inertia,
    silhouette: number(silhouette(data.x, labels, { rows: silhouetteRows, seed })),
    daviesBouldin: number(daviesBouldin(data.x, labels)),
    calinskiHarabasz: number(calinskiHarabasz(data.x, labels)),
    ...(await gapOf(data, { clusters, inertia: found.inertia }, settings)),
    bic: settings.bic ? await bicOf(data, clusters, seed) : null,
  };
}

/** How much smaller ln inertia is than that of rows which are uniform noise within the same bounds, with as many starts. */
async function gapOf(
  { x, names }: ClusterData,
  { clusters, inertia }: { readonly clusters: number; readonly inertia: number },
  { references, starts, seed }: Settings,
): Promise<Pick<ClusterChoice, "gap" | "gapError">> {
  if (references === 0 || !(inertia > 0)) return { gap: null, gapError: null };
  const logs: number[] = [];
  for (let reference = 0; reference < references; reference++) {
    const noise = noiseLike(x, random(seed).stream(`gap/${reference}`));
    logs.push(
      Math.log((await kMeans({ clusters, starts, seed }).learn({ x: noise, names })).inertia),
    );
  }
  const mean = logs.reduce((sum, log) => sum + log, 0) / references;
  const spread = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / references);
  return { gap: mean - Math.log(inertia), gapError: spread * Math.sqrt(1 + 1 / references) };
}

function noiseLike({ rows, cols, data }: Matrix, draws: Random): Matrix {
  const [low, high] = [
    new Float64Array(cols).fill(Infinity),
    new Float64Array(cols).fill(-Infinity),
  ];
  for (const [at, value] of data.entries()) {
    const j = at % cols;
    low[j] = Math.min(low[j] ?? value, value);
    high[j] = Math.max(high[j] ?? value, value);
  }
  const drawn = (at: number): number => {
    const least = low[at % cols] ?? 0;
    return least + draws.next() * ((high[at % cols] ?? 0) - least);
  };
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, (_, at) => drawn(at)) };
}

/** The BIC of a mixture; null where there are too few rows for its covariances. */
async function bicOf(
  { x, names }: ClusterData,
  clusters: number,
  seed: number,
): Promise<number | null> {
  const parameters = clusters * (1 + x.cols + (x.cols * (x.cols + 1)) / 2);
  if (parameters >= x.rows) return null;
  return (await gaussianMixture({ clusters, seed }).learn({ x, names })).bic;
}

/** The number whose inertia lies farthest below the line from the first to the last, both scaled to 1. */
function elbowOf(choices: readonly ClusterChoice[]): number | null {
  const [first, last] = [choices[0], choices.at(-1)];
  if (first === undefined || last === undefined || choices.length < 3) return null;
  const fall = first.inertia - last.inertia;
  if (!(fall > 0)) return null;
  const below = ({ clusters, inertia }: ClusterChoice): number =>
    1 -
    (clusters - first.clusters) / (last.clusters - first.clusters) -
    (inertia - last.inertia) / fall;
  const best = choices.reduce((most, choice) => (below(choice) > below(most) ? choice : most));
  return below(best) > 0.05 ? best.clusters : null;
}

function bestBy(
  choices: readonly ClusterChoice[],
  value: (choice: ClusterChoice) => number | null,
): number | null {
  let best: { readonly clusters: number; readonly value: number } | null = null;
  for (const choice of choices) {
    const here = value(choice);
    if (here !== null && (best === null || here > best.value))
      best = { clusters: choice.clusters, value: here };
  }
  return best?.clusters ?? null;
}

/** The rule of the gap's authors: the least k with gap(k) ≥ gap(k + 1) − error(k + 1). */
function gapChoice(choices: readonly ClusterChoice[]): number | null {
  for (const [i, { clusters, gap }] of choices.entries()) {
    const next = choices[i + 1];
    if (gap === null || next === undefined || next.gap === null) continue;
    if (gap >= next.gap - (next.gapError ?? 0)) return clusters;
  }
  return null;
}

function mostNamed(best: ClusterChoices["best"], least: number): number {
  const named = [best.silhouette, best.elbow, best.gap, best.bic].filter((k) => k !== null);
  const votes = (k: number): number => named.filter((other) => other === k).length;
  const most = Math.max(0, ...named.map(votes));
  const winners = named.filter((k) => votes(k) === most);
  if (best.silhouette !== null && winners.includes(best.silhouette)) return best.silhouette;
  return winners.length === 0 ? least : Math.min(...winners);
}
