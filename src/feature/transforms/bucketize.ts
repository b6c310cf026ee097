/** @file Numbers as the bucket they fall into: of given edges, of equal width, or of equal share. */
import {
  checkChoice,
  checkNames,
  checkNumber,
  type Ordered,
  quantileOf,
} from "../../core/index.ts";
import { type NumberExpr, when } from "../../table/index.ts";
import { fail } from "../errors.ts";
import { type Feature, type Learned, learnsNothing, type Output } from "../feature.ts";
import { range } from "../fit/measure.ts";
import { checkInput } from "./made.ts";

/** What both kinds of buckets have. */
export interface BucketColumns {
  /** `index`: one column, from 0; `oneHot`: a column of 0 and 1 a bucket. Default `index`. */
  readonly as?: "index" | "oneHot";
  /**
   * What becomes of numbers below the first edge and above the last: a bucket of their own on each
   * side, the nearest bucket, or nothing, like a missing value. Default `own` for edges that are given,
   * `nearest` for those that are learned.
   */
  readonly outside?: "own" | "nearest" | "missing";
}

/** Buckets with given edges. */
export interface EdgesOptions extends BucketColumns {
  /** Where a bucket ends and the next begins: finite and increasing. */
  readonly edges: readonly number[];
}

/** Buckets with learned edges. */
export interface BinsOptions extends BucketColumns {
  /** How many buckets; fewer where quantiles are equal. At least 2. */
  readonly bins: number;
  /** Buckets that are equally wide, or that hold equally many training rows. Default `quantile`. */
  readonly by?: "width" | "quantile";
}

/** Options of {@link bucketize}. */
export type BucketizeOptions = EdgesOptions | BinsOptions;

/**
 * The bucket of a number: [edge, next edge), the last one with its end where nothing lies outside. A
 * missing value has the index NaN, and 0 in every column of the one-hot form. A constant column has one
 * bucket.
 *
 * @param of - The number.
 * @returns One column, or one a bucket.
 * @throws `feature/mismatch-input`, `feature/out-of-range-edges`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const people = schema("people", { age: int() });
 * const byAge = features(people, (c) => ({
 *   age: bucketize(c.age, { edges: [18, 65] }),
 *   tenth: bucketize(c.age, { bins: 10 }),
 * }));
 * byAge.reads // => ["age"]
 * ```
 * @see Spark's `Bucketizer`, `QuantileDiscretizer`; scikit-learn
 * `KBinsDiscretizer(quantile_method="linear", subsample=None)`.
 */
export function bucketize<R extends string>(
  of: NumberExpr<R>,
  options: BucketizeOptions,
): Feature<R> {
  checkInput("bucketize", of, ["number"]);
  const { as = "index" } = options;
  checkChoice("bucketize", { as }, ["index", "oneHot"]);
  return "edges" in options ? ofEdges(of, { ...options, as }) : ofBins(of, { ...options, as });
}

function ofEdges<R extends string>(
  of: NumberExpr<R>,
  options: EdgesOptions & { readonly as: "index" | "oneHot" },
): Feature<R> {
  checkNames("bucketize", options, ["edges", "as", "outside"]);
  const { edges, as, outside = "own" } = options;
  checkChoice("bucketize", { outside }, ["own", "nearest", "missing"]);
  const rises = edges.every(
    (edge, i) => Number.isFinite(edge) && edge > (edges[i - 1] ?? -Infinity),
  );
  const fewest = outside === "own" ? 1 : 2;
  if (edges.length < fewest || !rises)
    fail("feature/out-of-range-edges", { at: "bucketize", edges });
  return {
    transform: "bucketize",
    options: { edges: [...edges], as, ...(outside === "own" ? {} : { outside }) },
    reads: of.reads,
    ...learnsNothing((name) => bucketColumns({ of, edges, outside, as }, name)),
  };
}

function ofBins<R extends string>(
  of: NumberExpr<R>,
  options: BinsOptions & { readonly as: "index" | "oneHot" },
): Feature<R> {
  checkNames("bucketize", options, ["bins", "by", "as", "outside"]);
  const { bins, by = "quantile", as, outside = "nearest" } = options;
  checkNumber("bucketize", { bins }, { min: 2, max: 10_000, integer: true });
  checkChoice("bucketize", { by }, ["width", "quantile"]);
  checkChoice("bucketize", { outside }, ["own", "nearest", "missing"]);
  return {
    transform: "bucketize",
    options: { bins, by, as, outside },
    reads: of.reads,
    requests: [{ measure: "numbers", of: of.node }],
    learn: (name, measured): Learned => {
      const edges = rising(
        by === "width"
          ? equalWidths(measured.numbers(0), bins)
          : equalShares(measured.sorted(0), bins),
      );
      return {
        stats: measured.finite({ edges }),
        outputs: bucketColumns({ of, edges, outside, as }, name),
      };
    },
  };
}

/** Edges of buckets that are equally wide. */
function equalWidths(values: Float64Array, bins: number): readonly number[] {
  const { min, max } = range(values);
  const step = (max - min) / bins;
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? max : min + i * step));
}

/** Edges of buckets that have equally many rows. */
const equalShares = (values: Ordered, bins: number): readonly number[] =>
  Array.from({ length: bins + 1 }, (_, i) => quantileOf(values, i / bins));

/** The edges without those that are equal to the one before; one is left where all values are equal. */
function rising(edges: readonly number[]): readonly number[] {
  const kept: number[] = [];
  // quantiles of many equal values are equal, or differ by a rounding; scikit-learn's measure of that
  for (const edge of edges)
    if (kept.length === 0 || edge - (kept.at(-1) ?? 0) > 1e-8) kept.push(edge + 0);
  return kept;
}

interface Buckets {
  readonly of: NumberExpr;
  readonly edges: readonly number[];
  readonly outside: "own" | "nearest" | "missing";
  readonly as: "index" | "oneHot";
}

/** A bucket's end, from which on the next one begins; absent where it is open. */
interface Bucket {
  readonly from?: number;
  readonly to?: number;
  /** Whether `to` itself is in it. */
  readonly closed?: true;
}

function bucketsOf({ edges, outside }: Buckets): readonly Bucket[] {
  const inner = edges.slice(1).map((to, i): Bucket => ({ from: edges[i] ?? 0, to }));
  const [first, last] = [edges[0] ?? 0, edges.at(-1) ?? 0];
  if (outside === "own") return [{ to: first }, ...inner, { from: last }];
  if (outside === "missing")
    return inner.map((bucket, i) =>
      i === inner.length - 1 ? { ...bucket, closed: true } : bucket,
    );
  if (inner.length < 2) return [{}];
  return inner.map(({ from = 0, to = 0 }, i) => {
    if (i === 0) return { to };
    return i === inner.length - 1 ? { from } : { from, to };
  });
}

function bucketColumns(of: Buckets, name: string): readonly Output[] {
  const buckets = bucketsOf(of);
  const place = placeOf(of, buckets);
  if (of.as === "index") return [{ name, node: place.node }];
  return buckets.map((bucket, i) => ({
    name: `${name}${bucketName(bucket)}`,
    node: when(place.is(i), 1, 0).node,
  }));
}

/** The number of the bucket, from 0; missing where there is none. */
function placeOf({ of, edges, outside }: Buckets, buckets: readonly Bucket[]): NumberExpr {
  const starts = buckets.slice(1).map(({ from = 0 }) => from);
  const place = starts.length === 0 ? when(of.isMissing().not(), 0) : of.bucketOf(starts);
  if (outside !== "missing") return place;
  const [first, last] = [edges[0] ?? 0, edges.at(-1) ?? 0];
  return when(of.isAtLeast(first).and(of.isAtMost(last)), place);
}

function bucketName({ from, to, closed }: Bucket): string {
  if (from === undefined && to === undefined) return " known";
  if (from === undefined) return `<${to}`;
  return to === undefined ? `>=${from}` : `=[${from}, ${to}${closed ? "]" : ")"}`;
}
