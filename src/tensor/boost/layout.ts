/** @file Where the boosting kernel's data lies in its memory. */
import { fail } from "../errors.ts";
import type { Kernel } from "./kernel.ts";

/** What decides the trees, all of it; see `boost` in the model folder for the meaning. */
export interface TreeOptions {
  readonly trees: number;
  readonly depth: number;
  readonly learningRate: number;
  readonly l2: number;
  readonly minChildWeight: number;
  readonly rowSample: number;
  readonly columnSample: number;
  readonly bins: number;
  readonly seed: number;
}

// The fields of `Job` in kernels/boost.as.ts, in its order: 32-bit words, then 64-bit numbers.
const words = [
  ...(["rows", "width", "cuts", "staging", "bins", "offsets", "counts", "chosen"] as const),
  ...(["chosenCount", "margins", "labels", "gradients", "positions", "routes", "leaves"] as const),
  ...(["sets", "setBytes", "histogramBytes", "picks"] as const),
];
const wordsBytes = Math.ceil(words.length / 2) * 8;
/** Byte offsets, from the job's start, of what changes from tree to tree. */
export const jobFields = {
  chosenCount: 4 * words.indexOf("chosenCount"),
  rowKey: wordsBytes + 32,
  rowLimit: wordsBytes + 40,
};

/** Rows that are binned at a time. */
export const stagedRows = 1024;
/** Bytes of one split, of one route and of one scan task; int32 words of the control block. */
export const splitBytes = 64;
export const routeBytes = 16;
export const controlWords = 1024;
const maxBytes = 65_536 * 65_536; // all that 32-bit addresses reach

/** Byte offsets and sizes; plain data, so that it can be posted to a worker. */
export interface Layout extends Readonly<Record<(typeof words)[number], number>> {
  readonly threads: number;
  readonly control: number;
  readonly job: number;
  readonly splits: number;
  /** Finished histograms of a level's nodes; even levels in the first, odd in the second. */
  readonly levels: readonly [number, number];
  /** Gradients and hessians are stored times these powers of two, so dividing by them is exact. */
  readonly gradientScale: number;
  readonly hessianScale: number;
  readonly bytes: number;
}

interface Shape {
  readonly rows: number;
  readonly cuts: readonly Float64Array[];
  readonly threads: number;
  readonly options: TreeOptions;
}

/**
 * Plans the memory: fixed blocks one after another from the first free byte on.
 * @throws `tensor/out-of-range-memory` when 32-bit addresses do not reach all of it.
 */
export function planLayout({ rows, cuts, threads, options }: Shape, firstByte: number): Layout {
  const [width, nodes] = [cuts.length, 2 ** options.depth];
  const padded = Math.ceil(rows / 16) * 16;
  const histogramBytes = cuts.reduce((sum, c) => sum + featureBytes(c), 0);
  const setBytes = histogramBytes * Math.max(1, nodes / 4); // half of the nodes of the level before the last
  let next = Math.max(65_536, firstByte); // the compiler's static data is below, rewritten by each thread
  const block = (bytes: number): number => {
    const start = next;
    next = Math.ceil((start + bytes + 64) / 64) * 64; // whole cache lines, and room to read past the end
    return start;
  };
  const layout = {
    ...{ rows, width, threads, histogramBytes, setBytes, chosenCount: width },
    control: block(4 * controlWords),
    job: block(256),
    splits: block(splitBytes * nodes),
    routes: block((routeBytes * nodes) / 2),
    leaves: block(4 * nodes),
    cuts: block(2048 * width),
    offsets: block(4 * width),
    counts: block(4 * width),
    chosen: block(4 * width),
    staging: block(8 * stagedRows * width),
    picks: block(4096 * threads),
    bins: block(rows * width),
    margins: block(4 * padded),
    labels: block(4 * padded),
    gradients: block(8 * padded),
    positions: block(padded),
    sets: block(setBytes * threads),
    levels: [block((histogramBytes * nodes) / 2), block((histogramBytes * nodes) / 2)] as const,
    gradientScale: powerBelow((0.95 * 2 ** 31) / rows), // |gradient| ≤ 1, summed in 31 bits and a sign
    hessianScale: powerBelow((0.95 * 2 ** 34) / rows), // hessian ≤ 1/4, summed in 32 bits
    bytes: 0,
  };
  if (next > maxBytes)
    fail("tensor/out-of-range-memory", {
      ...{ at: "boost", needBytes: next, maxBytes, rows, features: width },
    });
  return { ...layout, bytes: next };
}

/** The largest power of two up to a limit, and at most 2^20: finer steps than that change nothing. */
function powerBelow(limit: number): number {
  return 2 ** Math.min(20, Math.floor(Math.log2(limit)));
}

/** Bytes of one feature's part of a histogram: a bin more than values, padded to whole pairs. */
function featureBytes(cuts: Float64Array): number {
  return Math.ceil((cuts.length + 2) / 2) * 16;
}

/** Writes the job, the cuts and the labels; everything else starts as zero, as new memory is. */
export function writeJob(
  kernel: Kernel,
  layout: Layout,
  problem: Shape & { readonly labels: Float64Array; readonly base: number },
): void {
  const { buffer } = kernel.memory;
  const { cuts, options, labels, base } = problem;
  const view = new DataView(buffer, layout.job);
  for (const [i, word] of words.entries()) view.setUint32(4 * i, layout[word], true);
  const l2 = options.l2 * layout.hessianScale;
  const minWeight = Math.max(1, options.minChildWeight * layout.hessianScale);
  for (const [i, real] of [layout.gradientScale, layout.hessianScale, l2, minWeight].entries())
    view.setFloat64(wordsBytes + 8 * i, real, true);
  const table = new Float64Array(buffer, layout.cuts, 256 * layout.width).fill(Infinity);
  const counts = new Uint32Array(buffer, layout.counts, layout.width);
  const offsets = new Uint32Array(buffer, layout.offsets, layout.width);
  for (const [f, featureCuts] of cuts.entries()) {
    table.set(featureCuts, 256 * f);
    counts[f] = featureCuts.length + 1;
    if (f + 1 < cuts.length) offsets[f + 1] = offsets[f]! + featureBytes(featureCuts);
  }
  new Float32Array(buffer, layout.labels, labels.length).set(labels);
  new Float32Array(buffer, layout.margins, labels.length).fill(base);
  kernel.code.open(layout.job);
}
