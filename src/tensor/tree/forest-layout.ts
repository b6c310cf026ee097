/** @file Where the forest kernel's data lies in its memory, and how its settings get there. */
import type { WasmMemory } from "../adapter/web-assembly.ts";
import { fail } from "../errors.ts";

/** What decides how a tree of a forest grows. */
export interface ForestOptions {
  readonly trees: number;
  /** How sides are compared; gini and entropy for classes, squared and poisson for numbers. */
  readonly criterion: "gini" | "entropy" | "squared" | "poisson";
  /** Most steps from the root to a leaf; Infinity: no limit. */
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
  readonly minSamplesSplit: number;
  /** Features that each node looks at, 1 to d. */
  readonly maxFeatures: number;
  /** Rows of a tree's sample, 1 to n. */
  readonly samples: number;
  /** Whether rows are drawn with replacement. */
  readonly bootstrap: boolean;
  /** Whether each feature is tried at one random threshold, not at the best. */
  readonly randomThresholds: boolean;
  readonly bins: number;
  readonly seed: number;
}

// The fields of `Job` and `Space` in kernels/forest.as.ts, in their order.
const jobWords = [
  ...(["rows", "width", "classes", "channels", "answers", "bins", "labels", "weights"] as const),
  ...(["counts", "kinds", "edges", "cuts", "staging", "maxDepth", "minLeaf", "minSplit"] as const),
  ...(["tried", "draws", "replace", "random", "criterion", "recordBytes"] as const),
];
const spaceWords = [
  ...(["entries", "scratch", "cells", "order", "tallies", "stack", "nodes", "sets"] as const),
  ...(["list", "keys", "sums"] as const),
];
/** Byte offsets of the numbers of nodes and of sets in a space. */
export const spaceCounts = { nodes: 4 * spaceWords.length, sets: 4 * spaceWords.length + 4 };

/** Rows that are binned at a time. */
export const stagedRows = 1024;
const maxBytes = 65_536 * 65_536; // all that 32-bit addresses reach

/** What the layout depends on. */
export interface ForestShape {
  readonly rows: number;
  readonly width: number;
  /** 0 where labels are numbers. */
  readonly classes: number;
  readonly weighted: boolean;
  readonly threads: number;
  readonly options: ForestOptions;
}

/** Byte offsets and settings; plain data, so that it can be posted to a worker. */
export interface ForestLayout {
  readonly job: number;
  readonly words: Readonly<Record<(typeof jobWords)[number], number>>;
  /** One per thread. */
  readonly spaces: readonly { readonly at: number; readonly words: SpaceWords }[];
  /** The number of the next tree, for whoever is free. */
  readonly control: number;
  readonly bytes: number;
}
type SpaceWords = Readonly<Record<(typeof spaceWords)[number], number>>;

const criteria = { gini: 0, squared: 0, entropy: 1, poisson: 2 };

/** Plans the memory. @throws `tensor/out-of-range-memory` when 32-bit addresses do not reach all of it */
export function planForest(shape: ForestShape, firstByte: number): ForestLayout {
  const { rows, width, classes, weighted, threads, options } = shape;
  const channels = (classes === 0 ? 2 : classes) + (weighted ? 1 : 0);
  const answers = classes > 2 ? classes : 1;
  const recordBytes = 40 + 8 * answers;
  const nodes = mostNodes(shape);
  let next = Math.max(65_536, firstByte); // the compiler's static data is below
  const block = (bytes: number): number => {
    const start = next;
    next = Math.ceil((start + bytes + 64) / 64) * 64;
    return start;
  };
  const settings = {
    ...{ rows, width, classes, channels, answers, recordBytes },
    maxDepth: Math.min(options.maxDepth, 2 ** 31),
    minLeaf: options.minSamplesLeaf,
    minSplit: options.minSamplesSplit,
    tried: options.maxFeatures,
    draws: options.samples,
    replace: options.bootstrap ? 1 : 0,
    random: options.randomThresholds ? 1 : 0,
    criterion: criteria[options.criterion],
  };
  const job = block(4 * jobWords.length);
  const control = block(64);
  const words = {
    ...settings,
    bins: block(rows * width),
    labels: block((classes === 0 ? 8 : 4) * rows),
    weights: weighted ? block(8 * rows) : 0,
    counts: block(4 * width),
    kinds: block(width),
    edges: block(2048 * width),
    cuts: block(2048 * width),
    staging: block(8 * stagedRows * width),
  };
  const spaces = Array.from({ length: threads }, () => ({
    at: block(4 * spaceWords.length + 8),
    words: {
      entries: block(8 * rows),
      scratch: block(8 * rows),
      cells: block(8 * channels * 256),
      order: block(4 * width),
      tallies: block(4 * rows),
      stack: block(16 * (rows + 2)),
      nodes: block(nodes * recordBytes),
      sets: block(32 * nodes),
      list: block(1024),
      keys: block(2048),
      sums: block(32 * channels),
    },
  }));
  if (next > maxBytes)
    fail("tensor/out-of-range-memory", {
      at: "forest",
      needBytes: next,
      maxBytes,
      rows,
      features: width,
    });
  return { job, words, spaces, control, bytes: next };
}

/** Most nodes of a tree: of its depth, of its rows, of the rows that a leaf needs. */
function mostNodes({ rows, options }: ForestShape): number {
  const leaves = Math.min(rows, Math.ceil(options.samples / options.minSamplesLeaf));
  return Math.min(2 * leaves + 1, 2 ** Math.min(31, options.maxDepth + 1));
}

/** Writes job and spaces. */
export function writeForest({ buffer }: WasmMemory, layout: ForestLayout): void {
  const write = (at: number, values: readonly number[]): void =>
    new Uint32Array(buffer, at, values.length).set(values);
  write(
    layout.job,
    jobWords.map((word) => layout.words[word]),
  );
  for (const { at, words } of layout.spaces)
    write(
      at,
      spaceWords.map((word) => words[word]),
    );
}
