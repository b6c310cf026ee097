/** @file Weighted moments of features and labels: all that least squares with a penalty asks of the rows. */
import type { Dataset, Matrix } from "../../flow.ts";
import { openRows } from "../../tensor/index.ts";

/** Sums over rows, moved to a centre so that no digits are lost. */
export interface Moments {
  /** Σ wᵢ. */
  readonly weight: number;
  /** What was subtracted of each feature, [d], and of y. */
  readonly centre: Float64Array;
  readonly centreY: number;
  /** Σ w·x and Σ w·y. */
  readonly sums: Float64Array;
  readonly sumY: number;
  /** Σ w·x·xᵀ, shape [d, d], Σ w·x·y, [d], and Σ w·y². */
  readonly gram: Matrix;
  readonly products: Float64Array;
  readonly squares: number;
}

/** The moments of the rows, and of each fold's rows where there are folds; a pass over all rows for each. */
export async function momentsOf(
  { x, y, weights }: Dataset,
  folds: readonly Uint32Array[] = [],
): Promise<readonly Moments[]> {
  const rows = await openRows(x);
  const centreY = y.reduce((sum, value) => sum + value, 0) / y.length;
  const one = (own: Float64Array | undefined): Moments => {
    let [squares, sumY] = [0, 0];
    const { gradient, hessian } = rows.pass({
      hessian: true,
      visit: ({ first, rows: count, residuals: [r = none], curvatures: [v = none] }) => {
        for (let i = 0; i < count; i++) {
          const weight = own === undefined ? 1 : (own[first + i] ?? 0);
          const value = (y[first + i] ?? 0) - centreY;
          v[i] = weight;
          r[i] = weight * value;
          sumY += weight * value;
          squares += weight * value * value;
        }
      },
    });
    const { cols: d, centre } = rows;
    const all = hessian?.data ?? none; // [d + 1, d + 1], the last row for sums
    const gram = new Float64Array(d * d);
    for (let j = 0; j < d; j++) gram.set(all.subarray(j * (d + 1), j * (d + 1) + d), j * d);
    return {
      ...{ centre, centreY, sumY, squares, weight: all.at(-1) ?? 0 },
      sums: all.slice(d * (d + 1), d * (d + 1) + d),
      gram: { rows: d, cols: d, data: gram },
      products: gradient.slice(0, d),
    };
  };
  if (folds.length === 0) return [one(weights)];
  return folds.map((fold) => {
    const masked = new Float64Array(x.rows);
    for (const i of fold) masked[i] = weights?.[i] ?? 1;
    return one(masked);
  });
}

const none = new Float64Array(0);

/** The moments of one or several sets of rows together; they have the same centre. */
export function addMoments(parts: readonly Moments[]): Moments {
  return parts.reduce((a, b) => ({
    centre: a.centre,
    centreY: a.centreY,
    weight: a.weight + b.weight,
    sumY: a.sumY + b.sumY,
    squares: a.squares + b.squares,
    sums: added(a.sums, b.sums),
    products: added(a.products, b.products),
    gram: { rows: a.gram.rows, cols: a.gram.cols, data: added(a.gram.data, b.gram.data) },
  }));
}

const added = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, k) => v + (b[k] ?? 0));

/** Covariances: mean products about the means, divided by Σ w. */
export interface Covariances {
  readonly weight: number;
  readonly means: Float64Array;
  readonly meanY: number;
  /** Shape [d, d]. */
  readonly a: Matrix;
  /** Shape [d]: with y. */
  readonly b: Float64Array;
  /** The variance of y. */
  readonly c: number;
}

/** The covariances that moments give. */
export function covariancesOf(moments: Moments): Covariances {
  const { weight, centre, centreY, sums, sumY, gram, products, squares } = moments;
  const d = centre.length;
  const means = sums.map((sum) => sum / weight);
  const meanY = sumY / weight;
  const a = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++)
      a[i * d + j] = (gram.data[i * d + j] ?? 0) / weight - (means[i] ?? 0) * (means[j] ?? 0);
  for (let j = 0; j < d; j++) {
    const diagonal = j * d + j;
    const rounding = 1e-14 * ((gram.data[diagonal] ?? 0) / weight);
    if ((a[diagonal] ?? 0) <= rounding) clear(a, j, d); // a constant column
  }
  return {
    weight,
    means: means.map((mean, j) => mean + (centre[j] ?? 0)),
    meanY: meanY + centreY,
    a: { rows: d, cols: d, data: a },
    b: products.map((sum, j) => (a[j * d + j] === 0 ? 0 : sum / weight - (means[j] ?? 0) * meanY)),
    c: Math.max(0, squares / weight - meanY ** 2),
  };
}

function clear(a: Float64Array, j: number, d: number): void {
  for (let i = 0; i < d; i++) {
    a[i * d + j] = 0;
    a[j * d + i] = 0;
  }
}
