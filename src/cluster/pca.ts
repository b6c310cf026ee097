/** @file Principal components: few directions in which rows differ most. */
import { checkChoice, checkNames, checkNumber, random } from "../core/index.ts";
import type { Matrix } from "../flow.ts";
import {
  multiply,
  singularValues,
  type TriangleBlock,
  transpose,
  triangle,
} from "../tensor/index.ts";
import { type ComponentFinder, componentFinder } from "./component-finder.ts";
import type { Components } from "./components.ts";
import { checkRows, columnMeans } from "./data.ts";
import { fail } from "./errors.ts";
import { commonOf, type Fields, storedMatrix } from "./state-fields.ts";

/** Options of {@link pca}. */
export interface PcaOptions {
  /** How many components, k ≥ 1, at most as many as rows and features. Default: all there are. */
  readonly components?: number;
  /** Instead: as few components as have this share of the variance, above 0 to 1. */
  readonly share?: number;
  /** Whether every component is scaled to variance 1. Default false. */
  readonly whiten?: boolean;
  /**
   * All singular values to the last digits, or a random projection that finds the first k, for many
   * features and few components. Default "exact".
   */
  readonly solver?: "exact" | "randomised";
  /** Where chance starts. Default 0. */
  readonly seed?: number;
}

/** What `pca` learned. */
export interface PcaState {
  /** The directions, shape [k, d]: of length 1, at right angles, the largest entry of each positive. */
  readonly directions: Matrix;
  /** The means of the features, [d]. */
  readonly means: Float64Array;
  /** The variance of each component, [k], falling; divided by n − 1. */
  readonly variances: Float64Array;
  /** Their shares of the variance of all features, [k]. */
  readonly shares: Float64Array;
  readonly singularValues: Float64Array;
  readonly whiten: boolean;
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/** Gives (x − mean)·directionsᵀ, whitened if that was asked for. */
export interface PcaComponents extends Components, PcaState {
  readonly kind: "pca";
}

/**
 * Principal component analysis: the k orthogonal directions of largest variance. Exact by a QR
 * factorisation in WebAssembly and one-sided Jacobi rotations, which keep the digits that XᵀX loses:
 * O(n·d²) for n ≥ d, else O(n²·d). Randomised O(n·d·(k + 10)) a pass, six passes. A direction's sign is
 * such that its entry of largest size is positive.
 *
 * @param options - See {@link PcaOptions}.
 * @returns A finder of components; it refuses missing values.
 * @throws `option/out-of-range`, `option/unknown-name`; on learning also
 *   `cluster/out-of-range-components`, `cluster/missing-variance` when all rows are equal
 * @example
 * ```ts
 * const x = matrix([[0, 0], [3, 4], [6, 8]]);
 * const found = await pca({ components: 1 }).learn({ x, names: ["a", "b"] });
 * found.directions.data.map((v) => Math.round(v * 1e9) / 1e9) // => Float64Array.of(0.6, 0.8)
 * found.apply(matrix([[6, 8]])).data.map(Math.round) // => Float64Array.of(5)
 * found.inverse(matrix([[5]])).data.map(Math.round) // => Float64Array.of(6, 8)
 * ```
 * @see Halko, Martinsson & Tropp, SIAM Review 53(2), 2011 (randomised). Peer: scikit-learn `PCA`.
 */
export function pca(options: PcaOptions = {}): ComponentFinder<PcaComponents> {
  checkNames("pca", options, ["components", "share", "whiten", "solver", "seed"]);
  const { components, share, whiten = false, seed = 0 } = options;
  const solver = checkChoice("pca", { solver: options.solver ?? "exact" }, ["exact", "randomised"]);
  if (components !== undefined) checkNumber("pca", { components }, { min: 1, integer: true });
  if (share !== undefined) {
    checkNumber("pca", { share }, { above: 0, max: 1 });
    if (components !== undefined) checkNames("pca", { components, share }, ["share"]); // one of them
  }
  if (solver === "randomised")
    checkNumber("pca", { components: components ?? Number.NaN }, { min: 1 });
  checkNumber("pca", { seed });
  const wanted = {
    ...(components === undefined ? {} : { components }),
    ...(share === undefined ? {} : { share }),
  };
  return componentFinder({
    name: "pca",
    options: { ...wanted, whiten, solver, seed },
    learn: async ({ x, names, warnings }) => {
      const most = Math.min(x.rows, x.cols);
      if ((components ?? 1) > most)
        fail("cluster/out-of-range-components", {
          at: "pca",
          components: components ?? 1,
          rows: x.rows,
          features: x.cols,
        });
      const means = columnMeans(x);
      const centred = about(x, means);
      const total = centred.data.reduce((sum, value) => sum + value * value, 0);
      if (total === 0) return fail("cluster/missing-variance", { at: "pca", rows: x.rows });
      const found =
        solver === "exact" ? await exactly(centred) : roughly(centred, components ?? most, seed);
      const kept = keptOf(found.s, {
        total,
        components: components ?? most,
        share,
        cells: x.rows + x.cols,
      });
      const told =
        kept < (components ?? 0)
          ? [
              `only ${kept} of ${components} components are there: the rows do not differ in more directions.`,
            ]
          : [];
      const s = found.s.slice(0, kept);
      return pcaComponents({
        directions: withSigns(found.v, kept),
        means,
        variances: s.map((value) => (value * value) / Math.max(1, x.rows - 1)),
        shares: s.map((value) => (value * value) / total),
        singularValues: s,
        whiten,
        names,
        warnings: [...warnings, ...told],
      });
    },
  });
}

/** Rows minus the means. */
function about({ rows, cols, data }: Matrix, means: Float64Array): Matrix {
  return { rows, cols, data: data.map((value, at) => value - (means[at % cols] ?? 0)) };
}

/** Singular values, [p], and right singular vectors, [d, p]. */
interface Found {
  readonly s: Float64Array;
  readonly v: Matrix;
}

/** From the triangle R of X = Q·R, or, when X is wide, of Xᵀ. */
async function exactly(x: Matrix): Promise<Found> {
  const isWide = x.cols > x.rows;
  const tall = isWide ? transpose(x) : x;
  const { rows, cols, data } = tall;
  const write = ({ to, first, count, stride }: TriangleBlock): void => {
    for (let i = 0; i < count; i++)
      to.set(data.subarray((first + i) * cols, (first + i + 1) * cols), i * stride);
  };
  const { s, v } = singularValues(await triangle({ rows, cols, write }));
  if (!isWide) return { s, v };
  const along = multiply(tall, v); // [d, n]: column j has length s[j]
  return {
    s,
    v: { ...along, data: along.data.map((value, at) => value / ((s[at % cols] ?? 0) || 1)) },
  };
}

const extra = 10; // directions more than asked for
const passes = 4; // powers that sharpen the range

/** The first k, from the range that random directions and some powers of X·Xᵀ find. */
function roughly(x: Matrix, k: number, seed: number): Found {
  const draws = random(seed).stream("directions");
  const width = Math.min(k + extra, x.rows, x.cols);
  const start = {
    rows: x.cols,
    cols: width,
    data: Float64Array.from({ length: x.cols * width }, () => draws.normal()),
  };
  const turned = transpose(x);
  let range = singularValues(multiply(x, start)).u; // [n, width], orthonormal
  for (let pass = 0; pass < passes; pass++) {
    const back = singularValues(multiply(turned, range)).u; // [d, width]
    range = singularValues(multiply(x, back)).u;
  }
  const { s, v } = singularValues(multiply(transpose(range), x)); // [width, d]
  return { s, v };
}

/** How many components are kept: those that are no rounding, and as many as are wanted. */
function keptOf(
  s: Float64Array,
  {
    total,
    components,
    share,
    cells,
  }: {
    readonly total: number;
    readonly components: number;
    readonly share?: number | undefined;
    readonly cells: number;
  },
): number {
  const none = (s[0] ?? 0) * Number.EPSILON * cells;
  const real = s.filter((value) => value > none).length;
  if (share === undefined) return Math.min(components, real);
  let sum = 0;
  const enough = s.findIndex((value) => {
    sum += value * value;
    return sum / total >= share * (1 - 1e-12);
  });
  return Math.min(real, enough < 0 ? real : enough + 1);
}

/** Columns as rows, each turned so that its entry of largest size is positive. */
function withSigns(v: Matrix, count: number): Matrix {
  const { rows: d, cols } = v;
  const data = new Float64Array(count * d);
  for (let k = 0; k < count; k++) {
    let most = 0;
    for (let j = 0; j < d; j++) {
      const value = v.data[j * cols + k] ?? 0;
      data[k * d + j] = value;
      if (Math.abs(value) > Math.abs(most)) most = value;
    }
    if (most < 0) for (let j = k * d; j < (k + 1) * d; j++) data[j] = -(data[j] ?? 0);
  }
  return { rows: count, cols: d, data };
}

/** The components of directions; learning and loading both come through here. */
function pcaComponents(state: PcaState): PcaComponents {
  const { directions, means, variances, whiten, names } = state;
  const components = directions.rows;
  const turned = transpose(directions); // [d, k]
  const scales = variances.map((variance) => (whiten ? Math.sqrt(variance) : 1));
  const apply: Components["apply"] = (x) => {
    checkRows("pca", x, names);
    const z = multiply(about(x, means), turned);
    return { ...z, data: z.data.map((value, at) => value / (scales[at % components] ?? 1)) };
  };
  const inverse: Components["inverse"] = (z) => {
    checkRows(
      "pca, inverse",
      z,
      Array.from(variances.keys(), (k) => `component ${k}`),
    );
    const unscaled = {
      ...z,
      data: z.data.map((value, at) => value * (scales[at % components] ?? 1)),
    };
    const x = multiply(unscaled, directions);
    return { ...x, data: x.data.map((value, at) => value + (means[at % x.cols] ?? 0)) };
  };
  return { kind: "pca", ...state, components, apply, inverse };
}

/** The components of a stored state. */
export function readPca(fields: Fields): PcaComponents {
  const { width, ...common } = commonOf(fields);
  const rows = fields.number("components");
  return pcaComponents({
    directions: storedMatrix(fields, "directions", { rows, cols: width }),
    means: fields.array("means", Float64Array, width),
    variances: fields.array("variances", Float64Array, rows),
    shares: fields.array("shares", Float64Array, rows),
    singularValues: fields.array("singularValues", Float64Array, rows),
    whiten: fields.boolean("whiten"),
    ...common,
  });
}
