/** @file A matrix as bins for a forest: numbers by quantiles, categories one by one. */
import type { Matrix } from "../../flow.ts";
import { quantileCuts } from "../boost/cuts.ts";

/** The bins of one feature. */
export interface FeatureBins {
  /** Of numbers: bin b holds what is below cut b and not below the one before, from 1 on. */
  readonly cuts: Float64Array;
  /** Of categories: the codes of each bin, from bin 1 on; undefined for numbers. */
  readonly codes: readonly (readonly number[])[] | undefined;
  /** Where the bins begin; entry 1 is the least value. Zeros for categories. */
  readonly edges: Float64Array;
}

const mostBins = 255;

/** Chooses the bins of each feature. O(n·d). */
export function forestBins(
  x: Matrix,
  {
    categorical,
    bins,
    seed,
  }: { readonly categorical: ReadonlySet<number>; readonly bins: number; readonly seed: number },
): readonly FeatureBins[] {
  const cuts = quantileCuts(
    x,
    bins,
    seed,
    Array.from({ length: x.cols }, (_, f) => f).filter((f) => !categorical.has(f)),
  );
  const least = leastOf(x);
  return Array.from({ length: x.cols }, (_, f) => {
    const cut = cuts.get(f);
    if (cut === undefined)
      return { cuts: new Float64Array(0), codes: codesOf(x, f), edges: new Float64Array(256) };
    const edges = new Float64Array(256).fill(Infinity);
    edges[1] = least[f]!;
    edges.set(cut, 2);
    return { cuts: cut, codes: undefined, edges };
  });
}

function leastOf({ data, cols }: Matrix): Float64Array {
  const least = new Float64Array(cols).fill(Infinity);
  for (let i = 0, f = 0; i < data.length; i++, f = f + 1 === cols ? 0 : f + 1)
    if (data[i]! < least[f]!) least[f] = data[i]!;
  return least.map((v) => (v < Infinity ? v : 0));
}

/** Most frequent codes get bins of their own, all others share the last one. */
function codesOf({ data, cols, rows }: Matrix, feature: number): number[][] {
  const counts = new Map<number, number>();
  for (let i = 0; i < rows; i++) {
    const code = Math.trunc(data[i * cols + feature]!);
    if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || a - b).map(([code]) => code);
  const own = byCount.slice(0, byCount.length > mostBins ? mostBins - 1 : mostBins);
  const shared = byCount.slice(own.length).sort((a, b) => a - b);
  const bins = own.sort((a, b) => a - b).map((code) => [code]);
  return shared.length > 0 ? [...bins, shared] : bins;
}

/** Writes the bins of a category feature, [n]. */
export function binCodes(
  { data, cols }: Matrix,
  feature: number,
  codes: readonly (readonly number[])[],
  bins: Uint8Array,
): void {
  const binOf = new Map(codes.flatMap((some, b) => some.map((code) => [code, b + 1] as const)));
  for (let i = 0; i < bins.length; i++)
    bins[i] = binOf.get(Math.trunc(data[i * cols + feature]!)) ?? 0;
}
