/** @file Numbers as the bucket they fall into. */
import { checkChoice, checkNames } from "../core/index.ts";
import { type NumberExpr, when } from "../table/index.ts";
import { fail } from "./errors.ts";
import { type Feature, measuresNothing, type Output } from "./feature.ts";

/** Options of {@link bucketize}. */
export interface BucketizeOptions {
  /** Where a bucket ends and the next begins: finite and increasing. k edges make k + 1 buckets. */
  readonly edges: readonly number[];
  /** `index`: one column, 0 to k; `oneHot`: a column of 0 and 1 a bucket. Default `index`. */
  readonly as?: "index" | "oneHot";
}

/**
 * The bucket of a number: below the first edge, [edge, next edge), or from the last edge on. A
 * missing value has the index NaN, and 0 in every column of the one-hot form.
 *
 * @param of - The number.
 * @returns One column, or k + 1.
 * @throws `feature/out-of-range-edges`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const people = schema("people", { age: int() });
 * const byAge = features(people, (c) => ({ age: bucketize(c.age, { edges: [18, 65] }) }));
 * byAge.reads // => ["age"]
 * ```
 * @see Spark's `Bucketizer`; scikit-learn `KBinsDiscretizer`.
 */
export function bucketize<R extends string>(
  of: NumberExpr<R>,
  options: BucketizeOptions,
): Feature<R> {
  checkNames("bucketize", options, ["edges", "as"]);
  const { edges, as = "index" } = options;
  checkChoice("bucketize", { as }, ["index", "oneHot"]);
  const rises = edges.every(
    (edge, i) => Number.isFinite(edge) && edge > (edges[i - 1] ?? -Infinity),
  );
  if (edges.length === 0 || !rises) fail("feature/out-of-range-edges", { at: "bucketize", edges });
  return {
    transform: "bucketize",
    options: { edges: [...edges], as },
    reads: of.reads,
    measure: measuresNothing,
    outputs: (name) => (as === "index" ? [indexOf(of, edges, name)] : columns(of, edges, name)),
  };
}

function indexOf(of: NumberExpr, edges: readonly number[], name: string): Output {
  const last: NumberExpr = when(of.isMissing().not(), edges.length);
  const index = edges.reduceRight((above, edge, i) => when(of.isBelow(edge), i, above), last);
  return { name, node: index.node };
}

function columns(of: NumberExpr, edges: readonly number[], name: string): readonly Output[] {
  const starts: readonly (number | undefined)[] = [undefined, ...edges];
  return starts.map((start, i) => {
    const end = edges[i];
    if (start === undefined && end !== undefined)
      return { name: `${name}<${end}`, node: when(of.isBelow(end), 1, 0).node };
    const from = of.isAtLeast(start ?? 0);
    if (end === undefined) return { name: `${name}>=${start}`, node: when(from, 1, 0).node };
    const node = when(from.and(of.isBelow(end)), 1, 0).node;
    return { name: `${name}=[${start}, ${end})`, node };
  });
}
