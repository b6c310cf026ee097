/** @file The expectation that a column is distributed as expected, by the Kullback-Leibler divergence. */
import type { Json } from "../../flow.ts";
import { fail } from "../errors.ts";
import {
  type Definition,
  type Definitions,
  type Measured,
  type MeasurePlan,
  narrowed,
  numberOf,
  type Site,
  textOf,
} from "./definition.ts";
import { type Kwargs, kwargKinds as kinds, orElse, required, toEdge } from "./kwargs.ts";
import { byText, countsSql } from "./set-measures.ts";
import { type ColumnUse, columnUse, numberUse, toCount, toShown } from "./values.ts";

/** Observed and expected weights, and what a result shows of them. */
interface Weights {
  readonly observed: readonly number[];
  readonly expected: readonly number[];
  readonly details: Readonly<Record<string, Json>>;
}

/** The expected distribution: of values, or of numbers in bins. */
interface Partition {
  readonly values?: readonly Json[];
  readonly bins?: readonly Json[];
  readonly weights: readonly number[];
  readonly tail_weights?: readonly number[];
}

/**
 * Σ p·ln(p/q) in nats, p and q scaled to sum to 1; infinite where q is 0 and p is not.
 *
 * @see scipy.stats.entropy(pk, qk), which Great Expectations uses
 */
function divergence(p: readonly number[], q: readonly number[]): number {
  const total = (weights: readonly number[]): number => weights.reduce((sum, w) => sum + w, 0);
  const [sumP, sumQ] = [total(p), total(q)];
  let sum = 0;
  for (const [i, weight] of p.entries()) {
    const [a, b] = [weight / sumP, (q[i] ?? 0) / sumQ];
    if (a > 0) sum += b > 0 ? a * Math.log(a / b) : Infinity;
  }
  return sumP > 0 ? sum : Number.NaN;
}

function verdict(kwargs: Kwargs, { observed, expected, details }: Weights): Measured {
  const found = divergence(observed, expected);
  const threshold = numberOf(kwargs, "threshold");
  return {
    success: threshold === undefined || found <= threshold,
    result: { observed_value: Number.isFinite(found) ? found : null, details },
  };
}

/** Values against counts of values; what was not expected shares the tail's weight. */
function categorical(site: Site, use: ColumnUse, partition: Partition | undefined): MeasurePlan {
  const holdout = numberOf(site.kwargs, "tail_weight_holdout") ?? 0;
  if ((numberOf(site.kwargs, "internal_weight_holdout") ?? 0) > 0)
    fail("check/unsupported-option", {
      type: site.type,
      what: "internal_weight_holdout",
      reason: "it is for bins, and the partition has values",
    });
  return {
    kind: "measure",
    asks: [countsSql(site, use)],
    judge: ([found]) => {
      const counts = new Map<Json, number>();
      for (const { key, value } of (Array.isArray(found) ? found : []) as readonly Entry[])
        counts.set(toShown(use.spec, key), toCount(value));
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const listed = partition?.values ?? [...counts.keys()];
      const share = (count: number): number => (total === 0 ? 0 : count / total);
      const weights = partition?.weights ?? [...counts.values()].map(share);
      const extra = [...counts.keys()].filter((value) => !listed.includes(value)).sort(byText);
      const scale = extra.length > 0 ? 1 - holdout : 1;
      const expected = [
        ...weights.map((w) => w * scale),
        ...extra.map(() => holdout / extra.length),
      ];
      const values = [...listed, ...extra];
      const observed = values.map((value) => share(counts.get(value) ?? 0));
      const details = {
        observed_partition: { values, weights: observed },
        expected_partition: { values, weights: expected },
      };
      return verdict(site.kwargs, { observed, expected, details });
    },
  };
}

interface Entry {
  readonly key: unknown;
  readonly value: unknown;
}

/** Numbers in bins, the last one closed; what lies outside is weighed by the tails. */
function continuous(site: Site, use: ColumnUse, partition: Partition): MeasurePlan {
  const edges = (partition.bins ?? []).map(toEdge);
  const [first = 0, last = 0] = [edges[0], edges.at(-1)];
  const x = use.sql;
  const at = (edge: number): string => `'${edge}'::DOUBLE`;
  const bins = edges.slice(1).map((high, i) => {
    const closed = i === edges.length - 2 ? "<=" : "<";
    return `(${x} >= ${at(edges[i] ?? 0)} AND ${x} ${closed} ${at(high)})`;
  });
  const conditions = [`${x} < ${at(first)}`, ...bins, `${x} > ${at(last)}`];
  return {
    kind: "measure",
    asks: [
      narrowed(`count(${x})`, site),
      ...conditions.map((condition) => narrowed("count(*)", site, condition)),
    ],
    judge: ([count, ...counts]) => {
      const total = toCount(count);
      const shares = counts.map((one) => toCount(one) / total); // [below, …bins, above]
      const expected = expectedBins(site, partition, [first, last]);
      return verdict(site.kwargs, binWeights(shares, expected, edges));
    },
  };
}

/** Expected weights of below, the bins and above; undefined tails where a bin is open-ended. */
interface ExpectedBins {
  readonly below: number | undefined;
  readonly bins: readonly number[];
  readonly above: number | undefined;
}

/** Weights scaled; the empty ones share what is held out for them. */
function innerWeights(weights: readonly number[], scale: number, held: number): readonly number[] {
  const empty = weights.filter((weight) => weight === 0).length;
  return weights.map((weight) => (weight === 0 ? held / empty : weight * scale));
}

function expectedBins(
  site: Site,
  partition: Partition,
  ends: readonly [number, number],
): ExpectedBins {
  const tail = numberOf(site.kwargs, "tail_weight_holdout") ?? 0;
  const internal = numberOf(site.kwargs, "internal_weight_holdout") ?? 0;
  const [openLow, openHigh] = [ends[0] === -Infinity, ends[1] === Infinity];
  refuseTails(site.type, tail, { tails: partition.tail_weights !== undefined, openLow, openHigh });
  const [low = tail / 2, high = tail / 2] = partition.tail_weights ?? [];
  return {
    below: openLow ? undefined : openHigh ? tail : low,
    bins: innerWeights(partition.weights, 1 - tail - internal, internal),
    above: openHigh ? undefined : openLow ? tail : high,
  };
}

/** Refuses weights for tails that the bins leave no room for. */
function refuseTails(
  type: string,
  tail: number,
  {
    tails,
    openLow,
    openHigh,
  }: { readonly tails: boolean; readonly openLow: boolean; readonly openHigh: boolean },
): void {
  const refused = [
    [tails && (openLow || openHigh), "tail_weights", "a bin ends at infinity"],
    [tails && tail !== 0, "tail_weight_holdout", "the partition has tail_weights"],
    [tail > 0 && openLow && openHigh, "tail_weight_holdout", "both bins at the ends are open"],
  ] as const;
  for (const [wrong, what, reason] of refused)
    if (wrong) fail("check/unsupported-option", { type, what, reason });
}

/** Lines up the shares with the expected weights, and what a result shows of both. */
function binWeights(
  shares: readonly number[],
  { below, bins, above }: ExpectedBins,
  edges: readonly number[],
): Weights {
  const inner = shares.slice(1, -1);
  const observed = [
    ...(below === undefined ? [] : [shares[0] ?? 0]),
    ...inner,
    ...(above === undefined ? [] : [shares.at(-1) ?? 0]),
  ];
  const expected = [
    ...(below === undefined ? [] : [below]),
    ...bins,
    ...(above === undefined ? [] : [above]),
  ];
  const from = below === undefined ? 1 : 0;
  const to = above === undefined ? -1 : undefined;
  const numbers = (all: readonly number[]): readonly Json[] =>
    all.map((weight) => (Number.isNaN(weight) ? null : weight)); // a share of no values
  const shown = (weights: readonly number[], tails: readonly number[]) => ({
    bins: edges.slice(from, to),
    weights: numbers(weights.slice(from, to)),
    tail_weights: numbers(tails),
  });
  return {
    observed,
    expected,
    details: {
      observed_partition: shown(inner, [observed[0] ?? 0, observed.at(-1) ?? 0]),
      expected_partition: shown(bins, [expected[0] ?? 0, expected.at(-1) ?? 0]),
    },
  };
}

const klDivergence: Definition = {
  kwargs: {
    column: required(kinds.name),
    partition_object: kinds.partition,
    threshold: kinds.positive,
    internal_weight_holdout: orElse(kinds.share, 0),
    tail_weight_holdout: orElse(kinds.share, 0),
    bucketize_data: orElse(kinds.flag, true),
    min_value: kinds.bound,
    max_value: kinds.bound,
  },
  conditional: true,
  mostly: false,
  about: (kwargs) => [textOf(kwargs, "column")],
  says: (kwargs) =>
    `the KL divergence of ${textOf(kwargs, "column")} from what is expected is ≤ ${kwargs["threshold"]}`,
  plan: (site) => {
    const column = textOf(site.kwargs, "column");
    const partition = site.kwargs["partition_object"] as Partition | undefined;
    const bucketized = site.kwargs["bucketize_data"] === true;
    if (partition?.bins !== undefined && bucketized)
      return continuous(site, numberUse(site, column), partition);
    if (partition?.bins === undefined && (partition !== undefined || !bucketized))
      return categorical(site, columnUse(site, column), partition);
    const [what, reason] =
      partition === undefined
        ? [
            "leaving out partition_object",
            "a column never diverges from bins made of itself. Give the expected bins and weights",
          ]
        : ["bucketize_data false", "the partition has bins"];
    return fail("check/unsupported-option", {
      type: site.type,
      what: what ?? "",
      reason: reason ?? "",
    });
  },
};

export const divergenceMeasures: Definitions = {
  expect_column_kl_divergence_to_be_less_than: klDivergence,
};
